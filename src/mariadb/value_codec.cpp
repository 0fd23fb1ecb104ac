#include "mariadb/value_codec.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/ascii.h"
#include "mariadb/packet_writer.h"

namespace banyan::maria {
namespace {

constexpr std::int64_t kDayMicroseconds = 86'400'000'000;
// 0000-01-01T00:00:00 and 9999-12-31T23:59:59.999999.
constexpr std::int64_t kFirstMicrosecond = -62'167'219'200'000'000;
constexpr std::int64_t kLastMicrosecond = 253'402'300'799'999'999;
constexpr unsigned kMicrosecondDigits = 6;

// A date, a time of the day or a length of time, as the wire has it.
struct Moment {
  bool negative = false;
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  unsigned microsecond = 0;

  bool clock_ok() const { return minute < 60 && second < 60 && microsecond < 1'000'000; }
};

void append(std::string& out, const char* format, auto... numbers) {
  char text[kScratchBytesMax + 1];
  const int length = std::snprintf(text, sizeof text, format, numbers...);
  out.append(text, std::min(static_cast<std::size_t>(std::max(length, 0)), kScratchBytesMax));
}

void append_fraction(std::string& out, unsigned microsecond, unsigned decimals) {
  if (decimals > kMicrosecondDigits) decimals = microsecond == 0 ? 0 : kMicrosecondDigits;
  if (decimals == 0) return;
  char digits[8];
  std::snprintf(digits, sizeof digits, ".%06u", microsecond % 1'000'000);
  out.append(digits, 1 + decimals);
}

bool read_date(BodyReader& reader, Moment& moment) {
  moment.year = reader.u16();
  moment.month = reader.u8();
  moment.day = reader.u8();
  return moment.year <= 9999 && moment.month <= 12 && moment.day <= 31;
}
void read_clock(BodyReader& reader, Moment& moment, bool fraction) {
  moment.hour = reader.u8();
  moment.minute = reader.u8();
  moment.second = reader.u8();
  if (fraction) moment.microsecond = reader.u32();
}

bool decode_date(BodyReader bytes, std::string& scratch) {
  Moment moment;
  if (!bytes.rest().empty() && !read_date(bytes, moment)) return false;
  append(scratch, "%04u-%02u-%02u", moment.year, moment.month, moment.day);
  return !bytes.failed();
}

bool decode_time(BodyReader bytes, const Column& column, std::string& scratch) {
  Moment moment;
  const std::size_t size = bytes.rest().size();
  unsigned hours = 0;
  if (size != 0) {
    if (size != 8 && size != 12) return false;
    moment.negative = bytes.u8() != 0;
    const std::uint32_t days = bytes.u32();
    read_clock(bytes, moment, size == 12);
    if (days > 99'999 || moment.hour > 23 || !moment.clock_ok()) return false;
    hours = days * 24 + moment.hour;
  }
  append(scratch, "%s%02u:%02u:%02u", moment.negative ? "-" : "", hours, moment.minute, moment.second);
  append_fraction(scratch, moment.microsecond, column.decimals);
  return true;
}

bool decode_datetime(BodyReader bytes, const Column& column, std::string& scratch, SqlValueView* value) {
  Moment moment;
  const std::size_t size = bytes.rest().size();
  if (size != 0) {
    if (size != 4 && size != 7 && size != 11) return false;
    if (!read_date(bytes, moment)) return false;
    if (size > 4) read_clock(bytes, moment, size == 11);
    if (moment.hour > 23 || !moment.clock_ok()) return false;
  }
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(moment.year)),
                                         std::chrono::month(moment.month), std::chrono::day(moment.day));
  if (date.ok()) {
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    const std::int64_t seconds = moment.hour * 3600 + moment.minute * 60 + moment.second;
    value->type = SqlType::kTimestamp;
    value->integer = days * kDayMicroseconds + seconds * 1'000'000 + moment.microsecond;
    return true;
  }
  append(scratch, "%04u-%02u-%02u %02u:%02u:%02u", moment.year, moment.month, moment.day, moment.hour, moment.minute,
         moment.second);
  append_fraction(scratch, moment.microsecond, column.decimals);
  return true;
}

// A number of at most 64 bits. What int64 cannot tell becomes a decimal.
void set_integer(std::uint64_t bits, bool is_unsigned, std::string& scratch, SqlValueView* value) {
  value->type = SqlType::kInteger;
  value->integer = static_cast<std::int64_t>(bits);
  if (!is_unsigned || value->integer >= 0) return;
  value->type = SqlType::kDecimal;
  const std::size_t begin = scratch.size();
  char digits[20];
  scratch.append(digits, std::to_chars(digits, digits + sizeof digits, bits).ptr);
  value->text = std::string_view(scratch).substr(begin);
}

bool decode_bits(std::string_view bytes, std::string& scratch, SqlValueView* value) {
  if (bytes.size() > 8) return false;
  std::uint64_t bits = 0;
  for (const char c : bytes) bits = bits << 8 | static_cast<unsigned char>(c);
  set_integer(bits, true, scratch, value);
  return true;
}

template <class Narrow>
std::uint64_t widen(std::uint64_t bits, bool is_unsigned) {
  return is_unsigned ? bits : static_cast<std::uint64_t>(std::int64_t{static_cast<Narrow>(bits)});
}

// Those of a fixed length, but for instants. False: not one of them.
bool decode_number(BodyReader& row, const Column& column, std::string& scratch, SqlValueView* value) {
  const bool is_unsigned = column.is_unsigned;
  switch (column.type) {
    case FieldType::kTiny:
      set_integer(widen<std::int8_t>(row.u8(), is_unsigned), is_unsigned, scratch, value);
      return true;
    case FieldType::kYear:
      set_integer(row.u16(), true, scratch, value);
      return true;
    case FieldType::kShort:
      set_integer(widen<std::int16_t>(row.u16(), is_unsigned), is_unsigned, scratch, value);
      return true;
    case FieldType::kInt24:
    case FieldType::kLong:
      set_integer(widen<std::int32_t>(row.u32(), is_unsigned), is_unsigned, scratch, value);
      return true;
    case FieldType::kLongLong:
      set_integer(row.u64(), is_unsigned, scratch, value);
      return true;
    case FieldType::kFloat:
      value->type = SqlType::kReal;
      value->real = static_cast<double>(std::bit_cast<float>(row.u32()));
      return true;
    case FieldType::kDouble:
      value->type = SqlType::kReal;
      value->real = std::bit_cast<double>(row.u64());
      return true;
    default:
      return false;
  }
}

bool decode_temporal(BodyReader& row, const Column& column, std::string& scratch, SqlValueView* value) {
  const BodyReader bytes(row.bytes(row.u8()));
  const std::size_t begin = scratch.size();
  bool good = false;
  if (column.type == FieldType::kDate) {
    good = decode_date(bytes, scratch);
  } else if (column.type == FieldType::kTime) {
    good = decode_time(bytes, column, scratch);
  } else {
    good = decode_datetime(bytes, column, scratch, value);
  }
  if (value->type == SqlType::kNull) {
    value->type = SqlType::kText;
    value->text = std::string_view(scratch).substr(begin);
  }
  return good;
}

bool is_temporal(FieldType type) {
  return type == FieldType::kDate || type == FieldType::kTime || type == FieldType::kDatetime ||
         type == FieldType::kTimestamp;
}

void put_timestamp(std::string& out, std::int64_t microseconds) {
  const std::int64_t days = microseconds / kDayMicroseconds - (microseconds % kDayMicroseconds < 0 ? 1 : 0);
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  const std::int64_t within = microseconds - days * kDayMicroseconds;
  out.push_back(11);
  put(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 2);
  put(out, static_cast<unsigned>(date.month()), 1);
  put(out, static_cast<unsigned>(date.day()), 1);
  put(out, static_cast<std::uint64_t>(within / 3'600'000'000), 1);
  put(out, static_cast<std::uint64_t>(within / 60'000'000 % 60), 1);
  put(out, static_cast<std::uint64_t>(within / 1'000'000 % 60), 1);
  put(out, static_cast<std::uint64_t>(within % 1'000'000), 4);
}

// The server takes what is no number for zero, without a word.
bool is_decimal(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto digits = std::ranges::count_if(text, is_ascii_digit);
  const auto points = std::ranges::count(text, '.');
  return digits > 0 && points <= 1 && static_cast<std::size_t>(digits + points) == text.size();
}

}  // namespace

bool decode_value(BodyReader& row, const Column& column, std::string& scratch, SqlValueView* value) {
  *value = {};
  if (is_temporal(column.type)) return decode_temporal(row, column, scratch, value) && !row.failed();
  if (decode_number(row, column, scratch, value)) return !row.failed();
  if (column.type == FieldType::kNull) return false;
  const std::string_view bytes = row.packed_text();
  if (row.failed()) return false;
  if (column.type == FieldType::kBit) return decode_bits(bytes, scratch, value);
  value->text = bytes;
  if (column.type == FieldType::kDecimal || column.type == FieldType::kNewDecimal) {
    value->type = SqlType::kDecimal;
  } else {
    const bool text = !column.is_binary || column.type == FieldType::kJson;
    value->type = text && column.type != FieldType::kGeometry ? SqlType::kText : SqlType::kBytes;
  }
  return true;
}

FieldType type_of_parameter(SqlType type) {
  switch (type) {
    case SqlType::kNull:
      return FieldType::kNull;
    case SqlType::kBool:
      return FieldType::kTiny;
    case SqlType::kInteger:
      return FieldType::kLongLong;
    case SqlType::kReal:
      return FieldType::kDouble;
    case SqlType::kText:
      return FieldType::kVarString;
    case SqlType::kBytes:
      return FieldType::kBlob;
    case SqlType::kTimestamp:
      return FieldType::kDatetime;
    case SqlType::kDecimal:
      return FieldType::kNewDecimal;
  }
  return FieldType::kNull;
}

SqlResult<void> encode_value(std::string& out, const SqlValue& value) {
  const SqlValueView view = view_of(value);
  switch (view.type) {
    case SqlType::kNull:
      return {};
    case SqlType::kBool:
      put(out, static_cast<std::uint64_t>(view.integer), 1);
      return {};
    case SqlType::kInteger:
      put(out, static_cast<std::uint64_t>(view.integer), 8);
      return {};
    case SqlType::kReal:
      if (!std::isfinite(view.real)) return SqlError(SqlErrorKind::kInvalid, "MariaDB has no infinities and no NaN");
      put(out, std::bit_cast<std::uint64_t>(view.real), 8);
      return {};
    case SqlType::kTimestamp:
      if (view.integer < kFirstMicrosecond || view.integer > kLastMicrosecond) {
        return SqlError(SqlErrorKind::kInvalid, "MariaDB's years are 0 to 9999");
      }
      put_timestamp(out, view.integer);
      return {};
    case SqlType::kDecimal:
      if (!is_decimal(view.text)) return SqlError(SqlErrorKind::kInvalid, "a decimal is not a number");
      [[fallthrough]];
    case SqlType::kText:
    case SqlType::kBytes:
      put_packed_text(out, view.text);
      return {};
  }
  return {};
}

}  // namespace banyan::maria
