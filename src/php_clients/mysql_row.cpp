// Values of rows as mysqlnd gives them: php_mysqlnd_rowp_read_text_protocol() and mysqlnd_ps_codec.c of PHP 8.2.
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

#include "mariadb/packet_reader.h"
#include "php_clients/mysql_answer.h"
#include "php_runtime/convert.h"

namespace banyan::php_runtime {

namespace {

using maria::BodyReader;
using maria::FieldType;
using enum maria::FieldType;

constexpr unsigned kDecimalsOpen = 31;
constexpr unsigned kFractionMax = 6;

bool is_unsigned(const MysqlField& field) { return (field.flags & MysqlField::kUnsigned) != 0; }
bool is_zero_filled(const MysqlField& field) { return (field.flags & MysqlField::kZeroFill) != 0; }

template <class... T>
std::string printed(const char* format, T... values) {
  char text[512];
  const int length = std::snprintf(text, sizeof text, format, values...);
  return std::string(text, static_cast<std::size_t>(length));
}

Value unsigned_value(std::uint64_t number) {
  if (number <= static_cast<std::uint64_t>(std::numeric_limits<Int>::max())) return static_cast<Int>(number);
  return std::to_string(number);
}

// The bits of a whole number that a column holds, as a value.
Value whole_number(std::uint64_t bits, const MysqlField& field) {
  if (!is_unsigned(field)) return static_cast<Int>(bits);
  if (is_zero_filled(field))
    return printed("%0*llu", static_cast<int>(field.length), static_cast<unsigned long long>(bits));
  return unsigned_value(bits);
}

template <class Signed>
std::uint64_t widened(std::uint64_t bits, const MysqlField& field) {
  if (is_unsigned(field)) return bits;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<Signed>(bits)));
}

// BIT: highest byte first.
std::uint64_t bits_of(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char c : bytes.substr(0, 8)) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

double float_value(std::uint32_t bits, const MysqlField& field) {
  const auto single = static_cast<double>(std::bit_cast<float>(bits));
  const std::string text = field.decimals >= kDecimalsOpen ? printed("%.6g", single)
                                                           : printed("%.*f", static_cast<int>(field.decimals), single);
  return std::strtod(text.c_str(), nullptr);
}

// ---- Texts ----

bool is_whole(FieldType type) {
  return type == kTiny || type == kShort || type == kYear || type == kInt24 || type == kLong || type == kLongLong;
}

Value text_value(std::string_view text, const MysqlField& field, bool native) {
  if (field.type == kBit) {
    const Value number = whole_number(bits_of(text), field);
    return native || !number.is_int() ? number : Value(std::to_string(static_cast<std::uint64_t>(number.as_int())));
  }
  if (native && is_whole(field.type) && !is_zero_filled(field)) {
    const std::string digits(text);
    if (field.type != kLongLong) return static_cast<Int>(std::strtoll(digits.c_str(), nullptr, 10));
    const std::uint64_t number = std::strtoull(digits.c_str(), nullptr, 10);
    const bool fits = !is_unsigned(field) || number <= static_cast<std::uint64_t>(std::numeric_limits<Int>::max());
    return fits ? Value(static_cast<Int>(number)) : Value(text);
  }
  if (native && (field.type == kFloat || field.type == kDouble)) return string_to_float(text);
  return text;
}

// ---- Binary values ----

std::string fraction(std::uint32_t microseconds, unsigned decimals) {
  if (decimals == 0 || decimals > kFractionMax) return {};
  for (unsigned i = decimals; i < kFractionMax; ++i) microseconds /= 10;
  return printed(".%0*u", static_cast<int>(decimals), microseconds);
}

std::string clock_text(BodyReader& bytes, unsigned days) {
  const unsigned hours = bytes.u8() + days * 24;
  const unsigned minutes = bytes.u8();
  return printed("%02u:%02u:%02u", hours, minutes, static_cast<unsigned>(bytes.u8()));
}

Value time_value(BodyReader bytes, const MysqlField& field) {
  if (bytes.rest().empty()) return "00:00:00" + fraction(0, field.decimals);
  const bool negative = bytes.u8() != 0;
  const std::uint32_t days = bytes.u32();
  const std::string clock = clock_text(bytes, days);
  return (negative ? "-" : "") + clock + fraction(bytes.rest().empty() ? 0 : bytes.u32(), field.decimals);
}

std::string date_text(BodyReader& bytes) {
  if (bytes.rest().empty()) return "0000-00-00";
  const unsigned year = bytes.u16();
  const unsigned month = bytes.u8();
  return printed("%04u-%02u-%02u", year, month, static_cast<unsigned>(bytes.u8()));
}

Value instant_value(BodyReader bytes, const MysqlField& field) {
  const std::string date = date_text(bytes);
  const std::string clock = bytes.rest().empty() ? "00:00:00" : clock_text(bytes, 0);
  return date + " " + clock + fraction(bytes.rest().empty() ? 0 : bytes.u32(), field.decimals);
}

Value binary_value(BodyReader& row, const MysqlField& field) {
  switch (field.type) {
    case kNull:
      return {};
    case kTiny:
      return whole_number(widened<std::int8_t>(row.u8(), field), field);
    case kShort:
    case kYear:
      return whole_number(widened<std::int16_t>(row.u16(), field), field);
    case kInt24:
    case kLong:
      return whole_number(widened<std::int32_t>(row.u32(), field), field);
    case kLongLong:
      return whole_number(row.u64(), field);
    case kFloat:
      return float_value(row.u32(), field);
    case kDouble:
      return std::bit_cast<double>(row.u64());
    case kBit:
      return whole_number(bits_of(row.packed_text()), field);
    case kDate: {
      BodyReader bytes(row.packed_text());
      return date_text(bytes);
    }
    case kTime:
      return time_value(BodyReader(row.packed_text()), field);
    case kDatetime:
    case kTimestamp:
      return instant_value(BodyReader(row.packed_text()), field);
    default:
      return row.packed_text();
  }
}

}  // namespace

bool read_text_row(std::string_view row, const std::vector<MysqlField>& fields, bool native, std::vector<Value>& out) {
  BodyReader reader(row);
  out.clear();
  for (const MysqlField& field : fields) {
    if (reader.rest().starts_with('\xfb')) {
      (void)reader.u8();
      out.emplace_back();
    } else {
      out.push_back(text_value(reader.packed_text(), field, native));
    }
  }
  return reader.complete();
}

bool read_binary_row(std::string_view row, const std::vector<MysqlField>& fields, std::vector<Value>& out) {
  constexpr std::size_t kUnusedBits = 2;
  BodyReader reader(row);
  out.clear();
  (void)reader.u8();
  const std::string_view nulls = reader.bytes((fields.size() + 7 + kUnusedBits) / 8);
  if (reader.failed()) return false;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t bit = i + kUnusedBits;
    const bool is_null = (static_cast<unsigned char>(nulls[bit / 8]) >> bit % 8 & 1) != 0;
    out.push_back(is_null ? Value() : binary_value(reader, fields[i]));
  }
  return reader.complete();
}

}  // namespace banyan::php_runtime
