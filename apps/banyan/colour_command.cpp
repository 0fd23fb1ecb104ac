#include <chrono>
#include <cstdio>
#include <string>

#include "commands.h"
#include "config/check_report.h"
#include "gray/colour_question.h"

namespace banyan {
namespace {

Result<std::string> explain(const Arguments& arguments, const GatewayConfig& config) {
  ColourQuestion question{.route = *arguments.value("route"), .keys = arguments.values("key")};
  if (arguments.flag("tag")) question.tag = arguments.value_or("tag", "");
  question.at = arguments.value("at");
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  question.now_unix_s = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  return answer_colour(config, question, arguments.flag("json") ? ColourAnswer::kJson : ColourAnswer::kText);
}

int run_colour(const Arguments& arguments) {
  const LoadedConfig loaded = load_gateway_config(*arguments.value("config"));
  if (!loaded.ok()) {
    std::fputs(check_report_text(loaded).c_str(), stderr);
    return kExitBadUse;
  }
  const Result<std::string> text = explain(arguments, loaded.config);
  if (!text.ok()) {
    std::fprintf(stderr, "banyan colour: --%s\n", text.error().message().c_str());
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
