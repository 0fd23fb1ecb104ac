#include "gateway/process_events.h"

#include <signal.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/check.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGQUIT}) sigaddset(&set, number);
  return set;
}

}  // namespace

WatchedDescriptor::WatchedDescriptor(int fd) : fd_(fd), poller_(current_poller()), readiness_(Readiness::acquire()) {
  BANYAN_CHECK(fd >= 0 && poller_.add(fd, readiness_) == 0);
}

WatchedDescriptor::~WatchedDescriptor() {
  poller_.remove(fd_);
  ::close(fd_);
  readiness_->release();
}

void block_process_signals() {
  const sigset_t set = handled_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of its write
}

SignalEvents::SignalEvents()
    : descriptor_([] {
        const sigset_t set = handled_signals();
        return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
      }()) {}

Task<Result<int>> SignalEvents::next() {
  for (;;) {
    signalfd_siginfo info{};
    if (::read(descriptor_.fd(), &info, sizeof info) == sizeof info) co_return static_cast<int>(info.ssi_signo);
    co_await try_(co_await readable(descriptor_.readiness()));
  }
}

Result<std::unique_ptr<FileEvents>> FileEvents::open() {
  const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) return Error::from_errno(errno, "inotify_init1");
  return std::make_unique<FileEvents>(fd);
}

void FileEvents::watch(const std::vector<std::string>& paths) {
  for (Folder& folder : folders_) folder.names.clear();
  for (const std::string& path : paths) {
    const std::size_t slash = path.rfind('/');
    const std::string folder_path = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    auto found = std::find_if(folders_.begin(), folders_.end(), [&](const Folder& f) { return f.path == folder_path; });
    if (found == folders_.end()) {
      const int watch = inotify_add_watch(descriptor_.fd(), folder_path.c_str(),
                                          IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ONLYDIR);
      found = folders_.insert(folders_.end(), Folder{watch, folder_path, {}});
    }
    found->names.push_back(name);
  }
  std::erase_if(folders_, [this](const Folder& folder) {
    if (!folder.names.empty()) return false;
    if (folder.watch >= 0) inotify_rm_watch(descriptor_.fd(), folder.watch);
    return true;
  });
}

bool FileEvents::take_events() {
  alignas(inotify_event) char buffer[4096];
  bool ours = false;
  for (;;) {
    const ssize_t n = ::read(descriptor_.fd(), buffer, sizeof buffer);
    if (n <= 0) return ours;
    for (const char* p = buffer; p < buffer + n;) {
      const auto* event = reinterpret_cast<const inotify_event*>(p);
      p += sizeof(inotify_event) + event->len;
      if ((event->mask & IN_Q_OVERFLOW) != 0) ours = true;
      for (const Folder& folder : folders_) {
        if (folder.watch != event->wd || event->len == 0) continue;
        ours = ours || std::find(folder.names.begin(), folder.names.end(), event->name) != folder.names.end();
        // Kubernetes swaps a link beside the files: any change of such a link counts.
        ours = ours || std::string_view(event->name) == "..data";
      }
    }
  }
}

Task<Result<void>> FileEvents::next() {
  while (!take_events()) co_await try_(co_await readable(descriptor_.readiness()));
  co_return {};
}

}  // namespace banyan
