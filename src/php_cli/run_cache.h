// What one run of a command learnt, kept for the next run: one file in the user's cache folder.
//
// The idea: the name of the file is a hash of everything the bytes in it depend on besides what they are about: the
// program itself, the command, its options and where it was started. So nothing in it is ever out of date by name, and
// another build of the program has files of its own. The file's first bytes are a checksum of the others.
//
// Files are written beside their place and renamed into it: whoever reads sees the old bytes or the new ones, however
// many runs there are. What cannot be read, written or understood is no error: then there is no cache.
//
// Bounds: a file of at most 256 MiB, and 1 GiB and 64 files in the folder, of which those not used for the longest time
// go first.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/command.h"

namespace banyan {

// --no-cache.
Option no_cache_option();

class RunCache {
 public:
  // Keeps nothing.
  RunCache() = default;
  // `key` is what the bytes depend on. Keeps nothing where there is no home for it: $XDG_CACHE_HOME, else $HOME/.cache.
  static RunCache open(std::span<const std::string> key);

  // What was saved last; nothing where there is nothing whole. Marks it as used.
  std::optional<std::string> load() const;
  // Replaces what was saved. Empty bytes are not written.
  void save(std::string_view bytes) const;
  // Where it lies; empty where nothing is kept.
  const std::string& path() const { return path_; }

 private:
  std::string folder_;
  std::string path_;
};

}  // namespace banyan
