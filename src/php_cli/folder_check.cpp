#include "php_cli/folder_check.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "php_cli/file_workers.h"
#include "php_cli/flow_findings.h"
#include "php_cli/php_source.h"
#include "php_rules/check_source.h"
#include "php_rules/file_types.h"

namespace banyan {

namespace {

std::string working_directory() {
  char buffer[4096];
  return getcwd(buffer, sizeof buffer) == nullptr ? std::string() : std::string(buffer);
}

php::Finding unreadable(const std::string& path, const Error& error) {
  php::Finding finding;
  finding.code = "file.unreadable";
  finding.severity = php::FindingSeverity::kError;
  finding.file = path;
  finding.message = error.text();
  return finding;
}

php::Project make_project(const FolderCheckOptions& options) {
  return php::Project({.parse = options.parse, .threads = options.threads, .autoload = options.autoload});
}

}  // namespace

std::string shown_path(const std::string& path) {
  static const std::string kHere = working_directory() + "/";
  std::string shown = path;
  if (kHere.size() > 1 && shown.starts_with(kHere)) shown.erase(0, kHere.size());
  while (shown.starts_with("./")) shown.erase(0, 2);
  return shown;
}

FolderCheck::FolderCheck(std::vector<std::string> paths, FolderCheckOptions options, const php::RuleSet& rules)
    : paths_(std::move(paths)),
      options_(std::move(options)),
      rules_(rules),
      needs_facts_(options_.flows || rules.uses_types()),
      project_(make_project(options_)) {}

FolderCheck::Signature FolderCheck::sign(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return {};
  return {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size, status.st_ino};
}

// Brings the list of files up to date, and gives those that are new or changed.
Result<std::set<std::string>> FolderCheck::find_changed() {
  BANYAN_TRY(const std::vector<std::string> found, find_sources(paths_));
  std::map<std::string, File> files;
  std::set<std::string> changed;
  std::set<std::string> shown;  // "src" and "./src" are one
  for (const std::string& path : found) {
    if (!shown.insert(shown_path(path)).second) continue;
    const Signature signature = sign(path);
    const auto known = files_.find(path);
    if (known != files_.end() && known->second.signature == signature) {
      files.emplace(path, std::move(known->second));
    } else {
      files.emplace(path, File{.signature = signature});
      changed.insert(path);
    }
  }
  some_gone_ = false;
  for (const auto& [path, file] : files_) {
    if (files.contains(path)) continue;
    some_gone_ = true;
    project_.remove_file(shown_path(path));
  }
  files_ = std::move(files);
  return changed;
}

// Analyses what changed, and adds the files in which other flows end than before.
void FolderCheck::update_facts(std::set<std::string>& changed) {
  const std::vector<std::string> paths(changed.begin(), changed.end());
  std::vector<std::string> sources(paths.size());
  for_each_file(paths.size(), options_.threads, "reading", [&](std::size_t index) {
    Result<std::string> source = read_source(paths[index]);
    if (source.ok()) sources[index] = std::move(*source);
  });
  for (std::size_t i = 0; i < paths.size(); ++i) project_.set_file(shown_path(paths[i]), std::move(sources[i]));
  const php::Facts& facts = project_.analyze();
  if (!options_.flows) return;
  std::map<std::string, std::string> real_paths;
  for (const auto& [path, file] : files_) real_paths.emplace(shown_path(path), path);
  auto flows = flow_findings(facts, [&real_paths](const std::string& path) {
    const auto known = real_paths.find(path);
    if (known == real_paths.end()) return std::unique_ptr<std::string>();
    Result<std::string> source = read_source(known->second);
    return source.ok() ? std::make_unique<std::string>(std::move(*source)) : nullptr;
  });
  for (auto& [path, file] : files_) {
    std::vector<php::Finding>& now = flows[shown_path(path)];
    if (now == file.flows) continue;
    file.flows = std::move(now);
    changed.insert(path);
  }
}

void FolderCheck::check(const std::string& path, File& file) {
  const std::string shown = shown_path(path);
  const Result<std::string> source = read_source(path);
  file.unreadable = !source;
  if (!source) {
    file.findings = {unreadable(shown, source.error())};
    return;
  }
  const php::SyntaxTree tree = php::lint(*source, options_.parse);
  php::ExpressionTypes types;
  php::TypeOracle type_of;
  if (rules_.uses_types()) {
    const std::lock_guard lock(project_mutex_);  // a project is not for several threads at once
    types = project_.expression_types(project_.facts().find_file(shown), tree, *source);
    type_of = php::type_oracle(types);
  }
  file.findings = php::check_source(rules_, {tree, *source, shown, type_of}, file.flows).findings;
}

Result<bool> FolderCheck::update() {
  BANYAN_TRY(std::set<std::string> changed, find_changed());
  if (changed.empty() && !some_gone_) return false;
  if (needs_facts_) update_facts(changed);
  const std::vector<std::string> paths(changed.begin(), changed.end());
  for_each_file(paths.size(), options_.threads, "checking",
                [&](std::size_t index) { check(paths[index], files_.at(paths[index])); });
  return true;
}

std::vector<php::Finding> FolderCheck::findings() const {
  std::vector<php::Finding> all;
  for (const auto& [path, file] : files_) all.insert(all.end(), file.findings.begin(), file.findings.end());
  php::sort_findings(all);
  return all;
}

bool FolderCheck::has_unreadable() const {
  return std::any_of(files_.begin(), files_.end(), [](const auto& entry) { return entry.second.unreadable; });
}

std::vector<php::Finding> check_alone(const std::string& path, const std::string& source,
                                      const FolderCheckOptions& options, const php::RuleSet& rules) {
  const php::SyntaxTree tree = php::lint(source, options.parse);
  php::Project project = make_project(options);
  php::ExpressionTypes types;
  php::TypeOracle type_of;
  std::vector<php::Finding> flows;
  if (options.flows || rules.uses_types()) {
    project.set_file(path, source);
    const php::Facts& facts = project.analyze();
    if (options.flows) {
      flows =
          flow_findings(facts, [&source](const std::string&) { return std::make_unique<std::string>(source); })[path];
    }
    types = project.expression_types(facts.find_file(path), tree, source);
    type_of = php::type_oracle(types);
  }
  return php::check_source(rules, {tree, source, path, type_of}, std::move(flows)).findings;
}

}  // namespace banyan
