// `routes:` which requests are answered by whom.
#include <algorithm>

#include "base/ascii.h"
#include "config/gateway_sections.h"
#include "config/gray_schema.h"
#include "config/load_schema.h"
#include "config/migrate_schema.h"
#include "config/schema_values.h"
#include "config/upstream_sections.h"
#include "json/path.h"

namespace banyan {
namespace {

using namespace schema_detail;

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_ascii_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool check_method(const std::string& text, const YamlNode& node, Reading& reading) {
  std::string upper = text;
  for (char& c : upper) c = ascii_upper(c);
  if (is_token(text) && text == upper) return true;
  reading.diagnostics.error(
      node.position, "method: '" + text + "' is not a method",
      is_token(text) ? "methods are written in capitals: " + upper : "write GET, POST or the like");
  return false;
}

void read_host(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "a host name");
  if (!text) return;
  std::string host = *text;
  for (char& c : host) c = ascii_lower(c);
  const std::string_view name = std::string_view(host).substr(host.starts_with("*.") ? 2 : 0);
  const bool valid = !name.empty() && !name.starts_with('.') && name.find("..") == name.npos &&
                     name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._") == name.npos;
  if (valid || (host.starts_with("[") && host.ends_with("]"))) {
    at<&MatchConfig::host>(object) = host;
    return;
  }
  reading.diagnostics.error(node.position, "host: '" + *text + "' is not a host",
                            "write example.com or *.example.com, without scheme and port");
}

bool check_path(std::string_view key, const std::string& text, const YamlNode& node, Reading& reading) {
  const std::string place = std::string(key) + ": '" + text + "' ";
  if (!text.starts_with("/")) {
    reading.diagnostics.error(node.position, place + "does not begin with '/'", "write '/" + text + "'");
  } else if (text.find_first_of("?#* ") != text.npos) {
    reading.diagnostics.error(node.position, place + "holds one of '?', '#', '*' and space",
                              "write the path alone; 'query' matches parameters, 'prefix' all below a path");
  } else {
    return true;
  }
  return false;
}

void read_prefix(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "the beginning of a path");
  if (text && check_path(key.name, *text, node, reading)) at<&MatchConfig::prefix>(object) = *text;
}

// What is wrong with the ":name" segments of a path, or nothing.
std::string wrong_captures(std::string_view path) {
  constexpr std::size_t kCapturesMax = 16;  // as the router has it
  std::vector<std::string_view> names;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    if (!segment.starts_with(':')) continue;
    const std::string_view name = segment.substr(1);
    if (!is_name(name)) return "':' without a name, write :id or the like";
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return "the name ':" + std::string(name) + "' twice, give each its own";
    }
    names.push_back(name);
  }
  return names.size() <= kCapturesMax ? "" : "more than 16 names, use fewer";
}

void read_path(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "a path");
  if (!text || !check_path(key.name, *text, node, reading)) return;
  const std::string wrong = wrong_captures(*text);
  if (wrong.empty()) {
    at<&MatchConfig::path>(object) = *text;
  } else {
    reading.diagnostics.error(node.position, "path: '" + *text + "' has " + wrong);
  }
}

template <auto M, bool kFieldNames>
void read_conditions(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  for (const YamlEntry& entry : node.entries) {
    if (kFieldNames && !is_token(entry.key)) {
      reading.diagnostics.error(entry.key_position, "'" + entry.key + "' is not the name of a header field",
                                "write it as in 'x-version: \"2\"'");
    }
    if (entry.value.kind != YamlNode::Kind::kScalar) {
      reading.wrong_type(entry.key, entry.value, "the value wanted, or \"*\" for any");
      continue;
    }
    ConditionConfig& condition = at<M>(object).emplace_back();
    condition.name = entry.key;
    if (entry.value.text != "*") condition.value = entry.value.text;
  }
}

const Schema& match_schema() {
  static const Schema schema = {
      "routes.match",
      "Which requests a route takes. All conditions given must hold.",
      &defaults<MatchConfig>(),
      {{.name = "method",
        .type = "text or list of texts",
        .about = "one of these methods",
        .read = read_texts<&MatchConfig::methods, check_method>},
       {.name = "host",
        .type = "text",
        .about = "the host: `example.com`, or `*.example.com` for all below it",
        .read = read_host},
       {.name = "path",
        .type = "text",
        .about = "the whole path; a segment `:name` stands for any one segment",
        .read = read_path},
       {.name = "prefix", .type = "text", .about = "the beginning of the path, letter by letter", .read = read_prefix},
       {.name = "header",
        .type = "mapping of names to text",
        .about = "fields with these values; `\"*\"` is any value",
        .read = read_conditions<&MatchConfig::headers, true>},
       {.name = "query",
        .type = "mapping of names to text",
        .about = "parameters with these values; `\"*\"` is any value",
        .read = read_conditions<&MatchConfig::query, false>}}};
  return schema;
}

void read_match(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  read_mapping(match_schema(), node, &at<&RouteConfig::match>(object), reading);
  const YamlNode* prefix = node.find("prefix");
  if (node.find("path") != nullptr && prefix != nullptr) {
    reading.diagnostics.error(prefix->position, "both 'path' and 'prefix'",
                              "keep 'path' for one path, or 'prefix' for all that begin with it");
  } else if (node.entries.empty()) {
    reading.diagnostics.error(node.position, "match has no condition", "write {prefix: /} to take every request");
  }
}

const Schema& split_schema() {
  static const Schema schema = {
      "routes.split",
      "A cluster's share of a route. The shares of a split add up to 100%.",
      &defaults<SplitConfig>(),
      {text_key<&SplitConfig::cluster>("cluster", "the cluster's name").as_required(),
       percent_key<&SplitConfig::hundredths>("percent", "its share of the requests").as_required(),
       {.name = "colour",
        .type = "text",
        .about = "the colour of these requests; by default the cluster's name",
        .read = read_colour<&SplitConfig::colour>}}};
  return schema;
}

void read_to(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto name = reading.text(key.name, node, "a cluster's name");
  if (name) at<&RouteConfig::split>(object) = {{node.position, *name, kAllHundredths, {}}};
}

const Schema& static_schema() {
  static const Schema schema = {"routes.static",
                                "Files of a folder: the request's path is looked for below `root`.",
                                &defaults<StaticConfig>(),
                                {folder_key<&StaticConfig::root>("root", "the folder").as_required()}};
  return schema;
}

void read_json_paths(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto text = reading.text(key.name, *item, "JSON paths, like \"$.time\"");
    if (!text) continue;
    if (const Result<json::PathPattern> path = json::PathPattern::parse(*text); path.ok()) {
      at<&MirrorConfig::ignore>(object).push_back(*text);
    } else {
      reading.diagnostics.error(item->position, "ignore: " + path.error().text());
    }
  }
}

const Schema& mirror_schema() {
  static const Schema schema = {
      "routes.mirror",
      "Sends a copy of requests to a second cluster and compares the answers' status and JSON bodies. The client never "
      "waits for it.",
      &defaults<MirrorConfig>(),
      {text_key<&MirrorConfig::cluster>("cluster", "the cluster that gets the copies").as_required(),
       percent_key<&MirrorConfig::hundredths>("percent", "of the route's requests"),
       duration_key<&MirrorConfig::timeout>("timeout", kMillisecond, kHour, "for the copy's answer"),
       {.name = "ignore",
        .type = "list of JSON paths",
        .about = "places of the bodies left out of the comparison",
        .read = read_json_paths}}};
  return schema;
}

void read_mirror(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  MirrorConfig& mirror = at<&RouteConfig::mirror>(object).emplace();
  mirror.position = node.position;
  if (const YamlNode* cluster = node.find("cluster")) mirror.position = cluster->position;
  read_mapping(mirror_schema(), node, &mirror, reading);
}

void read_route_filters(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  at<&RouteConfig::filters>(object) = read_filters(key, node, reading);
}

Schema own_schema() {
  return {
      "routes",
      "What is done with which requests. Routes are tried in order and the first that matches serves. Each has exactly "
      "one "
      "of `to`, `split`, `migrate` and `static`.",
      &defaults<RouteConfig>(),
      {text_key<&RouteConfig::id>("id", "its name in logs and metrics; unique").as_required(),
       {.name = "match",
        .type = "mapping",
        .about = "which requests it takes",
        .required = true,
        .read = read_match,
        .nested = &match_schema()},
       {.name = "to", .type = "text", .about = "the cluster that answers", .read = read_to},
       mappings_key<&RouteConfig::split>("split", split_schema(), "several clusters that answer, each its share"),
       migrate_key(),
       sticky_key(),
       rules_key(),
       always_key(),
       never_key(),
       mapping_key<&RouteConfig::files>("static", static_schema(), "files that are the answer"),
       {.name = "mirror",
        .type = "mapping",
        .about = "a second cluster that gets copies of safe requests",
        .read = read_mirror,
        .nested = &mirror_schema()},
       priority_key(),
       {.name = "filters",
        .type = "list of filters",
        .about = "what its requests pass through, in order, after those of the top level; see [filters](filters.md)",
        .read = read_route_filters},
       duration_key<&RouteConfig::timeout>("timeout", kMillisecond, 24 * kHour,
                                           "from the request's head to the end of the answer's head"),
       duration_key<&RouteConfig::read_timeout>(
           "read_timeout", kMillisecond, 24 * kHour,
           "the longest silence within the answer's body; one that stays silent for longer is cut off")}};
}

}  // namespace

const Schema& route_schema() {
  static const Schema schema = with_retry_keys(own_schema());
  return schema;
}

void read_routes(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, false)) {
    if (!reading.want_mapping("a route", *item)) continue;
    RouteConfig& route = at<&GatewayConfig::routes>(object).emplace_back();
    route.position = item->position;
    read_mapping(route_schema(), *item, &route, reading);
    if (!route.id.empty()) check_name("the route", route.id, item->find("id")->position, reading);
    finish_route_targets(route, reading);
    const int given = (item->find("to") != nullptr ? 1 : 0) + (item->find("split") != nullptr ? 1 : 0) +
                      (item->find("migrate") != nullptr ? 1 : 0) + (item->find("static") != nullptr ? 1 : 0);
    if (given == 1) continue;
    reading.diagnostics.error(item->position,
                              given == 0 ? "the route says not who answers" : "the route has several answers",
                              "write exactly one of 'to', 'split', 'migrate' and 'static'");
  }
}

}  // namespace banyan
