#include "postgres/value_codec.h"

#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>

#include "postgres/request_writer.h"

namespace banyan::pg {
namespace {

// From 1970-01-01 to 2000-01-01, where PostgreSQL counts from.
constexpr std::int64_t kEpochMicroseconds = 946'684'800'000'000;
constexpr std::int64_t kDayMicroseconds = 86'400'000'000;
// std::chrono's years end with 32767. Who means later ones binds to an instant, not to a text.
constexpr std::int64_t kTextMicrosecondsMax = 900'000'000'000'000'000;
constexpr std::int64_t kInfinity = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMinusInfinity = std::numeric_limits<std::int64_t>::min();

bool decode_timestamp(std::int64_t since_2000, SqlValueView* value) {
  value->type = SqlType::kTimestamp;
  if (since_2000 == kInfinity || since_2000 == kMinusInfinity) {
    value->integer = since_2000;
    return true;
  }
  return !__builtin_add_overflow(since_2000, kEpochMicroseconds, &value->integer);
}

bool decode_integer(std::string_view bytes, Oid type, SqlValueView* value) {
  value->type = SqlType::kInteger;
  const std::size_t size = type == Oid::kInt2 ? 2 : type == Oid::kInt8 ? 8 : 4;
  if (bytes.size() != size) return false;
  if (type == Oid::kInt2) value->integer = static_cast<std::int16_t>(read_u16(bytes.data()));
  if (type == Oid::kInt4) value->integer = static_cast<std::int32_t>(read_u32(bytes.data()));
  if (type == Oid::kOid) value->integer = read_u32(bytes.data());
  if (type == Oid::kInt8) value->integer = static_cast<std::int64_t>(read_u64(bytes.data()));
  return true;
}

bool decode_binary(std::string_view bytes, Oid type, SqlValueView* value) {
  switch (type) {
    case Oid::kBool:
      if (bytes.size() != 1) return false;
      value->type = SqlType::kBool;
      value->integer = bytes[0] != 0 ? 1 : 0;
      return true;
    case Oid::kInt2:
    case Oid::kInt4:
    case Oid::kInt8:
    case Oid::kOid:
      return decode_integer(bytes, type, value);
    case Oid::kFloat4:
      if (bytes.size() != 4) return false;
      value->type = SqlType::kReal;
      value->real = static_cast<double>(std::bit_cast<float>(read_u32(bytes.data())));
      return true;
    case Oid::kFloat8:
      if (bytes.size() != 8) return false;
      value->type = SqlType::kReal;
      value->real = std::bit_cast<double>(read_u64(bytes.data()));
      return true;
    case Oid::kTimestamp:
    case Oid::kTimestamptz:
      return bytes.size() == 8 && decode_timestamp(static_cast<std::int64_t>(read_u64(bytes.data())), value);
    default:
      value->type = SqlType::kBytes;
      value->text = bytes;
      return type == Oid::kBytea;
  }
}

bool is_integer(Oid type) {
  return type == Oid::kInt2 || type == Oid::kInt4 || type == Oid::kInt8 || type == Oid::kOid;
}
bool is_float(Oid type) { return type == Oid::kFloat4 || type == Oid::kFloat8; }
bool is_instant(Oid type) { return type == Oid::kTimestamp || type == Oid::kTimestamptz; }

void put_float(std::string& out, double number, Oid type) {
  if (type == Oid::kFloat4) {
    put_u32(out, std::bit_cast<std::uint32_t>(static_cast<float>(number)));
  } else {
    put_u64(out, std::bit_cast<std::uint64_t>(number));
  }
}

template <class Narrow>
bool fits(std::int64_t number) {
  return number >= static_cast<std::int64_t>(std::numeric_limits<Narrow>::min()) &&
         number <= static_cast<std::int64_t>(std::numeric_limits<Narrow>::max());
}

bool encode_integer(std::string& out, std::int64_t number, Oid type) {
  switch (type) {
    case Oid::kInt2:
      put_u16(out, static_cast<std::uint16_t>(number));
      return fits<std::int16_t>(number);
    case Oid::kInt4:
      put_u32(out, static_cast<std::uint32_t>(number));
      return fits<std::int32_t>(number);
    case Oid::kOid:
      put_u32(out, static_cast<std::uint32_t>(number));
      return fits<std::uint32_t>(number);
    case Oid::kInt8:
      put_u64(out, static_cast<std::uint64_t>(number));
      return true;
    case Oid::kFloat4:
    case Oid::kFloat8:
      put_float(out, static_cast<double>(number), type);
      return true;
    default:
      out.append(std::to_string(number));
      return true;
  }
}

bool encode_real(std::string& out, double number, Oid type) {
  if (is_float(type)) {
    put_float(out, number, type);
    return type == Oid::kFloat8 || !std::isfinite(number) || std::abs(number) <= std::numeric_limits<float>::max();
  }
  if (!std::isfinite(number)) {
    out.append(std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
    return true;
  }
  char digits[32];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
  return true;
}

std::int64_t floor_days(std::int64_t microseconds) {
  return microseconds / kDayMicroseconds - (microseconds % kDayMicroseconds < 0 ? 1 : 0);
}

// "2024-02-29 23:59:59.000001+00", and for years before the first "0044-03-15 00:00:00.000000+00 BC".
void put_timestamp_text(std::string& out, std::int64_t microseconds) {
  const std::int64_t days = floor_days(microseconds);
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  const std::int64_t within = microseconds - days * kDayMicroseconds;
  const int year = static_cast<int>(date.year());
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d.%06d+00%s", year > 0 ? year : 1 - year,
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(within / 3'600'000'000), static_cast<int>(within / 60'000'000 % 60),
                static_cast<int>(within / 1'000'000 % 60), static_cast<int>(within % 1'000'000), year > 0 ? "" : " BC");
  out.append(text);
}

bool encode_timestamp(std::string& out, std::int64_t microseconds, Oid type) {
  const bool infinite = microseconds == kInfinity || microseconds == kMinusInfinity;
  if (is_instant(type)) {
    std::int64_t since_2000 = microseconds;
    if (!infinite && __builtin_sub_overflow(microseconds, kEpochMicroseconds, &since_2000)) return false;
    put_u64(out, static_cast<std::uint64_t>(since_2000));
  } else if (infinite) {
    out.append(microseconds > 0 ? "infinity" : "-infinity");
  } else if (microseconds < -kTextMicrosecondsMax || microseconds > kTextMicrosecondsMax) {
    return false;
  } else {
    put_timestamp_text(out, microseconds);
  }
  return true;
}

}  // namespace

bool decodes_binary(Oid type) {
  return type == Oid::kBool || type == Oid::kBytea || is_integer(type) || is_float(type) || is_instant(type);
}

bool decode_value(std::string_view bytes, Oid type, bool binary, SqlValueView* value) {
  *value = {};
  if (binary) return decode_binary(bytes, type, value);
  value->type = type == Oid::kNumeric ? SqlType::kDecimal : SqlType::kText;
  value->text = bytes;
  return true;
}

bool encodes_binary(SqlType given, Oid type) {
  switch (given) {
    case SqlType::kBool:
      return type == Oid::kBool;
    case SqlType::kInteger:
      return is_integer(type) || is_float(type);
    case SqlType::kReal:
      return is_float(type);
    case SqlType::kBytes:
      return type == Oid::kBytea;
    case SqlType::kTimestamp:
      return is_instant(type);
    case SqlType::kNull:
    case SqlType::kText:
    case SqlType::kDecimal:
      break;
  }
  return false;
}

bool encode_value(std::string& out, const SqlValue& value, Oid type) {
  const SqlValueView view = view_of(value);
  switch (view.type) {
    case SqlType::kNull:
      return false;
    case SqlType::kBool:
      if (type == Oid::kBool) {
        out.push_back(view.integer != 0 ? 1 : 0);
      } else {
        out.append(view.integer != 0 ? "true" : "false");
      }
      return true;
    case SqlType::kInteger:
      return encode_integer(out, view.integer, type);
    case SqlType::kReal:
      return encode_real(out, view.real, type);
    case SqlType::kTimestamp:
      return encode_timestamp(out, view.integer, type);
    case SqlType::kText:
    case SqlType::kBytes:
    case SqlType::kDecimal:
      out.append(view.text);
      return true;
  }
  return false;
}

bool any_beyond(std::span<const SqlValue> values, std::span<const Oid> types) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto* const number = std::get_if<std::int64_t>(&values[i]);
    if (number == nullptr) continue;
    if (types[i] == Oid::kInt2 && !fits<std::int16_t>(*number)) return true;
    if (types[i] == Oid::kInt4 && !fits<std::int32_t>(*number)) return true;
  }
  return false;
}

std::vector<Oid> widened(std::span<const Oid> types) {
  std::vector<Oid> wider;
  for (const Oid type : types) wider.push_back(type == Oid::kInt2 || type == Oid::kInt4 ? Oid::kInt8 : Oid::kUnknown);
  return wider;
}

}  // namespace banyan::pg
