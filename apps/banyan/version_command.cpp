#include <cstdio>
#include <string>

#include "base/json_text.h"
#include "build_version.h"
#include "commands.h"

namespace banyan {
namespace {

void append_member(std::string& json, std::string_view key, std::string_view value) {
  json.push_back(json.empty() ? '{' : ',');
  append_json_string(json, key);
  json.push_back(':');
  append_json_string(json, value);
}

int run_version(const Arguments& arguments) {
  std::string build(kBuildVersion.build_type);
  if (!kBuildVersion.sanitizers.empty()) build.append(" with ").append(kBuildVersion.sanitizers).append(" sanitizers");
  std::string text;
  if (arguments.flag("json")) {
    append_member(text, "version", kBuildVersion.version);
    append_member(text, "commit", kBuildVersion.commit);
    append_member(text, "build", build);
    append_member(text, "compiler", __VERSION__);
    text.append("}\n");
  } else {
    text.append("banyan ").append(kBuildVersion.version).append(" (").append(kBuildVersion.commit).append(", ");
    text.append(build).append(", ").append(__VERSION__).append(")\n");
  }
  std::fputs(text.c_str(), stdout);
  return kExitDone;
}

}  // namespace

Command version_command() {
  return {.name = "version",
          .summary = "print which build this is",
          .options = {{.name = "json", .about = "print one JSON object"}},
          .examples = {{"banyan version", "print version, commit, kind of build and compiler"}},
          .run = run_version};
}

}  // namespace banyan
