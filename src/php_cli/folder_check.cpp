#include "php_cli/folder_check.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "php_check/archive.h"
#include "php_cli/file_workers.h"
#include "php_cli/flow_findings.h"
#include "php_cli/php_source.h"
#include "php_rules/check_source.h"
#include "php_rules/file_types.h"

namespace banyan {

namespace php {

template <class Archive>
void describe(Archive& archive, Region& one) {
  archive(one.offset, one.length, one.line, one.column, one.end_line, one.end_column, one.unit_column,
          one.end_unit_column);
}

template <class Archive>
void describe(Archive& archive, Edit& one) {
  archive(one.region, one.text);
}

template <class Archive>
void describe(Archive& archive, Fix& one) {
  archive(one.safe, one.title, one.edits);
}

template <class Archive>
void describe(Archive& archive, FindingStep& one) {
  archive(one.file, one.region, one.message);
}

template <class Archive>
void describe(Archive& archive, Finding& one) {
  archive(one.code, one.severity, one.level, one.message, one.file, one.region, one.hint, one.excerpt, one.fixes,
          one.flow);
}

}  // namespace php

namespace {

php::Finding unreadable(const std::string& path, const Error& error) {
  php::Finding finding;
  finding.code = "file.unreadable";
  finding.severity = php::FindingSeverity::kError;
  finding.file = path;
  finding.message = error.text();
  return finding;
}

// So many files looked at anew are not worth writing what is known of all.
constexpr std::size_t kNotWorthSaving = 16;

php::Project make_project(const FolderCheckOptions& options) {
  return php::Project(
      {.parse = options.parse, .threads = options.threads, .autoload = options.autoload, .verdicts = false});
}

}  // namespace

std::string working_folder() {
  char buffer[4096];
  return getcwd(buffer, sizeof buffer) == nullptr ? std::string() : std::string(buffer);
}

std::string shown_path(const std::string& path) {
  static const std::string kHere = working_folder() + "/";
  std::string shown = path;
  if (kHere.size() > 1 && shown.starts_with(kHere)) shown.erase(0, kHere.size());
  while (shown.starts_with("./")) shown.erase(0, 2);
  return shown;
}

FolderCheck::FolderCheck(std::vector<std::string> paths, FolderCheckOptions options)
    : paths_(std::move(paths)), options_(std::move(options)), project_(make_project(options_)) {}

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
    if (signature == Signature()) continue;  // it went away meanwhile
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

// The same for files that are only read: those of installed packages which are not checked themselves.
Result<void> FolderCheck::find_changed_libraries() {
  changed_libraries_.clear();
  std::set<std::string> checked;
  for (const auto& [path, file] : files_) checked.insert(shown_path(path));
  BANYAN_TRY(const std::vector<std::string> found, find_installed(options_.autoload));
  std::map<std::string, Signature> libraries;
  for (const std::string& path : found) {
    if (checked.contains(path)) continue;
    const Signature signature = sign(path);
    const auto known = libraries_.find(path);
    if (known == libraries_.end() || known->second != signature) changed_libraries_.push_back(path);
    libraries.emplace(path, signature);
  }
  for (const auto& [path, signature] : libraries_) {
    if (libraries.contains(path) || checked.contains(path)) continue;
    some_gone_ = true;
    project_.remove_file(path);
  }
  libraries_ = std::move(libraries);
  return {};
}

// Puts the files as they are now into the project. Gives which could not be read; they count as empty.
std::vector<char> FolderCheck::read_changed(const std::vector<std::string>& paths) {
  std::vector<std::string> sources(paths.size());
  std::vector<char> unreadable(paths.size());
  for_each_file(paths.size(), options_.threads, "reading", [&](std::size_t index) {
    Result<std::string> source = read_source(paths[index]);
    unreadable[index] = !source.ok();
    if (source.ok()) sources[index] = std::move(*source);
  });
  for (std::size_t i = 0; i < paths.size(); ++i) project_.set_file(shown_path(paths[i]), std::move(sources[i]));
  return unreadable;
}

// Takes the findings of a file that is as it was when they were saved.
bool FolderCheck::recall(const std::string& path, File& file) {
  const auto known = remembered_.find(shown_path(path));
  if (known == remembered_.end()) return false;
  file.findings = std::move(known->second.findings);
  file.flows = std::move(known->second.flows);
  return true;
}

// Analyses what changed, and gives the files to be checked: those in which types or flows may be others than before.
std::set<std::string> FolderCheck::update_facts(const std::set<std::string>& changed) {
  const std::vector<std::string> paths(changed.begin(), changed.end());
  read_changed(changed_libraries_);
  const std::vector<char> unreadable = read_changed(paths);
  std::map<std::string, std::string> real_paths;
  for (const auto& [path, file] : files_) real_paths.emplace(shown_path(path), path);
  const php::Facts& facts = project_.analyze();
  std::set<std::string> stale;
  for (const php::FileId file : project_.retyped_files()) {
    const auto real = real_paths.find(facts.at(file).path);
    if (real != real_paths.end()) stale.insert(real->second);
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (unreadable[i] != 0 || stale.contains(paths[i]) || !recall(paths[i], files_.at(paths[i]))) {
      stale.insert(paths[i]);
    }
  }
  remembered_.clear();
  if (!options_.flows) return stale;
  auto flows = flow_findings(project_, [&](const std::string& path) { return real_paths.contains(path); });
  for (auto& [path, file] : files_) {
    std::vector<php::Finding>& now = flows[shown_path(path)];
    if (now == file.flows) continue;
    file.flows = std::move(now);
    stale.insert(path);
  }
  return stale;
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
  std::optional<php::LazyTypes> types;
  php::TypeOracle type_of;
  if (rules_->uses_types()) {
    types.emplace(project_, project_.facts().find_file(shown), tree, *source);
    type_of = php::type_oracle(*types);
  }
  file.findings = php::check_source(*rules_, {tree, *source, shown, type_of}, file.flows).findings;
}

Result<bool> FolderCheck::update(const php::RuleSet& rules) {
  rules_ = &rules;
  needs_facts_ = options_.flows || rules.uses_types();
  BANYAN_TRY(std::set<std::string> changed, find_changed());
  if (needs_facts_) {
    BANYAN_TRY_VOID(find_changed_libraries());
  }
  if (changed.empty() && changed_libraries_.empty() && !some_gone_) return false;
  if (needs_facts_) changed = update_facts(changed);
  looked_at_ += std::max(changed.size(), project_.retyped_files().size());
  if (some_gone_) is_restored_ = false;
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

// ---- From one run of the program to the next ----

void FolderCheck::restore(std::string saved) {
  std::map<std::string, Remembered> remembered;
  php::ArchiveReader reader(saved);
  for (std::size_t count = reader.count(); count > 0 && reader.ok(); --count) {
    std::string path;
    Remembered file;
    reader(path, file.findings, file.flows);
    remembered.emplace(std::move(path), std::move(file));
  }
  if (!reader.ok()) return;
  saved.erase(0, saved.size() - reader.rest().size());
  if (!project_.restore(std::move(saved))) return;
  remembered_ = std::move(remembered);
  is_restored_ = true;
}

std::string FolderCheck::save() const {
  if (!needs_facts_ || (is_restored_ && looked_at_ <= kNotWorthSaving)) return {};
  const auto is_known = [](const auto& entry) { return !entry.second.unreadable; };
  php::ArchiveWriter writer;
  writer.number(static_cast<std::uint64_t>(std::count_if(files_.begin(), files_.end(), is_known)));
  for (const auto& [path, file] : files_) {
    if (file.unreadable) continue;
    const std::string shown = shown_path(path);
    writer(shown, file.findings, file.flows);
  }
  return writer.bytes() + project_.save();
}

std::vector<php::Finding> check_alone(const std::string& path, const std::string& source,
                                      const FolderCheckOptions& options, const php::RuleSet& rules) {
  const php::SyntaxTree tree = php::lint(source, options.parse);
  php::Project project = make_project(options);
  std::optional<php::LazyTypes> types;
  php::TypeOracle type_of;
  std::vector<php::Finding> flows;
  if (options.flows || rules.uses_types()) {
    project.set_file(path, source);
    const php::Facts& facts = project.analyze();
    if (options.flows) {
      flows = flow_findings(project, [&path](const std::string& one) { return one == path; })[path];
    }
    types.emplace(project, facts.find_file(path), tree, source);
    type_of = php::type_oracle(*types);
  }
  return php::check_source(rules, {tree, source, path, type_of}, std::move(flows)).findings;
}

}  // namespace banyan
