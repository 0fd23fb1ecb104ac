#include "gateway/topology_report.h"

#include "gray/gray_program.h"
#include "json/write.h"

namespace banyan {
namespace {

std::string_view protocol_word(ClusterProtocol protocol) {
  constexpr std::string_view kWords[] = {"http1", "fastcgi", "http2"};  // as ClusterProtocol
  return kWords[static_cast<std::size_t>(protocol)];
}

double percent_of(std::int64_t hundredths) { return static_cast<double>(hundredths) / 100; }

void write_listeners(json::Writer& out, const GatewaySection& gateway) {
  out.key("listeners").begin_array();
  for (const ListenerConfig& listener : gateway.listen) {
    out.begin_object().key("address").string(listener.address.text());
    out.key("tls").boolean(!listener.certificates.empty());
    out.key("proxy_protocol").boolean(listener.proxy_protocol).end_object();
  }
  out.end_array();
}

void write_match(json::Writer& out, const MatchConfig& match) {
  out.key("match").begin_object().key("methods").begin_array();
  for (const std::string& method : match.methods) out.string(method);
  out.end_array().key("host").string(match.host).key("path").string(match.path).key("prefix").string(match.prefix);
  out.end_object();
}

// The conditions of a rule in words, for people; the file has them in full.
std::string conditions_of(const WhenConfig& when) {
  std::string text;
  const auto add = [&text](std::string_view one) { text.append(text.empty() ? "" : ", ").append(one); };
  for (const ValueCondition& condition : when.values) {
    add(condition.name.text() + (condition.value ? "=" + *condition.value : "=*"));
  }
  for (const IpNetwork& network : when.networks) add("ip in " + network.text());
  if (when.time) add("time");
  if (when.expression) add("expression");
  return text;
}

void write_exceptions(json::Writer& out, const std::vector<ExceptionConfig>& exceptions) {
  out.begin_array();
  for (const ExceptionConfig& exception : exceptions) {
    out.begin_object().key("to").string(exception.target).key("users").unsigned_integer(exception.values.size());
    out.end_object();
  }
  out.end_array();
}

void write_gray(json::Writer& out, const RouteGrayConfig& gray) {
  out.key("sticky").begin_array();
  if (gray.sticky) {
    for (const ValueName& name : gray.sticky->keys) out.string(name.text());
  }
  out.end_array().key("rules").begin_array();
  for (const RuleConfig& rule : gray.rules) {
    out.begin_object().key("line").integer(rule.position.line).key("to").string(rule.to);
    out.key("when").string(conditions_of(rule.when)).end_object();
  }
  out.end_array().key("always");
  write_exceptions(out, gray.always);
  out.key("never");
  write_exceptions(out, gray.never);
}

// A cluster that gets copies of a route's requests.
void write_copies(json::Writer& out, const std::string& cluster, std::int64_t hundredths) {
  out.begin_object().key("cluster").string(cluster).key("percent").number(percent_of(hundredths)).end_object();
}

std::int64_t share_of(const GatewayRoute& route, std::size_t target) {
  if (route.migration == nullptr) return route.config->split[target].hundredths;
  const std::int64_t moved = route.migration->route->share.load(std::memory_order_relaxed);
  return target == kNewSide ? moved : kAllHundredths - moved;
}

void write_route(json::Writer& out, const GatewayRoute& compiled) {
  const RouteConfig& route = *compiled.config;
  out.begin_object().key("id").string(route.id).key("line").integer(route.position.line);
  write_match(out, route.match);
  out.key("targets").begin_array();
  for (std::size_t i = 0; i < route.split.size(); ++i) {
    const SplitConfig& target = route.split[i];
    out.begin_object().key("name").string(target_name(route, i)).key("cluster").string(target.cluster);
    out.key("colour").string(target.colour_name());
    out.key("percent").number(percent_of(share_of(compiled, i))).end_object();
  }
  out.end_array().key("files");
  route.files ? out.string(route.files->root) : out.null();
  out.key("mirror");
  if (route.mirror) {
    write_copies(out, route.mirror->cluster, route.mirror->hundredths);
  } else {
    out.null();
  }
  out.key("sandbox");
  if (route.migrate && !route.migrate->sandbox.cluster.empty()) {
    write_copies(out, route.migrate->sandbox.cluster, route.migrate->mirror.hundredths);
  } else {
    out.null();
  }
  out.key("fallback");
  route.fallback && !route.fallback->cluster.empty() ? out.string(route.fallback->cluster) : out.null();
  write_gray(out, route.gray);
  out.end_object();
}

void write_cluster(json::Writer& out, const ClusterConfig& cluster) {
  out.begin_object().key("name").string(cluster.name).key("protocol").string(protocol_word(cluster.protocol));
  out.key("endpoints").begin_array();
  for (const EndpointConfig& endpoint : cluster.endpoints) {
    out.begin_object().key("address").string(endpoint.address.text()).key("weight").integer(endpoint.weight);
    out.key("colour").string(endpoint.colour).key("zone").string(endpoint.zone).end_object();
  }
  out.end_array().end_object();
}

}  // namespace

std::string topology_json(const GatewaySnapshot& snapshot) {
  const GatewayConfig& config = snapshot.config;
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_listeners(out, config.gateway);
  out.key("routes").begin_array();
  for (const GatewayRoute& route : snapshot.routes) write_route(out, route);
  out.end_array().key("clusters").begin_array();
  for (const ClusterConfig& cluster : config.clusters) write_cluster(out, cluster);
  out.end_array().end_object();
  return text + "\n";
}

}  // namespace banyan
