// banyan php convert: PHP files as a Go module, or a C++ project, that does the same.
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "cli/table.h"
#include "php_cli/php_command.h"
#include "php_cli/php_source.h"
#include "php_convert/module.h"

namespace banyan {

namespace {

std::string absolute_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> absolute(realpath(path.c_str(), nullptr), std::free);
  return absolute == nullptr ? path : absolute.get();
}

std::optional<std::string> bytes_of(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  Result<std::string> text = read_source(path);
  return text ? std::optional(*std::move(text)) : std::nullopt;
}

Result<void> make_folders(const std::string& path) {
  for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
    const std::string folder = path.substr(0, at);
    if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) return Error::from_errno(errno, "making " + folder);
  }
  return {};
}

Result<void> write_whole(const std::string& path, const std::string& content) {
  BANYAN_TRY_VOID(make_folders(path));
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return Error::from_errno(errno, "opening " + path);
  const bool written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  const int write_errno = errno;
  if (std::fclose(file) != 0) return Error::from_errno(errno, "writing " + path);
  return written ? Result<void>() : Error::from_errno(write_errno, "writing " + path);
}

Result<void> check_edits(const std::vector<php::ModuleFile>& files, const std::string& folder) {
  const std::vector<std::string> edited =
      php::edited_files(files, [&](const std::string& path) { return bytes_of(folder + "/" + path); });
  if (edited.empty()) return {};
  std::string list;
  for (std::size_t i = 0; i < edited.size() && i < 5; ++i) list += (i == 0 ? "" : ", ") + folder + "/" + edited[i];
  if (edited.size() > 5) list += " and " + std::to_string(edited.size() - 5) + " more";
  return Error(ErrorCode::kFailedPrecondition,
               list + (edited.size() == 1 ? " was" : " were") +
                   " edited or made by hand; nothing was written. --force replaces them");
}

// Prints what a person has to look at; gives whether anything was refused.
bool print_summary(const std::vector<php::ConvertedFile>& converted) {
  std::size_t counts[3] = {};
  for (const php::ConvertedFile& file : converted) {
    for (const php::ConvertedFunction& one : file.conversion.functions) {
      ++counts[static_cast<std::size_t>(one.state)];
      for (const php::ConversionReason& reason : one.reasons) {
        std::printf("%s:%u: refused: %s: %s\n", file.source.c_str(), reason.line, one.name.c_str(),
                    reason.code.c_str());
      }
    }
  }
  std::printf("%zu typed, %zu with dynamic values, %zu refused\n", counts[0], counts[1], counts[2]);
  return counts[2] > 0;
}

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
  if (!arguments.flag("force")) BANYAN_TRY_VOID(check_edits(files, folder));
  for (const php::ModuleFile& file : files) BANYAN_TRY_VOID(write_whole(folder + "/" + file.path, file.content));
  if (const auto report = arguments.value("report")) {
    BANYAN_TRY_VOID(write_whole(*report, php::conversion_report(converted)));
  }
  return print_summary(converted) ? kExitNegative : kExitDone;
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
