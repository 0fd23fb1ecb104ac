// Any text: no crash; and where it is a configuration, the proposal made from it is one that the gateway takes.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "config/gateway_config.h"
#include "nginx_import/convert.h"
#include "nginx_import/proposal_text.h"

namespace {

// One file; it may include itself.
class OneFile final : public banyan::nginx::FileSource {
 public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  banyan::Result<std::string> read(const std::string& path) override {
    if (path != "/etc/nginx/nginx.conf") return banyan::Error(banyan::ErrorCode::kNotFound, path);
    return text_;
  }
  std::vector<std::string> matching(const std::string&) override { return {"/etc/nginx/nginx.conf"}; }

 private:
  std::string text_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 64 * 1024) return 0;
  OneFile source(std::string(reinterpret_cast<const char*>(data), size));
  const banyan::nginx::Configuration configuration = banyan::nginx::load("/etc/nginx/nginx.conf", source);
  if (!configuration.diagnostics.empty()) return 0;
  const banyan::Result<banyan::nginx::Proposal> proposal = banyan::nginx::convert(configuration);
  if (!proposal.ok()) return 0;
  (void)banyan::nginx::notes_text(*proposal, configuration, true);
  const std::string yaml = banyan::nginx::proposal_yaml(*proposal, configuration);
  if (yaml.size() > 1024 * 1024) return 0;
  banyan::Diagnostics diagnostics("banyan.yaml");
  std::vector<banyan::FileReference> files;
  (void)banyan::parse_gateway_config(yaml, "banyan.yaml", diagnostics, files);
  // The filters are no part of this program; tests/e2e/test_import.py has their options checked.
  for (const banyan::Diagnostic& diagnostic : diagnostics.sorted()) {
    BANYAN_CHECK(diagnostic.severity != banyan::Severity::kError || diagnostic.message.starts_with("unknown filter '"));
  }
  return 0;
}
