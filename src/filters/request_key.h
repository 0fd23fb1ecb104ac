// What requests are told apart by, as rate limits take it: "route", or a value of the request (expression/
// request_value.h): "ip", "header:NAME", "cookie:NAME", "query:NAME", "jwt:CLAIM", "host", "path", "method".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "expression/request_value.h"
#include "gateway/filter.h"

namespace banyan {

class RequestKey {
 public:
  // Errors: kInvalidArgument, saying what may be written.
  static Result<RequestKey> parse(std::string_view text);

  // The key of a request; where it lacks what is asked for, its client's address. Keys of different kinds differ. A
  // claim is read from the bearer token unchecked: the filter `jwt` must stand before.
  std::string of(FilterCall& call) const;

 private:
  std::optional<ValueName> value_;  // nothing: the route
};

}  // namespace banyan
