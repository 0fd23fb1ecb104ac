// What a person says about a route that migrates: on, stay, go on, back.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "admin_answer.h"
#include "base/utf8.h"
#include "json/write.h"

namespace banyan {
namespace {

// Who asks: as they say, else as the system calls them, through sudo too; "" where it does not.
std::string asker(const Arguments& arguments) {
  constexpr std::size_t kCharactersMax = 100;
  if (const std::optional<std::string> said = arguments.value("who")) return *said;
  for (const char* name : {"SUDO_USER", "USER", "LOGNAME"}) {
    if (const char* user = std::getenv(name); user != nullptr && *user != '\0') {
      return std::string(utf8_prefix(user, kCharactersMax));
    }
  }
  return "";
}

int move(const Arguments& arguments, const std::string& action) {
  const std::string target = ledger_target(*arguments.value("ROUTE")) + "/" + action;
  std::string body;
  json::Writer out(body);
  out.begin_object().key("reason").string(*arguments.value("reason"));
  if (const std::string who = asker(arguments); !who.empty()) out.key("who").string(who);
  out.end_object();
  const Result<std::string> done = post_admin(*arguments.value("config"), target, std::move(body));
  if (done.ok()) return kExitDone;
  std::fprintf(stderr, "banyan %s: %s\n", action.c_str(), done.error().text().c_str());
  const ErrorCode code = done.error().code();
  return code == ErrorCode::kInvalidArgument || code == ErrorCode::kPermissionDenied ? kExitBadUse : kExitNegative;
}

Command command(std::string_view name, std::string_view summary, Example example, int (*run)(const Arguments&)) {
  return {
      .name = name,
      .summary = summary,
      .description =
          "Asks the admin API of the gateway that runs with this file; the ledger keeps the reason. Exit "
          "code 1 if\nnone answers, or if the route cannot be moved so.",
      .options = {{.name = "config", .letter = 'c', .value = "FILE", .about = "its configuration", .required = true},
                  {.name = "reason",
                   .value = "TEXT",
                   .about = "why, for the ledger: at most 500 characters",
                   .required = true},
                  {.name = "who", .value = "NAME", .about = "who says so, for the ledger (default: your login name)"}},
      .positionals = {{.name = "ROUTE", .about = "the route's id"}},
      .examples = {example},
      .run = run};
}

}  // namespace

Command promote_command() {
  return command("promote", "take a route one step forward, whatever the evidence",
                 {"banyan promote user-profile -c site.yaml --reason 'compared by hand'", "to the next of its steps"},
                 [](const Arguments& arguments) { return move(arguments, "promote"); });
}

Command hold_command() {
  return command("hold", "keep a route where it is",
                 {"banyan hold user-profile -c site.yaml --reason 'holidays'", "until somebody releases it"},
                 [](const Arguments& arguments) { return move(arguments, "hold"); });
}

Command release_command() {
  return command("release", "let a route that is held go on",
                 {"banyan release user-profile -c site.yaml --reason 'fixed'", "evidence moves it again"},
                 [](const Arguments& arguments) { return move(arguments, "release"); });
}

Command retire_command() {
  return command("retire", "ask the old side of a native route no more, so that it may be taken away",
                 {"banyan retire user-profile -c site.yaml --reason 'a month of quiet'", "its last step"},
                 [](const Arguments& arguments) { return move(arguments, "retire"); });
}

Command rollback_command() {
  return command("rollback", "give all of a route's requests back to the old side, and hold it there",
                 {"banyan rollback user-profile -c site.yaml --reason 'wrong totals'", "at once"},
                 [](const Arguments& arguments) { return move(arguments, "rollback"); });
}

}  // namespace banyan
