// The values of a request that rules look at, and whoever can tell them.
//
// A rule names a value ("header:x-user-id", "jwt:sub", "ip"); it does not say where the request comes from. A gateway
// reads it from the head it holds, the command line from its arguments, and both decide by the same code.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace banyan {

enum class ValueKind : unsigned char { kHeader, kCookie, kQuery, kJwt, kIp, kMethod, kHost, kPath };

inline constexpr std::size_t kValueNameBytesMax = 128;

struct ValueName {
  ValueKind kind = ValueKind::kIp;
  std::string name;  // of the field, cookie, parameter or claim; "" for the kinds after those

  // As parse_value_name() takes it.
  std::string text() const;
  bool operator==(const ValueName&) const = default;
};

// Whether values of this kind have a name: false for ip, method, host and path.
bool takes_name(ValueKind kind);
// "header"; static text.
std::string_view kind_word(ValueKind kind);
std::optional<ValueKind> kind_of_word(std::string_view word);

// "header:x-user-id", "cookie:uid", "query:uid", "jwt:sub", "ip", "method", "host" or "path". Errors say what to write.
Result<ValueName> parse_value_name(std::string_view text);

class RequestValues {
 public:
  virtual ~RequestValues() = default;
  // Nothing where the request has no such value, or an empty one. The view lives as long as the request, or as
  // `scratch` is left alone, which holds what had to be decoded.
  virtual std::optional<std::string_view> find(const ValueName& name, std::string& scratch) const = 0;
};

}  // namespace banyan
