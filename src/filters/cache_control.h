// What Cache-Control says (RFC 9111 section 5.2, RFC 5861). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/fields.h"

namespace banyan {

// Seconds; what is too large is 2^31, what is malformed 0. Of a directive given twice the stricter counts.
struct CacheControl {
  bool no_store = false;
  bool no_cache = false;  // with field names too: those are not told apart
  bool is_private = false;
  bool is_public = false;
  bool must_revalidate = false;
  bool proxy_revalidate = false;
  bool only_if_cached = false;
  std::optional<std::int64_t> max_age;
  std::optional<std::int64_t> s_maxage;
  std::optional<std::int64_t> min_fresh;
  std::optional<std::int64_t> max_stale;  // without a value: any
  std::optional<std::int64_t> stale_while_revalidate;
  std::optional<std::int64_t> stale_if_error;
};

// Of a request Pragma: no-cache counts where there is no Cache-Control (section 5.4).
CacheControl request_cache_control(const Fields& fields);
CacheControl answer_cache_control(const Fields& fields);

// Digits alone, or nothing; at most 2^31 (section 1.2.2).
std::optional<std::int64_t> parse_delta_seconds(std::string_view text);

}  // namespace banyan
