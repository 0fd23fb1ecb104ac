// Values as mysqlnd of PHP 8.2 gives them; tests/e2e/test_php_mount_sql.py compares far more of it with php-fpm.
#include <gtest/gtest.h>

#include "mariadb/packet_writer.h"
#include "php_clients/mysql_answer.h"
#include "php_clients/mysql_charset.h"
#include "php_runtime/convert.h"

namespace banyan::php_runtime {
namespace {

using enum maria::FieldType;

MysqlField field(maria::FieldType type, unsigned flags = 0, unsigned decimals = 0, std::uint32_t length = 0) {
  MysqlField out;
  out.type = type;
  out.flags = flags;
  out.decimals = decimals;
  out.length = length;
  return out;
}

std::string shown(const Value& v) {
  switch (v.kind()) {
    case Kind::kNull:
      return "null";
    case Kind::kInt:
      return std::to_string(v.as_int());
    case Kind::kFloat:
      return float_repr(v.as_float()).str() + "f";
    default:
      return "'" + v.as_string().str() + "'";
  }
}

std::string text(std::string_view value, const MysqlField& of, bool native = true) {
  std::string row;
  maria::put_packed_text(row, value);
  std::vector<Value> out;
  return read_text_row(row, {of}, native, out) ? shown(out[0]) : "malformed";
}

// `bytes`: behind the bits of nulls.
std::string binary(std::string_view bytes, const MysqlField& of) {
  std::vector<Value> out;
  const std::string row = std::string("\0\0", 2) + std::string(bytes);
  return read_binary_row(row, {of}, out) ? shown(out[0]) : "malformed";
}

TEST(MysqlRow, TextsBecomeNumbersWhereTheyAreWanted) {
  EXPECT_EQ(text("-128", field(kTiny)), "-128");
  EXPECT_EQ(text("-128", field(kTiny), false), "'-128'");
  EXPECT_EQ(text("00042", field(kLong, MysqlField::kUnsigned | MysqlField::kZeroFill)), "'00042'");
  EXPECT_EQ(text("18446744073709551615", field(kLongLong, MysqlField::kUnsigned)), "'18446744073709551615'");
  EXPECT_EQ(text("-9223372036854775808", field(kLongLong)), "-9223372036854775808");
  EXPECT_EQ(text("1e100", field(kDouble)), "1.0E+100f");
  EXPECT_EQ(text("1.50", field(kNewDecimal)), "'1.50'");
  EXPECT_EQ(text("\x01", field(kBit, MysqlField::kUnsigned)), "1");
  EXPECT_EQ(text("\x01", field(kBit, MysqlField::kUnsigned), false), "'1'");
  std::vector<Value> out;
  EXPECT_TRUE(read_text_row("\xfb", {field(kLong)}, true, out));
  EXPECT_TRUE(out[0].is_null());
  EXPECT_FALSE(
      read_text_row("\x05"
                    "ab",
                    {field(kVarString)}, true, out));
}

TEST(MysqlRow, BinaryValues) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(binary("\x80"sv, field(kTiny)), "-128");
  EXPECT_EQ(binary("\x80"sv, field(kTiny, MysqlField::kUnsigned)), "128");
  EXPECT_EQ(binary("\x2a\0\0\0"sv, field(kLong, MysqlField::kUnsigned | MysqlField::kZeroFill, 0, 5)), "'00042'");
  EXPECT_EQ(binary("\xff\xff\xff\xff\xff\xff\xff\xff"sv, field(kLongLong, MysqlField::kUnsigned)),
            "'18446744073709551615'");
  EXPECT_EQ(binary("\xcd\xcc\x8c\x3f"sv, field(kFloat, 0, 31)), "1.1f");
  EXPECT_EQ(binary("\x04\xe8\x07\x02\x1d"sv, field(kDate)), "'2024-02-29'");
  EXPECT_EQ(binary("\0"sv, field(kDatetime)), "'0000-00-00 00:00:00'");
  EXPECT_EQ(binary("\x0b\xe8\x07\x02\x1d\x0c\x22\x38\x01\0\0\0"sv, field(kDatetime, 0, 6)),
            "'2024-02-29 12:34:56.000001'");
  EXPECT_EQ(binary("\x08\x01\x22\0\0\0\x16\x3b\x3b"sv, field(kTime)), "'-838:59:59'");
  EXPECT_EQ(binary("\x0c\0\0\0\0\0\x0c\x22\x38\x48\x0a\x0c\0"sv, field(kTime, 0, 3)), "'12:34:56.789'");
  EXPECT_EQ(binary("\x04\xe8\x07"sv, field(kDate)), "malformed");
}

// Answers of several statements, one row of `bytes` each; whether they are too much together.
bool too_much(int answers, std::size_t bytes) {
  using std::string_view_literals::operator""sv;
  MysqlReplies replies;
  const std::string row(bytes, 'x');
  std::string column;
  for (const std::string_view one : {"def", "", "", "", "c", ""}) maria::put_packed_text(column, one);
  column.append("\x0c\x2d\0\xff\xff\xff\xff\xfd\0\0\0\0\0"sv);
  for (int i = 0; i < answers; ++i) {
    for (const std::string_view body : {"\x01"sv, std::string_view(column), std::string_view(row)}) {
      if (replies.reply({.body = body}) == maria::Reply::kMalformed) return replies.too_much();
    }
    (void)replies.reply({.body = "\xfe\0\0\x0a\0\0\0"sv});  // and more results follow
  }
  return replies.too_much();
}

TEST(MysqlReplies, AllAnswersTogetherAreBounded) {
  constexpr std::size_t kMegabyte = std::size_t{1} << 20;
  EXPECT_FALSE(too_much(3, 40 * kMegabyte));
  EXPECT_TRUE(too_much(4, 40 * kMegabyte));
  EXPECT_EQ(WireRows::bytes_of(""), sizeof(std::size_t));  // so that rows of nothing are bounded, too
}

TEST(MysqlCharset, TextsAreQuoted) {
  EXPECT_EQ(escape_for_mysql(std::string_view("a'b\"c\\d\0e\nf\rg\x1ah", 15), false),
            "a\\'b\\\"c\\\\d\\0e\\nf\\rg\\Zh");
  EXPECT_EQ(escape_for_mysql("a'b\\", true), "a''b\\");
  EXPECT_EQ(find_mysql_charset("UTF8MB4")->number, 45);
  EXPECT_EQ(find_mysql_charset(std::uint16_t{224})->name, "utf8mb4");
  EXPECT_EQ(find_mysql_charset("klingon"), nullptr);
  EXPECT_TRUE(is_unsupported_mysql_charset("gbk"));
}

}  // namespace
}  // namespace banyan::php_runtime
