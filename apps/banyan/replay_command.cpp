// banyan replay: recorded requests sent to two services, and their answers compared.
#include <charconv>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>

#include "answers/leniencies.h"
#include "commands.h"
#include "config/check_report.h"
#include "replay/replay.h"

namespace banyan {
namespace {

Error bad_use(std::string text) { return {ErrorCode::kInvalidArgument, std::move(text)}; }

Result<BodyRule> body_rule(const std::string& name) {
  if (name == "by-type") return BodyRule::kByType;
  if (name == "json") return BodyRule::kJson;
  if (name == "html") return BodyRule::kHtml;
  if (name == "bytes") return BodyRule::kBytes;
  if (name == "none") return BodyRule::kNone;
  return bad_use("--body is one of by-type, json, html, bytes and none, not '" + name + "'");
}

Result<void> read_php(const Arguments& arguments, AnswerRules& rules) {
  for (const std::string& habit : arguments.values("php")) {
    if (habit == "loose-empty") {
      allow_loose_empty(rules.json);
    } else if (habit == "loose-numbers") {
      allow_loose_numbers(rules.json);
    } else {
      return bad_use("--php is loose-empty or loose-numbers, not '" + habit + "'");
    }
  }
  return {};
}

Result<void> read_tolerance(const Arguments& arguments, AnswerRules& rules) {
  const std::optional<std::string> text = arguments.value("number-tolerance");
  if (!text) return {};
  double value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || !std::isfinite(value) || value < 0) {
    return bad_use("--number-tolerance is a number of at least 0, not '" + *text + "'");
  }
  tolerate_numbers(rules.json, value);
  return {};
}

// Those of a route of the configuration, where one is named.
Result<AnswerRules> rules_of_route(const Arguments& arguments) {
  const std::optional<std::string> id = arguments.value("route");
  const std::optional<std::string> file = arguments.value("config");
  if (id.has_value() != file.has_value()) return bad_use("--route and --config go together");
  if (!id) return AnswerRules{};
  const LoadedConfig loaded = load_gateway_config(*file);
  if (!loaded.ok()) {
    const std::string problems = check_report_text(loaded);
    return bad_use(problems.substr(0, problems.find_last_not_of('\n') + 1));
  }
  for (const RouteConfig& route : loaded.config.routes) {
    if (route.id == *id && route.migrate) return route.migrate->compare;
  }
  return bad_use("no route '" + *id + "' of " + *file + " has 'migrate'");
}

Result<AnswerRules> read_rules(const Arguments& arguments) {
  BANYAN_TRY(AnswerRules rules, rules_of_route(arguments));
  if (const std::optional<std::string> body = arguments.value("body")) {
    BANYAN_TRY(rules.body, body_rule(*body));
  }
  if (const std::vector<std::string>& headers = arguments.values("header"); !headers.empty()) rules.headers = headers;
  for (const std::string& place : arguments.values("ignore")) ignore_place(rules, place);
  for (const std::string& path : arguments.values("unordered")) rules.json.unordered.push_back(path);
  BANYAN_TRY_VOID(read_php(arguments, rules));
  BANYAN_TRY_VOID(read_tolerance(arguments, rules));
  return rules;
}

Result<ReplayOptions> read_options(const Arguments& arguments) {
  ReplayOptions options;
  BANYAN_TRY(options.old_side, parse_replay_side(*arguments.value("old")));
  BANYAN_TRY(options.new_side, parse_replay_side(*arguments.value("new")));
  BANYAN_TRY(options.answers, read_rules(arguments));
  BANYAN_TRY(const std::int64_t concurrency, arguments.integer("concurrency", 1, 64, 4));
  BANYAN_TRY(const std::int64_t seconds, arguments.integer("timeout", 1, 600, 10));
  options.unsafe = arguments.flag("unsafe");
  options.concurrency = static_cast<unsigned>(concurrency);
  options.timeout = std::chrono::seconds(seconds);
  return options;
}

Result<ReplayReport> replay_file(const Arguments& arguments) {
  BANYAN_TRY(const ReplayOptions options, read_options(arguments));
  const std::string file = *arguments.value("FILE");
  BANYAN_TRY(const std::unique_ptr<CaptureReader> capture, CaptureReader::open(file));
  BANYAN_TRY(ReplayReport report, replay(*capture, options));
  if (report.compared() + report.failed() == 0) {
    return Error(ErrorCode::kInvalidArgument, file + " holds no request that may be sent (" +
                                                  std::to_string(report.skipped()) +
                                                  " skipped; --unsafe sends those that change something)");
  }
  return report;
}

int run_replay(const Arguments& arguments) {
  const Result<ReplayReport> report = replay_file(arguments);
  if (!report.ok()) {
    std::fprintf(stderr, "banyan replay: %s\n", report.error().text().c_str());
    return kExitBadUse;
  }
  std::fputs((arguments.flag("json") ? report->json() : report->table()).c_str(), stdout);
  return report->equal() ? kExitDone : kExitNegative;
}

}  // namespace

Command replay_command() {
  return {.name = "replay",
          .summary = "send recorded requests to two services and compare their answers",
          .description =
              "FILE is a capture, one JSON object a line, or a HAR file as browsers save it (docs/replay.md). Only "
              "GET, HEAD and\nOPTIONS are sent unless --unsafe is given. Exit code 1 if an answer differs or does not "
              "come, 2 if the file or an\noption is wrong.",
          .options =
              {{.name = "old", .value = "URL", .about = "the service that is right", .required = true},
               {.name = "new", .value = "URL", .about = "the service to be held against it", .required = true},
               {.name = "header",
                .value = "NAME",
                .about = "compare this header, in place of the usual ones; may be repeated",
                .repeated = true},
               {.name = "ignore",
                .value = "PATH",
                .about = "leave out, as $.time, header:location or cookie:sid",
                .repeated = true},
               {.name = "unordered", .value = "PATH", .about = "an array whose order does not count", .repeated = true},
               {.name = "body", .value = "RULE", .about = "by-type (default), json, html, bytes or none"},
               {.name = "number-tolerance", .value = "N", .about = "numbers that differ by no more are equal"},
               {.name = "php",
                .value = "HABIT",
                .about = "loose-empty ([] for {}) or loose-numbers (\"12\" for 12) counts as equal; may be repeated",
                .repeated = true},
               {.name = "route", .value = "ID", .about = "begin with the rules of this route of --config"},
               {.name = "config", .letter = 'c', .value = "FILE", .about = "the gateway's configuration"},
               {.name = "concurrency", .value = "N", .about = "requests at once, 1 to 64 (default: 4)"},
               {.name = "timeout", .value = "SECONDS", .about = "for each answer (default: 10)"},
               {.name = "unsafe", .about = "send also what changes something, to both sides"},
               {.name = "json", .about = "print one JSON object"}},
          .positionals = {{.name = "FILE", .about = "the capture or HAR file"}},
          .examples = {{"banyan replay day.jsonl --old http://10.0.0.5 --new http://10.0.0.6:8080 --ignore '$.time'",
                        "who answers differently, and where"}},
          .run = run_replay};
}

}  // namespace banyan
