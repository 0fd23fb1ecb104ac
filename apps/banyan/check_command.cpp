#include <cstdio>
#include <string>

#include "commands.h"
#include "config/check_report.h"
#include "config/gateway_config.h"

namespace banyan {
namespace {

int run_check(const Arguments& arguments) {
  const LoadedConfig loaded = load_gateway_config(*arguments.value("config"));
  const bool json = arguments.flag("json");
  const std::string report = json ? check_report_json(loaded) : check_report_text(loaded);
  std::fputs(report.c_str(), json || loaded.ok() ? stdout : stderr);
  return loaded.ok() ? kExitDone : kExitBadUse;
}

}  // namespace

Command check_command() {
  return {
      .name = "check",
      .summary = "check a configuration file",
      .description =
          "Reads the file as the gateway would and prints every mistake as file:line:column: what, and what to do.\n"
          "Exit code 0 if the gateway would take it (warnings do not count), 2 if not.",
      .options = {{.name = "config", .letter = 'c', .value = "FILE", .about = "the file to check", .required = true},
                  {.name = "json", .about = "print one JSON object: ok, diagnostics, counts"}},
      .examples = {{"banyan check -c site.yaml", "check site.yaml before a reload"}},
      .run = run_check};
}

}  // namespace banyan
