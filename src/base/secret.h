// Text that must not reach a log: a token, a password, a key. A log field made from one prints "***" (base/log_line.h),
// and there is no conversion to a string, so that it cannot be printed by oversight.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace banyan {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  bool empty() const { return text_.empty(); }
  // The text itself. Say why at each use.
  std::string_view reveal() const { return text_; }

 private:
  std::string text_;
};

}  // namespace banyan
