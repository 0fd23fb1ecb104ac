#include "gateway/audited_exchange.h"

#include "base/log.h"
#include "json/parse.h"
#include "json/write.h"

namespace banyan {

void AuditedExchange::write_audit_line() {
  const std::string body = body_ ? body_->take_copy() : "";
  const Result<json::Document> document = json::parse(body);
  const std::string asked = document.ok() ? json::write(document->root()) : "";
  const Result<ChangeNote> read = read_change_note(body);
  const ChangeNote note = read.ok() ? *read : ChangeNote{};
  const std::string what = std::string(head().method_name) + " " + std::string(head().path);
  log_info("admin_change", {{"who", note.named(peer().text())},
                            {"what", what},
                            {"asked", asked},
                            {"reason", note.reason},
                            {"status", static_cast<std::int64_t>(status())}});
}

}  // namespace banyan
