// banyan php lint: every file on its own, on several threads, reported in order of path.
#include <algorithm>
#include <cstdio>

#include "base/json_text.h"
#include "php_cli/file_workers.h"
#include "php_cli/php_command.h"
#include "php_cli/php_source.h"

namespace banyan {

namespace {

constexpr std::size_t kDiagnosticsPerFileMax = 100;

struct Finding {
  php::LineColumn at;
  std::string code;
  std::string message;
};

struct FileReport {
  std::vector<Finding> findings;
  bool unreadable = false;
};

FileReport lint_file(const std::string& path, const php::ParseOptions& options) {
  FileReport report;
  const Result<std::string> source = read_source(path);
  if (!source) {
    report.unreadable = true;
    report.findings.push_back({{}, "file.unreadable", source.error().text()});
    return report;
  }
  const php::SyntaxTree tree = php::lint(*source, options);
  if (tree.diagnostics.empty()) return report;
  const php::LineTable lines(*source);
  for (const php::Diagnostic& diagnostic : tree.diagnostics) {
    if (report.findings.size() == kDiagnosticsPerFileMax) break;
    report.findings.push_back({lines.at(diagnostic.offset), diagnostic.code, diagnostic.message});
  }
  return report;
}

std::vector<FileReport> lint_files(const std::vector<std::string>& files, const php::ParseOptions& options,
                                   std::size_t threads) {
  std::vector<FileReport> reports(files.size());
  for_each_file(files.size(), threads, "linting",
                [&](std::size_t index) { reports[index] = lint_file(files[index], options); });
  return reports;
}

std::string text_report(const std::vector<std::string>& files, const std::vector<FileReport>& reports) {
  std::string out;
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (const Finding& finding : reports[i].findings) {
      out += files[i] + ":" + std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) + ": " +
             finding.code + ": " + finding.message + "\n";
    }
  }
  return out;
}

std::string json_report(const std::vector<std::string>& files, const std::vector<FileReport>& reports,
                        const php::ParseOptions& options) {
  std::string out = "{\"php\":\"" + options.features.version().text() + "\",\"files\":" + std::to_string(files.size());
  out += ",\"diagnostics\":[";
  bool any = false;
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (const Finding& finding : reports[i].findings) {
      out += any ? ",\n" : "\n";
      any = true;
      out += "{\"file\":";
      append_json_string(out, files[i]);
      out += ",\"line\":" + std::to_string(finding.at.line) + ",\"column\":" + std::to_string(finding.at.column);
      out += ",\"code\":\"" + finding.code + "\",\"message\":";
      append_json_string(out, finding.message);
      out += '}';
    }
  }
  return out + "]}\n";
}

int fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  return kExitBadUse;
}

int run_lint(const Arguments& arguments) {
  const Result<php::ParseOptions> options = php_parse_options(arguments);
  if (!options) return fail(options.error());
  const std::string format = arguments.value_or("format", "text");
  if (format != "text" && format != "json") {
    return fail(Error(ErrorCode::kInvalidArgument, "--format " + format + " is unknown: give text or json"));
  }
  const Result<std::size_t> threads = thread_count(arguments);
  if (!threads) return fail(threads.error());
  const Result<std::vector<std::string>> files = find_sources(arguments.values("PATH"));
  if (!files) return fail(files.error());
  if (files->empty()) return fail(Error(ErrorCode::kNotFound, "no file ends in .php under the given paths"));
  const std::vector<FileReport> reports = lint_files(*files, *options, *threads);
  const std::string out = format == "json" ? json_report(*files, reports, *options) : text_report(*files, reports);
  std::fwrite(out.data(), 1, out.size(), stdout);
  const auto has_findings = [](const FileReport& report) { return !report.findings.empty(); };
  const auto is_unreadable = [](const FileReport& report) { return report.unreadable; };
  if (std::any_of(reports.begin(), reports.end(), is_unreadable)) return kExitBadUse;
  return std::any_of(reports.begin(), reports.end(), has_findings) ? kExitNegative : kExitDone;
}

}  // namespace

Command php_lint_command() {
  std::vector<Option> options = php_source_options();
  options.push_back({.name = "format", .value = "FORMAT", .about = "text (default) or json"});
  options.push_back(threads_option());
  return {
      .name = "lint",
      .summary = "say what php -l of a version would refuse",
      .description =
          "Reads every file, and every *.php under every folder, and prints what that version of PHP refuses:\n"
          "errors of the grammar, and those of the compiler that one file shows. Up to 100 for one file.\n"
          "Exit code 0 if nothing was found, 1 if something was, 2 if a path cannot be read.",
      .options = options,
      .positionals = {{.name = "PATH", .about = "files and folders", .repeated = true}},
      .examples = {{"banyan php lint src", "what PHP 8.2 refuses under src"},
                   {"banyan php lint --php 8.5 --format json src", "what would break under PHP 8.5, for a program"}},
      .run = run_lint};
}

}  // namespace banyan
