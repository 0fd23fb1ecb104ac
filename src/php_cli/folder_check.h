// Checking files and folders, once or again and again: what `banyan php check` does between its options and its report.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "php_check/facts.h"
#include "php_findings/finding.h"
#include "php_parse/parse.h"
#include "php_rules/rule_set.h"

namespace banyan {

// The absolute path of the working directory; empty where it has none any more.
std::string working_folder();

// A path as reports name it: relative to the working directory where it lies below it, without "./".
std::string shown_path(const std::string& path);

struct FolderCheckOptions {
  php::ParseOptions parse;
  std::size_t threads = 1;
  // Of the working directory. Installed packages it knows are read for their symbols, and not checked.
  php::ComposerAutoload autoload;
  bool flows = true;  // follow values between functions and files
};

// What did not change since the last update is not checked again, unless its types or flows may be others by a change
// elsewhere: the findings are those of a check from the beginning.
class FolderCheck {
 public:
  FolderCheck(std::vector<std::string> paths, FolderCheckOptions options);

  // Looks for the files and checks those that are new or changed, or that a change elsewhere concerns. Gives whether
  // there were any, or any is gone. An error where a path cannot be read at all. The rules are the same each time, and
  // outlive this.
  Result<bool> update(const php::RuleSet& rules);

  // Of all files, sorted.
  std::vector<php::Finding> findings() const;
  std::size_t file_count() const { return files_.size(); }
  bool has_unreadable() const;

  // Before the first update: starts from what save() gave for the same paths, options and rules, by the same build of
  // the program. Bytes that are not whole are let be.
  void restore(std::string saved);
  // All that is known, as bytes; empty where nothing is worth keeping: so few files were looked at since restore() that
  // to do it again takes less time than to write all of it.
  std::string save() const;

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
    std::vector<php::Finding> flows;  // as they were when the findings were made
    bool unreadable = false;
  };
  struct Remembered {
    std::vector<php::Finding> findings;
    std::vector<php::Finding> flows;
  };

  static Signature sign(const std::string& path);
  Result<std::set<std::string>> find_changed();
  Result<void> find_changed_libraries();
  std::vector<char> read_changed(const std::vector<std::string>& paths);
  std::set<std::string> update_facts(const std::set<std::string>& changed);
  bool recall(const std::string& path, File& file);
  void check(const std::string& path, File& file);

  std::vector<std::string> paths_;
  FolderCheckOptions options_;
  const php::RuleSet* rules_ = nullptr;
  bool needs_facts_ = true;
  std::map<std::string, File> files_;           // by path as found
  bool some_gone_ = false;                      // in the last update
  std::map<std::string, Signature> libraries_;  // files of installed packages
  std::vector<std::string> changed_libraries_;  // in the last update
  php::Project project_;
  std::map<std::string, Remembered> remembered_;  // by path as shown; until the first update
  bool is_restored_ = false;
  std::size_t looked_at_ = 0;  // files whose types or findings were made anew since
};

// One source from elsewhere, such as standard input.
std::vector<php::Finding> check_alone(const std::string& path, const std::string& source,
                                      const FolderCheckOptions& options, const php::RuleSet& rules);

}  // namespace banyan
