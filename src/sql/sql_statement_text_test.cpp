#include "sql/sql_statement_text.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

constexpr SqlDialect kSqlite = SqlDialect::kSqlite;
constexpr SqlDialect kPostgres = SqlDialect::kPostgres;
constexpr SqlDialect kMariadb = SqlDialect::kMariadb;

std::string text(std::string_view sql, SqlDialect dialect = kPostgres) { return describe_sql(sql, dialect).text; }
std::string table(std::string_view sql, SqlDialect dialect = kPostgres) { return describe_sql(sql, dialect).table; }

TEST(SqlStatementText, KnowsTheOperationByTheFirstWord) {
  EXPECT_EQ(kSqlOperations[sql_operation("SELECT 1")], "SELECT");
  EXPECT_EQ(kSqlOperations[sql_operation("  (select 1)")], "SELECT");
  EXPECT_EQ(kSqlOperations[sql_operation("START TRANSACTION READ ONLY")], "START");
  EXPECT_EQ(kSqlOperations[sql_operation("VACUUM")], "OTHER");
  EXPECT_EQ(kSqlOperations[sql_operation("other")], "OTHER");
  EXPECT_EQ(kSqlOperations[sql_operation("SELECTED")], "OTHER");
  EXPECT_EQ(kSqlOperations[sql_operation("")], "OTHER");
}

TEST(SqlStatementText, KeepsPlaceholdersAndNames) {
  for (const char* sql : {"SELECT \"users\".\"id\", a1 FROM \"users\" WHERE \"id\" IN ($1, $2) FOR UPDATE",
                          "INSERT INTO \"t\" (\"a\") VALUES ($1) ON CONFLICT DO NOTHING RETURNING \"a\"",
                          "ROLLBACK TO SAVEPOINT level_1"}) {
    EXPECT_EQ(text(sql), sql);
  }
  EXPECT_EQ(text("SELECT `a` FROM `t1` WHERE `b`=?", kMariadb), "SELECT `a` FROM `t1` WHERE `b`=?");
  EXPECT_EQ(text("SELECT a\n\t FROM  t "), "SELECT a FROM t");
}

TEST(SqlStatementText, LeavesLiteralsOut) {
  EXPECT_EQ(text("SELECT 1, -2.5, 1e-9, .5, 0xff, t1.c2 LIMIT 10"), "SELECT ?, -?, ?, ?, ?, t1.c2 LIMIT ?");
  EXPECT_EQ(text("SELECT 'it''s', E'it\\'s', e'\\\\', 'a\\', b, N'x', X'00'"), "SELECT ?, ?, ?, ?, b, N?, X?");
  EXPECT_EQ(text("SELECT $$it's$$, $a$ $$ 'x $a$, $1, c"), "SELECT ?, ?, $1, c");
  EXPECT_EQ(text("SELECT 'it\\'s', \"say \\\" it\", `a` -- secret\n, 'x'", kMariadb), "SELECT ?, ?, `a` , ?");
  EXPECT_EQ(text("SELECT 1 # secret 'x\n, a", kMariadb), "SELECT ? , a");
  EXPECT_EQ(text("SELECT 'a\\', \"b\"", kSqlite), "SELECT ?, \"b\"");
  EXPECT_EQ(text("SELECT a/* secret */FROM t /* x /* y */ 'z' */"), "SELECT a FROM t");
  EXPECT_EQ(text("SELECT a /* x /* y */ 'z' */", kSqlite), "SELECT a ? */");
  for (const char* open : {"SELECT 'secret", "SELECT 'secret\\'", "SELECT $$secret", "SELECT E'secret\\"}) {
    EXPECT_EQ(text(open), "SELECT ?") << open;
  }
  EXPECT_EQ(text("SELECT /* secret"), "SELECT");
  EXPECT_EQ(text("SELECT -- secret"), "SELECT");
}

TEST(SqlStatementText, FindsTheTable) {
  EXPECT_EQ(table("SELECT \"users\".\"id\" FROM \"users\" JOIN posts ON true"), "users");
  EXPECT_EQ(table("insert into `t` VALUES (?)", kMariadb), "t");
  EXPECT_EQ(table("UPDATE shop.\"order items\" SET a = $1"), "shop.order items");
  EXPECT_EQ(table("DELETE FROM t WHERE id IN (SELECT id FROM u)"), "t");
  EXPECT_EQ(table("SELECT a FROM (SELECT a FROM inner_one) AS x"), "inner_one");
  EXPECT_EQ(table("SELECT a FROM t FOR UPDATE"), "t");
  for (const char* none : {"SELECT 1", "COMMIT", "", "SELECT 1 FROM", "SELECT FROM 'x'", "FROM \"", "FROM \"\""}) {
    EXPECT_EQ(table(none), "") << none;
  }
}

TEST(SqlStatementText, CutsWhatIsLong) {
  const std::string many = "SELECT \xc3\xa4" + std::string(3000, 'x');
  const std::string told = text(many);
  EXPECT_EQ(told.size(), kSqlTextBytesMax + 3);
  EXPECT_TRUE(told.ends_with("xx..."));
  EXPECT_EQ(text("SELECT " + std::string(kSqlTextBytesMax - 8, 'x') + "\xc3\xa4"),
            "SELECT " + std::string(kSqlTextBytesMax - 8, 'x') + "...");
  EXPECT_EQ(table("SELECT a FROM " + std::string(500, 't')).size(), 128U);
}

}  // namespace
}  // namespace banyan
