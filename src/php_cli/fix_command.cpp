// banyan php fix: the rules' fixes put into files, or shown as a diff.
#include <algorithm>
#include <cstdio>
#include <set>

#include "php_cli/file_output.h"
#include "php_cli/file_workers.h"
#include "php_cli/folder_check.h"
#include "php_cli/php_command.h"
#include "php_cli/php_source.h"
#include "php_cli/rule_options.h"
#include "php_cli/unified_diff.h"
#include "php_rules/mend.h"

namespace banyan {

namespace {

struct FixOptions {
  php::MendOptions mend;
  std::size_t threads = 1;
  bool dry_run = false;
};

// What became of one file.
struct FileFix {
  std::size_t applied = 0;
  std::string diff;     // of a dry run
  std::string mistake;  // why the file was left as it was
};

Result<FileFix> fix_file(const std::string& path, const php::RuleSet& rules, const FixOptions& options) {
  BANYAN_TRY(const std::string source, read_source(path));
  BANYAN_TRY(const php::Mended mended, php::mend(rules, source, options.mend));
  FileFix fix{.applied = mended.applied};
  if (mended.text == source) return FileFix{};
  if (options.dry_run) {
    fix.diff = unified_diff(source, mended.text, shown_path(path));
  } else {
    BANYAN_TRY_VOID(write_file(path, mended.text));
  }
  return fix;
}

std::vector<FileFix> fix_files(const std::vector<std::string>& files, const php::RuleSet& rules,
                               const FixOptions& options) {
  std::vector<FileFix> fixes(files.size());
  for_each_file(files.size(), options.threads, "fixing", [&](std::size_t index) {
    Result<FileFix> fix = fix_file(files[index], rules, options);
    if (fix.ok()) {
      fixes[index] = std::move(*fix);
    } else {
      fixes[index].mistake = fix.error().text();
    }
  });
  return fixes;
}

int print_fixes(const std::vector<std::string>& files, const std::vector<FileFix>& fixes, bool dry_run) {
  std::size_t applied = 0;
  std::size_t changed = 0;
  bool failed = false;
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::fwrite(fixes[i].diff.data(), 1, fixes[i].diff.size(), stdout);
    applied += fixes[i].applied;
    changed += fixes[i].applied > 0 ? 1 : 0;
    if (fixes[i].mistake.empty()) continue;
    failed = true;
    std::fprintf(stderr, "%s: %s\n", shown_path(files[i]).c_str(), fixes[i].mistake.c_str());
  }
  std::fflush(stdout);
  std::fprintf(stderr, "%zu %s %s in %zu of %zu files\n", applied, applied == 1 ? "fix" : "fixes",
               dry_run ? "possible" : "made", changed, files.size());
  if (failed) return kExitBadUse;
  return dry_run && applied > 0 ? kExitNegative : kExitDone;
}

// Each file once, however often it was named: two threads must not write the same.
void drop_repeated(std::vector<std::string>& files) {
  std::set<std::string> seen;
  std::erase_if(files, [&seen](const std::string& path) { return !seen.insert(shown_path(path)).second; });
}

Result<int> fix(const Arguments& arguments) {
  FixOptions options;
  BANYAN_TRY(options.mend.parse, php_parse_options(arguments));
  BANYAN_TRY(const int level, arguments.value("level") ? level_of(arguments) : Result<int>(php::kLevelMax));
  BANYAN_TRY(options.threads, thread_count(arguments));
  options.mend.with_unsafe = arguments.flag("unsafe");
  options.dry_run = arguments.flag("dry-run");
  BANYAN_TRY(std::vector<php::Rule> rules, load_rules(arguments));
  std::erase_if(rules, [](const php::Rule& rule) { return !rule.fix; });
  const std::vector<std::string>& wanted = arguments.values("rule");
  for (const std::string& id : wanted) {
    const bool known = std::any_of(rules.begin(), rules.end(), [&id](const php::Rule& rule) { return rule.id == id; });
    if (known) continue;
    return Error(ErrorCode::kNotFound, "--rule " + id +
                                           ": no rule of this name has a fix; `banyan php rules list` "
                                           "shows which have");
  }
  std::erase_if(rules, [&wanted](const php::Rule& rule) {
    return !wanted.empty() && std::find(wanted.begin(), wanted.end(), rule.id) == wanted.end();
  });
  BANYAN_TRY(std::vector<std::string> files, find_sources(arguments.values("PATH")));
  if (files.empty()) return Error(ErrorCode::kNotFound, "no file ends in .php under the given paths");
  drop_repeated(files);
  const php::RuleSet set(rules, options.mend.parse.features, level);
  return print_fixes(files, fix_files(files, set, options), options.dry_run);
}

int run_fix(const Arguments& arguments) {
  const Result<int> code = fix(arguments);
  if (code) return *code;
  std::fprintf(stderr, "%s\n", code.error().text().c_str());
  return kExitBadUse;
}

}  // namespace

Command php_fix_command() {
  std::vector<Option> options = php_source_options();
  options.push_back({.name = "rules", .value = "FILE", .about = "rules of your own too", .repeated = true});
  options.push_back({.name = "rule", .value = "ID", .about = "only the fixes of this rule", .repeated = true});
  options.push_back({.name = "level", .value = "N", .about = "only those of rules up to this level (default: all)"});
  options.push_back({.name = "unsafe", .about = "also those that may change behaviour; look at the result"});
  options.push_back({.name = "dry-run", .about = "change nothing, print what would change as a diff"});
  options.push_back(threads_option());
  return {.name = "fix",
          .summary = "mend what rules know how to mend",
          .description =
              "Puts the fixes of the rules into the files, without --unsafe only those that change no behaviour. Each\n"
              "result is read again; a file whose syntax a fix would break is left as it was, and named. Running it\n"
              "twice changes nothing more. Findings that a comment @banyan-ignore lets pass are not fixed.\n"
              "Exit code 0; with --dry-run 1 if something would change; 2 if a file could not be read or mended.",
          .options = options,
          .positionals = {{.name = "PATH", .about = "files and folders", .repeated = true}},
          .examples = {{"banyan php fix --dry-run src", "what would change, as a diff"},
                       {"banyan php fix --php 8.1 --rule legacy.array-syntax src", "one idiom at a time"}},
          .run = run_fix};
}

}  // namespace banyan
