#include "gateway/audited_exchange.h"

#include "base/log.h"
#include "json/parse.h"
#include "json/write.h"

namespace banyan {

void AuditedExchange::write_audit_line() {
  std::string asked;
  std::string reason;
  if (body_) {
    const std::string body = body_->take_copy();
    const auto document = json::parse(body);
    if (document.ok()) {
      asked = json::write(document->root());
      reason = document->root()["reason"].to_string().value_or("");
    }
  }
  const std::string what = std::string(head().method_name) + " " + std::string(head().path);
  log_info("admin_change", {{"who", peer().text()},
                            {"what", what},
                            {"asked", asked},
                            {"reason", reason},
                            {"status", static_cast<std::int64_t>(status())}});
}

}  // namespace banyan
