// Takes out of a request or an answer what must not be kept: credentials always, and what the configuration names.
//
//   mask: ["$.email", "$..token", "header:x-session", "query:code"]
//
// A place is a path into a JSON body (json/path.h), a header field, or a parameter of the query. What stands there
// becomes "***", whatever it was; below an object or an array that is named, nothing is left either. Always masked are
// the fields authorization, proxy-authorization, cookie, set-cookie, x-api-key and x-auth-token, the parameters
// access_token, api_key, password and token, and of Location fields the same parameters.
//
// A body that should have been masked but cannot be read as JSON is not kept at all: it would carry what was to be
// hidden. Pure; the cost is one pass over the document.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/path.h"

namespace banyan {

inline constexpr std::string_view kMasked = "***";

enum class Credentials : unsigned char { kHidden, kKept };

// Immutable once made, so any thread may use it.
class Mask {
 public:
  // Credentials alone.
  Mask();
  // And these places; with kKept these alone. Errors: kInvalidArgument, naming the place that is none.
  static Result<Mask> parse(const std::vector<std::string>& places, Credentials credentials = Credentials::kHidden);

  // The field's value as it may be kept. `name` in any case.
  std::string header(std::string_view name, std::string_view value) const;
  // The same of a request target or an absolute URL; the rest of it stays byte for byte.
  std::string target(std::string_view target) const;
  // One JSON value, compact: the body where it is JSON of at most `bytes_max` bytes once masked, else a string: the
  // body's text as far as there is room where no place in bodies is named, or "***" where one is.
  std::string body(std::string_view body, std::size_t bytes_max) const;
  bool names_bodies() const { return !paths_.empty(); }

 private:
  std::vector<json::PathPattern> paths_;
  std::vector<std::string> headers_;     // in lower case
  std::vector<std::string> parameters_;  // as they are written
};

}  // namespace banyan
