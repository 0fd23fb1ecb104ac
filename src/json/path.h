// Names for places in a document, and patterns over them.
//
// A comparison is told where to be lenient: "$.meta.ts", "$.items[*].id", "$..etag". The notation is the part of
// JSONPath (RFC 9535) that names places: `$`, `.name`, `['name']`, `[3]`, `[*]`, `.*`, and `..` before a name, `*` or
// `[...]` for any depth. A pattern is followed while walking down, as a set of positions in one 64-bit word: the cost
// of a step is a few instructions, whatever the pattern.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace banyan::json {

// Where a walk has come to in one pattern: bit i means that the first i steps are matched.
using PathState = std::uint64_t;

class PathPattern {
 public:
  // At most 62 steps. Errors: kInvalidArgument, naming the byte at fault.
  static Result<PathPattern> parse(std::string_view text);

  PathState start() const { return 1; }
  // The state after going into member `key`, or element `index`.
  PathState enter(PathState state, std::string_view key) const;
  PathState enter(PathState state, std::size_t index) const;
  // Whether the place reached is one the pattern names.
  bool matches(PathState state) const { return (state >> steps_.size() & 1) != 0; }
  // Whether nothing below can match.
  static bool dead(PathState state) { return state == 0; }

 private:
  struct Step {
    enum class Kind : std::uint8_t { kName, kIndex, kAny };
    Kind kind = Kind::kAny;
    bool at_any_depth = false;
    std::string name;
    std::size_t index = 0;
  };

  template <class Matches>
  PathState advance(PathState state, Matches matches) const;

  std::vector<Step> steps_;
  friend class PathReader;
};

// Appends one step to a place's name: ".key", or "['a key']" where the key is not a plain name.
void append_path_key(std::string& path, std::string_view key);
void append_path_index(std::string& path, std::size_t index);

}  // namespace banyan::json
