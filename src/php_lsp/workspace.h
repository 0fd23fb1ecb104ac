// The PHP files of the folders an editor has open, and the facts about them.
//
// Folders are read by a thread of its own, which stops between two files when it is told to; what the editor has open
// counts in place of what is on the disk. Facts are brought up to date when they are asked for. A question waits while
// files are being linked, at most until that is done.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "php_check/facts.h"

namespace banyan::php {

class Workspace {
 public:
  static constexpr std::size_t kFilesMax = 100'000;
  static constexpr std::size_t kFileBytesMax = std::size_t{8} << 20;  // larger ones are left out

  explicit Workspace(ProjectOptions options) : project_(std::move(options)) {}
  ~Workspace() { stop(); }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  // Reads every *.php below the folders, in the background. What was being read before is given up first.
  void index(std::vector<std::string> folders);
  // Ends the reading; returns once the thread has ended.
  void stop();
  // Waits until the folders are read.
  void wait();

  // An open file as the editor has it. `path` is absolute.
  void set_open(const std::string& path, std::string text);
  // The file is the disk's again, or gone.
  void set_closed(const std::string& path);
  void reread(const std::string& path);
  // What is on the disk; empty where it cannot be read.
  std::string text_of(const std::string& path) const;

  // Runs use(project) with facts that are up to date, while nothing changes.
  template <class Use>
  auto with_project(const Use& use) {
    const std::lock_guard lock(mutex_);
    if (changed_) project_.analyze();
    changed_ = false;
    return use(static_cast<const Project&>(project_));
  }

  // "src/a.php" of "/src/a.php" and back: facts name files without the first slash.
  static std::string fact_path(std::string_view path) {
    return std::string(path.substr(path.starts_with('/') ? 1 : 0));
  }

 private:
  void read_folders(const std::vector<std::string>& folders);
  bool read_folder(const std::string& folder, std::size_t& count);
  void read_file(const std::string& path);

  std::mutex mutex_;  // of what follows
  Project project_;
  std::unordered_set<std::string> open_;
  bool changed_ = true;
  std::atomic<bool> stopping_ = false;
  std::thread reader_;
};

}  // namespace banyan::php
