// Request methods (RFC 9110 section 9, RFC 5789) and protocol versions.
//
// A method is any token, and its case counts. The ones below are known by number; every other is kOther, and its name
// is what matters.
#pragma once

#include <cstdint>
#include <string_view>

namespace banyan {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kDelete, kConnect, kOptions, kTrace, kPatch, kOther };

enum class HttpVersion : std::uint8_t { k10, k11 };

// kOther where the name is not one of the known ones. "get" is not GET.
Method method_from_name(std::string_view name);

// "GET"; "" for kOther. Static text.
std::string_view method_name(Method method);

// Safe: asks for no change (GET, HEAD, OPTIONS, TRACE). Idempotent: may be sent twice (the safe ones, PUT, DELETE).
constexpr bool is_safe(Method method) {
  return method == Method::kGet || method == Method::kHead || method == Method::kOptions || method == Method::kTrace;
}
constexpr bool is_idempotent(Method method) {
  return is_safe(method) || method == Method::kPut || method == Method::kDelete;
}

}  // namespace banyan
