// One path into another by a pattern of segments, without regular expressions:
//
//   /shop/:id/*rest  ->  /items/:id/*rest        /shop/7/a/b  ->  /items/7/a/b
//
// ":name" stands for one segment, "*name", at the end alone, for all that is left, which may be nothing. What is
// captured is put in as it came, percent-encoding and all, so that nothing is decoded twice. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace banyan {

class PathRewrite {
 public:
  // `to` may begin with a scheme and hold a query. Errors: kInvalidArgument: a pattern that does not begin with '/', a
  // name twice, one in `to` that `from` has not.
  static Result<PathRewrite> parse(std::string_view from, std::string_view to);

  // `path` is normal (http/target.h). Nothing where the pattern does not match all of it.
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
