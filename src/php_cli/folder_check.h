// Checking files and folders, once or again and again: what `banyan php check` does between its options and its report.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "php_findings/finding.h"
#include "php_parse/parse.h"
#include "php_rules/rule_set.h"

namespace banyan {

// A path as reports name it: relative to the working directory where it lies below it, without "./".
std::string shown_path(const std::string& path);

// The check of many files that may be asked for again: what did not change since is not read again.
class FolderCheck {
 public:
  struct Options {
    std::vector<std::string> paths;
    php::ParseOptions parse;
    std::size_t threads = 1;
  };
  FolderCheck(Options options, const php::RuleSet& rules) : options_(std::move(options)), rules_(rules) {}

  // Looks for the files and checks those that are new or changed. Gives whether there were any, or any is gone. An
  // error where a path cannot be read at all.
  Result<bool> update();

  // Of all files, sorted.
  std::vector<php::Finding> findings() const;
  std::size_t file_count() const { return files_.size(); }
  bool has_unreadable() const;

 private:
  struct Signature {
    long long seconds = 0;
    long long nanoseconds = 0;
    long long size = 0;
    unsigned long long inode = 0;
    friend bool operator==(const Signature&, const Signature&) = default;
  };
  struct File {
    Signature signature;
    std::vector<php::Finding> findings;
    bool unreadable = false;
  };

  static std::optional<Signature> sign(const std::string& path);
  void check(const std::string& path, File& file) const;

  Options options_;
  const php::RuleSet& rules_;
  std::map<std::string, File> files_;
};

}  // namespace banyan
