// The client against a real server: logging in, statements, errors, transactions.
#include "postgres/postgres_connection.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/loopback.h"
#include "postgres/postgres_database.h"
#include "postgres/test_fixture.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

class Postgres : public testing::Test {
 protected:
  void SetUp() override {
    if (TestPostgres::instance() == nullptr) GTEST_SKIP() << TestPostgres::kNotInstalled;
  }
};

// ---- logging in ----

Task<SqlResult<std::string>> who_am_i(PostgresOptions options) {
  auto database = co_await try_(PostgresDatabase::open(std::move(options)));
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
  Rows rows;
  co_await try_(
      lease->execute("SELECT current_user, (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())", {}, &rows));
  co_return rows.text();
}

class PostgresLogin : public Postgres {};

Task<Result<void>> ask_who(PostgresOptions options, std::string* answer) {
  SqlResult<std::string> who = co_await who_am_i(std::move(options));
  *answer = who.ok() ? *who : who.error().text();
  co_return {};
}
std::string log_in(PostgresOptions options) {
  std::string answer;
  EXPECT_EQ(run_test(1, ask_who(std::move(options), &answer)), "");
  return answer;
}

TEST_F(PostgresLogin, IsTrustedOnAUnixSocketWhereThereIsNoTls) {
  PostgresOptions options = test_server().options();
  options.tls = SqlTlsMode::kVerifyFull;
  EXPECT_EQ(log_in(options), "banyan|f");
}

TEST_F(PostgresLogin, ProvesItselfByEachMethod) {
  for (const char* user : {"scram", "md5user"}) {
    PostgresOptions options = test_server().options_over_tcp(user);
    options.tls = SqlTlsMode::kDisable;
    EXPECT_EQ(log_in(options), std::string(user) + "|f");
    options.tls = SqlTlsMode::kRequire;
    EXPECT_EQ(log_in(options), std::string(user) + "|t");
    options.password = Secret("wrong");
    EXPECT_NE(log_in(options).find("denied: "), std::string::npos) << log_in(options);
    options.password = Secret();
    EXPECT_NE(log_in(options).find("asks for a password, and none is set"), std::string::npos);
  }
}

TEST_F(PostgresLogin, SendsThePasswordInClearTextUnderTlsAlone) {
  PostgresOptions options = test_server().options_over_tcp("clear");
  options.tls = SqlTlsMode::kRequire;
  EXPECT_EQ(log_in(options), "clear|t");
  options.tls = SqlTlsMode::kDisable;
  EXPECT_NE(log_in(options).find("in clear text, which is only sent under TLS"), std::string::npos);
}

TEST_F(PostgresLogin, ObeysSslmode) {
  PostgresOptions options = test_server().options_over_tcp("tls_only");
  EXPECT_EQ(log_in(options), "tls_only|t");  // prefer
  options.tls = SqlTlsMode::kDisable;
  EXPECT_NE(log_in(options).find("[28000]"), std::string::npos);
  options.tls = SqlTlsMode::kVerifyFull;  // the system's authorities do not know the certificate
  EXPECT_EQ(log_in(options).find("tls_only|"), std::string::npos);
  options.tls_authorities = test_server().certificate();
  EXPECT_EQ(log_in(options), "tls_only|t");
  options.host = "localhost";
  EXPECT_EQ(log_in(options), "tls_only|t");
  options.host = "127.0.0.2";  // the same server under a name that is not in its certificate
  EXPECT_EQ(log_in(options).find("tls_only|"), std::string::npos);
}

TEST_F(PostgresLogin, SaysWhatIsWrong) {
  PostgresOptions options = test_server().options();
  options.database = "nowhere";
  EXPECT_NE(log_in(options).find("database \"nowhere\" does not exist [3D000]"), std::string::npos) << log_in(options);
  options.port = 1;
  EXPECT_EQ(log_in(options).find("connection: connecting to PostgreSQL at "), 0U) << log_in(options);
}

// ---- statements ----

Task<SqlResult<void>> make_and_change(PostgresConnection* connection) {
  co_await try_(
      connection->run_script("CREATE TEMP TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (0)"));
  const SqlValue values[] = {std::int64_t{1}, std::string("one")};
  const SqlOutcome inserted = co_await try_(connection->execute("INSERT INTO t VALUES ($1, $2)", values));
  EXPECT_EQ(inserted.rows_affected, 1U);
  Rows rows;
  const SqlOutcome selected = co_await try_(connection->execute("SELECT id, name FROM t ORDER BY id", {}, &rows));
  EXPECT_EQ(rows.text(), "0|NULL\n1|one");
  EXPECT_EQ(rows.names, (std::vector<std::string>{"id", "name"}));
  EXPECT_EQ(selected.rows_affected, 0U);
  const SqlOutcome updated = co_await try_(connection->execute("UPDATE t SET name = 'x'"));
  EXPECT_EQ(updated.rows_affected, 2U);
  Rows first;
  first.rows_max = 1;
  (void)co_await try_(connection->execute("SELECT generate_series(1, 100000)", {}, &first));
  EXPECT_EQ(first.text(), "1");
  Rows none;
  (void)co_await try_(connection->execute("SELECT id FROM t WHERE false", {}, &none));
  EXPECT_EQ(none.names, std::vector<std::string>{"id"});
  (void)co_await try_(connection->execute("", {}, &none));
  co_return {};
}
TEST_F(Postgres, RunsStatements) { EXPECT_EQ(with_connection(make_and_change), ""); }

std::string kind_and_code(const SqlResult<SqlOutcome>& result) {
  if (result.ok()) return "ok";
  return std::string(sql_error_kind_name(result.error().kind())) + " " + result.error().code();
}

Task<SqlResult<void>> break_constraints(PostgresConnection* connection) {
  co_await try_(connection->run_script(
      "CREATE TEMP TABLE team (id int CONSTRAINT team_key PRIMARY KEY);"
      "CREATE TEMP TABLE member (team int CONSTRAINT member_team REFERENCES team, name text NOT NULL,"
      "                          age int CONSTRAINT adult CHECK (age > 17)); INSERT INTO team VALUES (1)"));
  const auto constraint = [](const SqlResult<SqlOutcome>& result) {
    if (result.ok()) return std::string("ok");
    return std::string(sql_constraint_kind_name(result.error().constraint_kind())) + " " +
           result.error().constraint_name();
  };
  EXPECT_EQ(constraint(co_await connection->execute("INSERT INTO team VALUES (1)")), "unique team_key");
  EXPECT_EQ(constraint(co_await connection->execute("INSERT INTO member VALUES (2, 'a', 20)")),
            "foreign_key member_team");
  EXPECT_EQ(constraint(co_await connection->execute("INSERT INTO member VALUES (1, NULL, 20)")),
            "not_null member.name");
  EXPECT_EQ(constraint(co_await connection->execute("INSERT INTO member VALUES (1, 'a', 2)")), "check adult");
  EXPECT_EQ(kind_and_code(co_await connection->execute("SELECT * FROM nothing")), "invalid 42P01");
  EXPECT_EQ(kind_and_code(co_await connection->execute("SELECT 1/0")), "invalid 22012");
  EXPECT_EQ(kind_and_code(co_await connection->execute("SELECT 1; SELECT 2")), "invalid 42601");
  EXPECT_EQ(kind_and_code(co_await connection->execute("SELECT $1::int")), "invalid ");
  EXPECT_EQ(kind_and_code(co_await connection->execute(std::string_view("a\0b", 3))), "invalid ");
  EXPECT_TRUE(connection->usable());
  co_return {};
}
TEST_F(Postgres, TellsErrorsApart) { EXPECT_EQ(with_connection(break_constraints), ""); }

Task<SqlResult<void>> transact(PostgresConnection* connection) {
  co_await try_(connection->run_script("CREATE TEMP TABLE t (id int PRIMARY KEY)"));
  co_await try_(connection->begin({.isolation = SqlIsolation::kSerializable}));
  EXPECT_TRUE(connection->in_transaction());
  EXPECT_EQ((co_await connection->begin({})).error().kind(), SqlErrorKind::kInvalid);
  (void)co_await try_(connection->execute("INSERT INTO t VALUES (1)"));
  co_await try_(connection->savepoint(1));
  EXPECT_FALSE((co_await connection->execute("INSERT INTO t VALUES (1)")).ok());
  EXPECT_EQ(kind_and_code(co_await connection->execute("INSERT INTO t VALUES (2)")), "invalid 25P02");
  co_await try_(connection->rollback_to_savepoint(1));
  (void)co_await try_(connection->execute("INSERT INTO t VALUES (3)"));
  co_await try_(connection->release_savepoint(1));
  co_await try_(connection->commit());
  EXPECT_FALSE(connection->in_transaction());

  co_await try_(connection->begin({}));
  EXPECT_FALSE((co_await connection->execute("INSERT INTO t VALUES (3)")).ok());
  EXPECT_EQ((co_await connection->commit()).error().kind(), SqlErrorKind::kInvalid);
  EXPECT_FALSE(connection->in_transaction());

  co_await try_(connection->begin({.read_only = true}));
  EXPECT_EQ(kind_and_code(co_await connection->execute("CREATE TABLE x (a int)")), "invalid 25006");
  co_await try_(connection->rollback());
  Rows rows;
  (void)co_await try_(connection->execute("SELECT string_agg(id::text, ',' ORDER BY id) FROM t", {}, &rows));
  EXPECT_EQ(rows.text(), "1,3");
  co_return {};
}
TEST_F(Postgres, HasTransactionsAndSavepoints) { EXPECT_EQ(with_connection(transact), ""); }

Task<SqlResult<void>> change_schema(PostgresConnection* connection) {
  co_await try_(connection->run_script("CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1)"));
  Rows rows;
  (void)co_await try_(connection->execute("SELECT * FROM t", {}, &rows));
  co_await try_(connection->run_script("ALTER TABLE t ADD b text DEFAULT 'new'"));
  (void)co_await try_(connection->execute("SELECT * FROM t", {}, &rows));
  EXPECT_EQ(rows.text(), "1\n1|new");

  co_await try_(connection->begin({}));
  co_await try_(connection->run_script("ALTER TABLE t DROP b"));
  const auto stale = co_await connection->execute("SELECT * FROM t");
  EXPECT_EQ(kind_and_code(stale), "serialization 0A000");
  co_await try_(connection->rollback());
  co_await try_(connection->run_script("DEALLOCATE ALL"));
  Rows again;
  (void)co_await try_(connection->execute("SELECT * FROM t", {}, &again));
  EXPECT_EQ(again.text(), "1|new");

  // Another type of a parameter: refused once, then known.
  const SqlValue large[] = {std::int64_t{5'000'000'000}};
  (void)co_await connection->execute("UPDATE t SET a = $1", large);
  co_await try_(connection->run_script("ALTER TABLE t ALTER a TYPE int8"));
  (void)co_await connection->execute("UPDATE t SET a = $1", large);
  EXPECT_EQ((co_await try_(connection->execute("UPDATE t SET a = $1", large))).rows_affected, 1U);
  co_return {};
}
TEST_F(Postgres, PreparesAnewWhenTheSchemaChanges) { EXPECT_EQ(with_connection(change_schema), ""); }

Task<SqlResult<std::string>> counted(PostgresConnection* connection, std::string text, std::vector<SqlValue> values) {
  Rows rows;
  (void)co_await try_(connection->execute(text, values, &rows));
  co_return rows.text();
}
// Beyond the type of the column it is compared with, an integer is one that no row has.
Task<SqlResult<void>> compare_beyond(PostgresConnection* connection) {
  co_await try_(
      connection->run_script("CREATE TEMP TABLE t (a int2, b int4, c bool); INSERT INTO t VALUES (1, 2, true)"));
  const auto count = [connection](const char* condition, std::vector<SqlValue> values) -> Task<SqlResult<std::string>> {
    return counted(connection, std::string("SELECT count(*) FROM t WHERE ") + condition, std::move(values));
  };
  for (int i = 0; i < 2; ++i) {
    for (const std::int64_t beyond : {std::int64_t{5'000'000'000}, std::int64_t{-5'000'000'000}}) {
      EXPECT_EQ(co_await try_(count("b = $1", {beyond})), "0");
      EXPECT_EQ(co_await try_(count("b < $1", {beyond})), beyond > 0 ? "1" : "0");
      EXPECT_EQ(co_await try_(count("a IN ($1, $2) AND c = $3", {std::int64_t{1}, beyond, true})), "1");
    }
    EXPECT_EQ(co_await try_(count("b = $1", {std::int64_t{2}})), "1");
  }
  EXPECT_EQ(connection->prepared(), 6U);  // three, and for each its wider form
  // Stored, it is refused; and so it is where no larger integers are taken.
  const SqlValue large[] = {std::int64_t{70'000}};
  EXPECT_EQ(kind_and_code(co_await connection->execute("INSERT INTO t (a) VALUES ($1)", large)), "invalid 22003");
  const SqlValue character[] = {std::int64_t{5'000'000'000}};
  EXPECT_EQ(kind_and_code(co_await connection->execute("SELECT chr($1)", character)), "invalid ");
  const SqlValue letter[] = {std::int64_t{65}};
  Rows rows;
  (void)co_await try_(connection->execute("SELECT chr($1)", letter, &rows));
  EXPECT_EQ(rows.text(), "A");
  co_return {};
}
TEST_F(Postgres, FindsNothingByAnIntegerBeyondItsColumn) { EXPECT_EQ(with_connection(compare_beyond), ""); }

Task<SqlResult<void>> fill_cache(PostgresConnection* connection) {
  for (int i = 0; i < 30; ++i) {
    const std::string text = "SELECT " + std::to_string(i % 15);
    (void)co_await try_(connection->execute(text));
  }
  EXPECT_EQ(connection->prepared(), 8U);
  Rows rows;
  (void)co_await try_(connection->execute("SELECT count(*) <= 9 FROM pg_prepared_statements", {}, &rows));
  EXPECT_EQ(rows.text(), "t");
  co_return {};
}
TEST_F(Postgres, BoundsWhatIsPreparedHereAndOnTheServer) {
  PostgresOptions options = test_server().options();
  options.statements_max = 8;
  EXPECT_EQ(with_connection(fill_cache, options), "");
}

Task<SqlResult<void>> pipeline(PostgresConnection* connection) {
  co_await try_(connection->run_script("CREATE TEMP TABLE t (id int PRIMARY KEY, data text)"));
  const std::string big(100'000, 'x');  // more than sockets hold, both ways
  std::vector<std::vector<SqlValue>> values;
  for (int i = 0; i < 60; ++i) values.push_back({std::int64_t{i}, big});
  std::vector<Rows> rows(60);
  std::vector<PostgresStatement> statements;
  for (std::size_t i = 0; i < 60; ++i) {
    statements.push_back({"INSERT INTO t VALUES ($1, $2) RETURNING id, data", values[i], &rows[i]});
  }
  const auto outcomes = co_await try_(connection->pipeline(statements));
  EXPECT_EQ(outcomes.size(), 60U);
  EXPECT_EQ(rows[59].text(), "59|" + big);

  const PostgresStatement failing[] = {{"DELETE FROM t", {}, nullptr},
                                       {"SELECT 1/0 FROM (SELECT 1) x", {}, nullptr},
                                       {"INSERT INTO t VALUES (1000)", {}, nullptr}};
  const auto failed = co_await connection->pipeline(failing);
  EXPECT_EQ(failed.error().code(), "22012");
  EXPECT_EQ(failed.error().message(), "statement 2 of the pipeline: division by zero");
  Rows count;
  (void)co_await try_(connection->execute("SELECT count(*) FROM t", {}, &count));
  EXPECT_EQ(count.text(), "60");
  co_return {};
}
TEST_F(Postgres, RunsPipelinesWholeOrNotAtAll) { EXPECT_EQ(with_connection(pipeline), ""); }

Task<SqlResult<void>> long_rows(PostgresConnection* connection) {
  Rows rows;
  const auto too_long =
      co_await connection->execute("SELECT repeat('x', 100000 * g) FROM generate_series(1, 3) g", {}, &rows);
  EXPECT_EQ(too_long.error().kind(), SqlErrorKind::kExhausted);
  EXPECT_EQ(rows.rows.size(), 1U);
  Rows after;
  (void)co_await try_(connection->execute("SELECT 1", {}, &after));
  EXPECT_EQ(after.text(), "1");
  co_return {};
}
TEST_F(Postgres, RefusesARowThatIsTooLongAndGoesOn) {
  PostgresOptions options = test_server().options();
  options.row_bytes_max = 150'000;
  EXPECT_EQ(with_connection(long_rows, options), "");
}

}  // namespace
}  // namespace banyan
