// Questions after the bytes of a string, after https://www.php.net/manual/en/book.ctype.php. What is not a string is
// taken as PHP 8 takes it: deprecated, ints from -128 to 255 as a byte, other ints as their digits.
#include <algorithm>

#include "php_runtime/builtin_strings.h"
#include "php_runtime/diagnostic.h"

namespace banyan::php_runtime {
namespace {

bool is_graph(char c) { return c > 32 && c < 127; }

using Test = bool (*)(char);

bool ctype(std::string_view function, const Value& v, Test is) {
  if (v.is_string()) {
    const std::string_view s = v.as_string();
    return !s.empty() && std::all_of(s.begin(), s.end(), is);
  }
  deprecated(concat({function, "(): Argument of type ", type_name(v), " will be interpreted as string in the future"}));
  if (!v.is_int()) return false;
  const Int n = v.as_int();
  if (n >= -128 && n <= 255) return is(static_cast<char>(n));
  return n >= 0 ? is('0') : is('0') && is('-');
}

}  // namespace

bool ctype_alpha(const Value& text) { return ctype("ctype_alpha", text, is_ascii_letter); }
bool ctype_digit(const Value& text) { return ctype("ctype_digit", text, is_ascii_digit); }
bool ctype_alnum(const Value& text) { return ctype("ctype_alnum", text, is_ascii_alnum); }
bool ctype_lower(const Value& text) { return ctype("ctype_lower", text, is_lower); }
bool ctype_upper(const Value& text) { return ctype("ctype_upper", text, is_upper); }
bool ctype_space(const Value& text) { return ctype("ctype_space", text, is_space); }
bool ctype_xdigit(const Value& text) {
  return ctype("ctype_xdigit", text, [](char c) { return digit_value(c) < 16; });
}
bool ctype_punct(const Value& text) {
  return ctype("ctype_punct", text, [](char c) { return is_graph(c) && !is_ascii_alnum(c); });
}
bool ctype_graph(const Value& text) { return ctype("ctype_graph", text, is_graph); }
bool ctype_print(const Value& text) {
  return ctype("ctype_print", text, [](char c) { return is_graph(c) || c == ' '; });
}
bool ctype_cntrl(const Value& text) {
  return ctype("ctype_cntrl", text, [](char c) { return (c >= 0 && c < 32) || c == 127; });
}

}  // namespace banyan::php_runtime
