// What the system tells the process: signals, and files that changed, as readable descriptors (signalfd(2),
// inotify(7)).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/readiness.h"
#include "runtime/task.h"

namespace banyan {

// A descriptor of the system in the current worker's poller, closed at the end.
class WatchedDescriptor {
 public:
  explicit WatchedDescriptor(int fd);
  WatchedDescriptor(const WatchedDescriptor&) = delete;
  WatchedDescriptor& operator=(const WatchedDescriptor&) = delete;
  ~WatchedDescriptor();
  int fd() const { return fd_; }
  Readiness& readiness() { return *readiness_; }

 private:
  int fd_;
  Poller& poller_;
  Readiness* readiness_;
};

// Blocks the signals the gateway handles in this thread and all it starts; before any thread is started. Ignores
// SIGPIPE and SIGXFSZ.
void block_process_signals();

class SignalEvents {
 public:
  SignalEvents();
  // The next signal's number. Errors: kCancelled.
  Task<Result<int>> next();

 private:
  WatchedDescriptor descriptor_;
};

// Tells that one of some files may have changed, by watching their folders: editors and deployments put a new file in
// the old one's place.
class FileEvents {
 public:
  // Errors: kResourceExhausted, no inotify instance.
  static Result<std::unique_ptr<FileEvents>> open();
  ~FileEvents() = default;
  explicit FileEvents(int fd) : descriptor_(fd) {}

  // Watches exactly these from now on.
  void watch(const std::vector<std::string>& paths);
  // Ends when something in a watched folder that has a watched name changed.
  Task<Result<void>> next();

 private:
  bool take_events();
  struct Folder {
    int watch = -1;
    std::string path;
    std::vector<std::string> names;
  };
  WatchedDescriptor descriptor_;
  std::vector<Folder> folders_;
};

}  // namespace banyan
