#include <chrono>
#include <cstdio>
#include <string>

#include "base/edit_distance.h"
#include "commands.h"
#include "config/check_report.h"
#include "gray/colour_fields.h"
#include "gray/explain.h"

namespace banyan {
namespace {

constexpr std::string_view kKeyForm = "write KIND:NAME=VALUE, like header:x-user-id=42, or ip=192.0.2.1";

Error refuse(const std::string& what) { return Error(ErrorCode::kInvalidArgument, what); }

Result<GivenValues> read_values(const Arguments& arguments) {
  GivenValues values;
  for (const std::string& text : arguments.values("key")) {
    const std::size_t equals = text.find('=');
    if (equals == text.npos) return refuse("--key: '" + text + "' has no '=', " + std::string(kKeyForm));
    const Result<ValueName> name = parse_value_name(std::string_view(text).substr(0, equals));
    if (!name.ok()) return refuse("--key: " + name.error().message() + ", then =VALUE");
    values.set(*name, text.substr(equals + 1));
  }
  return values;
}

Result<std::int64_t> read_time(const Arguments& arguments) {
  const std::optional<std::string> text = arguments.value("at");
  if (!text) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
  }
  const Result<WindowEdge> edge = parse_window_edge(*text);
  if (edge.ok() && !edge->daily) return edge->seconds;
  return refuse("--at: '" + *text + "' is no moment, write it in UTC, like 2026-12-01T09:00");
}

// The route, which must be one that sends requests on.
Result<const RouteConfig*> find_route(const GatewayConfig& config, const std::string& id) {
  std::vector<std::string_view> ids;
  for (const RouteConfig& route : config.routes) {
    if (route.id != id) {
      ids.push_back(route.id);
      continue;
    }
    if (!route.split.empty()) return &route;
    return refuse("--route: '" + id + "' serves files, which have no colour");
  }
  const std::string_view nearest = nearest_name(id, ids);
  std::string hint = "did you mean '" + std::string(nearest) + "'?";
  if (nearest.empty()) {
    hint = "there are:";
    for (const std::string_view name : ids) hint.append(" ").append(name);
  }
  return refuse("--route: there is no route '" + id + "', " + hint);
}

Result<std::string> explain(const Arguments& arguments, const GatewayConfig& config) {
  BANYAN_TRY(const RouteConfig* route, find_route(config, *arguments.value("route")));
  BANYAN_TRY(const GivenValues values, read_values(arguments));
  GrayInput input;
  BANYAN_TRY(input.unix_seconds, read_time(arguments));
  const std::string tag = arguments.value_or("tag", "");
  if (arguments.flag("tag") && !is_colour(tag)) {
    return refuse("--tag: '" + tag + "' is no colour, use up to 64 letters, digits, '-', '_' and '.'");
  }
  input.colour = tag;
  const GrayProgram program(*route);
  const Explained explained{config, *route, program, values, input, program.decide(values, input)};
  return arguments.flag("json") ? explain_json(explained) + "\n" : explain_text(explained);
}

int run_colour(const Arguments& arguments) {
  const LoadedConfig loaded = load_gateway_config(*arguments.value("config"));
  if (!loaded.ok()) {
    std::fputs(check_report_text(loaded).c_str(), stderr);
    return kExitBadUse;
  }
  const Result<std::string> text = explain(arguments, loaded.config);
  if (!text.ok()) {
    std::fprintf(stderr, "banyan colour: %s\n", text.error().message().c_str());
    return kExitBadUse;
  }
  std::fputs(text->c_str(), stdout);
  return kExitDone;
}

}  // namespace

Command colour_command() {
  return {
      .name = "colour",
      .summary = "explain which version a request would get, and why",
      .description =
          "Decides as the gateway would, by the same code: the colour the request came with, 'always' and 'never',\n"
          "rules, then the split by the first sticky key given. Nothing is sent and no gateway needs to run.\n"
          "Exit code 0, or 2 if the file or the command line is wrong.",
      .options = {{.name = "config", .letter = 'c', .value = "FILE", .about = "the configuration", .required = true},
                  {.name = "route", .letter = 'r', .value = "ID", .about = "the route's id", .required = true},
                  {.name = "key",
                   .letter = 'k',
                   .value = "VALUE",
                   .about = "a value of the request: header:NAME=TEXT, cookie:, query:, jwt:, ip=, method=, host= or "
                            "path=",
                   .repeated = true},
                  {.name = "tag", .value = "COLOUR", .about = "the colour it comes with, from whoever may set one"},
                  {.name = "at", .value = "TIME", .about = "when, in UTC: 2026-12-01T09:00; by default now"},
                  {.name = "json", .about = "print one JSON object"}},
      .examples = {{"banyan colour -c site.yaml --route profile --key header:x-user-id=42",
                    "what user 42 gets, by which bucket"},
                   {"banyan colour -c site.yaml --route profile --tag green", "where a request coloured green goes"}},
      .run = run_colour};
}

}  // namespace banyan
