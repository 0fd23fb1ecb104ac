// A whole nginx configuration: the main file with every file it includes put in the place of its `include`.
//
// Files come in through FileSource, so that all of this is tested without a disk. Patterns are those of glob(7), and
// relative ones start at the folder of the main file, as nginx's do. A file that cannot be read is no mistake of the
// main file (people bring a copy of it alone): it is among `unread`, and whoever uses the tree says so.
//
// Limits: kIncludeDepthMax, kFilesMax files, kAllBytesMax of text in all, and those of nginx_text.h.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "nginx_import/nginx_text.h"

namespace banyan::nginx {

inline constexpr std::size_t kIncludeDepthMax = 16;
inline constexpr std::size_t kFilesMax = 1000;
inline constexpr std::size_t kAllBytesMax = 16 * 1024 * 1024;

class FileSource {
 public:
  virtual ~FileSource() = default;
  virtual Result<std::string> read(const std::string& path) = 0;
  // The paths a pattern matches, in order of name.
  virtual std::vector<std::string> matching(const std::string& pattern) = 0;
};

// The disk of this machine. Blocks.
class DiskFiles final : public FileSource {
 public:
  Result<std::string> read(const std::string& path) override;
  std::vector<std::string> matching(const std::string& pattern) override;
};

struct UnreadInclude {
  Place place;
  std::string path;
  std::string why;
};

struct Configuration {
  std::string folder;                 // that of the main file, without a final slash; "." where it has none
  std::vector<std::string> files;     // by Place::file; the main file is the first
  std::vector<Directive> directives;  // includes expanded
  std::vector<UnreadInclude> unread;
  std::vector<Diagnostic> diagnostics;  // not empty: the rest is not to be used

  // "/etc/nginx/nginx.conf:12"
  std::string place_text(const Place& place) const;
};

Configuration load(const std::string& path, FileSource& source);

}  // namespace banyan::nginx
