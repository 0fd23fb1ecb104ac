#include "http/method.h"

#include <array>

namespace banyan {

namespace {
// Indexed by Method.
constexpr std::array<std::string_view, 10> kNames = {"GET",     "HEAD",    "POST",  "PUT",   "DELETE",
                                                     "CONNECT", "OPTIONS", "TRACE", "PATCH", ""};
}  // namespace

Method method_from_name(std::string_view name) {
  for (std::size_t i = 0; i + 1 < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Method>(i);
  }
  return Method::kOther;
}

std::string_view method_name(Method method) { return kNames[static_cast<std::size_t>(method)]; }

}  // namespace banyan
