// Keys of a cluster: how an endpoint is chosen, and when one or all of them are not asked.
#include <algorithm>

#include "base/ascii.h"
#include "config/schema_values.h"
#include "config/units.h"
#include "config/upstream_sections.h"

namespace banyan {
namespace {

using namespace schema_detail;

constexpr std::array<Choice<Balance>, 4> kBalances = {{{"round_robin", Balance::kRoundRobin},
                                                       {"least_request", Balance::kLeastRequest},
                                                       {"ewma", Balance::kEwma},
                                                       {"maglev", Balance::kMaglev}}};
constexpr std::array<Choice<HealthConfig::Type>, 4> kHealthTypes = {{{"http", HealthConfig::Type::kHttp},
                                                                     {"tcp", HealthConfig::Type::kTcp},
                                                                     {"fpm", HealthConfig::Type::kFpm},
                                                                     {"grpc", HealthConfig::Type::kGrpc}}};

void read_balance(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (const auto value = read_choice(key, node, kBalances, reading)) at<&ClusterConfig::balance>(object) = *value;
}

void read_hash(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "a value of the request, like header:x-user-id");
  if (!text) return;
  Result<ValueName> name = parse_value_name(*text);
  if (name.ok() && name->kind <= ValueKind::kIp) {
    at<&ClusterConfig::hash>(object) = *std::move(name);
  } else {
    reading.diagnostics.error(node.position, "hash: '" + *text + "' does not tell clients apart",
                              "write header:NAME, cookie:NAME, jwt:CLAIM, query:NAME or ip");
  }
}

void read_health_type(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (const auto value = read_choice(key, node, kHealthTypes, reading)) at<&HealthConfig::type>(object) = *value;
}

void read_health_path(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "a path");
  if (!text) return;
  if (text->starts_with("/") && text->find_first_of(" #\t\r\n") == text->npos) {
    at<&HealthConfig::path>(object) = *text;
  } else {
    reading.diagnostics.error(node.position, "path: '" + *text + "' is not a path", "write it as in /healthz");
  }
}

// A name or an address, with a port or without.
bool is_host(std::string_view text) {
  const std::size_t colon = text.ends_with(']') ? text.npos : text.rfind(':');
  const std::string_view name = text.substr(0, colon);
  if (colon != text.npos) {
    const Result<std::int64_t> port = parse_integer(text.substr(colon + 1));
    if (!port.ok() || *port < 1 || *port > 65535) return false;
  }
  constexpr std::string_view kDigits = "0123456789abcdefABCDEF:.";
  if (name.starts_with('[')) {
    return name.size() > 2 && name.ends_with(']') && name.find_first_not_of(kDigits, 1) == name.size() - 1;
  }
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return is_ascii_alnum(c) || std::string_view("-._").contains(c); });
}

void read_health_host(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "a host");
  if (!text) return;
  if (is_host(*text)) {
    at<&HealthConfig::host>(object) = *text;
  } else {
    reading.diagnostics.error(node.position, "host: '" + *text + "' is not a host",
                              "write it as in api.internal or api.internal:8080");
  }
}

// "200" or "200-399".
void read_expect(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "a status or a range of them, like 200-299");
  if (!text) return;
  const std::size_t dash = text->find('-');
  const Result<std::int64_t> first = parse_integer(text->substr(0, dash));
  const Result<std::int64_t> last = dash == text->npos ? first : parse_integer(text->substr(dash + 1));
  if (!first.ok() || !last.ok() || *first < 200 || *last > 599 || *last < *first) {
    reading.diagnostics.error(node.position, "expect: '" + *text + "' is no range of statuses",
                              "write one from 200 to 599, like 200, or two, like 200-299");
    return;
  }
  at<&HealthConfig::expect_min>(object) = *first;
  at<&HealthConfig::expect_max>(object) = *last;
}

const Schema& health_schema() {
  static const Schema schema = {
      "clusters.NAME.health",
      "Asks every endpoint regularly, once for the whole process. One that does not answer well gets no requests until "
      "it does again. At the start all are taken to be well.",
      &defaults<HealthConfig>(),
      {{.name = "type",
        .type = "word",
        .bounds = "http, tcp, fpm or grpc",
        .about = "a GET; a connection that opens; a ping of php-fpm, whose pool needs `ping.path`; gRPC's own protocol",
        .required = true,
        .read = read_health_type},
       {.name = "path",
        .type = "text",
        .about = "what is asked for; `/` with http, `/ping` with fpm where none is given",
        .read = read_health_path},
       {.name = "host",
        .type = "text",
        .about = "the Host of the request, with http and grpc; the endpoint's name, and `localhost` where it has none",
        .read = read_health_host},
       text_key<&HealthConfig::service>("service", "whose health is asked for with grpc; without it the server's"),
       duration_key<&HealthConfig::interval>("interval", 10 * kMillisecond, kHour, "between two checks of an endpoint"),
       duration_key<&HealthConfig::timeout>("timeout", kMillisecond, std::chrono::minutes(5), "for the answer"),
       integer_key<&HealthConfig::healthy_after>("healthy_after", 1, 100, "good answers in a row until it is well"),
       integer_key<&HealthConfig::unhealthy_after>("unhealthy_after", 1, 100,
                                                   "bad answers in a row until it gets no requests"),
       {.name = "expect",
        .type = "text",
        .bounds = "200 to 599",
        .about = "the status, or the range of them, of a good answer of http",
        .read = read_expect,
        .default_text = [](const void*) { return std::string("200-399"); }},
       text_key<&HealthConfig::build>("build",
                                      "a member of the answer, which is a JSON object: it says which build of the "
                                      "service that is, where answers themselves do not ([migrate](migrate.md))")}};
  return schema;
}

const Schema& outlier_schema() {
  static const Schema schema = {
      "clusters.NAME.outlier",
      "Takes endpoints out of the turn for a while whose requests fail: no answer, or one of 5xx.",
      &defaults<OutlierConfig>(),
      {integer_key<&OutlierConfig::consecutive_failures>("consecutive_failures", 1, 100'000,
                                                         "failures in a row that eject an endpoint"),
       duration_key<&OutlierConfig::base_ejection>("base_ejection", kMillisecond, kHour,
                                                   "how long, times the ejections so far"),
       duration_key<&OutlierConfig::ejection_max>("ejection_max", kMillisecond, 24 * kHour, "the longest time out"),
       integer_key<&OutlierConfig::ejected_percent_max>("ejected_percent_max", 0, 100,
                                                        "of the endpoints, out at a time; one always may be")}};
  return schema;
}

const Schema& breaker_schema() {
  static const Schema schema = {
      "clusters.NAME.breaker",
      "Stops asking the cluster when requests fail, and finds out with a few whether it is well again. The result of a "
      "request is the one after its retries; no answer and 5xx are failures.",
      &defaults<BreakerConfig>(),
      {integer_key<&BreakerConfig::consecutive_failures>("consecutive_failures", 0, 1'000'000,
                                                         "failures in a row that open it; 0: does not matter"),
       percent_key<&BreakerConfig::failure_rate>("failure_rate",
                                                 "failures among the results that open it; 0%: no matter"),
       percent_key<&BreakerConfig::slow_rate>("slow_rate",
                                              "slow answers among the results that open it; 0%: no matter"),
       duration_key<&BreakerConfig::slow_after>("slow_after", kMillisecond, kHour,
                                                "an answer whose head takes longer is slow"),
       integer_key<&BreakerConfig::requests_min>("requests_min", 1, 1'000'000,
                                                 "results before the two rates say anything"),
       duration_key<&BreakerConfig::interval>("interval", Duration{}, 24 * kHour,
                                              "how far back results count while closed; 0s: to the last change"),
       duration_key<&BreakerConfig::bucket>(
           "bucket", Duration{}, 24 * kHour,
           "the window rolls in these steps; 0s: all results are forgotten at each end of `interval`"),
       duration_key<&BreakerConfig::open_for>("open_for", kMillisecond, 24 * kHour,
                                              "how long it refuses before it lets probes pass"),
       integer_key<&BreakerConfig::half_open_requests>("half_open_requests", 1, 10'000,
                                                       "probes at a time, and good ones in a row that close it")}};
  return schema;
}

const Schema& retry_budget_schema() {
  static const Schema schema = {
      "clusters.NAME.retry_budget",
      "How many retries of the cluster's requests may be under way at a time.",
      &defaults<RetryBudgetConfig>(),
      {percent_key<&RetryBudgetConfig::percent>("percent", "of the requests under way"),
       integer_key<&RetryBudgetConfig::at_least>("at_least", 0, 1'000'000, "so many whatever the percentage gives")}};
  return schema;
}

}  // namespace

Schema with_upstream_keys(Schema schema) {
  std::vector<KeySpec>& keys = schema.keys;
  keys.push_back({.name = "balance",
                  .type = "word",
                  .bounds = "round_robin, least_request, ewma or maglev",
                  .about =
                      "which endpoint is next: in turn; the one with the fewest requests; the faster of two; always "
                      "the same for the same `hash`",
                  .read = read_balance,
                  .default_text = [](const void*) { return std::string("round_robin"); }});
  keys.push_back({.name = "hash",
                  .type = "text",
                  .bounds = "header:NAME, cookie:NAME, jwt:CLAIM, query:NAME or ip",
                  .about = "with maglev: requests that have the same go to the same endpoint",
                  .read = read_hash});
  keys.push_back(duration_key<&ClusterConfig::slow_start>(
      "slow_start", Duration{}, kHour, "over which an endpoint that has come or recovered grows to its full weight"));
  keys.push_back(mapping_key<&ClusterConfig::health>("health", health_schema(), "regular checks of every endpoint"));
  keys.push_back(mapping_key<&ClusterConfig::outlier>("outlier", outlier_schema(), "ejects endpoints that fail"));
  keys.push_back(integer_key<&ClusterConfig::panic_percent>(
      "panic_percent", 0, 100,
      "when fewer of the endpoints are well, all are used, as the judgement is then doubtful"));
  keys.push_back(
      mapping_key<&ClusterConfig::breaker>("breaker", breaker_schema(), "stops asking a cluster that fails"));
  keys.push_back(
      mapping_key<&ClusterConfig::retry_budget>("retry_budget", retry_budget_schema(), "how many retries at a time"));
  return schema;
}

}  // namespace banyan
