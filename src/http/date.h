// Dates of HTTP (RFC 9110 section 5.6.7): written as IMF-fixdate, read in that form and in the two obsolete ones.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace banyan {

inline constexpr std::size_t kHttpDateBytes = 29;

// "Sun, 06 Nov 1994 08:49:37 GMT" into `out`. From year 1 to year 9999; others are brought into
// it.
void format_http_date(std::int64_t seconds_since_1970, std::span<char, kHttpDateBytes> out);
// The same text, made anew only when the second changes; valid until the thread's next call.
std::string_view http_date(std::int64_t seconds_since_1970);

// Seconds since 1970, or nothing where it is no date. `now` decides the century of RFC 850's two-digit years: a date
// more than 50 years ahead of it is in the past. The weekday is not held against the date; a leap second reads as :59
// + 1.
std::optional<std::int64_t> parse_http_date(std::string_view text, std::int64_t now);

}  // namespace banyan
