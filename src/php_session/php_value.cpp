#include "php_session/php_value.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace banyan {
namespace {

const PhpValue* find_key(const PhpValue& value, const PhpKey& key) {
  for (const PhpEntry& entry : value.entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

}  // namespace

PhpValue PhpValue::boolean(bool value) { return {.kind = Kind::kBool, .integer = value ? 1 : 0}; }
PhpValue PhpValue::number(std::int64_t value) { return {.kind = Kind::kInt, .integer = value}; }
PhpValue PhpValue::decimal(double value) { return {.kind = Kind::kFloat, .real = value}; }
PhpValue PhpValue::string(std::string value) { return {.kind = Kind::kString, .text = std::move(value)}; }
PhpValue PhpValue::array() { return {.kind = Kind::kArray}; }

PhpKey PhpKey::of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && std::to_string(number) == text) return of(number);
  return {.text = std::string(text)};
}

const PhpValue* PhpValue::find(std::string_view key) const { return find_key(*this, PhpKey::of(key)); }
const PhpValue* PhpValue::find(std::int64_t key) const { return find_key(*this, PhpKey::of(key)); }

std::string php_float_text(double value) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value < 0 ? "-INF" : "INF";
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  const std::string_view written(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t mark = written.find('e');
  std::string digits;
  for (const char c : written.substr(0, mark)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  const int exponent = std::atoi(std::string(written.substr(mark + 1)).c_str());
  const std::string sign = std::signbit(value) ? "-" : "";
  if (value == 0) return sign + "0";
  if (exponent < -4 || exponent >= 17) {
    return sign + digits.substr(0, 1) + "." + (digits.size() > 1 ? digits.substr(1) : "0") + "E" +
           (exponent < 0 ? "-" : "+") + std::to_string(std::abs(exponent));
  }
  if (exponent < 0) return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0');
  return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace banyan
