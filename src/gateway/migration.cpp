#include "gateway/migration.h"

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

// Everything that evidence depends on, besides the builds.
std::string rules_text(const RouteConfig& route) {
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

Result<std::shared_ptr<const Migration>> make_migration(const RouteConfig& config, const Migration* before) {
  BANYAN_TRY(AnswerComparer comparer, AnswerComparer::open(config.migrate->compare));
  std::string rules = rules_text(config);
  std::shared_ptr<RolloutRoute> route =
      before != nullptr && before->rules == rules ? before->route : std::make_shared<RolloutRoute>(config.id);
  return std::make_shared<const Migration>(
      Migration{&*config.migrate, std::move(comparer), policy_of(config), std::move(rules), std::move(route)});
}

}  // namespace banyan
