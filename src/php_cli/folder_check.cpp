#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "php_cli/file_workers.h"
#include "php_cli/folder_check.h"
#include "php_cli/php_source.h"
#include "php_rules/check_source.h"

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

}  // namespace

std::string shown_path(const std::string& path) {
  static const std::string kHere = working_directory() + "/";
  std::string shown = path;
  if (kHere.size() > 1 && shown.starts_with(kHere)) shown.erase(0, kHere.size());
  while (shown.starts_with("./")) shown.erase(0, 2);
  return shown;
}

std::optional<FolderCheck::Signature> FolderCheck::sign(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return Signature{status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size, status.st_ino};
}

void FolderCheck::check(const std::string& path, File& file) const {
  const std::string shown = shown_path(path);
  const Result<std::string> source = read_source(path);
  file.unreadable = !source;
  if (!source) {
    file.findings = {unreadable(shown, source.error())};
    return;
  }
  const php::SyntaxTree tree = php::lint(*source, options_.parse);
  const php::TypeOracle no_types;
  file.findings = php::check_source(rules_, {tree, *source, shown, no_types}).findings;
}

Result<bool> FolderCheck::update() {
  BANYAN_TRY(const std::vector<std::string> paths, find_sources(options_.paths));
  std::map<std::string, File> files;
  std::vector<std::pair<const std::string*, File*>> changed;
  for (const std::string& path : paths) {
    const Signature signature = sign(path).value_or(Signature{});
    const auto known = files_.find(path);
    const bool same = known != files_.end() && known->second.signature == signature;
    const auto [entry, is_new] = files.emplace(path, same ? std::move(known->second) : File{.signature = signature});
    if (is_new && !same) changed.emplace_back(&entry->first, &entry->second);
  }
  const bool some_gone = files.size() - changed.size() < files_.size();
  files_ = std::move(files);  // moves no entry
  for_each_file(changed.size(), options_.threads, "checking",
                [&](std::size_t index) { check(*changed[index].first, *changed[index].second); });
  return some_gone || !changed.empty();
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

}  // namespace banyan
