// Of a cluster `concurrency:`, of a route `priority:`.
#include "config/load_schema.h"

#include "config/schema_values.h"

namespace banyan {
namespace {

using namespace schema_detail;

const Schema& concurrency_schema() {
  static const Schema schema = {
      "clusters.NAME.concurrency",
      "How many requests are under way to the cluster at once, found out from how long they take. What does not fit is "
      "answered 503 with Retry-After. See [load](load.md).",
      &defaults<ConcurrencyConfig>(),
      {integer_key<&ConcurrencyConfig::min>("min", 1, 100'000, "never fewer"),
       integer_key<&ConcurrencyConfig::max>("max", 1, 100'000, "never more"),
       integer_key<&ConcurrencyConfig::initial>("initial", 1, 100'000, "until something is known"),
       percent_key<&ConcurrencyConfig::headroom_hundredths>(
           "headroom", "how much longer than on the idle service requests may take before the limit shrinks"),
       duration_key<&ConcurrencyConfig::period>("period", std::chrono::seconds(1), kHour,
                                                "how often the latency of the idle service is found out anew")}};
  return schema;
}

void read_concurrency(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  ConcurrencyConfig& config = at<&ClusterConfig::concurrency>(object).emplace();
  read_mapping(concurrency_schema(), node, &config, reading);
  if (config.min <= config.max) return;
  reading.diagnostics.error(node.position, "concurrency: 'min' is more than 'max'", "let 'max' be the larger");
}

constexpr std::array<Choice<Priority>, 3> kPriorities = {
    {{"low", Priority::kLow}, {"normal", Priority::kNormal}, {"high", Priority::kHigh}}};

void read_priority(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (const auto value = read_choice(key, node, kPriorities, reading)) at<&RouteConfig::priority>(object) = *value;
}

}  // namespace

KeySpec concurrency_key() {
  return {.name = "concurrency",
          .type = "mapping",
          .about = "refuses what the servers have no room for, by their latency",
          .read = read_concurrency,
          .nested = &concurrency_schema()};
}

KeySpec priority_key() {
  return {.name = "priority",
          .type = "word",
          .bounds = "low, normal or high",
          .about = "who is refused first where there is no room: of a cluster's `concurrency`, or of memory",
          .read = read_priority,
          .default_text = [](const void*) { return std::string("normal"); }};
}

}  // namespace banyan
