#include "php_runtime/builtin.h"

#include <algorithm>

#include "php_runtime/diagnostic.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

void warn_function(std::string_view function, std::string_view text) { warning(concat({function, "(): ", text})); }

void out_of_memory() { throw_error("Allowed memory size exhausted"); }

std::vector<Value> values_of(const Array& array) {
  std::vector<Value> out;
  out.reserve(array.size());
  for (const auto& [key, value] : array) out.push_back(value.deref());
  return out;
}

std::string concat(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) out += part;
  return out;
}

int digit_value(char c) {
  if (is_ascii_digit(c)) return c - '0';
  if (is_lower(c)) return c - 'a' + 10;
  if (is_upper(c)) return c - 'A' + 10;
  return 99;
}

std::string upper(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = ascii_upper(c);
  return out;
}

std::string_view trim_left(std::string_view s, std::string_view set) {
  std::size_t at = s.find_first_not_of(set);
  return at == std::string_view::npos ? std::string_view() : s.substr(at);
}

std::string_view trim_right(std::string_view s, std::string_view set) {
  return s.substr(0, s.find_last_not_of(set) + 1);
}

std::string_view trim_both(std::string_view s, std::string_view set) { return trim_left(trim_right(s, set), set); }

std::string to_base(std::uint64_t n, unsigned base) {
  std::string out;
  do {
    out += "0123456789abcdefghijklmnopqrstuvwxyz"[n % base];
    n /= base;
  } while (n != 0);
  std::reverse(out.begin(), out.end());
  return out;
}

Part clip(std::size_t size, Int offset, const Value& length) {
  const Int all = static_cast<Int>(size);
  if (offset > all) return {size, size};
  if (offset < 0) offset = std::max<Int>(offset + all, 0);
  if (length.deref().is_null()) return {index(offset), size};
  const Int n = length.deref().as_int();
  if (n < 0) return {index(offset), index(std::max(all + n, offset))};
  if (n > all - offset) return {index(offset), size};
  return {index(offset), index(offset + n)};
}

namespace {

void warn_range(std::string_view function, std::string_view list, std::size_t i) {
  if (list.size() <= i + 2) {
    warn_function(function, "Invalid '..'-range, no character to the right of '..'");
  } else if (i == 0) {
    warn_function(function, "Invalid '..'-range, no character to the left of '..'");
  } else if (byte_at(list, i - 1) > byte_at(list, i + 2)) {
    warn_function(function, "Invalid '..'-range, '..'-range needs to be incrementing");
  } else {
    warn_function(function, "Invalid '..'-range");
  }
}

}  // namespace

Bytes char_mask(std::string_view function, std::string_view list) {
  Bytes mask;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const unsigned char c = byte_at(list, i);
    const bool dots = i + 1 < list.size() && list[i + 1] == '.';
    if (i + 3 < list.size() && dots && list[i + 2] == '.' && byte_at(list, i + 3) >= c) {
      for (unsigned b = c; b <= byte_at(list, i + 3); ++b) mask.in[b] = true;
      i += 3;
      continue;
    }
    if (dots && c == '.') warn_range(function, list, i);
    mask.in[c] = true;
  }
  return mask;
}

int byte_compare(std::string_view a, std::string_view b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i] != b[i]) return int{byte_at(a, i)} - int{byte_at(b, i)};
  }
  return compare_numbers(a.size(), b.size());
}

int case_compare(std::string_view a, std::string_view b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    const char x = ascii_lower(a[i]), y = ascii_lower(b[i]);
    if (x != y) return int{static_cast<unsigned char>(x)} - int{static_cast<unsigned char>(y)};
  }
  return compare_numbers(a.size(), b.size());
}

}  // namespace banyan::php_runtime
