#include <algorithm>

#include "php_runtime/builtin_strings.h"

namespace banyan::php_runtime {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view kOffsetComplaint = "must be contained in argument #1 ($haystack)";

std::optional<Int> position_of(std::string_view function, std::string_view haystack, std::string_view needle,
                               Int offset) {
  if (offset < 0) offset += length_of(haystack);
  if (offset < 0 || offset > length_of(haystack)) bad_argument(function, 3, "offset", kOffsetComplaint);
  const std::size_t at = haystack.find(needle, index(offset));
  if (at == npos) return std::nullopt;
  return static_cast<Int>(at);
}

std::optional<Int> last_position(std::string_view function, std::string_view haystack, std::string_view needle,
                                 Int offset) {
  const Int size = length_of(haystack);
  if (offset > size || offset < -size) bad_argument(function, 3, "offset", kOffsetComplaint);
  std::size_t from = 0;
  std::string_view part = haystack;
  if (offset >= 0) {
    from = index(offset);
    part = haystack.substr(from);
  } else if (-offset >= length_of(needle)) {
    part = haystack.substr(0, index(size + offset + length_of(needle)));
  }
  const std::size_t at = part.rfind(needle);
  if (at == npos) return std::nullopt;
  return static_cast<Int>(at + from);
}

std::optional<String> part_at(std::string_view haystack, std::size_t at, bool before) {
  if (at == npos) return std::nullopt;
  return String(before ? haystack.substr(0, at) : haystack.substr(at));
}

// The part of s that strspn() looks at.
std::string_view span_range(std::string_view s, Int offset, const Value& length) {
  if (offset < 0) offset = std::max<Int>(offset + length_of(s), 0);
  s = s.substr(index(std::min(offset, length_of(s))));
  if (length.is_null()) return s;
  Int n = length.as_int();
  if (n < 0) n = std::max<Int>(n + length_of(s), 0);
  return first(s, n);
}

}  // namespace

Int strlen(const String& s) { return length_of(s); }

std::optional<Int> strpos(const String& haystack, const String& needle, Int offset) {
  return position_of("strpos", haystack, needle, offset);
}

std::optional<Int> stripos(const String& haystack, const String& needle, Int offset) {
  return position_of("stripos", lower(haystack), lower(needle), offset);
}

std::optional<Int> strrpos(const String& haystack, const String& needle, Int offset) {
  return last_position("strrpos", haystack, needle, offset);
}

std::optional<Int> strripos(const String& haystack, const String& needle, Int offset) {
  return last_position("strripos", lower(haystack), lower(needle), offset);
}

bool str_contains(const String& haystack, const String& needle) { return haystack.view().find(needle) != npos; }

bool str_starts_with(const String& haystack, const String& needle) { return haystack.view().starts_with(needle); }

bool str_ends_with(const String& haystack, const String& needle) { return haystack.view().ends_with(needle); }

std::optional<String> strstr(const String& haystack, const String& needle, bool before_needle) {
  return part_at(haystack, haystack.view().find(needle), before_needle);
}

std::optional<String> stristr(const String& haystack, const String& needle, bool before_needle) {
  return part_at(haystack, lower(haystack).find(lower(needle)), before_needle);
}

// Of the needle only the first byte counts.
std::optional<String> strrchr(const String& haystack, const String& needle) {
  return part_at(haystack, haystack.view().rfind(needle.empty() ? '\0' : needle[0]), false);
}

std::optional<String> strpbrk(const String& s, const String& characters) {
  if (characters.empty()) bad_argument("strpbrk", 2, "characters", "must be a non-empty string");
  return part_at(s, s.view().find_first_of(characters.view()), false);
}

Int substr_count(const String& haystack, const String& needle, Int offset, const Value& length) {
  if (needle.empty()) bad_argument("substr_count", 2, "needle", "cannot be empty");
  if (offset < 0) offset += length_of(haystack);
  if (offset < 0 || offset > length_of(haystack)) bad_argument("substr_count", 3, "offset", kOffsetComplaint);
  std::string_view rest = haystack.view().substr(index(offset));
  if (!length.is_null()) {
    Int n = length.as_int();
    if (n < 0) n += length_of(rest);
    if (n < 0 || n > length_of(rest)) bad_argument("substr_count", 4, "length", kOffsetComplaint);
    rest = first(rest, n);
  }
  Int count = 0;
  for (std::size_t at = rest.find(needle); at != npos; at = rest.find(needle, at + needle.size())) ++count;
  return count;
}

Int strspn(const String& s, const String& characters, Int offset, const Value& length) {
  const std::string_view part = span_range(s, offset, length);
  return static_cast<Int>(std::min(part.find_first_not_of(characters.view()), part.size()));
}

Int strcspn(const String& s, const String& characters, Int offset, const Value& length) {
  const std::string_view part = span_range(s, offset, length);
  return static_cast<Int>(std::min(part.find_first_of(characters.view()), part.size()));
}

Int strcmp(const String& a, const String& b) { return byte_compare(a, b); }

Int strcasecmp(const String& a, const String& b) { return case_compare(a, b); }

Int strncmp(const String& a, const String& b, Int length) {
  if (length < 0) bad_argument("strncmp", 3, "length", "must be greater than or equal to 0");
  return byte_compare(first(a, length), first(b, length));
}

Int strncasecmp(const String& a, const String& b, Int length) {
  if (length < 0) bad_argument("strncasecmp", 3, "length", "must be greater than or equal to 0");
  return case_compare(first(a, length), first(b, length));
}

// In the C locale.
Int strcoll(const String& a, const String& b) { return byte_compare(c_string(a), c_string(b)); }

Int strnatcmp(const String& a, const String& b) { return natural_compare(a, b, false); }

Int strnatcasecmp(const String& a, const String& b) { return natural_compare(a, b, true); }

Int substr_compare(const String& haystack, const String& needle, Int offset, const Value& length,
                   bool case_insensitive) {
  std::string_view a = haystack, b = needle;
  if (!length.is_null()) {
    if (length.as_int() == 0) return 0;
    if (length.as_int() < 0) bad_argument("substr_compare", 4, "length", "must be greater than or equal to 0");
  }
  if (offset < 0) offset = std::max<Int>(offset + length_of(a), 0);
  if (offset > length_of(a)) bad_argument("substr_compare", 3, "offset", kOffsetComplaint);
  a = a.substr(index(offset));
  if (!length.is_null()) a = first(a, length.as_int()), b = first(b, length.as_int());
  return case_insensitive ? case_compare(a, b) : byte_compare(a, b);
}

}  // namespace banyan::php_runtime
