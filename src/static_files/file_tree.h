// The files below one root, as far as deciding which of them answers a path needs them.
//
// The decisions (static_files/resolve.h, fastcgi/script.h) are pure: they ask this interface and never a disk. What it
// must hold to is the safety of the whole: a path given here is clean (decoded, no dot segments, no "//"), so the one
// way out of the root that is left is a link on the disk. The implementation opens below a descriptor of the root with
// openat2(2) and RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS: links inside the root work, links out of it are kRefused.
// What is served later must be the file that was looked at: opened once, its facts by fstat(2) on that descriptor.
#pragma once

#include <cstdint>
#include <string_view>

namespace banyan::static_files {

enum class FileKind : std::uint8_t {
  kMissing,
  kFile,  // a regular file
  kFolder,
  kRefused,  // there, but not to be used: a link out of the root, no permission, a device or socket
};

class FileTree {
 public:
  virtual ~FileTree() = default;
  // `path` begins with '/' and has no final slash; "" is the root itself. Answers may be remembered for as long as the
  // implementation sees fit.
  virtual FileKind kind(std::string_view path) = 0;
};

}  // namespace banyan::static_files
