// Commands of a program, declared as data: what a command is called, what it takes and what it does. From the one
// declaration come parsing, --help and the errors, so that they cannot disagree.
//
//   const Command check = {.name = "check", .summary = "check a configuration file",
//                          .options = {{.name = "config", .letter = 'c', .value = "FILE", .about = "the file"}},
//                          .examples = {{"banyan check -c site.yaml", "print every mistake in site.yaml"}},
//                          .run = run_check};
//
// Options are --name VALUE, --name=VALUE, -n VALUE or flags (--json); "--" ends them. A command runs, or holds
// commands of its own ("banyan php parse"), or both. A program's names are literals: views into them live for ever.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace banyan {

// What a program says to the shell. Scripts rely on it: closed.
inline constexpr int kExitDone = 0;
inline constexpr int kExitNegative = 1;  // it worked and the answer is no: different, not found, not ready
inline constexpr int kExitBadUse = 2;    // the command line or the input is wrong, or the system refused

struct Option {
  std::string_view name;   // without the dashes
  char letter = 0;         // -c; 0 for none
  std::string_view value;  // what stands for the value in the help ("FILE"); empty makes it a flag
  std::string_view about;
  bool required = false;
  bool repeated = false;
};

struct Positional {
  std::string_view name;  // "FILE"
  std::string_view about;
  bool required = true;
  bool repeated = false;  // takes all that follow; only the last may
};

struct Example {
  std::string_view line;
  std::string_view about;
};

// What the user gave, looked up by declared name. Asking for a name that was not declared aborts.
class Arguments {
 public:
  bool flag(std::string_view option) const { return !values(option).empty(); }
  // The last value given, or nothing.
  std::optional<std::string> value(std::string_view name) const;
  std::string value_or(std::string_view name, std::string_view fallback) const;
  // Options and positionals alike, in the order given.
  const std::vector<std::string>& values(std::string_view name) const;
  // `fallback` where the option was not given; an error that names it where it is no number from `min` to `max`.
  Result<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max, std::int64_t fallback) const;

 private:
  friend class ArgumentParser;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct Command {
  std::string_view name;
  std::string_view summary;      // one line, lower case, no full stop
  std::string_view description;  // paragraphs; may be empty
  std::vector<Option> options;
  std::vector<Positional> positionals;
  std::vector<Example> examples;
  std::vector<Command> commands;           // chosen by the next word
  int (*run)(const Arguments&) = nullptr;  // gives the exit code; null: a group
};

// What a command line asks for: run `command` with `arguments`, or print `text` and leave with `exit_code`.
struct Invocation {
  const Command* command = nullptr;
  Arguments arguments;
  std::string text;
  int exit_code = kExitDone;
};

// Pure: neither prints nor runs. `program` is a group named as the program is.
Invocation parse_command_line(const Command& program, const std::vector<std::string>& arguments);

// The page of --help. `path` is how the command is reached: "banyan php parse".
std::string help_text(const Command& command, std::string_view path);

// The whole of a main function: parses, prints help to standard output or mistakes to standard error, or runs.
int run_program(const Command& program, int argc, char** argv);

}  // namespace banyan
