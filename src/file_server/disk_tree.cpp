#include "file_server/disk_tree.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/log.h"
#include "runtime/env.h"

namespace banyan {
namespace {

using static_files::FileKind;

constexpr std::size_t kRememberedPathMax = 512;

bool is_regular(const struct stat& facts) { return S_ISREG(facts.st_mode); }

FileKind kind_of(const struct stat& facts) {
  if (is_regular(facts)) return FileKind::kFile;
  return S_ISDIR(facts.st_mode) ? FileKind::kFolder : FileKind::kRefused;
}

// ENOTDIR: a file where the path needs a folder, so there is nothing of that name. A name too long cannot be there.
bool means_missing(int errno_value) {
  return errno_value == ENOENT || errno_value == ENOTDIR || errno_value == ENAMETOOLONG;
}

// A link out of the root (EXDEV), a loop of links or a link that is not followed (ELOOP), no permission, a socket or a
// device without a driver (ENXIO, ENODEV).
bool means_refused(int errno_value) {
  return errno_value == EXDEV || errno_value == ELOOP || errno_value == EACCES || errno_value == EPERM ||
         errno_value == ENXIO || errno_value == ENODEV;
}

int open_at(int folder, const char* name, int flags) {
  const int descriptor = ::openat(folder, name, flags | O_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

int open_by_openat2(int root, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: something was renamed while the kernel followed "..", so it cannot be sure; ask again.
  for (int attempt = 0; attempt < 8; ++attempt) {
    const long descriptor = ::syscall(SYS_openat2, root, path, &how, sizeof how);
    if (descriptor >= 0) return static_cast<int>(descriptor);
    if (errno != EAGAIN && errno != EINTR) return -errno;
  }
  return -EACCES;
}

}  // namespace

void FileDescriptor::reset() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

DiskTree::DiskTree(std::string root, DiskTreeOptions options) : root_(std::move(root)), options_(options) {}

Result<void> DiskTree::refresh() {
  const TimePoint time = current_env().now();
  if (!root_was_checked_ || time - root_checked_ >= options_.remembered) {
    root_checked_ = time;
    root_was_checked_ = true;
    look_at_root();
  }
  if (root_descriptor_) return {};
  return Error::from_errno(root_errno_, "the root folder " + root_ + " cannot be opened");
}

// The path may lead to another folder than before: a deployment switched a link. Then what is remembered is of the old
// one.
void DiskTree::look_at_root() {
  const int descriptor = open_at(AT_FDCWD, root_.c_str(), O_PATH | O_DIRECTORY);
  FileDescriptor opened(descriptor < 0 ? -1 : descriptor);
  struct stat facts{};
  if (descriptor < 0 || ::fstat(descriptor, &facts) != 0) {
    const int reason = descriptor < 0 ? -descriptor : errno;
    if (reason != std::exchange(root_errno_, reason)) {
      log_error("root_unreadable", {{"root", root_}, {"error", Error::from_errno(reason, "opening it").text()}});
    }
    root_descriptor_.reset();
  } else if (root_descriptor_ && facts.st_dev == root_device_ && facts.st_ino == root_inode_) {
    return;
  } else {
    root_device_ = facts.st_dev;
    root_inode_ = facts.st_ino;
    root_descriptor_ = std::move(opened);
    root_errno_ = 0;
  }
  young_.clear();
  old_.clear();
}

FileKind DiskTree::kind(std::string_view path) {
  if (!refresh().ok()) return FileKind::kMissing;
  const TimePoint time = current_env().now();
  for (Memory* memory : {&young_, &old_}) {
    const auto found = memory->find(path);
    if (found == memory->end()) continue;
    if (time < found->second.until && memory == &young_) return found->second.kind;
    const Remembered what = found->second;
    memory->erase(found);
    if (time >= what.until) break;
    remember(path, what);
    return what.kind;
  }
  const FileKind kind = look_at(path);
  remember(path, {kind, time + options_.remembered});
  return kind;
}

void DiskTree::remember(std::string_view path, Remembered what) {
  if (path.size() > kRememberedPathMax) return;
  if (young_.size() >= options_.remembered_max) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_.insert_or_assign(std::string(path), what);
}

FileKind DiskTree::look_at(std::string_view path) {
  const int descriptor = open_below(path, O_PATH);
  if (descriptor < 0) return means_missing(-descriptor) ? FileKind::kMissing : FileKind::kRefused;
  const FileDescriptor opened(descriptor);
  struct stat facts{};
  return ::fstat(descriptor, &facts) == 0 ? kind_of(facts) : FileKind::kRefused;
}

Result<OpenFile> DiskTree::open_file(std::string_view path) {
  BANYAN_TRY_VOID(refresh());
  // O_NONBLOCK: opening a pipe nobody writes to would wait for ever.
  const int descriptor = open_below(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) {
    const int reason = -descriptor;
    std::string what = "opening " + root_ + std::string(path);
    if (means_missing(reason)) return Error(ErrorCode::kNotFound, what + ": no such file");
    if (means_refused(reason)) return Error(ErrorCode::kPermissionDenied, what + ": it may not be read");
    return Error::from_errno(reason, what);
  }
  OpenFile file{FileDescriptor(descriptor), 0, 0};
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0) return Error::from_errno(errno, "looking at " + root_ + std::string(path));
  if (!is_regular(facts)) {
    return Error(ErrorCode::kPermissionDenied, root_ + std::string(path) + " is not a regular file");
  }
  file.size = static_cast<std::uint64_t>(facts.st_size);
  file.modified_seconds = facts.st_mtim.tv_sec;
  return file;
}

int DiskTree::open_below(std::string_view path, int flags) {
  while (path.starts_with('/')) path.remove_prefix(1);
  if (path.find('\0') != std::string_view::npos) return -ENOENT;
  const std::string relative(path.empty() ? std::string_view(".") : path);
  if (options_.openat2) {
    const int descriptor = open_by_openat2(root_descriptor_.get(), relative.c_str(), flags);
    if (descriptor != -ENOSYS && descriptor != -EPERM) return descriptor;
    options_.openat2 = false;
  }
  return walk_below(relative, flags);
}

int DiskTree::walk_below(std::string_view path, int flags) {
  FileDescriptor folder;
  for (;;) {
    const std::size_t slash = path.find('/');
    const bool last = slash == std::string_view::npos;
    const std::string segment(path.substr(0, slash));
    if (segment == "..") return -EXDEV;
    const int parent = folder ? folder.get() : root_descriptor_.get();
    if (last && (flags & O_PATH) == 0) return open_at(parent, segment.c_str(), flags | O_NOFOLLOW);
    // O_PATH opens a link itself instead of refusing it.
    const int next = open_at(parent, segment.c_str(), O_PATH | O_NOFOLLOW);
    if (next < 0) return next;
    folder = FileDescriptor(next);
    struct stat facts{};
    if (::fstat(next, &facts) != 0) return -errno;
    if (S_ISLNK(facts.st_mode)) return -ELOOP;
    if (last) return folder.release();
    path.remove_prefix(slash + 1);
  }
}

}  // namespace banyan
