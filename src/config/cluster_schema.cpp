// `clusters:` the servers behind the gateway.
#include <algorithm>

#include "config/gateway_sections.h"
#include "config/load_schema.h"
#include "config/schema_values.h"
#include "config/transport_schema.h"
#include "config/upstream_sections.h"

namespace banyan {
namespace {

using namespace schema_detail;

constexpr std::array<Choice<ClusterProtocol>, 3> kProtocols = {
    {{"fastcgi", ClusterProtocol::kFastcgi}, {"http1", ClusterProtocol::kHttp1}, {"http2", ClusterProtocol::kHttp2}}};

void read_protocol(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (const auto value = read_choice(key, node, kProtocols, reading)) at<&ClusterConfig::protocol>(object) = *value;
}

const Schema& endpoint_schema() {
  static const Schema schema = {
      "endpoints",
      "One server of a cluster. In place of the mapping the address alone may stand.",
      &defaults<EndpointConfig>(),
      {address_key<&EndpointConfig::address, read_address>("address", "HOST:PORT or unix:PATH of the server"),
       integer_key<&EndpointConfig::weight>("weight", 0, 1000, "its share against the others; 0 sends it nothing"),
       {.name = "colour",
        .type = "text",
        .about = "the lane it serves: requests of that colour go to it, all others to the endpoints without one",
        .read = read_colour<&EndpointConfig::colour>},
       text_key<&EndpointConfig::zone>("zone", "where it runs; the gateway prefers endpoints of its own `zone`")}};
  return schema;
}

void read_endpoints(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, false)) {
    EndpointConfig& endpoint = at<&ClusterConfig::endpoints>(object).emplace_back();
    endpoint.position = item->position;
    if (item->kind == YamlNode::Kind::kMapping) {
      read_mapping(endpoint_schema(), *item, &endpoint, reading);
    } else if (auto address = read_address(key.name, *item, reading)) {
      endpoint.address = std::move(*address);
    }
  }
}

bool has_dot_segment(std::string_view path) {
  const std::string padded = "/" + std::string(path) + "/";
  return padded.find("/../") != padded.npos || padded.find("/./") != padded.npos;
}

bool check_index(const std::string& text, const YamlNode& node, Reading& reading) {
  if (text.find('/') == text.npos && !has_dot_segment(text)) return true;
  reading.diagnostics.error(node.position, "index: '" + text + "' is not the name of a file",
                            "write a name without '/', like index.php");
  return false;
}

bool check_script(const std::string& text, const YamlNode& node, Reading& reading) {
  if (text.starts_with("/") && text.size() > 1 && !text.ends_with("/") && !has_dot_segment(text)) return true;
  reading.diagnostics.error(node.position, "'" + text + "' is not a script below the root",
                            "write its path from there, beginning with '/', like /index.php");
  return false;
}

// A quoted "" turns the fallback off.
void read_fallback(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (node.kind == YamlNode::Kind::kScalar && !node.plain && node.text.empty()) {
    at<&ClusterConfig::fallback>(object).clear();
    return;
  }
  const auto text = reading.text(key.name, node, "a script below the root");
  if (text && check_script(*text, node, reading)) at<&ClusterConfig::fallback>(object) = *text;
}

void read_params(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  for (const YamlEntry& entry : node.entries) {
    const bool valid = entry.key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
    if (!valid || entry.key.starts_with("HTTP_")) {
      reading.diagnostics.error(entry.key_position, "'" + entry.key + "' is not the name of a CGI variable",
                                "use capital letters, digits and '_', and no HTTP_ in front: those are the client's");
    }
    if (entry.value.kind == YamlNode::Kind::kScalar) {
      at<&ClusterConfig::params>(object).push_back({entry.key, entry.value.text});
    } else {
      reading.wrong_type(entry.key, entry.value, "text");
    }
  }
}

Schema own_schema() {
  return {
      "clusters.NAME",
      "Servers that answer alike. The keys from `root` to `params` are for `protocol: fastcgi` alone.",
      &defaults<ClusterConfig>(),
      {{.name = "protocol",
        .type = "word",
        .bounds = "fastcgi, http1 or http2",
        .about = "what the servers speak",
        .required = true,
        .read = read_protocol},
       {.name = "endpoints",
        .type = "list of addresses or mappings",
        .about = "the servers, used in turn by weight",
        .required = true,
        .read = read_endpoints,
        .nested = &endpoint_schema()},
       duration_key<&ClusterConfig::connect_timeout>("connect_timeout", kMillisecond, std::chrono::minutes(5),
                                                     "to open a connection to an endpoint"),
       concurrency_key(),
       cluster_tls_key(),
       cluster_proxy_protocol_key(),
       folder_key<&ClusterConfig::root>(
           "root", "the application's public folder, also as php-fpm sees it; required with fastcgi"),
       {.name = "index",
        .type = "text or list of texts",
        .about = "files tried, in order, for a path that is a folder",
        .read = read_texts<&ClusterConfig::index, check_index>,
        .default_text = schema_detail::show<&ClusterConfig::index, show_texts>},
       {.name = "fallback",
        .type = "text",
        .about = "script that runs for paths that do not exist; \"\" answers 404",
        .read = read_fallback,
        .default_text = schema_detail::show<&ClusterConfig::fallback, schema_detail::show_text>},
       {.name = "scripts",
        .type = "text or list of texts",
        .about = "the only scripts that may run, as paths below root; by default every `.php` file there",
        .read = read_texts<&ClusterConfig::scripts, check_script>},
       integer_key<&ClusterConfig::connections_max>(
           "connections_max", 1, 65535,
           "connections of the whole process; keep it at php-fpm's `pm.max_children`, which is 5 as Debian ships it, "
           "or below: "
           "one more would wait in php-fpm's queue behind those that are kept"),
       {.name = "params",
        .type = "mapping of names to text",
        .about = "variables added to those of CGI, for `$_SERVER`",
        .read = read_params}}};
}

}  // namespace

const Schema& cluster_schema() {
  static const Schema schema = with_upstream_keys(own_schema());
  return schema;
}

void read_clusters(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  for (const YamlEntry& entry : node.entries) {
    check_name("the cluster", entry.key, entry.key_position, reading);
    ClusterConfig& cluster = at<&GatewayConfig::clusters>(object).emplace_back();
    cluster.position = entry.key_position;
    cluster.name = entry.key;
    if (!reading.want_mapping(entry.key, entry.value)) continue;
    read_mapping(cluster_schema(), entry.value, &cluster, reading);
    const bool fastcgi = cluster.protocol == ClusterProtocol::kFastcgi;
    if (fastcgi && entry.value.find("root") == nullptr) {
      reading.diagnostics.error(entry.key_position, "the cluster '" + entry.key + "' has no 'root'",
                                "fastcgi needs the application's public folder: add 'root: PATH'");
    }
    const YamlNode* protocol = entry.value.find("protocol");
    if (protocol == nullptr || !protocol->text.starts_with("http")) continue;
    for (const YamlEntry& inner : entry.value.entries) {
      constexpr std::string_view kFastcgiOnly[] = {"root", "index", "fallback", "scripts", "connections_max", "params"};
      if (std::find(std::begin(kFastcgiOnly), std::end(kFastcgiOnly), inner.key) == std::end(kFastcgiOnly)) continue;
      reading.diagnostics.error(inner.key_position,
                                "'" + inner.key + "' means nothing with 'protocol: " + protocol->text + "'",
                                "delete it, or write 'protocol: fastcgi'");
    }
  }
}

}  // namespace banyan
