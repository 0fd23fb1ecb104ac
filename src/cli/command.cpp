#include "cli/command.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "base/edit_distance.h"
#include "cli/table.h"

namespace banyan {
namespace {

std::string quoted(std::string_view text) { return std::string("'").append(text).append("'"); }

std::string suggestion(std::string_view name, const std::vector<std::string_view>& known,
                       std::string_view dashes = "") {
  const std::string_view nearest = nearest_name(name, known);
  if (nearest.empty()) return {};
  return ", did you mean " + quoted(std::string(dashes).append(nearest)) + "?";
}

std::string option_label(const Option& option) {
  std::string label = option.letter != 0 ? std::string("-") + option.letter + ", " : "    ";
  label.append("--").append(option.name);
  if (!option.value.empty()) label.append(" ").append(option.value);
  return label;
}

std::string positional_label(const Positional& positional) {
  std::string label(positional.name);
  if (positional.repeated) label.append("...");
  return positional.required ? label : "[" + label + "]";
}

std::string usage_line(const Command& command, std::string_view path) {
  std::string usage = "usage: " + std::string(path);
  if (!command.commands.empty() && command.run == nullptr) return usage + " COMMAND [OPTIONS]";
  for (const Option& option : command.options) {
    std::string text = option.letter != 0 ? std::string("-") + option.letter : "--" + std::string(option.name);
    if (!option.value.empty()) text.append(" ").append(option.value);
    usage.append(option.required ? " " + text : " [" + text + "]").append(option.repeated ? "..." : "");
  }
  for (const Positional& positional : command.positionals) usage.append(" ").append(positional_label(positional));
  return usage;
}

void append_section(std::string& help, std::string_view title, const Table& table) {
  if (!table.empty()) help.append("\n").append(title).append(":\n").append(table.text());
}

}  // namespace

std::optional<std::string> Arguments::value(std::string_view name) const {
  const std::vector<std::string>& all = values(name);
  if (all.empty()) return std::nullopt;
  return all.back();
}

std::string Arguments::value_or(std::string_view name, std::string_view fallback) const {
  return value(name).value_or(std::string(fallback));
}

const std::vector<std::string>& Arguments::values(std::string_view name) const {
  const auto found = values_.find(name);
  BANYAN_CHECK(found != values_.end());
  return found->second;
}

Result<std::int64_t> Arguments::integer(std::string_view name, std::int64_t min, std::int64_t max,
                                        std::int64_t fallback) const {
  const std::optional<std::string> text = value(name);
  if (!text) return fallback;
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error == std::errc() && stop == text->data() + text->size() && number >= min && number <= max) return number;
  return Error(ErrorCode::kInvalidArgument, "--" + std::string(name) + " wants a whole number from " +
                                                std::to_string(min) + " to " + std::to_string(max) + ", not " +
                                                quoted(*text));
}

std::string help_text(const Command& command, std::string_view path) {
  std::string help = std::string(path).append(": ").append(command.summary).append("\n\n");
  help.append(usage_line(command, path)).append("\n");
  if (!command.description.empty()) help.append("\n").append(command.description).append("\n");
  Table commands;
  for (const Command& child : command.commands)
    commands.add({"  " + std::string(child.name), std::string(child.summary)});
  append_section(help, "commands", commands);
  Table positionals;
  for (const Positional& one : command.positionals)
    positionals.add({"  " + positional_label(one), std::string(one.about)});
  append_section(help, "arguments", positionals);
  Table options;
  for (const Option& option : command.options) options.add({"  " + option_label(option), std::string(option.about)});
  options.add({"  -h, --help", "print this page"});
  append_section(help, "options", options);
  if (!command.examples.empty()) help.append("\nexamples:\n");
  for (const Example& example : command.examples) {
    help.append("  ").append(example.line).append("\n      ").append(example.about).append("\n");
  }
  return help;
}

// Walks the words of one command line. Stops at the first mistake: the later words mean little after it.
class ArgumentParser {
 public:
  ArgumentParser(const Command& program, const std::vector<std::string>& words)
      : command_(&program), path_(program.name), words_(words) {}

  Invocation parse() {
    while (!done_ && has_choice()) choose_command();
    if (!done_) declare_names();
    while (!done_ && at_ < words_.size()) take_word();
    if (!done_) check_complete();
    if (!done_) result_.command = command_;
    return std::move(result_);
  }

 private:
  void stop(int exit_code, std::string text) {
    done_ = true;
    result_.exit_code = exit_code;
    result_.text = std::move(text);
  }

  void refuse(const std::string& sentence) {
    stop(kExitBadUse, path_ + ": " + sentence + "\n" + usage_line(*command_, path_) + "\nsee '" + path_ + " --help'\n");
  }

  // A command that also runs by itself gives way to one of its own by that one's name alone.
  bool has_choice() const {
    if (command_->commands.empty()) return false;
    if (command_->run == nullptr) return true;
    return at_ < words_.size() && std::ranges::count(command_->commands, words_[at_], &Command::name) > 0;
  }

  void choose_command() {
    if (at_ == words_.size()) return stop(kExitBadUse, help_text(*command_, path_));
    const std::string& word = words_[at_++];
    if (word == "--help" || word == "-h" || (word == "help" && at_ == words_.size())) {
      return stop(kExitDone, help_text(*command_, path_));
    }
    if (word == "help") {  // "banyan help check" is "banyan check --help"
      help_wanted_ = true;
      return;
    }
    const auto& commands = command_->commands;
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& c) { return c.name == word; });
    if (found == commands.end()) return refuse_command(word);
    command_ = &*found;
    path_.append(" ").append(command_->name);
    if (help_wanted_ && at_ == words_.size()) stop(kExitDone, help_text(*command_, path_));
  }

  void refuse_command(const std::string& word) {
    if (word.starts_with("-")) return refuse("unknown option " + quoted(word));
    std::vector<std::string_view> names;
    for (const Command& command : command_->commands) names.push_back(command.name);
    refuse("unknown command " + quoted(word) + suggestion(word, names));
  }

  void declare_names() {
    for (const Option& option : command_->options) result_.arguments.values_[std::string(option.name)];
    for (const Positional& one : command_->positionals) result_.arguments.values_[std::string(one.name)];
  }

  void take_word() {
    const std::string& word = words_[at_++];
    if (options_ended_ || word == "-" || !word.starts_with("-")) return take_positional(word);
    if (word == "--help" || word == "-h") return stop(kExitDone, help_text(*command_, path_));
    if (word == "--") {
      options_ended_ = true;
    } else if (word.starts_with("--")) {
      take_long(word);
    } else {
      take_short(word);
    }
  }

  void take_long(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    std::vector<std::string_view> names;
    for (const Option& option : command_->options) {
      if (option.name != name) {
        names.push_back(option.name);
      } else if (equals == std::string::npos) {
        return take_option(option, std::nullopt);
      } else {
        return take_option(option, word.substr(equals + 1));
      }
    }
    refuse("unknown option " + quoted("--" + name) + suggestion(name, names, "--"));
  }

  // "-c FILE" or "-cFILE".
  void take_short(const std::string& word) {
    for (const Option& option : command_->options) {
      if (option.letter != word[1]) continue;
      if (word.size() == 2) return take_option(option, std::nullopt);
      return take_option(option, word.substr(2));
    }
    refuse("unknown option " + quoted(word.substr(0, 2)));
  }

  void take_option(const Option& option, std::optional<std::string> value) {
    const std::string name = "--" + std::string(option.name);
    std::vector<std::string>& values = result_.arguments.values_[std::string(option.name)];
    if (!values.empty() && !option.repeated) return refuse(quoted(name) + " is given twice");
    if (option.value.empty()) {
      if (value) return refuse(quoted(name) + " takes no value");
      values.emplace_back("true");
      return;
    }
    if (!value && at_ < words_.size()) value = words_[at_++];
    if (!value) return refuse(quoted(name) + " wants a value: " + name + " " + std::string(option.value));
    values.push_back(std::move(*value));
  }

  void take_positional(const std::string& word) {
    for (const Positional& one : command_->positionals) {
      std::vector<std::string>& values = result_.arguments.values_[std::string(one.name)];
      if (!values.empty() && !one.repeated) continue;
      values.push_back(word);
      return;
    }
    refuse("unexpected argument " + quoted(word));
  }

  void check_complete() {
    if (help_wanted_) return stop(kExitDone, help_text(*command_, path_));
    for (const Option& option : command_->options) {
      if (option.required && !result_.arguments.flag(option.name)) {
        return refuse("--" + std::string(option.name) + " " + std::string(option.value) + " is missing");
      }
    }
    for (const Positional& one : command_->positionals) {
      if (one.required && !result_.arguments.flag(one.name)) return refuse(std::string(one.name) + " is missing");
    }
  }

  const Command* command_;
  std::string path_;
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  bool done_ = false;
  bool help_wanted_ = false;
  bool options_ended_ = false;
  Invocation result_;
};

Invocation parse_command_line(const Command& program, const std::vector<std::string>& arguments) {
  return ArgumentParser(program, arguments).parse();
}

int run_program(const Command& program, int argc, char** argv) {
  const Invocation invocation = parse_command_line(program, {argv + std::min(argc, 1), argv + argc});
  if (invocation.command != nullptr) return invocation.command->run(invocation.arguments);
  std::fputs(invocation.text.c_str(), invocation.exit_code == kExitDone ? stdout : stderr);
  return invocation.exit_code;
}

}  // namespace banyan
