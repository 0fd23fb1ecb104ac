// Of a route `migrate:`, and at the top level `ledger:`.
#include "config/migrate_schema.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "answers/leniencies.h"
#include "base/ascii.h"
#include "config/schema_values.h"
#include "config/units.h"
#include "json/path.h"

namespace banyan {
namespace {

using namespace schema_detail;

bool check_path(std::string_view key, const std::string& text, const YamlNode& node, Reading& reading) {
  const Result<json::PathPattern> path = json::PathPattern::parse(text);
  if (!path.ok()) reading.diagnostics.error(node.position, std::string(key) + ": " + path.error().text());
  return path.ok();
}

bool check_unordered(const std::string& text, const YamlNode& node, Reading& reading) {
  return check_path("unordered", text, node, reading);
}

bool is_field_name(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_'; });
}

bool check_field_name(std::string_view key, const std::string& text, const YamlNode& node, Reading& reading) {
  if (is_field_name(text)) return true;
  reading.diagnostics.error(node.position, std::string(key) + ": '" + text + "' is not the name of a header",
                            "write a name like content-type");
  return false;
}

// ---- compare ----

constexpr std::string_view kHeader = "header:";
constexpr std::string_view kCookie = "cookie:";

bool check_ignored(const std::string& text, const YamlNode& node, Reading& reading) {
  if (text.starts_with(kHeader)) return check_field_name("ignore", text.substr(kHeader.size()), node, reading);
  if (text.starts_with(kCookie) && text.size() > kCookie.size()) return true;
  return check_path("ignore", text, node, reading);
}

bool check_compared_header(const std::string& text, const YamlNode& node, Reading& reading) {
  return check_field_name("headers", text, node, reading);
}

constexpr std::array<Choice<BodyRule>, 5> kBodyRules = {{{"by-type", BodyRule::kByType},
                                                         {"json", BodyRule::kJson},
                                                         {"html", BodyRule::kHtml},
                                                         {"bytes", BodyRule::kBytes},
                                                         {"none", BodyRule::kNone}}};

void read_body_rule(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (const auto value = read_choice(key, node, kBodyRules, reading)) at<&AnswerRules::body>(object) = *value;
}

Result<double> parse_tolerance(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0) {
    return Error(ErrorCode::kInvalidArgument, "'" + std::string(text) + "' is not a number of at least 0");
  }
  return value;
}

struct CompareSection : AnswerRules {
  std::int64_t noise_hundredths = MigrateConfig{}.noise_hundredths;
  double number_tolerance = 0;
  std::vector<std::string> ignore;
  std::vector<std::string> unordered;
  std::vector<std::string> php;
};

void read_tolerance(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (const auto value = reading.scalar(key.name, node, "a number", parse_tolerance)) {
    at<&CompareSection::number_tolerance>(object) = *value;
  }
}

enum class PhpHabit : std::uint8_t { kLooseEmpty, kLooseNumbers };
constexpr std::array<Choice<PhpHabit>, 2> kPhpHabits = {
    {{"loose-empty", PhpHabit::kLooseEmpty}, {"loose-numbers", PhpHabit::kLooseNumbers}}};

void read_php(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  json::CompareOptions& options = at<&CompareSection::json>(object);
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto habit = read_choice(key, *item, kPhpHabits, reading);
    if (habit == PhpHabit::kLooseEmpty) allow_loose_empty(options);
    if (habit == PhpHabit::kLooseNumbers) allow_loose_numbers(options);
  }
}

const Schema& compare_schema() {
  static const Schema schema = {
      "routes.migrate.compare",
      "When two answers are alike. Statuses are always compared, and bodies after their content coding is undone.",
      &defaults<CompareSection>(),
      {{.name = "headers",
        .type = "list of names",
        .about = "headers that must mean the same; of `set-cookie` which cookies there are, and their attributes",
        .read = read_texts<&CompareSection::headers, check_compared_header>,
        .default_text = [](const void*) { return show_texts(usual_compared_headers()); }},
       {.name = "body",
        .type = "word",
        .bounds = "by-type, json, html, bytes or none",
        .about = "how bodies are compared; `by-type` as the old side's Content-Type says",
        .read = read_body_rule,
        .default_text = [](const void*) { return std::string("by-type"); }},
       {.name = "ignore",
        .type = "list of JSON paths, header:NAME and cookie:NAME",
        .about = "places of JSON bodies left out, with all below them; headers of the list above, and cookies",
        .read = read_texts<&CompareSection::ignore, check_ignored>},
       {.name = "unordered",
        .type = "list of JSON paths",
        .about = "arrays whose order does not matter",
        .read = read_texts<&CompareSection::unordered, check_unordered>},
       {.name = "number_tolerance",
        .type = "number",
        .bounds = "at least 0",
        .about = "numbers that differ by no more are equal",
        .read = read_tolerance,
        .default_text = [](const void*) { return std::string("0"); }},
       {.name = "php",
        .type = "word or list of words",
        .bounds = "loose-empty or loose-numbers",
        .about = "habits of PHP that count as equal: `[]` for `{}`, `\"12\"` for `12`",
        .read = read_php},
       percent_key<&CompareSection::noise_hundredths>(
           "noise",
           "of the comparisons for which the old side is asked twice, to learn what differs by itself; `0%` "
           "learns nothing")}};
  return schema;
}

void read_compare(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  CompareSection section;
  read_mapping(compare_schema(), node, &section, reading);
  AnswerRules& rules = at<&MigrateConfig::compare>(object);
  rules = section;
  at<&MigrateConfig::noise_hundredths>(object) = section.noise_hundredths;
  for (const std::string& one : section.ignore) ignore_place(rules, one);
  rules.json.unordered = std::move(section.unordered);
  if (section.number_tolerance > 0) tolerate_numbers(rules.json, section.number_tolerance);
}

// ---- migrate ----

const Schema& migrate_mirror_schema() {
  static const Schema schema = {
      "routes.migrate.mirror",
      "The copies that the side gets which did not answer the client.",
      &defaults<MigrateMirrorConfig>(),
      {percent_key<&MigrateMirrorConfig::hundredths>("percent", "of the requests that can be compared"),
       duration_key<&MigrateMirrorConfig::timeout>("timeout", kMillisecond, kHour,
                                                   "for the copy's answer; a later one counts as a failure")}};
  return schema;
}

constexpr std::string_view kBuildHeader = "x-build";  // where no other one is named

struct BuildSection {
  std::string header;
};

void read_build_header(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "the name of a header");
  if (text && check_field_name(key.name, *text, node, reading)) at<&BuildSection::header>(object) = *text;
}

const Schema& build_schema() {
  static const Schema schema = {"routes.migrate.build",
                                "Where the answers of both sides say which build gave them, in `x-build` unless "
                                "another header is named. Evidence "
                                "is about two builds; where they are not known, nothing moves by itself.",
                                &defaults<BuildSection>(),
                                {{.name = "header",
                                  .type = "text",
                                  .about = "a header of the answers, like `x-build`",
                                  .required = true,
                                  .read = read_build_header}}};
  return schema;
}

void read_build(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  BuildSection section;
  read_mapping(build_schema(), node, &section, reading);
  at<&MigrateConfig::build_header>(object) = std::move(section.header);
}

// NAME and VALUE with `mark` between them. False where it is anything else.
bool read_flag(std::string_view text, char mark, FlagConfig& flag) {
  const std::size_t at = text.find(mark);
  const std::size_t value = text.find_first_not_of(' ', at == text.npos ? at : at + 1);
  if (value == text.npos || text.find_first_of("\r\n") != text.npos || !is_field_name(text.substr(0, at))) return false;
  flag.name = text.substr(0, at);
  flag.value = text.substr(value);
  return true;
}

void read_sandbox_header(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "a header, like \"x-dry-run: 1\"");
  if (!text || read_flag(*text, ':', at<&SandboxConfig::header>(object))) return;
  reading.diagnostics.error(node.position, "header: '" + *text + "' is no header with its value",
                            "write it like \"x-dry-run: 1\"");
}

void read_sandbox_query(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "a parameter, like \"dry_run=1\"");
  FlagConfig& flag = at<&SandboxConfig::query>(object);
  if (!text || (read_flag(*text, '=', flag) && is_field_name(flag.value))) return;
  reading.diagnostics.error(node.position, "query: '" + *text + "' is no parameter with its value",
                            "write it like \"dry_run=1\", of letters, digits, '-' and '_'");
}

const Schema& sandbox_schema() {
  static const Schema schema = {
      "routes.migrate.sandbox",
      "What keeps copies from changing anything that lasts: at least one of these. With it requests that change "
      "something can be compared. See [migrate](migrate.md).",
      &defaults<SandboxConfig>(),
      {{.name = "header",
        .type = "text",
        .about = "a header that every copy carries, like `x-dry-run: 1`",
        .read = read_sandbox_header},
       {.name = "query",
        .type = "text",
        .about = "a parameter of the query that every copy carries, like `dry_run=1`",
        .read = read_sandbox_query},
       text_key<&SandboxConfig::cluster>(
           "cluster", "gets the copies in place of `to`: instances of the new service on a database of their own")}};
  return schema;
}

SourcePosition place_of(const YamlNode& node, std::string_view key) {
  const YamlNode* found = node.find(key);
  return found == nullptr ? node.position : found->position;
}

void read_sandbox(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  SandboxConfig& sandbox = at<&MigrateConfig::sandbox>(object);
  read_mapping(sandbox_schema(), node, &sandbox, reading);
  sandbox.position = place_of(node, "cluster");
  if (!node.entries.empty()) return;
  reading.diagnostics.error(node.position, "sandbox: nothing keeps copies from changing anything",
                            "give a header, a query or a cluster");
}

bool check_tester(const std::string& text, const YamlNode& node, Reading& reading) {
  if (is_name(text)) return true;
  reading.diagnostics.error(node.position, "testers: '" + text + "' is no colour",
                            "use up to 64 letters, digits, '-', '_' and '.'");
  return false;
}

void read_steps(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  std::vector<std::int64_t> steps;
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto step = read_percent(key, *item, reading);
    if (!step) return;
    if (*step > (steps.empty() ? 0 : steps.back())) {
      steps.push_back(*step);
      continue;
    }
    reading.diagnostics.error(item->position, "steps: " + format_percent(*step) + " is no step forward",
                              "write shares that rise, like [5%, 25%, 100%]");
    return;
  }
  if (steps.empty()) return;  // reported
  if (steps.back() == kAllHundredths) {
    at<&MigrateConfig::steps>(object) = std::move(steps);
  } else {
    reading.diagnostics.error(node.position, "steps: the last one is " + format_percent(steps.back()),
                              "end with 100%; `banyan hold` keeps a route where it is");
  }
}

void read_bound(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto bound = read_percent(key, node, reading);
  if (!bound) return;
  if (*bound >= 1 && *bound <= kAllHundredths / 2) {
    at<&MigrateConfig::mismatch_bound_hundredths>(object) = *bound;
  } else {
    reading.diagnostics.error(node.position, "mismatch_bound: " + format_percent(*bound) + " is out of bounds",
                              "write 0.01% to 50%: the lower, the more comparisons it takes");
  }
}

KeySpec bound_key() {
  KeySpec key = percent_key<&MigrateConfig::mismatch_bound_hundredths>(
      "mismatch_bound", "the share of answers that may differ; shown to be lower before each step");
  key.bounds = "0.01% to 50%, steps of 0.01%";
  key.read = read_bound;
  return key;
}

const Schema& migrate_schema() {
  static const Schema schema = {
      "routes.migrate",
      "Moves the route from one cluster to another, on evidence that the answers are alike; back at the first sign of "
      "harm. The ledger keeps how far it has come. See [migrate](migrate.md).",
      &defaults<MigrateConfig>(),
      {text_key<&MigrateConfig::from>("from", "the cluster that answers at first").as_required(),
       text_key<&MigrateConfig::to>("to", "the cluster that is to answer").as_required(),
       mapping_key<&MigrateConfig::mirror>("mirror", migrate_mirror_schema(), "copies for the comparison"),
       {.name = "compare",
        .type = "mapping",
        .about = "when answers are alike",
        .read = read_compare,
        .default_text = [](const void*) { return std::string("{}"); },
        .nested = &compare_schema()},
       bound_key(),
       {.name = "steps",
        .type = "list of percentages",
        .bounds = "0.01% to 100%, rising to 100%",
        .about = "shares of the requests that the new side answers, one after the other",
        .min = 1,
        .max = kAllHundredths,
        .read = read_steps,
        .default_text = [](const void*) { return std::string("5%, 25%, 50%, 100%"); }},
       duration_key<&MigrateConfig::hold>("hold", kMillisecond, 30 * 24 * kHour, "at least this long at each step"),
       {.name = "build",
        .type = "mapping",
        .about = "how builds are told apart",
        .read = read_build,
        .default_text = [](const void*) { return "{header: " + std::string(kBuildHeader) + "}"; },
        .nested = &build_schema()},
       {.name = "sandbox",
        .type = "mapping",
        .about = "lets requests that change something be compared",
        .read = read_sandbox,
        .nested = &sandbox_schema()},
       {.name = "testers",
        .type = "list of colours",
        .about = "colours whose requests the new side answers at any share, before anything is shown of it; "
                 "`gray.trust` says who may set one",
        .read = read_texts<&MigrateConfig::testers, check_tester>}}};
  return schema;
}

// What differs by itself is learned by asking the old side twice.
void learn_nothing(const YamlNode& node, MigrateConfig& migrate, Reading& reading) {
  const YamlNode* compare = node.find("compare");
  const YamlNode* noise = compare == nullptr ? nullptr : compare->find("noise");
  if (noise != nullptr && migrate.noise_hundredths > 0) {
    reading.diagnostics.error(noise->position, "noise: with a cluster alone as sandbox the old side is asked once",
                              "delete it, or give the sandbox a header or a query too");
  }
  migrate.noise_hundredths = 0;
}

void read_migrate(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  MigrateConfig& migrate = at<&RouteConfig::migrate>(object).emplace();
  migrate.position = node.position;
  migrate.build_header = kBuildHeader;
  read_mapping(migrate_schema(), node, &migrate, reading);
  if (migrate.sandbox.new_side_alone()) learn_nothing(node, migrate, reading);
  if (migrate.from.empty() || migrate.to.empty()) return;  // reported
  if (migrate.from == migrate.to) {
    reading.diagnostics.error(place_of(node, "to"), "migrate: 'from' and 'to' are the same cluster",
                              "name the new service's cluster as 'to'");
    return;
  }
  at<&RouteConfig::split>(object) = {{place_of(node, "from"), migrate.from, kAllHundredths, {}},
                                     {place_of(node, "to"), migrate.to, 0, {}}};
}

// ---- ledger ----

void read_mask(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  constexpr std::string_view kQuery = "query:";
  std::vector<std::string> mask;
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto text = reading.text(key.name, *item, "JSON paths and headers, like header:x-secret");
    if (!text) continue;
    if (text->starts_with(kQuery) && text->size() > kQuery.size()) {
      mask.push_back(*text);
    } else if (text->starts_with(kHeader)) {
      if (check_field_name(key.name, text->substr(kHeader.size()), *item, reading)) mask.push_back(*text);
    } else if (const Result<json::PathPattern> path = json::PathPattern::parse(*text); path.ok()) {
      mask.push_back(*text);
    } else {
      reading.diagnostics.error(item->position, "mask: " + path.error().text(),
                                "write a path like \"$.email\", header:NAME or query:NAME");
    }
  }
  at<&LedgerConfig::mask>(object) = std::move(mask);
}

const Schema& samples_schema() {
  static const Schema schema = {
      "ledger.samples",
      "Pairs of answers that differed, kept to be looked at.",
      &defaults<LedgerConfig>(),
      {duration_key<&LedgerConfig::samples_keep>("keep", std::chrono::minutes(1), 365 * 24 * kHour, "for how long"),
       {.name = "mask",
        .type = "list of JSON paths, header:NAME and query:NAME",
        .about = "what is never kept, besides credentials (see [the ledger](ledger.md))",
        .read = read_mask}}};
  return schema;
}

void read_samples(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (reading.want_mapping(key.name, node)) read_mapping(samples_schema(), node, object, reading);
}

void read_ledger_file(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "the path of a file");
  if (text) at<&LedgerConfig::file>(object) = reading.resolve(*text);
}

const Schema& ledger_schema() {
  static const Schema schema = {
      "ledger",
      "The file that keeps how far each route with `migrate` has come, and why. One gateway writes it at a time.",
      &defaults<LedgerConfig>(),
      {{.name = "file",
        .type = "path of a file",
        .about = "made where there is none",
        .required = true,
        .read = read_ledger_file},
       {.name = "samples",
        .type = "mapping",
        .about = "answers that differed",
        .read = read_samples,
        .default_text = [](const void*) { return std::string("{}"); },
        .nested = &samples_schema()}}};
  return schema;
}

void read_ledger(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  LedgerConfig& ledger = at<&GatewayConfig::ledger>(object).emplace();
  ledger.position = node.position;
  read_mapping(ledger_schema(), node, &ledger, reading);
}

// Whether every request of the route may be sent to both sides.
bool is_all_safe(const RouteConfig& route) {
  if (route.safe) return *route.safe;
  const std::vector<std::string>& methods = route.match.methods;
  return !methods.empty() && std::all_of(methods.begin(), methods.end(), [](const std::string& name) {
    return name == "GET" || name == "HEAD" || name == "OPTIONS" || name == "TRACE";
  });
}

// Copies may not reach what answers clients. One php-fpm may: it does as the other cluster's root and params say.
void check_sandbox(const GatewayConfig& config, const MigrateConfig& migrate, Diagnostics& diagnostics) {
  const ClusterConfig* sandbox = config.cluster(migrate.sandbox.cluster);
  if (sandbox == nullptr) return;  // reported, or not wanted
  for (const ClusterConfig* other : {config.cluster(migrate.from), config.cluster(migrate.to)}) {
    if (other == nullptr || (other != sandbox && sandbox->protocol == ClusterProtocol::kFastcgi)) continue;
    for (const EndpointConfig& copied : sandbox->endpoints) {
      const auto same = [&](const EndpointConfig& endpoint) { return endpoint.address == copied.address; };
      if (std::none_of(other->endpoints.begin(), other->endpoints.end(), same)) continue;
      diagnostics.error(migrate.sandbox.position,
                        "sandbox: copies would reach " + copied.address.text() + ", which answers clients",
                        "name other instances, with a database of their own");
      return;
    }
  }
}

void check_migration(const RouteConfig& route, Diagnostics& diagnostics) {
  if (route.mirror) {
    diagnostics.error(route.mirror->position, "'migrate' makes its own copies", "delete 'mirror'");
  }
  const RouteGrayConfig& gray = route.gray;
  if (!gray.rules.empty() || !gray.always.empty() || !gray.never.empty()) {
    diagnostics.error(route.migrate->position, "with 'migrate' the evidence says who gets the new side",
                      "delete 'rules', 'always' and 'never', or use 'split'");
  }
  if (!diagnostics.has_errors() && !route.compares() && route.safe != false) {
    diagnostics.error(route.migrate->position, "requests that change something cannot be compared",
                      "write 'match: {method: [GET, HEAD]}', or 'safe: true' where every request may be sent twice, or "
                      "'migrate: {sandbox: ...}' where copies can be kept from changing anything, or 'safe: false' to "
                      "move it by hand, and by failures and times alone");
  }
}

}  // namespace

bool MigrateConfig::is_tester(std::string_view colour) const {
  return !colour.empty() && std::find(testers.begin(), testers.end(), colour) != testers.end();
}

bool RouteConfig::compares() const { return is_all_safe(*this) || migrate->sandbox.given(); }

KeySpec migrate_key() {
  return {.name = "migrate",
          .type = "mapping",
          .about = "two clusters: it moves from one to the other on evidence",
          .read = read_migrate,
          .nested = &migrate_schema()};
}

KeySpec ledger_key() {
  return {.name = "ledger",
          .type = "mapping",
          .about = "where it is written down how far routes with `migrate` have come",
          .read = read_ledger,
          .nested = &ledger_schema()};
}

namespace {

void check_testers(const GatewayConfig& config, const MigrateConfig& migrate, Diagnostics& diagnostics) {
  if (migrate.testers.empty()) return;
  if (!config.gray || (config.gray->trust.empty() && !config.gray->trust_unix)) {
    diagnostics.error(migrate.position, "testers: nobody may set a colour",
                      "say who may, as in 'gray: {trust: [10.0.0.0/8]}'");
  }
}

}  // namespace

void check_migrations(const GatewayConfig& config, Diagnostics& diagnostics) {
  bool any = false;
  for (const RouteConfig& route : config.routes) {
    if (!route.migrate) continue;
    if (!any && !config.ledger) {
      diagnostics.error(route.migrate->position, "'migrate' needs a ledger",
                        "add 'ledger: {file: banyan.db}' at the top level");
    }
    any = true;
    check_migration(route, diagnostics);
    check_sandbox(config, *route.migrate, diagnostics);
    check_testers(config, *route.migrate, diagnostics);
  }
  if (config.ledger && !any && !diagnostics.has_errors()) {
    diagnostics.warning(config.ledger->position, "no route has 'migrate', so nothing is written to the ledger",
                        "delete it, or let a route migrate");
  }
}

}  // namespace banyan
