// Any text: no crash, and what is taken without an error keeps the promises of gateway_config.h.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "config/gateway_config.h"

namespace {

void check_promises(const banyan::GatewayConfig& config) {
  BANYAN_CHECK(!config.gateway.listen.empty() && !config.routes.empty());
  for (const banyan::ClusterConfig& cluster : config.clusters) BANYAN_CHECK(!cluster.endpoints.empty());
  for (const banyan::RouteConfig& route : config.routes) {
    BANYAN_CHECK(!route.id.empty() && route.split.empty() == route.files.has_value());
    std::int64_t sum = 0;
    for (const banyan::SplitConfig& share : route.split) {
      BANYAN_CHECK(config.cluster(share.cluster) != nullptr && share.hundredths >= 0);
      sum += share.hundredths;
    }
    BANYAN_CHECK(route.files || sum == banyan::kAllHundredths);
    if (route.mirror) BANYAN_CHECK(config.cluster(route.mirror->cluster) != nullptr);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  banyan::Diagnostics diagnostics("fuzz.yaml");
  std::vector<banyan::FileReference> files;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const banyan::GatewayConfig config = banyan::parse_gateway_config(text, "fuzz.yaml", diagnostics, files);
  if (!diagnostics.has_errors()) check_promises(config);
  return 0;
}
