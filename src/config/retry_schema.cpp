// Keys of a route: what is done about a request that an endpoint or a whole cluster did not answer well.
#include "config/schema_values.h"
#include "config/units.h"
#include "config/upstream_sections.h"

namespace banyan {
namespace {

using namespace schema_detail;

void read_safe(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto value = reading.scalar(key.name, node, "true or false", parse_boolean);
  if (value) at<&RouteConfig::safe>(object) = *value;
}

// One word of `on`; false where it is none.
bool take_reason(const std::string& word, RetriesConfig& retries) {
  if (word == "connect") return retries.on_connect = true;
  if (word == "reset") return retries.on_reset = true;
  if (word == "timeout") return retries.on_timeout = true;
  if (word == "5xx") {
    retries.on_status.push_back(5);
    return true;
  }
  const Result<std::int64_t> status = parse_integer(word);
  if (!status.ok() || *status < 400 || *status > 599) return false;
  retries.on_status.push_back(*status);
  return true;
}

void read_on(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  auto& retries = *static_cast<RetriesConfig*>(object);
  retries.on_connect = retries.on_reset = false;
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto text = reading.text(key.name, *item, key.bounds);
    if (!text || take_reason(*text, retries)) continue;
    reading.diagnostics.error(item->position, "on: '" + *text + "' is no reason for a retry", "write " + key.bounds);
  }
}

const Schema& retries_schema() {
  static const Schema schema = {
      "routes.retries",
      "Asks again. Without these keys a request that could not be sent, or whose connection broke before the answer, "
      "is "
      "sent to one more endpoint, and never to the same one.",
      &defaults<RetriesConfig>(),
      {integer_key<&RetriesConfig::attempts>(
           "attempts", 1, 10,
           "endpoints asked in all; those that cannot be connected to are not counted "
           "as long as there are others"),
       {.name = "on",
        .type = "text or list of texts",
        .bounds = "connect, reset, timeout, 5xx, or a status from 400 to 599",
        .about = "no connection; one that broke before the answer; `try_timeout`; an answer with this status",
        .read = read_on,
        .default_text = [](const void*) { return std::string("connect, reset"); }},
       duration_key<&RetriesConfig::try_timeout>("try_timeout", Duration{}, kHour,
                                                 "for each attempt's answer, within the route's `timeout`; 0s: none"),
       duration_key<&RetriesConfig::backoff>(
           "backoff", Duration{}, std::chrono::minutes(1),
           "wait before an endpoint is asked that was asked already, doubled each time; "
           "others are asked at once")}};
  return schema;
}

void read_retries(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  RetriesConfig& retries = at<&RouteConfig::retries>(object).emplace();
  retries.position = node.position;
  read_mapping(retries_schema(), node, &retries, reading);
}

const Schema& fallback_schema() {
  static const Schema schema = {
      "routes.fallback",
      "What the client gets in place of no answer, one of 5xx, or a refusal by the breaker: another cluster's answer, "
      "a "
      "text, or the last good answer.",
      &defaults<FallbackConfig>(),
      {text_key<&FallbackConfig::cluster>("cluster", "a cluster that is asked instead"),
       integer_key<&FallbackConfig::status>("status", 200, 599, "of an answer that stands here"),
       text_key<&FallbackConfig::body>("body", "its body"),
       text_key<&FallbackConfig::content_type>("content_type", "its type"),
       duration_key<&FallbackConfig::last_good>(
           "last_good", std::chrono::seconds(1), 24 * kHour,
           "the last 200 of the same GET, if it is no older; kept of what any client may see, in a bounded store")}};
  return schema;
}

void read_fallback(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  FallbackConfig& fallback = at<&RouteConfig::fallback>(object).emplace();
  fallback.position = node.position;
  read_mapping(fallback_schema(), node, &fallback, reading);
  const int given = (node.find("cluster") != nullptr ? 1 : 0) + (node.find("status") != nullptr ? 1 : 0) +
                    (node.find("last_good") != nullptr ? 1 : 0);
  if (given != 1) {
    reading.diagnostics.error(node.position, given == 0 ? "the fallback says not what to answer" : "several fallbacks",
                              "write exactly one of 'cluster', 'status' and 'last_good'");
  }
  for (const std::string_view word : {"body", "content_type"}) {
    const YamlEntry* entry = nullptr;
    for (const YamlEntry& one : node.entries) {
      if (one.key == word) entry = &one;
    }
    if (entry == nullptr || node.find("status") != nullptr) continue;
    reading.diagnostics.error(entry->key_position, "'" + entry->key + "' means nothing without 'status'",
                              "delete it, or write 'status: 503'");
  }
}

const Schema& hedge_schema() {
  static const Schema schema = {"routes.hedge",
                                "Asks a second endpoint when the first is slow, and takes the answer that comes first. "
                                "Only of requests without a "
                                "body that may be repeated.",
                                &defaults<HedgeConfig>(),
                                {duration_key<&HedgeConfig::after>("after", kMillisecond, std::chrono::minutes(1),
                                                                   "how long the first is waited for")}};
  return schema;
}

}  // namespace

Schema with_retry_keys(Schema schema) {
  std::vector<KeySpec>& keys = schema.keys;
  keys.push_back({.name = "safe",
                  .type = "boolean",
                  .bounds = "true or false",
                  .about =
                      "whether a request may be executed twice: sent again, to a mirror or to a fallback; by default "
                      "the method says",
                  .read = read_safe});
  keys.push_back({.name = "retries",
                  .type = "mapping",
                  .about = "when another attempt is made",
                  .read = read_retries,
                  .nested = &retries_schema()});
  keys.push_back({.name = "fallback",
                  .type = "mapping",
                  .about = "what the client gets in place of a failure",
                  .read = read_fallback,
                  .nested = &fallback_schema()});
  keys.push_back(mapping_key<&RouteConfig::hedge>("hedge", hedge_schema(), "asks a second endpoint when one is slow"));
  return schema;
}

}  // namespace banyan
