// What the builtin functions share: messages about arguments, bytes by class, parts of strings.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "php_runtime/array.h"
#include "php_runtime/context.h"
#include "php_runtime/convert.h"
#include "php_runtime/params.h"
#include "php_runtime/program.h"

namespace banyan::php_runtime {

// What one call may build at most, as memory_limit would bound it.
inline constexpr Int kStringBytesMax = Int{1} << 31;
inline constexpr Int kArrayElementsMax = Int{1} << 26;

// Gives a warning that begins with "function(): ".
void warn_function(std::string_view function, std::string_view text);
[[noreturn]] void out_of_memory();

// What a family of builtins keeps for a run of a program.
template <class T>
T& request_state() {
  return context().keep<T>();
}
// An element as another array gets it: a reference that nobody else is bound to is a plain value.
inline const Value& own_copy(const Value& v) { return v.is_reference() && v.as_reference().alone() ? v.deref() : v; }
// The values of an array in order, references followed.
std::vector<Value> values_of(const Array& array);
// Arithmetic modulo 2^64, where PHP's C code overflows.
inline Int wrap_add(Int a, Int b) {
  return static_cast<Int>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
inline Int wrap_multiply(Int a, Int b) {
  return static_cast<Int>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
std::string concat(std::initializer_list<std::string_view> parts);
inline Int length_of(std::string_view s) { return static_cast<Int>(s.size()); }
inline std::size_t index(Int i) { return static_cast<std::size_t>(i); }
inline unsigned char byte_at(std::string_view s, std::size_t i) { return static_cast<unsigned char>(s[i]); }

// Classes of bytes in the C locale.
inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
// The value of a digit in bases up to 36, 99 for what is none.
int digit_value(char c);
std::string upper(std::string_view s);

inline std::string_view first(std::string_view s, Int n) { return s.substr(0, index(n)); }
std::string_view trim_left(std::string_view s, std::string_view set);
std::string_view trim_right(std::string_view s, std::string_view set);
std::string_view trim_both(std::string_view s, std::string_view set);
inline constexpr std::string_view kBlanks = " \t\n\r\v\f";
inline bool has(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }
// The unsigned number of the digits at the beginning, saturating; 0 where there are none.
std::string to_base(std::uint64_t n, unsigned base);

// The part that an offset and a length (null: to the end) name, as substr() counts; within 0..size.
struct Part {
  std::size_t from, to;
};
Part clip(std::size_t size, Int offset, const Value& length);

// The bytes that a list such as "a..z" names; warns in the name of the function for a range that is none.
struct Bytes {
  bool in[256] = {};
  bool has(char c) const { return in[static_cast<unsigned char>(c)]; }
};
Bytes char_mask(std::string_view function, std::string_view list);

// -1, 0 or 1.
template <class T>
int compare_numbers(T a, T b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
// The difference of the first bytes that differ, else -1, 0 or 1 by length.
int byte_compare(std::string_view a, std::string_view b);
int case_compare(std::string_view a, std::string_view b);
// strnatcmp(): runs of digits compare as numbers.
int natural_compare(std::string_view a, std::string_view b, bool fold);

}  // namespace banyan::php_runtime
