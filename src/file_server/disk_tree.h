// The files below one folder of the disk: the only way from a request's path to a descriptor.
//
// The problem: a path that is clean may still leave the root over a symbolic link, and it may do so between the moment
// it was looked at and the moment it is opened. The idea: everything is opened by openat2(2) below a descriptor of the
// root with RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS, so that the kernel itself refuses to leave it. Links inside the
// root work. Where the kernel has no openat2, or a sandbox forbids it (ENOSYS, EPERM), the path is walked one segment
// at a time and every link is refused.
//
// Which script a request runs is asked for every request, so answers of kind() are remembered for `remembered` (a
// second): after that a request costs no system call, and what a deployment changes shows within that time. So does a
// root that is a link and is switched to another folder, and a root that comes or goes. Memory is bounded: at most
// 2 * remembered_max paths, none longer than 512 bytes.
//
// One object for each worker; it is not shared between threads. Opening may wait for the disk where the folders of the
// path are in no cache, which is seldom and short; it is done inline.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "static_files/file_tree.h"

namespace banyan {

// Owns a descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      reset();
      descriptor_ = std::exchange(other.descriptor_, -1);
    }
    return *this;
  }
  ~FileDescriptor() { reset(); }

  void reset();
  int release() { return std::exchange(descriptor_, -1); }
  int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

// A regular file, open for reading, and what fstat(2) said about it.
struct OpenFile {
  FileDescriptor descriptor;
  std::uint64_t size = 0;
  std::int64_t modified_seconds = 0;  // since 1970
};

struct DiskTreeOptions {
  Duration remembered = std::chrono::seconds(1);
  std::size_t remembered_max = 2048;
  bool openat2 = true;  // false: walk the path as where the kernel has none
};

class DiskTree final : public static_files::FileTree {
 public:
  explicit DiskTree(std::string root, DiskTreeOptions options = {});

  // Opens the root if it is not open, and anew where its path means another folder by now; looks at the disk at most
  // once in `remembered`. Errors: kNotFound, kPermissionDenied and the like, with the root's path.
  Result<void> refresh();

  static_files::FileKind kind(std::string_view path) override;
  // Errors: kNotFound; kPermissionDenied (a link out of the root, no permission, not a regular file);
  // kResourceExhausted (no descriptors); those of refresh().
  Result<OpenFile> open_file(std::string_view path);

  const std::string& root() const { return root_; }

 private:
  struct Remembered {
    static_files::FileKind kind = static_files::FileKind::kMissing;
    TimePoint until;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Memory = std::unordered_map<std::string, Remembered, Hash, std::equal_to<>>;

  void look_at_root();
  static_files::FileKind look_at(std::string_view path);
  void remember(std::string_view path, Remembered what);
  // A descriptor, or a negated errno.
  int open_below(std::string_view path, int flags);
  int walk_below(std::string_view path, int flags);

  std::string root_;
  DiskTreeOptions options_;
  FileDescriptor root_descriptor_;
  std::uint64_t root_device_ = 0;
  std::uint64_t root_inode_ = 0;
  TimePoint root_checked_;
  bool root_was_checked_ = false;
  int root_errno_ = 0;  // why it could not be opened
  // Two generations: a path that is asked for moves to the younger; when that is full, the older is forgotten.
  Memory young_;
  Memory old_;
};

}  // namespace banyan
