#include "config/check_report.h"

#include "base/json_text.h"
#include "config/units.h"

namespace banyan {
namespace {

std::string count(std::size_t number, std::string_view noun) {
  return std::to_string(number).append(" ").append(noun).append(number == 1 ? "" : "s");
}

void append_listeners(std::string& out, const GatewayConfig& config) {
  for (const ListenerConfig& listener : config.gateway.listen) {
    out.append("  listens on ").append(listener.address.text());
    if (!listener.certificates.empty())
      out.append(" with TLS, ").append(count(listener.certificates.size(), "certificate"));
    out.append("\n");
  }
  if (config.admin) out.append("  admin API on ").append(config.admin->listen.text()).append("\n");
}

void append_clusters(std::string& out, const GatewayConfig& config) {
  for (const ClusterConfig& cluster : config.clusters) {
    out.append("  cluster ").append(cluster.name).append(": ");
    out.append(cluster.protocol == ClusterProtocol::kFastcgi ? "fastcgi" : "http1").append(", ");
    out.append(count(cluster.endpoints.size(), "endpoint")).append("\n");
  }
}

std::string answers(const RouteConfig& route) {
  if (route.files) return "files of " + route.files->root;
  if (route.split.size() == 1) return route.split.front().cluster;
  std::string text;
  for (const SplitConfig& share : route.split) {
    text.append(text.empty() ? "" : ", ").append(format_percent(share.hundredths)).append(" ").append(share.cluster);
  }
  return text;
}

void append_routes(std::string& out, const GatewayConfig& config) {
  for (const RouteConfig& route : config.routes) {
    out.append("  route ").append(route.id).append(" -> ").append(answers(route));
    if (route.mirror) {
      out.append(", mirrored ").append(format_percent(route.mirror->hundredths)).append(" to ");
      out.append(route.mirror->cluster);
    }
    out.append("\n");
  }
}

}  // namespace

std::string check_report_text(const LoadedConfig& loaded) {
  std::string out = diagnostics_text(loaded.diagnostics);
  if (!loaded.ok()) return out;
  const GatewayConfig& config = loaded.config;
  out.append(loaded.path).append(": good: ").append(count(config.gateway.listen.size(), "listener")).append(", ");
  out.append(count(config.clusters.size(), "cluster")).append(", ").append(count(config.routes.size(), "route"));
  out.append("\n");
  append_listeners(out, config);
  append_clusters(out, config);
  append_routes(out, config);
  return out;
}

std::string check_report_json(const LoadedConfig& loaded) {
  std::string out = loaded.ok() ? R"({"ok":true,"file":)" : R"({"ok":false,"file":)";
  append_json_string(out, loaded.path);
  out.append(",\"diagnostics\":").append(diagnostics_json(loaded.diagnostics));
  if (loaded.ok()) {
    out.append(",\"listeners\":").append(std::to_string(loaded.config.gateway.listen.size()));
    out.append(",\"clusters\":").append(std::to_string(loaded.config.clusters.size()));
    out.append(",\"routes\":").append(std::to_string(loaded.config.routes.size()));
  }
  return out.append("}\n");
}

}  // namespace banyan
