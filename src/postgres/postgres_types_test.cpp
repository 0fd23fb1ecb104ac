// Every type both ways: values that we write are read by libpq, values that libpq writes are read by us, and both see
// the same. The values are random, of a seed that is printed, and the extremes of each type.
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "postgres/libpq_oracle.h"
#include "postgres/test_fixture.h"
#include "sql/test_values.h"

namespace banyan {
namespace {

constexpr int kRandomValues = 150;

struct Type {
  std::string sql;
  std::vector<SqlValue> values;  // the extremes, to which random ones are added
  std::function<SqlValue(Random&)> random;
  SqlType comes_back = SqlType::kText;
  // The value `v` as the text that canonical() makes of it.
  std::string oracle = "v";
};

SqlValue random_decimal(Random& random) {
  std::string text = random() % 2 == 0 ? "-" : "";
  text.push_back(static_cast<char>('1' + random() % 9));
  for (std::uint64_t i = random() % 30; i > 0; --i) text.push_back(static_cast<char>('0' + random() % 10));
  if (random() % 2 == 0) text.push_back('.');
  if (text.back() == '.') {
    for (std::uint64_t i = 1 + random() % 30; i > 0; --i) text.push_back(static_cast<char>('0' + random() % 10));
  }
  return SqlDecimal{text};
}

SqlValue random_timestamp(Random& random) {
  // From about 4700 BC to 9999 AD.
  constexpr std::int64_t kFirst = -210'000'000'000'000'000;
  constexpr std::int64_t kLast = 253'000'000'000'000'000;
  return SqlTimestamp{kFirst + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(kLast - kFirst))};
}

SqlValue random_integers(Random& random) {
  return "{" + std::to_string(static_cast<int>(random())) + ",NULL," + std::to_string(static_cast<int>(random())) + "}";
}

constexpr const char* kMicroseconds =
    "CASE WHEN v IS NULL THEN NULL WHEN isfinite(v) THEN (extract(epoch FROM v) * 1000000)::numeric(30,0)::text"
    " WHEN v > 'epoch' THEN '9223372036854775807' ELSE '-9223372036854775808' END";

std::vector<Type> types() {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  const std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  const std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
  const std::string ours(1'000'000, 'x');
  return {
      {"bool", {true, false}, [](Random& r) { return SqlValue(r() % 2 == 0); }, SqlType::kBool, "v::text"},
      {"int2", {std::int64_t{-32768}, std::int64_t{32767}}, random_integer<std::int16_t>, SqlType::kInteger},
      {"int4", {std::int64_t{-2147483648}, std::int64_t{2147483647}}, random_integer<std::int32_t>, SqlType::kInteger},
      {"int8", {smallest, largest, std::int64_t{0}}, random_integer<std::int64_t>, SqlType::kInteger},
      {"oid", {std::int64_t{0}, std::int64_t{4294967295}}, random_integer<std::uint32_t>, SqlType::kInteger},
      {"float8", {0.0, -0.0, 0.1, 5e-324, kInfinite, -kInfinite, std::nan("")}, random_real, SqlType::kReal},
      {"float4", {0.0, -0.0, kInfinite, -kInfinite, std::nan("")}, random_float, SqlType::kReal},
      {"numeric",
       {SqlDecimal{"0"}, SqlDecimal{"NaN"}, SqlDecimal{"Infinity"}, SqlDecimal{"-0.000"}, SqlDecimal{"1.50"}},
       random_decimal,
       SqlType::kDecimal},
      {"text", {std::string(), ours}, [](Random& r) { return SqlValue(random_text(r)); }},
      {"varchar(80)", {std::string()}, [](Random& r) { return SqlValue(random_text(r)); }},
      {"bytea", {SqlBytes{}, SqlBytes{ours}}, random_bytes, SqlType::kBytes, "encode(v, 'hex')"},
      {"timestamptz",
       {SqlTimestamp{0}, SqlTimestamp{-1}, SqlTimestamp{largest}, SqlTimestamp{smallest}},
       random_timestamp,
       SqlType::kTimestamp,
       kMicroseconds},
      {"timestamp",
       {SqlTimestamp{0}, SqlTimestamp{-1}, SqlTimestamp{largest}, SqlTimestamp{smallest}},
       random_timestamp,
       SqlType::kTimestamp,
       kMicroseconds},
      {"date", {std::string("infinity"), std::string("0001-01-01 BC")}, random_date},
      {"time",
       {std::string("23:59:59.999999")},
       [](Random& r) { return SqlValue("11:22:" + std::to_string(10 + r() % 50)); }},
      {"interval",
       {std::string("1 year 2 mons -3 days +04:05:06.7")},
       [](Random& r) { return SqlValue(std::to_string(2 + r() % 99) + " days"); }},
      {"uuid", {std::string("00000000-0000-0000-0000-000000000000")}, random_uuid},
      {"json", {std::string("null"), std::string("[ 1 ]")}, random_json},
      {"jsonb", {std::string("null"), std::string("{}")}, random_json},
      {"int4[]", {std::string("{}")}, random_integers},
      {"text[]",
       {std::string("{NULL,\"NULL\",\"a\\\\\\\"b\"}")},
       [](Random& r) { return SqlValue("{" + hex_digits(r, 3) + "x,\"a b\"}"); }},
      {"inet", {std::string("::1")}, [](Random& r) { return SqlValue("10.0.0." + std::to_string(r() % 256)); }},
      {"mood",
       {std::string("sad"), std::string("very happy")},
       [](Random& r) { return SqlValue(std::string(r() % 2 == 0 ? "sad" : "very happy")); }},
  };
}

// What libpq says, in the form of canonical().
std::string said(const Type& type, const std::optional<std::string>& text) {
  if (!text) return "NULL";
  if (type.comes_back != SqlType::kReal) return *text;
  return real_text(type.sql == "float4" ? static_cast<double>(std::strtof(text->c_str(), nullptr))
                                        : std::strtod(text->c_str(), nullptr));
}

Task<SqlResult<void>> compare(PostgresConnection* connection, LibpqOracle* oracle, const Type* type,
                              const std::vector<SqlValue>* values) {
  (void)oracle->column("DROP TABLE IF EXISTS both_ways");
  (void)oracle->column("CREATE TABLE both_ways (id serial, v " + type->sql + ")");
  std::vector<PostgresStatement> inserts;
  const std::string insert = "INSERT INTO both_ways (v) VALUES ($1) /* " + type->sql + " */";
  for (const SqlValue& value : *values) {
    inserts.push_back({insert, {&value, 1}, nullptr});
  }
  (void)co_await try_(connection->pipeline(inserts));
  // What libpq reads is what we wrote; what it writes, in its own way, is what was there.
  const auto theirs = oracle->column("SELECT " + type->oracle + " FROM both_ways ORDER BY id");
  const auto texts = oracle->column("SELECT v::text FROM both_ways ORDER BY id");
  for (const auto& text : texts) {
    (void)oracle->column("INSERT INTO both_ways (v) VALUES ($1)", {text ? text->c_str() : nullptr});
  }
  Rows rows;
  (void)co_await try_(connection->execute("SELECT v FROM both_ways ORDER BY id", {}, &rows));
  EXPECT_EQ(theirs.size(), values->size());
  EXPECT_EQ(rows.rows.size(), 2 * values->size());
  for (std::size_t i = 0; i < theirs.size() && i < values->size(); ++i) {
    const std::string wanted = said(*type, theirs[i]);
    const SqlValue& given = (*values)[i];
    // What the server spells anew (jsonb, intervals) is compared with its own spelling alone.
    const bool respelt = type->comes_back == SqlType::kText || type->comes_back == SqlType::kDecimal;
    if (!respelt || type->sql == "text" || type->sql == "numeric") {
      if (given != SqlValue(SqlDecimal{"-0.000"})) {
        EXPECT_EQ(canonical(given), wanted) << type->sql;
      }
    }
    for (const SqlValue& read : {rows.rows[i][0], rows.rows[theirs.size() + i][0]}) {
      EXPECT_EQ(canonical(read), wanted) << type->sql;
      EXPECT_TRUE(sql_type_of(read) == type->comes_back || !theirs[i]) << type->sql;
    }
    if (testing::Test::HasFailure()) break;
  }
  co_return {};
}

Task<SqlResult<void>> compare_all(PostgresConnection* connection) {
  const std::uint64_t seed = 1;
  Random random(seed);
  LibpqOracle oracle("host=" + test_server().directory() + " port=" + std::to_string(test_server().port()) +
                     " user=banyan dbname=postgres options='-c TimeZone=UTC'");
  (void)oracle.column("SET client_min_messages = warning");
  (void)oracle.column("CREATE TYPE mood AS ENUM ('sad', 'very happy')");
  for (const Type& type : types()) {
    std::vector<SqlValue> values = type.values;
    values.emplace_back(std::monostate{});
    for (int i = 0; i < kRandomValues; ++i) values.push_back(type.random(random));
    co_await try_(compare(connection, &oracle, &type, &values));
    EXPECT_FALSE(testing::Test::HasFailure()) << type.sql << ", seed " << seed;
    if (testing::Test::HasFailure()) co_return {};
  }
  (void)oracle.column("DROP TABLE both_ways");
  (void)oracle.column("DROP TYPE mood");
  co_return {};
}

TEST(PostgresTypes, AreTheSameForLibpq) {
  if (TestPostgres::instance() == nullptr) GTEST_SKIP() << TestPostgres::kNotInstalled;
  EXPECT_EQ(with_connection(compare_all), "");
}

Task<SqlResult<void>> bind_across(PostgresConnection* connection) {
  const auto shown = [](const Rows& rows) { return rows.text(); };
  Rows rows;
  const SqlValue values[] = {std::int64_t{7},
                             std::int64_t{8},
                             2.5,
                             true,
                             SqlTimestamp{1'700'000'000'000'001},
                             SqlTimestamp{-1},
                             SqlDecimal{"12"},
                             SqlBytes{"raw"},
                             std::string("11")};
  (void)co_await try_(connection->execute(
      "SELECT $1::numeric, $2::text, $3::numeric, $4::text, $5::text, $6::date, $7::int4, $8::text, $9::int8", values,
      &rows));
  EXPECT_EQ(shown(rows), "7|8|2.5|true|2023-11-14 22:13:20.000001+00|1969-12-31|12|raw|11");
  const SqlValue text[] = {std::string("x'); DROP TABLE users; --\\")};
  Rows echo;
  (void)co_await try_(connection->execute("SELECT $1::text", text, &echo));
  EXPECT_EQ(shown(echo), "x'); DROP TABLE users; --\\");
  const SqlValue zero[] = {std::string("a\0b", 3)};
  EXPECT_EQ((co_await connection->execute("SELECT $1::text", zero)).error().code(), "22021");
  const SqlValue secret[] = {std::string("hunter2")};
  const auto refused = co_await connection->execute("SELECT $1::int4", secret);
  EXPECT_EQ(refused.error().code(), "22P02");
  EXPECT_EQ(refused.error().text().find("hunter2"), std::string::npos);
  co_return {};
}
TEST(PostgresTypes, BindToParametersOfOtherTypes) {
  if (TestPostgres::instance() == nullptr) GTEST_SKIP() << TestPostgres::kNotInstalled;
  EXPECT_EQ(with_connection(bind_across), "");
}

}  // namespace
}  // namespace banyan
