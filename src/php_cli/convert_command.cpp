// banyan php convert: PHP files as a Go module, or a C++ project, that does the same.
#include <cstdio>
#include <string>

#include "php_cli/converted_output.h"
#include "php_cli/php_command.h"
#include "php_cli/php_source.h"
#include "php_convert/module.h"

namespace banyan {

namespace {

Result<int> convert(const Arguments& arguments) {
  const std::string target = arguments.value_or("to", "go");
  const bool to_cpp = target == "cpp";
  if (target != "go" && !to_cpp) {
    return Error(ErrorCode::kInvalidArgument, "--to " + target + " is unknown: give go or cpp");
  }
  BANYAN_TRY(const php::ParseOptions options, php_parse_options(arguments));
  BANYAN_TRY(const std::vector<std::string> sources, find_sources(arguments.values("PATH")));
  if (sources.empty()) return Error(ErrorCode::kNotFound, "no file ends in .php under the given paths");
  const std::vector<std::string> paths = to_cpp ? php::cpp_paths(sources) : php::go_paths(sources);
  std::vector<php::ConvertedFile> converted;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    BANYAN_TRY(const std::string text, read_source(sources[i]));
    const std::string path = absolute_path(sources[i]);
    converted.push_back({sources[i], paths[i],
                         to_cpp ? php::convert_to_cpp(path, text, {options, paths[i].substr(0, paths[i].rfind('.'))})
                                : php::convert_to_go(path, text, {.parse = options})});
  }
  const std::string folder = *arguments.value("output");
  const std::string name = arguments.value_or("module", php::module_name(folder));
  BANYAN_TRY(const std::vector<php::ModuleFile> files,
             to_cpp ? php::project_files(converted, name) : php::module_files(converted, name));
  BANYAN_TRY_VOID(write_converted(files, folder, arguments.flag("force")));
  if (const auto report = arguments.value("report")) {
    BANYAN_TRY_VOID(write_whole(*report, php::conversion_report(converted)));
  }
  return print_conversion(converted) ? kExitNegative : kExitDone;
}

int run_convert(const Arguments& arguments) {
  const Result<int> done = convert(arguments);
  if (done) return *done;
  std::fprintf(stderr, "%s\n", done.error().text().c_str());
  return kExitBadUse;
}

}  // namespace

Command php_convert_command() {
  std::vector<Option> options = {
      {.name = "output", .letter = 'o', .value = "DIR", .about = "the folder of the Go module", .required = true},
      {.name = "to", .value = "LANGUAGE", .about = "go (default) or cpp"},
      {.name = "module", .value = "NAME", .about = "the module's name in go.mod (default: the folder's)"},
      {.name = "report", .value = "FILE", .about = "what became of each function, and which line is which, as JSON"},
      {.name = "force", .about = "replace files that were edited since they were written"}};
  for (const Option& option : php_source_options()) options.push_back(option);
  return {
      .name = "convert",
      .summary = "turn PHP into Go that does the same, or say why not",
      .description =
          "Each file becomes a package main of one Go module, with the runtime it needs beside it: go build ./... in\n"
          "the folder is all there is to do. Variables are native where their types are proved. What cannot be\n"
          "converted faithfully is refused with its line and a code, and panics when it is reached.\n"
          "Exit status: 0 all converted, 1 something was refused, 2 nothing was written.",
      .options = options,
      .positionals = {{.name = "PATH", .about = "files and folders of PHP", .repeated = true}},
      .examples = {{"banyan php convert report.php -o report-go", "one script as a program"},
                   {"banyan php convert src --report convert.json -o go",
                    "a folder, with what became of each function"}},
      .run = run_convert};
}

}  // namespace banyan
