// `gray:`, and of a route `sticky:`, `rules:`, `always:` and `never:`.
#include "config/gray_schema.h"

#include <algorithm>

#include "config/schema_values.h"

namespace banyan {
namespace {

using namespace schema_detail;

constexpr std::string_view kHowToTrust = "networks, like 10.0.0.0/8, or the word unix";

void read_trust(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    if (item->kind == YamlNode::Kind::kScalar && item->text == "unix") {
      at<&GraySection::trust_unix>(object) = true;
    } else if (const auto network = read_network(key.name, *item, kHowToTrust, reading)) {
      at<&GraySection::trust>(object).push_back(*network);
    }
  }
}

// The field must be one that nothing else has a meaning for.
void read_header(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "the name of a header field");
  if (!text) return;
  const bool valid = text->starts_with("x-") && text->size() <= 64 &&
                     text->find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text->npos;
  if (valid) {
    at<&GraySection::header>(object) = *text;
  } else {
    reading.diagnostics.error(node.position, "header: '" + *text + "' cannot carry the colour",
                              "write a name that begins with x-, in small letters, like x-gray-tag");
  }
}

const Schema& gray_schema() {
  static const Schema schema = {
      "gray",
      "The colour of requests: who may set it, and the field it travels in. See [gray release](gray.md).",
      &defaults<GraySection>(),
      {{.name = "trust",
        .type = "list of networks",
        .about = "whose colour is believed; `unix` stands for clients of unix sockets. From others it is removed",
        .read = read_trust},
       {.name = "header",
        .type = "text",
        .about = "the field, which is also the name of the member of `baggage`",
        .read = read_header,
        .default_text = schema_detail::show<&GraySection::header, schema_detail::show_text>}}};
  return schema;
}

// ---- sticky ----

void read_keys(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto text = reading.text(key.name, *item, "values of the request, like header:x-user-id");
    if (!text) continue;
    Result<ValueName> name = parse_value_name(*text);
    if (!name.ok()) {
      reading.diagnostics.error(item->position, "keys: " + name.error().message());
    } else if (name->kind > ValueKind::kIp) {
      reading.diagnostics.error(item->position, "keys: '" + *text + "' does not tell users apart",
                                "write header:NAME, cookie:NAME, jwt:CLAIM, query:NAME or ip");
    } else {
      at<&StickyConfig::keys>(object).push_back(*std::move(name));
    }
  }
}

constexpr std::array<Choice<Mod100>, 4> kHashes = {
    {{"numeric", Mod100::kNumeric}, {"crc32", Mod100::kCrc32}, {"md5", Mod100::kMd5}, {"fnv1a", Mod100::kFnv1a}}};

struct Mod100Section {
  std::optional<Mod100> hash;
};

void read_hash(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  at<&Mod100Section::hash>(object) = read_choice(key, node, kHashes, reading);
}

const Schema& mod100_schema() {
  static const Schema schema = {
      "routes.sticky.mod100",
      "The scheme `hash(key) % 100`: a user whose number is below the share gets the new version. Shares are whole "
      "percents.",
      &defaults<Mod100Section>(),
      {{.name = "hash",
        .type = "word",
        .bounds = "numeric, crc32, md5 or fnv1a",
        .about = "the key itself, a decimal number; PHP's `crc32`; the first four bytes of MD5; Go's `fnv.New32a`",
        .required = true,
        .read = read_hash}}};
  return schema;
}

void read_mod100(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  Mod100Section section;
  read_mapping(mod100_schema(), node, &section, reading);
  at<&StickyConfig::mod100>(object) = section.hash;
}

const Schema& sticky_schema() {
  static const Schema schema = {
      "routes.sticky",
      "Makes a split give the same user the same version. A request with none of the keys is decided by chance.",
      &defaults<StickyConfig>(),
      {{.name = "keys",
        .type = "list of values",
        .about = "`header:NAME`, `cookie:NAME`, `jwt:CLAIM`, `query:NAME` or `ip`: the first that the request has says "
                 "who the user is. A claim is read without verifying the token",
        .required = true,
        .read = read_keys},
       text_key<&StickyConfig::salt>("salt",
                                     "hashed with the key; by default the route's id. Routes of one salt choose "
                                     "the same users"),
       {.name = "mod100",
        .type = "mapping",
        .about = "instead of the salted hash: a scheme that exists already",
        .read = read_mod100,
        .nested = &mod100_schema()}}};
  return schema;
}

void read_sticky(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  StickyConfig& sticky = at<&RouteConfig::gray>(object).sticky.emplace();
  sticky.position = node.position;
  read_mapping(sticky_schema(), node, &sticky, reading);
  if (sticky.mod100 && !sticky.salt.empty()) {
    reading.diagnostics.error(node.find("salt")->position, "'salt' means nothing with 'mod100'", "delete one of them");
  }
}

// ---- rules ----

template <ValueKind kKind>
void read_values(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  for (const YamlEntry& entry : node.entries) {
    Result<ValueName> name = parse_value_name(std::string(kind_word(kKind)) + ":" + entry.key);
    if (!name.ok()) {
      reading.diagnostics.error(entry.key_position, name.error().message());
    } else if (entry.value.kind != YamlNode::Kind::kScalar) {
      reading.wrong_type(entry.key, entry.value, "the value wanted, or \"*\" for any");
    } else {
      ValueCondition& condition = at<&WhenConfig::values>(object).emplace_back();
      condition.name = *std::move(name);
      if (entry.value.text != "*") condition.value = entry.value.text;
    }
  }
}

void read_cidr(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto network = read_network(key.name, *item, "networks, like 10.0.0.0/8", reading);
    if (network) at<&WhenConfig::networks>(object).push_back(*network);
  }
}

template <auto M>
void read_edge(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "a time, like 2026-12-01T09:00 or 09:00");
  if (!text) return;
  const Result<WindowEdge> edge = parse_window_edge(*text);
  if (edge.ok()) {
    at<M>(object) = *edge;
  } else {
    reading.diagnostics.error(node.position, std::string(key.name) + ": " + edge.error().message());
  }
}

void read_days(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto text = reading.text(key.name, *item, "days: mon, tue, wed, thu, fri, sat, sun");
    if (!text) continue;
    if (const std::optional<int> day = parse_weekday(*text)) {
      at<&TimeWindow::days>(object) |= static_cast<std::uint8_t>(1 << *day);
    } else {
      reading.diagnostics.error(item->position, "days: '" + *text + "' is no day",
                                "write mon, tue, wed, thu, fri, sat or sun");
    }
  }
}

void read_zone(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "a zone, like +08:00");
  if (!text) return;
  const Result<int> minutes = parse_zone(*text);
  if (minutes.ok()) {
    at<&TimeWindow::zone_minutes>(object) = *minutes;
  } else {
    reading.diagnostics.error(node.position, "zone: " + minutes.error().message());
  }
}

const Schema& time_schema() {
  static const Schema schema = {
      "routes.rules.when.time",
      "When a rule holds. `from` is within, `until` is not; a daily window may pass midnight.",
      &defaults<TimeWindow>(),
      {{.name = "from",
        .type = "time",
        .about = "`2026-12-01T09:00`, `2026-12-01`, or `09:00` every day",
        .read = read_edge<&TimeWindow::from>},
       {.name = "until", .type = "time", .about = "as `from`, of the same kind", .read = read_edge<&TimeWindow::until>},
       {.name = "days",
        .type = "list of days",
        .bounds = "mon to sun",
        .about = "only on these days of the week",
        .read = read_days},
       {.name = "zone",
        .type = "text",
        .about = "whose time it is: `UTC`, or the distance from it, `+08:00`",
        .read = read_zone,
        .default_text = [](const void*) { return std::string("UTC"); }}}};
  return schema;
}

void read_time(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  TimeWindow& window = at<&WhenConfig::time>(object).emplace();
  read_mapping(time_schema(), node, &window, reading);
  if (!window.from || !window.until) return;
  if (window.from->daily != window.until->daily) {
    reading.diagnostics.error(node.position, "time: 'from' and 'until' are of different kinds",
                              "write both as moments, or both as times of day");
  } else if (window.from->daily ? window.from->seconds == window.until->seconds
                                : window.from->seconds >= window.until->seconds) {
    reading.diagnostics.error(node.position, "time: nothing lies between 'from' and 'until'", "let 'until' be later");
  }
}

void read_expression(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "an expression");
  if (!text) return;
  Result<Expression> expression = Expression::parse(*text);
  if (expression.ok()) {
    at<&WhenConfig::expression>(object) = *std::move(expression);
  } else {
    reading.diagnostics.error(node.position, "expression: " + expression.error().message());
  }
}

const Schema& when_schema() {
  static const Schema schema = {
      "routes.rules.when",
      "What a request must have for the rule to decide. All conditions given must hold.",
      &defaults<WhenConfig>(),
      {{.name = "header",
        .type = "mapping of names to text",
        .about = "fields with these values; `\"*\"` is any value",
        .read = read_values<ValueKind::kHeader>},
       {.name = "cookie",
        .type = "mapping of names to text",
        .about = "cookies with these values",
        .read = read_values<ValueKind::kCookie>},
       {.name = "query",
        .type = "mapping of names to text",
        .about = "parameters with these values",
        .read = read_values<ValueKind::kQuery>},
       {.name = "jwt",
        .type = "mapping of names to text",
        .about = "claims with these values; the token is not verified, whoever sends it may write what they like",
        .read = read_values<ValueKind::kJwt>},
       {.name = "cidr",
        .type = "list of networks",
        .about = "the client's address is in one of them",
        .read = read_cidr},
       {.name = "time", .type = "mapping", .about = "only then", .read = read_time, .nested = &time_schema()},
       {.name = "expression",
        .type = "text",
        .about = "a condition in [the language of expressions](gray.md#expressions)",
        .read = read_expression}}};
  return schema;
}

void read_when(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  read_mapping(when_schema(), node, &at<&RuleConfig::when>(object), reading);
  if (!node.entries.empty()) return;
  reading.diagnostics.error(node.position, "when has no condition", "name one, or delete the rule and write 'to'");
}

const Schema& rule_schema() {
  static const Schema schema = {
      "routes.rules",
      "Decides before the split. Rules are tried in order and the first that holds decides.",
      &defaults<RuleConfig>(),
      {{.name = "when",
        .type = "mapping",
        .about = "which requests",
        .required = true,
        .read = read_when,
        .nested = &when_schema()},
       text_key<&RuleConfig::to>("to", "who answers: a colour of the route, or a cluster").as_required()}};
  return schema;
}

void read_rules(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, false)) {
    if (!reading.want_mapping("a rule", *item)) continue;
    RuleConfig& rule = at<&RouteConfig::gray>(object).rules.emplace_back();
    rule.position = item->position;
    read_mapping(rule_schema(), *item, &rule, reading);
  }
}

// ---- always, never ----

template <auto M>
void read_exceptions(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  for (const YamlEntry& entry : node.entries) {
    ExceptionConfig& exception = (at<&RouteConfig::gray>(object).*M).emplace_back();
    exception.position = entry.key_position;
    exception.target = entry.key;
    for (const YamlNode* item : reading.items(entry.key, entry.value, true)) {
      if (const auto text = reading.text(entry.key, *item, "values of the sticky key")) {
        exception.values.push_back(*text);
      }
    }
  }
}

// ---- targets ----

std::string quoted(std::string_view text) { return std::string("'").append(text).append("'"); }

void add_target(RouteConfig& route, const std::string& name, SourcePosition position) {
  if (name.empty() || find_target(route, name)) return;
  route.split.push_back({.position = position, .cluster = name, .hundredths = 0});
}

void check_targets(const RouteConfig& route, Reading& reading) {
  for (std::size_t i = 0; i < route.split.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const SplitConfig& one = route.split[i];
      if (one.colour_name() != route.split[j].colour_name() || (one.colour.empty() && route.split[j].colour.empty())) {
        continue;
      }
      reading.diagnostics.error(one.position, "the colour " + quoted(one.colour_name()) + " stands for two targets",
                                "give each share a colour of its own");
    }
  }
}

void check_sticky(const RouteConfig& route, Reading& reading) {
  const StickyConfig& sticky = *route.gray.sticky;
  if (route.split.size() < 2) {
    reading.diagnostics.warning(sticky.position, "'sticky' decides nothing: the route has one target",
                                "divide it by 'split', or delete 'sticky'");
  }
  if (!sticky.mod100) return;
  for (const SplitConfig& share : route.split) {
    if (share.hundredths < 0 || share.hundredths % 100 == 0) continue;
    reading.diagnostics.error(share.position, "'mod100' knows whole percents only", "round the share");
  }
}

}  // namespace

KeySpec gray_key() {
  return mapping_key<&GatewayConfig::gray>("gray", gray_schema(), "the colour of requests: who may set it");
}

KeySpec sticky_key() {
  return {.name = "sticky",
          .type = "mapping",
          .about = "who a user is, so that a split gives them the same version",
          .read = read_sticky,
          .nested = &sticky_schema()};
}

KeySpec rules_key() {
  return {.name = "rules",
          .type = "list of mappings",
          .about = "conditions that decide before the split",
          .read = read_rules,
          .nested = &rule_schema()};
}

KeySpec always_key() {
  return {.name = "always",
          .type = "mapping of targets to values",
          .about = "users, as values of the sticky key, who get this target whatever rules and shares say",
          .read = read_exceptions<&RouteGrayConfig::always>};
}

KeySpec never_key() {
  return {.name = "never",
          .type = "mapping of targets to values",
          .about = "users who never get this target: their rollback",
          .read = read_exceptions<&RouteGrayConfig::never>};
}

void finish_route_targets(RouteConfig& route, Reading& reading) {
  const RouteGrayConfig& gray = route.gray;
  const bool keyed = gray.sticky || !gray.rules.empty() || !gray.always.empty() || !gray.never.empty();
  if (keyed && route.split.empty()) {
    reading.diagnostics.error(route.position, "the route decides between targets and has none",
                              "write 'to' or 'split', or delete 'sticky', 'rules', 'always' and 'never'");
    return;
  }
  for (const RuleConfig& rule : gray.rules) add_target(route, rule.to, rule.position);
  for (const ExceptionConfig& exception : gray.always) add_target(route, exception.target, exception.position);
  for (const ExceptionConfig& exception : gray.never) {
    if (find_target(route, exception.target)) continue;
    reading.diagnostics.error(exception.position, "never: the route has no target " + quoted(exception.target),
                              "name a colour or a cluster of its split");
  }
  check_targets(route, reading);
  if (gray.sticky) {
    check_sticky(route, reading);
  } else if (!gray.always.empty() || !gray.never.empty()) {
    const ExceptionConfig& first = gray.always.empty() ? gray.never.front() : gray.always.front();
    reading.diagnostics.error(first.position, "'always' and 'never' need 'sticky', whose key their values are of",
                              "add sticky: {keys: [...]}");
  }
}

}  // namespace banyan
