// banyan php check: what PHP refuses and what the rules find, as a report in one of many formats.
#include <cstdio>
#include <ctime>
#include <memory>
#include <thread>

#include "php_check/builtins.h"
#include "php_cli/file_output.h"
#include "php_cli/file_workers.h"
#include "php_cli/flow_findings.h"
#include "php_cli/folder_check.h"
#include "php_cli/php_command.h"
#include "php_cli/php_source.h"
#include "php_cli/rule_options.h"
#include "php_cli/run_cache.h"
#include "php_findings/baseline.h"
#include "php_findings/report.h"

namespace banyan {

namespace {

constexpr std::timespec kWatchInterval = {0, 300'000'000};

struct CheckOptions {
  php::ParseOptions parse;
  php::ReportFormat format = php::ReportFormat::kText;
  int level = php::kLevelDefault;
  std::size_t threads = 1;
  std::string output;             // empty: standard output
  std::string baseline;           // to apply
  std::string generate_baseline;  // to write
  bool prune = false;
  bool watch = false;
  bool cache = true;
  bool from_stdin = false;
  std::string stdin_path;
  std::vector<std::string> paths;
};

Error bad_use(std::string message) { return Error(ErrorCode::kInvalidArgument, std::move(message)); }

Result<void> check_combination(const CheckOptions& options) {
  if (options.from_stdin == !options.paths.empty()) {
    return bad_use(options.from_stdin ? "--stdin takes no PATH: give one or the other"
                                      : "nothing to check: give files or folders, or --stdin");
  }
  if (options.prune && options.baseline.empty()) return bad_use("--prune-baseline needs --baseline FILE");
  if (!options.generate_baseline.empty() && !options.baseline.empty()) {
    return bad_use("--generate-baseline writes a new baseline, --baseline uses one: give one or the other");
  }
  const bool writes_baseline = options.prune || !options.generate_baseline.empty();
  if (options.watch && (options.from_stdin || writes_baseline)) {
    return bad_use("--watch goes with neither --stdin nor writing a baseline");
  }
  return {};
}

Result<CheckOptions> check_options(const Arguments& arguments) {
  CheckOptions options;
  BANYAN_TRY(options.parse, php_parse_options(arguments));
  const std::string format = arguments.value_or("format", "text");
  const auto known = php::parse_report_format(format);
  if (!known) return bad_use("--format " + format + " is unknown: give one of " + php::report_format_names());
  options.format = *known;
  BANYAN_TRY(options.level, level_of(arguments));
  BANYAN_TRY(options.threads, thread_count(arguments));
  options.output = arguments.value_or("output", "");
  options.baseline = arguments.value_or("baseline", "");
  options.generate_baseline = arguments.value_or("generate-baseline", "");
  options.prune = arguments.flag("prune-baseline");
  options.watch = arguments.flag("watch");
  options.cache = !arguments.flag("no-cache");
  options.from_stdin = arguments.flag("stdin");
  options.stdin_path = arguments.value_or("stdin-path", "stdin.php");
  options.paths = arguments.values("PATH");
  BANYAN_TRY_VOID(check_combination(options));
  return options;
}

// What was found, before the baseline.
struct Outcome {
  std::vector<php::Finding> findings;
  std::size_t file_count = 0;
  bool unreadable = false;
};

FolderCheckOptions folder_options(const CheckOptions& options) {
  return {.parse = options.parse, .threads = options.threads, .flows = options.level >= kFlowLevel};
}

Result<Outcome> check_stdin(const CheckOptions& options, const php::RuleSet& rules) {
  BANYAN_TRY(const std::string source, read_standard_input());
  return Outcome{check_alone(shown_path(options.stdin_path), source, folder_options(options), rules), 1, false};
}

// Applies, writes or prunes the baseline.
Result<void> use_baseline(const CheckOptions& options, std::vector<php::Finding>& findings) {
  if (!options.generate_baseline.empty()) {
    BANYAN_TRY_VOID(write_file(options.generate_baseline, php::Baseline::of(findings).text()));
    findings.clear();
    return {};
  }
  if (options.baseline.empty()) return {};
  BANYAN_TRY(const std::string text, read_source(options.baseline));
  Result<php::Baseline> baseline = php::Baseline::parse(text);
  if (!baseline) return std::move(baseline.error()).add_context(options.baseline);
  if (options.prune) {
    *baseline = baseline->pruned(findings);
    if (baseline->text() != text) BANYAN_TRY_VOID(write_file(options.baseline, baseline->text()));
  }
  baseline->apply(findings);
  return {};
}

Result<int> report(const CheckOptions& options, const std::vector<php::CodeInfo>& codes, Outcome outcome) {
  const std::size_t found = outcome.findings.size();
  BANYAN_TRY_VOID(use_baseline(options, outcome.findings));
  if (!options.generate_baseline.empty()) {
    std::fprintf(stderr, "%s: %zu findings\n", options.generate_baseline.c_str(), found);
    return outcome.unreadable ? kExitBadUse : kExitDone;
  }
  const std::string php = options.parse.features.version().text();
  const std::string text = php::write_report(
      options.format, {.findings = outcome.findings, .codes = codes, .php = php, .file_count = outcome.file_count});
  if (options.output.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  } else {
    BANYAN_TRY_VOID(write_file(options.output, text));
  }
  if (outcome.unreadable) return kExitBadUse;
  return outcome.findings.empty() ? kExitDone : kExitNegative;
}

// What the findings depend on besides the files and the program.
Result<RunCache> open_cache(const CheckOptions& options, const FolderCheckOptions& how,
                            const std::vector<std::string>& rule_files) {
  std::vector<std::string> key = {"check",
                                  options.parse.features.version().text(),
                                  options.parse.short_tags ? "short tags" : "",
                                  std::to_string(options.level),
                                  how.autoload.text(),
                                  working_folder()};
  for (const std::string& file : rule_files) {
    BANYAN_TRY(std::string text, read_source(file));
    key.push_back(std::move(text));
  }
  key.push_back("paths");
  key.insert(key.end(), options.paths.begin(), options.paths.end());
  return RunCache::open(key);
}

// The rules, ready for the version of PHP, and what reports say about codes.
struct ReadyRules {
  std::vector<php::Rule> rules;
  std::vector<php::CodeInfo> codes;
  php::RuleSet set;  // of the rules
};

Result<ReadyRules> ready_rules(const CheckOptions& options, const Arguments& arguments) {
  BANYAN_TRY(std::vector<php::Rule> rules, load_rules(arguments));
  php::RuleSet set(rules, options.parse.features, options.level);
  std::vector<php::CodeInfo> codes = known_codes(rules);
  return ReadyRules{std::move(rules), std::move(codes), std::move(set)};
}

struct CheckStart {
  RunCache cache;
  FolderCheck* folders = nullptr;  // with what an earlier run learnt
};

// What is known of a code base is never taken apart: that takes longer than everything else at the end of the program.
Result<CheckStart> start(const CheckOptions& options, const std::vector<std::string>& rule_files) {
  static auto& kept = *new std::vector<std::unique_ptr<FolderCheck>>();
  CheckStart made;
  FolderCheckOptions how = folder_options(options);
  BANYAN_TRY(how.autoload, read_autoload("."));
  if (options.cache) {
    BANYAN_TRY(made.cache, open_cache(options, how, rule_files));
  }
  kept.push_back(std::make_unique<FolderCheck>(options.paths, std::move(how)));
  made.folders = kept.back().get();
  if (std::optional<std::string> saved = made.cache.load()) made.folders->restore(*std::move(saved));
  return made;
}

// Reports at once, and again whenever a file came, changed or went, until the program is told to end.
Result<int> watch(const CheckOptions& options, const ReadyRules& rules, const CheckStart& from) {
  FolderCheck& folders = *from.folders;
  while (true) {
    BANYAN_TRY(const bool changed, folders.update(rules.set));
    if (folders.file_count() == 0 && !options.watch) {
      return Error(ErrorCode::kNotFound, "no file ends in .php under the given paths");
    }
    if (changed || !options.watch) {
      BANYAN_TRY(const int code,
                 report(options, rules.codes, {folders.findings(), folders.file_count(), folders.has_unreadable()}));
      from.cache.save(folders.save());
      if (!options.watch) return code;
    }
    nanosleep(&kWatchInterval, nullptr);
  }
}

// Rules take as long to make ready as what an earlier run left: they are made beside it.
Result<int> check_folders(const CheckOptions& options, const Arguments& arguments) {
  std::optional<Result<ReadyRules>> rules;
  const auto make = [&] {
    rules.emplace(ready_rules(options, arguments));
    php::builtin_functions();  // the table is read when it is first asked for
  };
  std::thread making;
  if (options.threads > 1) making = std::thread(make);
  const Result<CheckStart> from = start(options, arguments.values("rules"));
  if (!making.joinable()) make();
  if (making.joinable()) making.join();
  if (!rules->ok()) return std::move(rules->error());
  if (!from.ok()) return from.error();
  return watch(options, rules->value(), *from);
}

Result<int> check(const Arguments& arguments) {
  BANYAN_TRY(const CheckOptions options, check_options(arguments));
  if (!options.from_stdin) return check_folders(options, arguments);
  BANYAN_TRY(const ReadyRules rules, ready_rules(options, arguments));
  BANYAN_TRY(Outcome outcome, check_stdin(options, rules.set));
  return report(options, rules.codes, std::move(outcome));
}

int run_check(const Arguments& arguments) {
  const Result<int> code = check(arguments);
  if (code) return *code;
  std::fprintf(stderr, "%s\n", code.error().text().c_str());
  return kExitBadUse;
}

std::vector<Option> options_of_check() {
  std::vector<Option> options = php_source_options();
  for (Option& option : rule_options()) options.push_back(option);
  options.push_back({.name = "format",
                     .value = "FORMAT",
                     .about = "text (default), json, sarif, checkstyle, junit, github, gitlab, html"});
  options.push_back({.name = "output", .letter = 'o', .value = "FILE", .about = "write the report there"});
  options.push_back({.name = "baseline", .value = "FILE", .about = "let pass what this baseline knows"});
  options.push_back({.name = "generate-baseline", .value = "FILE", .about = "write what is found as a baseline"});
  options.push_back({.name = "prune-baseline", .about = "take out of the baseline what is found no more"});
  options.push_back({.name = "stdin", .about = "check what comes on standard input"});
  options.push_back({.name = "stdin-path", .value = "PATH", .about = "and call it this (default stdin.php)"});
  options.push_back({.name = "watch", .about = "report again whenever a file changes"});
  options.push_back(no_cache_option());
  options.push_back(threads_option());
  return options;
}

}  // namespace

Command php_check_command() {
  return {
      .name = "check",
      .summary = "say what is wrong, risky, outdated or hard to convert",
      .description =
          "Reads every file, and every *.php under every folder, and reports what that version of PHP refuses and\n"
          "what the rules find. A comment lets a finding pass: // @banyan-ignore CODE why it is accepted.\n"
          "Exit code 0 if nothing was found, 1 if something was, 2 if an option, a path or a file of rules is wrong.",
      .options = options_of_check(),
      .positionals = {{.name = "PATH", .about = "files and folders", .required = false, .repeated = true}},
      .examples = {{"banyan php check src", "what to look at under src"},
                   {"banyan php check --php 8.5 --level 3 src", "what PHP 8.5 would break, and what is dangerous"},
                   {"banyan php check --generate-baseline known.json src", "accept what there is"},
                   {"banyan php check --baseline known.json src", "and fail on what is new"},
                   {"banyan php check --format sarif -o check.sarif src", "for code scanning"},
                   {"banyan php check --rules team.yaml --watch src", "your own rules too, while you work"}},
      .run = run_check};
}

}  // namespace banyan
