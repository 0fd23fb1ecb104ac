// What `banyan status` and `banyan tasks` have in common: ask the admin API, complain, or hand the answer on.
#pragma once

#include <cstdio>
#include <string>

#include "commands.h"
#include "gateway/admin_client.h"
#include "http/target.h"
#include "json/parse.h"

namespace banyan {

// Where the admin API tells of the route, whatever somebody has typed for its id.
inline std::string ledger_target(const std::string& route) {
  std::string target = "/ledger/";
  form_encode(route, target);
  return target;
}

// Asks for `target` and gives the exit code. With --json the answer is printed as it is, else `print` shows it.
// `command` complains; by default it is called as the target.
inline int show_admin_answer(const Arguments& arguments, const std::string& target, void (*print)(json::Value answer),
                             const std::string& command = "") {
  const std::string program = "banyan " + (command.empty() ? target.substr(1) : command);
  const Result<std::string> answer = ask_admin(*arguments.value("config"), target);
  if (!answer.ok()) {
    std::fprintf(stderr, "%s: %s\n", program.c_str(), answer.error().text().c_str());
    return answer.error().code() == ErrorCode::kUnavailable ? kExitNegative : kExitBadUse;
  }
  if (arguments.flag("json")) {
    std::fputs(answer->c_str(), stdout);
    return kExitDone;
  }
  const auto document = json::parse(*answer);
  if (!document.ok()) {
    std::fprintf(stderr, "%s: the gateway's answer is not JSON; is it the same version?\n", program.c_str());
    return kExitBadUse;
  }
  print(document->root());
  return kExitDone;
}

}  // namespace banyan
