#include "gateway/migration.h"

#include <openssl/evp.h>

#include <array>

#include "base/check.h"
#include "json/write.h"

namespace banyan {
namespace {

void write_list(json::Writer& out, std::string_view key, const std::vector<std::string>& texts) {
  out.key(key).begin_array();
  for (const std::string& text : texts) out.string(text);
  out.end_array();
}

void write_conditions(json::Writer& out, std::string_view key, const std::vector<ConditionConfig>& conditions) {
  out.key(key).begin_array();
  for (const ConditionConfig& condition : conditions) out.string(condition.name).string(condition.value.value_or("*"));
  out.end_array();
}

// The clusters that are asked, each once.
std::vector<const ClusterConfig*> clusters_of(const GatewayConfig& gateway, const MigrateConfig& migrate) {
  std::vector<const ClusterConfig*> clusters;
  for (const std::string* name : {&migrate.from, &migrate.to, &migrate.sandbox.cluster}) {
    if (const ClusterConfig* cluster = gateway.cluster(*name); cluster != nullptr) clusters.push_back(cluster);
  }
  return clusters;
}

// Of a text that may give a secret: the ledger keeps the rules, and the report shows them.
std::string digest_of(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kShownBytes = 16;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned bytes = 0;
  BANYAN_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &bytes, EVP_sha256(), nullptr) == 1);
  std::string hex;
  for (std::size_t i = 0; i < kShownBytes; ++i) {
    hex.push_back(kDigits[std::size_t{digest[i]} >> 4]);
    hex.push_back(kDigits[std::size_t{digest[i]} & 15]);
  }
  return hex;
}

// What php-fpm is told to run, and with what.
void write_scripts(json::Writer& out, const ClusterConfig& cluster) {
  if (cluster.protocol != ClusterProtocol::kFastcgi) return;
  std::string text = cluster.root + '\n' + cluster.fallback;
  for (const std::string& name : cluster.index) text += "\nindex " + name;
  for (const std::string& name : cluster.scripts) text += "\nscript " + name;
  for (const NameValueConfig& param : cluster.params) text += "\nparam " + param.name + '=' + param.value;
  out.key("scripts of " + cluster.name).string(digest_of(text));
}

// Filters that change what a side is asked. What others do to clients' answers comes after the comparison.
void write_filters(json::Writer& out, const GatewayConfig& gateway, const RouteConfig& route) {
  std::vector<std::string> texts;
  for (const std::vector<FilterConfig>* filters : {&gateway.filters, &route.filters}) {
    for (const FilterConfig& filter : *filters) {
      if (filter.type->leaves_request(filter.options.get())) continue;
      texts.push_back(std::string(filter.type->name()) + " " + digest_of(filter.text));
    }
  }
  if (!texts.empty()) write_list(out, "filters", texts);
}

// Everything that evidence depends on, besides the builds.
std::string rules_text(const GatewayConfig& gateway, const RouteConfig& route) {
  const MigrateConfig& migrate = *route.migrate;
  const AnswerRules& rules = migrate.compare;
  std::string text;
  json::Writer out(text);
  out.begin_object().key("from").string(migrate.from).key("to").string(migrate.to);
  write_list(out, "methods", route.match.methods);
  out.key("host").string(route.match.host).key("path").string(route.match.path);
  out.key("prefix").string(route.match.prefix);
  write_conditions(out, "header", route.match.headers);
  write_conditions(out, "query", route.match.query);
  write_list(out, "headers", rules.headers);
  out.key("body").integer(static_cast<int>(rules.body));
  write_list(out, "ignore", rules.json.ignored);
  write_list(out, "unordered", rules.json.unordered);
  write_list(out, "loose_empty", rules.json.empty_array_is_object);
  write_list(out, "loose_numbers", rules.json.numeric_strings);
  out.key("tolerance").number(rules.json.tolerances.empty() ? 0 : rules.json.tolerances.front().absolute);
  out.key("timeout_ns").integer(migrate.mirror.timeout.count());
  out.key("build_header").string(migrate.build_header);
  // Said only where they are not as they are by default, so that a ledger of an older version stays valid.
  if (migrate.noise_hundredths == 0) out.key("noise").boolean(false);
  const SandboxConfig& sandbox = migrate.sandbox;
  if (!sandbox.header.name.empty()) out.key("sandbox").string(sandbox.header.name + ": " + sandbox.header.value);
  if (!sandbox.query.name.empty()) out.key("sandbox_query").string(sandbox.query.name + "=" + sandbox.query.value);
  if (!sandbox.cluster.empty()) out.key("sandbox_cluster").string(sandbox.cluster);
  if (!route.compares()) out.key("compared").boolean(false);
  if (!rules.ignored_cookies.empty()) write_list(out, "ignored_cookies", rules.ignored_cookies);
  for (const ClusterConfig* cluster : clusters_of(gateway, migrate)) write_scripts(out, *cluster);
  write_filters(out, gateway, route);
  out.end_object();
  return text;
}

RolloutPolicy policy_of(const RouteConfig& route) {
  const MigrateConfig& migrate = *route.migrate;
  RolloutPolicy policy;
  policy.mismatch_bound = static_cast<double>(migrate.mismatch_bound_hundredths) / static_cast<double>(kAllHundredths);
  policy.steps.clear();
  for (const std::int64_t step : migrate.steps) policy.steps.push_back(static_cast<std::uint32_t>(step));
  policy.hold = migrate.hold;
  policy.compared = route.compares();
  return policy;
}

}  // namespace

Result<std::shared_ptr<const Migration>> make_migration(const GatewayConfig& gateway, const RouteConfig& route,
                                                        const Migration* before) {
  BANYAN_TRY(AnswerComparer comparer, AnswerComparer::open(route.migrate->compare));
  std::string rules = rules_text(gateway, route);
  std::shared_ptr<RolloutRoute> state =
      before != nullptr && before->rules == rules ? before->route : std::make_shared<RolloutRoute>(route.id);
  if (before != nullptr && before->route->retired()) state->share.store(RolloutPolicy::kAllOfRequests);
  std::vector<std::string> addresses;
  for (const ClusterConfig* cluster : clusters_of(gateway, *route.migrate)) {
    for (const EndpointConfig& endpoint : cluster->endpoints) addresses.push_back(endpoint.address.text());
  }
  return std::make_shared<const Migration>(Migration{&*route.migrate, std::move(comparer), policy_of(route),
                                                     std::move(rules), std::move(addresses), std::move(state)});
}

}  // namespace banyan
