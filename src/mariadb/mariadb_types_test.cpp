// Every type both ways: values that we write are read by libmariadb, values that libmariadb writes are read by us, and
// both see the same. The values are random, of a seed that is printed, and the extremes of each type.
#include <cstdlib>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mariadb/libmariadb_oracle.h"
#include "mariadb/test_fixture.h"
#include "sql/test_values.h"

namespace banyan {
namespace {

constexpr int kRandomValues = 120;

struct Type {
  std::string sql;
  std::vector<SqlValue> values;  // the extremes, to which random ones are added
  std::function<SqlValue(Random&)> random;
  SqlType comes_back = SqlType::kText;
  // The value `v` as the text that canonical() makes of it.
  std::string oracle = "v";
  bool respelt = false;  // what comes back is not what was given, but means the same
};

template <int kBits>
SqlValue random_signed(Random& random) {
  return static_cast<std::int64_t>(random()) >> (64 - kBits + static_cast<int>(random() % kBits));
}
template <int kBits>
SqlValue random_unsigned(Random& random) {
  return static_cast<std::int64_t>(random() >> (64 - kBits + static_cast<int>(random() % kBits)));
}
SqlValue random_decimal(Random& random) {
  std::string text = random() % 2 == 0 ? "-" : "";
  text.push_back(static_cast<char>('1' + random() % 9));
  for (std::uint64_t i = random() % 34; i > 0; --i) text.push_back(static_cast<char>('0' + random() % 10));
  text.push_back('.');
  for (int i = 0; i < 30; ++i) text.push_back(static_cast<char>('0' + random() % 10));
  return SqlDecimal{text};
}
template <std::int64_t kFirstSecond, std::int64_t kLastSecond, int kStep>
SqlValue random_instant(Random& random) {
  constexpr std::int64_t kSpan = (kLastSecond - kFirstSecond) * 1'000'000 / kStep;
  return SqlTimestamp{kFirstSecond * 1'000'000 +
                      static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(kSpan)) * kStep};
}
SqlValue random_time(Random& random) {
  char text[32];
  std::snprintf(text, sizeof text, "%s%02u:%02u:%02u.%06u", random() % 2 == 0 ? "-" : "",
                static_cast<unsigned>(random() % 839), static_cast<unsigned>(random() % 60),
                static_cast<unsigned>(random() % 59), static_cast<unsigned>(random() % 1'000'000));
  return std::string(text);
}
SqlValue random_eight_bytes(Random& random) {
  SqlBytes bytes;
  for (int i = 0; i < 8; ++i) bytes.bytes.push_back(static_cast<char>(random()));
  return bytes;
}
// SRID, byte order, type, x, y: as the server keeps a point.
SqlValue random_point(Random& random) {
  SqlBytes bytes{std::string("\0\0\0\0\x01\x01\0\0\0", 9)};
  for (int i = 0; i < 2; ++i) {
    const double coordinate = static_cast<double>(random() % 1000) / 8;
    bytes.bytes.append(reinterpret_cast<const char*>(&coordinate), sizeof coordinate);
  }
  return bytes;
}
// The server refuses those whose version or variant there is not.
SqlValue random_uuid_of_version_4(Random& random) {
  return hex_digits(random, 8) + "-" + hex_digits(random, 4) + "-4" + hex_digits(random, 3) + "-8" +
         hex_digits(random, 3) + "-" + hex_digits(random, 12);
}
template <int kChoices>
SqlValue random_choice(Random& random) {
  static const char* const kNames[] = {"sad", "very happy", "it's", "", "sad,it's", "sad,very happy,it's"};
  return std::string(kNames[random() % kChoices]);
}

constexpr const char* kMicroseconds = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v)";
constexpr std::int64_t kYear1 = -62'135'596'800;
constexpr std::int64_t kYear10000 = 253'402'300'800;
constexpr std::int64_t kEndOf2037 = 2'145'916'800;

std::int64_t operator""_i(unsigned long long number) { return static_cast<std::int64_t>(number); }

std::vector<Type> numbers() {
  const std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  const std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
  return {
      {"boolean", {0_i, 1_i}, random_unsigned<1>, SqlType::kInteger},
      {"tinyint", {-128_i, 127_i}, random_signed<8>, SqlType::kInteger},
      {"tinyint unsigned", {0_i, 255_i}, random_unsigned<8>, SqlType::kInteger},
      {"smallint", {-32768_i, 32767_i}, random_signed<16>, SqlType::kInteger},
      {"smallint unsigned", {0_i, 65535_i}, random_unsigned<16>, SqlType::kInteger},
      {"mediumint", {-8388608_i, 8388607_i}, random_signed<24>, SqlType::kInteger},
      {"mediumint unsigned", {0_i, 16777215_i}, random_unsigned<24>, SqlType::kInteger},
      {"int", {-2147483648_i, 2147483647_i}, random_signed<32>, SqlType::kInteger},
      {"int unsigned", {0_i, 4294967295_i}, random_unsigned<32>, SqlType::kInteger},
      {"bigint", {smallest, largest, 0_i}, random_signed<64>, SqlType::kInteger},
      {"bigint unsigned", {0_i, largest}, random_unsigned<63>, SqlType::kInteger},
      {"bigint unsigned",
       {SqlDecimal{"9223372036854775808"}, SqlDecimal{"18446744073709551615"}},
       [](Random& r) { return SqlValue(SqlDecimal{std::to_string(r() | 1ULL << 63)}); },
       SqlType::kDecimal},
      {"year",
       {0_i, 1901_i, 2155_i},
       [](Random& r) { return SqlValue(1901_i + static_cast<std::int64_t>(r() % 255)); },
       SqlType::kInteger,
       "v + 0"},
      {"bit(1)", {0_i, 1_i}, random_unsigned<1>, SqlType::kInteger, "v + 0"},
      {"bit(17)", {0_i, 131071_i}, random_unsigned<17>, SqlType::kInteger, "v + 0"},
      {"bit(64)", {0_i, largest}, random_unsigned<63>, SqlType::kInteger, "v + 0"},
      {"double", {0.0, 0.1, 5e-324, 1.7976931348623157e308}, random_real, SqlType::kReal},
      {"float", {0.0, 0.5}, random_float, SqlType::kReal, "CAST(v AS double)"},
      {"decimal(65,30)",
       {SqlDecimal{"0"}, SqlDecimal{"-0.000000000000000000000000000001"}},
       random_decimal,
       SqlType::kDecimal,
       "v",
       true},
      {"decimal(3,1)",
       {SqlDecimal{"-99.9"}, SqlDecimal{"0.0"}, SqlDecimal{"1.5"}},
       [](Random& r) { return SqlValue(SqlDecimal{std::to_string(10 + r() % 90) + ".5"}); },
       SqlType::kDecimal},
  };
}

std::vector<Type> texts() {
  const std::string ours(1'000'000, 'x');
  const auto text = [](Random& r) { return SqlValue(random_text(r)); };
  const auto trimmed = [](Random& r) { return SqlValue(random_text(r) + "."); };
  return {
      {"char(80)", {std::string()}, trimmed},
      {"varchar(80)", {std::string(), std::string("trailing "), std::string("a\0b", 3)}, text},
      {"tinytext", {std::string()}, text},
      {"text", {std::string()}, text},
      {"longtext", {std::string(), ours}, text},
      {"varchar(80) character set latin1", {std::string("é")}, [](Random& r) { return SqlValue(hex_digits(r, 9)); }},
      {"binary(8)", {SqlBytes{std::string(8, '\0')}}, random_eight_bytes, SqlType::kBytes, "lower(hex(v))"},
      {"varbinary(80)", {SqlBytes{}}, random_bytes, SqlType::kBytes, "lower(hex(v))"},
      {"blob", {SqlBytes{}}, random_bytes, SqlType::kBytes, "lower(hex(v))"},
      {"longblob", {SqlBytes{}, SqlBytes{ours}}, random_bytes, SqlType::kBytes, "lower(hex(v))"},
      {"point", {}, random_point, SqlType::kBytes, "lower(hex(v))"},
      {"json", {std::string("null"), std::string("[ 1 ]")}, random_json},
      {"uuid", {std::string("00000000-0000-0000-0000-000000000000")}, random_uuid_of_version_4},
      {"inet6", {std::string("::1")}, [](Random& r) { return SqlValue("::ffff:10.0.0." + std::to_string(r() % 256)); }},
      {"inet4", {std::string("0.0.0.0")}, [](Random& r) { return SqlValue("10.0.0." + std::to_string(r() % 256)); }},
      {"enum('sad','very happy','it''s','')", {std::string("it's")}, random_choice<4>},
      {"set('sad','very happy','it''s')", {std::string("sad,it's")}, random_choice<6>},
  };
}

std::vector<Type> times() {
  return {
      {"datetime(6)",
       {SqlTimestamp{0}, SqlTimestamp{-1}, SqlTimestamp{253'402'300'799'999'999}},
       random_instant<kYear1, kYear10000, 1>,
       SqlType::kTimestamp,
       kMicroseconds},
      {"datetime",
       {SqlTimestamp{0}, SqlTimestamp{-1'000'000}},
       random_instant<kYear1, kYear10000, 1'000'000>,
       SqlType::kTimestamp,
       kMicroseconds},
      {"timestamp(6) null",
       {SqlTimestamp{1'000'000}, SqlTimestamp{2'147'483'647'999'999}},
       random_instant<1, kEndOf2037, 1>,
       SqlType::kTimestamp,
       kMicroseconds},
      {"timestamp(3) null",
       {SqlTimestamp{1'000'000}},
       random_instant<1, kEndOf2037, 1000>,
       SqlType::kTimestamp,
       kMicroseconds},
      {"date", {std::string("1000-01-01"), std::string("9999-12-31"), std::string("0000-00-00")}, random_date},
      {"time(6)",
       {std::string("838:59:59.999999"), std::string("-838:59:59.999999"), std::string("00:00:00.000000")},
       random_time},
      {"time",
       {std::string("-00:00:01"), std::string("838:59:59")},
       [](Random& r) { return SqlValue("11:22:" + std::to_string(10 + r() % 50)); }},
      // What is no instant comes as a text.
      {"datetime(3)",
       {std::string("0000-00-00 00:00:00.000"), std::string("2024-00-00 01:02:03.004")},
       [](Random& r) { return SqlValue("20" + std::to_string(10 + r() % 80) + "-00-00 00:00:00.500"); }},
      {"datetime",
       {std::string("0000-00-00 00:00:00"), std::string("2024-02-00 00:00:00")},
       [](Random& r) { return SqlValue("20" + std::to_string(10 + r() % 80) + "-00-00 00:00:00"); }},
  };
}

// What libmariadb says, in the form of canonical().
std::string said(const Type& type, const std::optional<std::string>& text) {
  if (!text) return "NULL";
  return type.comes_back == SqlType::kReal ? real_text(std::strtod(text->c_str(), nullptr)) : *text;
}

Task<SqlResult<void>> write_both_ways(MariadbConnection* connection, LibmariadbOracle* oracle, const Type* type,
                                      const std::vector<SqlValue>* values) {
  (void)oracle->column("CREATE OR REPLACE TABLE both_ways (id int AUTO_INCREMENT PRIMARY KEY, v " + type->sql + ")");
  const std::string insert = "INSERT INTO both_ways (v) VALUES (?) /* " + type->sql + " */";
  for (const SqlValue& value : *values) (void)co_await try_(connection->execute(insert, {&value, 1}));
  // What libmariadb reads is what we wrote; what it writes, in its own way, is what was there.
  const std::string introducer = type->comes_back == SqlType::kBytes || type->sql.starts_with("bit") ? "_binary " : "";
  const std::string exact = type->sql == "float" ? "CAST(v AS double)" : "v";
  for (const auto& text : oracle->column("SELECT " + exact + " FROM both_ways ORDER BY id")) {
    (void)oracle->column("INSERT INTO both_ways (v) VALUES (" + (text ? introducer + oracle->quoted(*text) : "NULL") +
                         ")");
  }
  co_return {};
}

Task<SqlResult<void>> compare(MariadbConnection* connection, LibmariadbOracle* oracle, const Type* type,
                              const std::vector<SqlValue>* values) {
  co_await try_(write_both_ways(connection, oracle, type, values));
  const auto theirs = oracle->column("SELECT " + type->oracle + " FROM both_ways ORDER BY id");
  Rows rows;
  (void)co_await try_(connection->execute("SELECT v FROM both_ways ORDER BY id", {}, &rows));
  EXPECT_EQ(theirs.size(), 2 * values->size());
  EXPECT_EQ(rows.rows.size(), theirs.size());
  for (std::size_t i = 0; i < theirs.size() && i < rows.rows.size(); ++i) {
    const std::string wanted = said(*type, theirs[i]);
    const SqlValue& read = rows.rows[i][0];
    EXPECT_EQ(canonical(read), wanted) << type->sql;
    EXPECT_TRUE(sql_type_of(read) == type->comes_back || !theirs[i]) << type->sql;
    if (!type->respelt) EXPECT_EQ(canonical((*values)[i % values->size()]), wanted) << type->sql;
    if (testing::Test::HasFailure()) break;
  }
  co_return {};
}

Task<SqlResult<void>> compare_all(MariadbConnection* connection) {
  const std::uint64_t seed = 1;
  Random random(seed);
  LibmariadbOracle oracle;
  const std::string socket = test_server().socket_path();
  const bool connected =
      oracle.connect({.user = "banyan", .password = "", .database = "banyan", .socket = socket.c_str()});
  EXPECT_TRUE(connected) << oracle.error();
  if (!connected) co_return {};
  (void)oracle.column("SET time_zone = '+00:00'");
  for (const std::vector<Type>& types : {numbers(), texts(), times()}) {
    for (const Type& type : types) {
      std::vector<SqlValue> values = type.values;
      values.emplace_back(std::monostate{});
      for (int i = 0; i < kRandomValues; ++i) values.push_back(type.random(random));
      co_await try_(compare(connection, &oracle, &type, &values));
      EXPECT_FALSE(testing::Test::HasFailure()) << type.sql << ", seed " << seed;
      if (testing::Test::HasFailure()) co_return {};
    }
  }
  (void)oracle.column("DROP TABLE both_ways");
  co_return {};
}

TEST(MariadbTypes, AreTheSameForLibmariadb) {
  if (TestMariadb::instance() == nullptr) GTEST_SKIP() << TestMariadb::kNotInstalled;
  EXPECT_EQ(with_connection(compare_all), "");
}

Task<SqlResult<void>> bind_across(MariadbConnection* connection) {
  Rows rows;
  const SqlValue values[] = {std::int64_t{7},
                             std::int64_t{8},
                             2.5,
                             true,
                             SqlTimestamp{1'700'000'000'000'001},
                             SqlTimestamp{-1},
                             SqlDecimal{"12"},
                             SqlBytes{"raw"},
                             std::string("11"),
                             SqlDecimal{"0.1"}};
  (void)co_await try_(connection->execute(
      "SELECT CAST(? AS decimal(9,2)), CONCAT(?), CAST(? AS decimal(9,2)), ? + 1, CONCAT(?), CAST(? AS date),"
      " CAST(? AS signed), CAST(? AS char), CAST(? AS signed), ? = 0.1",
      values, &rows));
  EXPECT_EQ(rows.text(), "7.00|8|2.50|2|2023-11-14 22:13:20.000001|1969-12-31|12|raw|11|1");
  for (const SqlValue& bad :
       {SqlValue(std::numeric_limits<double>::quiet_NaN()), SqlValue(std::numeric_limits<double>::infinity()),
        SqlValue(SqlDecimal{"1e5"}), SqlValue(SqlDecimal{""}), SqlValue(SqlDecimal{"."}), SqlValue(SqlDecimal{"1.2.3"}),
        SqlValue(SqlTimestamp{253'402'300'800'000'000}),
        SqlValue(SqlTimestamp{std::numeric_limits<std::int64_t>::min()})}) {
    const auto refused = co_await connection->execute("SELECT ?", {&bad, 1});
    EXPECT_TRUE(!refused.ok() && refused.error().kind() == SqlErrorKind::kInvalid);
  }
  co_return {};
}
TEST(MariadbTypes, BindToParametersOfOtherTypes) {
  if (TestMariadb::instance() == nullptr) GTEST_SKIP() << TestMariadb::kNotInstalled;
  EXPECT_EQ(with_connection(bind_across), "");
}

}  // namespace
}  // namespace banyan
