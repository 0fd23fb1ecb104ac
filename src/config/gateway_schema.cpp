#include "config/gateway_schema.h"

#include "config/gateway_sections.h"
#include "config/gray_schema.h"
#include "config/migrate_schema.h"
#include "config/schema_values.h"
#include "config/units.h"

namespace banyan {
namespace {

using namespace schema_detail;

void read_version(const KeySpec& key, const YamlNode& node, void*, Reading& reading) {
  const auto version = reading.scalar(key.name, node, "the number 1", parse_integer);
  if (version && *version != 1) {
    reading.diagnostics.error(node.position, "version " + node.text + " is not known", "write 'version: 1'");
  }
}

const Schema& admin_schema() {
  static const Schema schema = {
      "admin",
      "The admin API and the metrics, on a listener of their own. Without it there is none.",
      &defaults<AdminConfig>(),
      {address_key<&AdminConfig::listen, read_own_address>("listen", "a loopback address or a unix socket"),
       file_key<&AdminConfig::token_file>("token_file", "file whose text is the token every change must carry")
           .as_required()}};
  return schema;
}

void read_admin(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  AdminConfig& admin = at<&GatewayConfig::admin>(object).emplace();
  admin.position = node.position;
  read_mapping(admin_schema(), node, &admin, reading);
}

void read_gateway_filters(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  at<&GatewayConfig::filters>(object) = read_filters(key, node, reading);
}

}  // namespace

const Schema& gateway_schema() {
  static const Schema schema = {
      "top level",
      "The keys of the file.",
      &defaults<GatewayConfig>(),
      {{.name = "version",
        .type = "integer",
        .bounds = "1",
        .about = "of this format: 1",
        .required = true,
        .read = read_version},
       mapping_key<&GatewayConfig::gateway>("gateway", section_schema(), "the gateway itself").as_required(),
       {.name = "admin",
        .type = "mapping",
        .about = "admin API and metrics",
        .read = read_admin,
        .nested = &admin_schema()},
       gray_key(),
       ledger_key(),
       {.name = "clusters",
        .type = "mapping of names to mappings",
        .about = "the servers behind the gateway",
        .read = read_clusters,
        .nested = &cluster_schema()},
       {.name = "filters",
        .type = "list of filters",
        .about = "what every route's requests pass through, in order; see [filters](filters.md)",
        .read = read_gateway_filters},
       {.name = "routes",
        .type = "list of mappings",
        .about = "what is done with which requests",
        .required = true,
        .read = read_routes,
        .nested = &route_schema()}}};
  return schema;
}

}  // namespace banyan
