// One path into another by a pattern of segments, without regular expressions:
//
//   /shop/:id/*rest  ->  /items/:id/*rest        /shop/7/a/b  ->  /items/7/a/b
//
// ":name" stands for one segment, "*name", at the end alone, for all that is left, which may be nothing. A pattern is
// held against the decoded path; what is captured is put in percent-encoded, so that no character of it can begin a
// query or a parameter. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace banyan {

// Appends a path as routes see it (http/target.h), or a part of one, as it may stand in a target or a Location.
void append_path(std::string_view normal, std::string& out);

// What a configuration says of a target, or of an address up to whose path nothing is changed, as it goes on the wire:
// what no URI may hold is percent-encoded, escapes stay as they are.
std::string written_target(std::string_view text);

class PathRewrite {
 public:
  // `to` may begin with a scheme and hold a query. Errors: kInvalidArgument: a pattern that does not begin with '/', a
  // name twice, one in `to` that `from` has not.
  static Result<PathRewrite> parse(std::string_view from, std::string_view to);

  // `path` is normal (http/target.h). Nothing where the pattern does not match all of it. What it gives is a path, or
  // an address, as it goes on the wire.
  std::optional<std::string> apply(std::string_view path) const;

 private:
  struct Segment {
    enum class Kind : unsigned char { kLiteral, kOne, kRest };
    Kind kind = Kind::kLiteral;
    std::string text;         // of a literal
    std::size_t capture = 0;  // which, of the others
  };
  static constexpr std::size_t kCapturesMax = 16;

  static Result<std::vector<Segment>> parse_pattern(std::string_view pattern, std::vector<std::string>& names);

  std::vector<Segment> from_;
  std::vector<Segment> to_;
  std::size_t captures_ = 0;
};

}  // namespace banyan
