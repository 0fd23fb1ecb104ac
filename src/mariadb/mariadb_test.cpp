// The client against a real server: logging in, statements, errors, transactions.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mariadb/test_fixture.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

class Mariadb : public testing::Test {
 protected:
  void SetUp() override {
    if (TestMariadb::instance() == nullptr) GTEST_SKIP() << TestMariadb::kNotInstalled;
  }
};

// ---- logging in ----

Task<SqlResult<std::string>> who_am_i(MariadbOptions options) {
  auto database = co_await try_(MariadbDatabase::open(std::move(options)));
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
  Rows rows;
  co_await try_(lease->execute(
      "SELECT user(), (SELECT variable_value <> '' FROM information_schema.session_status"
      " WHERE variable_name = 'Ssl_cipher'), @@time_zone, @@character_set_client, @@collation_connection",
      {}, &rows));
  co_return rows.text();
}

class MariadbLogin : public Mariadb {};

Task<Result<void>> ask_who(MariadbOptions options, std::string* answer) {
  SqlResult<std::string> who = co_await who_am_i(std::move(options));
  *answer = who.ok() ? *who : who.error().text();
  co_return {};
}
std::string log_in(MariadbOptions options) {
  std::string answer;
  EXPECT_EQ(run_test(1, ask_who(std::move(options), &answer)), "");
  return answer;
}
constexpr const char* kSettings = "|+00:00|utf8mb4|utf8mb4_general_ci";

TEST_F(MariadbLogin, IsTrustedOnAUnixSocketWhereThereIsNoTls) {
  MariadbOptions options = test_server().options();
  options.tls = SqlTlsMode::kVerifyFull;
  EXPECT_EQ(log_in(options), std::string("banyan@localhost|0") + kSettings);
}

TEST_F(MariadbLogin, ProvesItselfByEachMethod) {
  for (const char* user : {"native", "ed"}) {
    MariadbOptions options = test_server().options_over_tcp(user);
    options.tls = SqlTlsMode::kDisable;
    EXPECT_EQ(log_in(options), std::string(user) + "@127.0.0.1|0" + kSettings);
    options.password = Secret("wrong");
    EXPECT_EQ(log_in(options).find("denied: connecting to MariaDB at 127.0.0.1:"), 0U) << log_in(options);
    EXPECT_NE(log_in(options).find("[1045]"), std::string::npos);
    EXPECT_EQ(log_in(options).find("wrong"), std::string::npos);
    options.password = Secret();
    EXPECT_NE(log_in(options).find("[1045]"), std::string::npos);
  }
}

TEST_F(MariadbLogin, ObeysSslmode) {
  MariadbOptions options = test_server().options_over_tcp("tls_only");
  const std::string me = std::string("tls_only@127.0.0.1|1") + kSettings;
  EXPECT_EQ(log_in(options), me);  // prefer
  options.tls = SqlTlsMode::kDisable;
  EXPECT_NE(log_in(options).find("[1045]"), std::string::npos);
  options.tls = SqlTlsMode::kRequire;
  EXPECT_EQ(log_in(options), me);
  options.tls = SqlTlsMode::kVerifyFull;  // the system's authorities do not know the certificate
  EXPECT_EQ(log_in(options).find("tls_only@"), std::string::npos);
  options.tls_authorities = test_server().certificate();
  EXPECT_EQ(log_in(options), me);
  options.host = "localhost";
  EXPECT_EQ(log_in(options), me);
  options.host = "127.0.0.2";  // the same server under a name that is not in its certificate
  EXPECT_EQ(log_in(options).find("tls_only@"), std::string::npos);
}

TEST_F(MariadbLogin, SaysWhatIsWrong) {
  MariadbOptions options = test_server().options();
  options.database = "nowhere";
  EXPECT_NE(log_in(options).find("Unknown database 'nowhere' [1049]"), std::string::npos) << log_in(options);
  options.host = "/nowhere";
  EXPECT_EQ(log_in(options).find("connection: connecting to MariaDB at /nowhere/nowhere as banyan"), 0U)
      << log_in(options);
  options.user.clear();
  EXPECT_NE(log_in(options).find("no user is named"), std::string::npos);
}

// ---- statements ----

Task<SqlResult<void>> make_and_change(MariadbConnection* connection) {
  co_await try_(connection->run_script(
      "CREATE TEMPORARY TABLE t (id int AUTO_INCREMENT PRIMARY KEY, name text); INSERT INTO t VALUES (1, NULL)"));
  const SqlValue values[] = {std::string("one")};
  const SqlOutcome inserted = co_await try_(connection->execute("INSERT INTO t (name) VALUES (?)", values));
  EXPECT_EQ(inserted.rows_affected, 1U);
  EXPECT_EQ(inserted.last_insert_id, 2);
  Rows rows;
  for (int i = 0; i < 2; ++i) {  // prepared, and from the cache, for which the server tells no columns
    rows = {};
    const SqlOutcome selected = co_await try_(connection->execute("SELECT id, name FROM t ORDER BY id", {}, &rows));
    EXPECT_EQ(rows.text(), "1|NULL\n2|one");
    EXPECT_EQ(rows.names, (std::vector<std::string>{"id", "name"}));
    EXPECT_EQ(selected.rows_affected, 0U);
  }
  const SqlOutcome updated = co_await try_(connection->execute("UPDATE t SET name = 'one'"));
  EXPECT_EQ(updated.rows_affected, 2U);  // one of them is as it was
  Rows first;
  first.rows_max = 1;
  (void)co_await try_(connection->execute("SELECT seq FROM seq_1_to_100000", {}, &first));
  EXPECT_EQ(first.text(), "1");
  Rows none;
  (void)co_await try_(connection->execute("SELECT id FROM t WHERE false", {}, &none));
  EXPECT_EQ(none.names, std::vector<std::string>{"id"});
  Rows wide;
  std::string many = "SELECT 0";
  for (int i = 1; i < 300; ++i) many += i % 3 == 2 ? ", NULL" : ", " + std::to_string(i);
  (void)co_await try_(connection->execute(many, {}, &wide));
  EXPECT_EQ(wide.rows.at(0).size(), 300U);
  EXPECT_EQ(show(view_of(wide.rows[0][299])), "NULL");
  EXPECT_EQ(show(view_of(wide.rows[0][298])), "298");
  co_return {};
}
TEST_F(Mariadb, RunsStatements) { EXPECT_EQ(with_connection(make_and_change), ""); }

std::string kind_and_code(const SqlResult<SqlOutcome>& result) {
  if (result.ok()) return "ok";
  return std::string(sql_error_kind_name(result.error().kind())) + " " + result.error().code();
}

Task<SqlResult<void>> break_constraints(MariadbConnection* connection) {
  co_await try_(connection->run_script(
      "CREATE TABLE team (id int PRIMARY KEY, name varchar(20), UNIQUE KEY team_name (name)) ENGINE=InnoDB;"
      "CREATE TABLE member (team int NOT NULL, CONSTRAINT member_team FOREIGN KEY (team) REFERENCES team (id),"
      " name text NOT NULL, age int, CONSTRAINT adult CHECK (age > 17)) ENGINE=InnoDB;"
      "INSERT INTO team VALUES (1, 'hunter2')"));
  const auto constraint = [](const SqlResult<SqlOutcome>& result) {
    if (result.ok()) return std::string("ok");
    EXPECT_EQ(result.error().text().find("hunter2"), std::string::npos);
    return std::string(sql_constraint_kind_name(result.error().constraint_kind())) + " " +
           result.error().constraint_name();
  };
  EXPECT_EQ(constraint(co_await connection->execute("INSERT INTO team VALUES (1, 'x')")), "unique PRIMARY");
  EXPECT_EQ(constraint(co_await connection->execute("INSERT INTO team VALUES (2, 'hunter2')")), "unique team_name");
  EXPECT_EQ(constraint(co_await connection->execute("INSERT INTO member VALUES (2, 'a', 20)")),
            "foreign_key member_team");
  (void)co_await try_(connection->execute("INSERT INTO member VALUES (1, 'a', 20)"));
  EXPECT_EQ(constraint(co_await connection->execute("DELETE FROM team")), "foreign_key member_team");
  EXPECT_EQ(constraint(co_await connection->execute("INSERT INTO member VALUES (1, NULL, 20)")), "not_null name");
  EXPECT_EQ(constraint(co_await connection->execute("INSERT INTO member (team, age) VALUES (1, 20)")), "not_null name");
  EXPECT_EQ(constraint(co_await connection->execute("INSERT INTO member VALUES (1, 'a', 2)")), "check adult");
  EXPECT_EQ(kind_and_code(co_await connection->execute("SELECT * FROM nothing")), "invalid 1146");
  EXPECT_EQ(kind_and_code(co_await connection->execute("INSERT INTO team VALUES (1/0, 'y')")), "invalid 1365");
  EXPECT_EQ(kind_and_code(co_await connection->execute("SELECT 1; SELECT 2")), "invalid 1064");
  EXPECT_EQ(kind_and_code(co_await connection->execute("SELECT ?")), "invalid ");
  EXPECT_EQ(kind_and_code(co_await connection->execute("")), "invalid 1065");
  EXPECT_TRUE(connection->usable());
  co_return co_await connection->run_script("DROP TABLE member; DROP TABLE team");
}
TEST_F(Mariadb, TellsErrorsApart) { EXPECT_EQ(with_connection(break_constraints), ""); }

Task<SqlResult<void>> refuse_values(MariadbConnection* connection) {
  co_await try_(connection->run_script(
      "CREATE TEMPORARY TABLE v (i int, d datetime, t tinyint, c varchar(3), e enum('a'), m decimal(5,2))"));
  for (const std::string column : {"i", "d", "t", "c", "e", "m"}) {
    const SqlValue secret[] = {std::string("hunter2 isn't for column `v`")};
    const auto refused = co_await connection->execute("INSERT INTO v (" + column + ") VALUES (?)", secret);
    EXPECT_EQ(refused.ok() ? "" : std::string(sql_error_kind_name(refused.error().kind())), "invalid") << column;
    if (!refused.ok()) EXPECT_EQ(refused.error().text().find("hunter2"), std::string::npos) << refused.error().text();
  }
  const SqlValue large[] = {std::int64_t{4242}};
  EXPECT_EQ((co_await connection->execute("INSERT INTO v (t) VALUES (?)", large)).error().text(),
            "invalid: Out of range value for column 't' at row 1 [1264]");
  const SqlValue unsaid[] = {SqlDecimal{"12 hunter2"}};
  EXPECT_EQ((co_await connection->execute("INSERT INTO v (m) VALUES (?)", unsaid)).error().message(),
            "a decimal is not a number");
  EXPECT_TRUE(connection->usable());
  co_return {};
}
TEST_F(Mariadb, RefusesValuesWithoutSayingThem) { EXPECT_EQ(with_connection(refuse_values), ""); }

Task<SqlResult<void>> transact(MariadbConnection* connection) {
  co_await try_(connection->run_script("CREATE TEMPORARY TABLE t (id int PRIMARY KEY) ENGINE=InnoDB"));
  co_await try_(connection->begin({.isolation = SqlIsolation::kSerializable}));
  EXPECT_TRUE(connection->in_transaction());
  EXPECT_EQ((co_await connection->begin({})).error().kind(), SqlErrorKind::kInvalid);
  (void)co_await try_(connection->execute("INSERT INTO t VALUES (1)"));
  co_await try_(connection->savepoint(1));
  (void)co_await try_(connection->execute("INSERT INTO t VALUES (2)"));
  EXPECT_FALSE((co_await connection->execute("INSERT INTO t VALUES (1)")).ok());
  EXPECT_TRUE(connection->in_transaction());
  co_await try_(connection->rollback_to_savepoint(1));
  (void)co_await try_(connection->execute("INSERT INTO t VALUES (3)"));
  co_await try_(connection->release_savepoint(1));
  co_await try_(connection->commit());
  EXPECT_FALSE(connection->in_transaction());

  co_await try_(connection->begin({}));
  (void)co_await try_(connection->execute("INSERT INTO t VALUES (4)"));
  co_await try_(connection->rollback());
  co_await try_(connection->begin({.read_only = true}));
  EXPECT_EQ(kind_and_code(co_await connection->execute("CREATE TABLE x (a int)")), "invalid 1792");
  co_await try_(connection->rollback());
  Rows rows;
  (void)co_await try_(connection->execute("SELECT group_concat(id ORDER BY id) FROM t", {}, &rows));
  EXPECT_EQ(rows.text(), "1,3");
  co_return {};
}
TEST_F(Mariadb, HasTransactionsAndSavepoints) { EXPECT_EQ(with_connection(transact), ""); }

Task<SqlResult<void>> change_schema(MariadbConnection* connection) {
  co_await try_(connection->run_script("CREATE OR REPLACE TABLE changing (a int); INSERT INTO changing VALUES (1)"));
  Rows rows;
  (void)co_await try_(connection->execute("SELECT * FROM changing", {}, &rows));
  co_await try_(connection->run_script("ALTER TABLE changing ADD b text DEFAULT 'new'"));
  (void)co_await try_(connection->execute("SELECT * FROM changing", {}, &rows));
  co_await try_(connection->run_script("ALTER TABLE changing MODIFY a double"));
  (void)co_await try_(connection->execute("SELECT * FROM changing", {}, &rows));
  EXPECT_EQ(rows.text(), "1\n1|new\n1.000000|new");
  EXPECT_EQ(rows.names, (std::vector<std::string>{"a", "b"}));
  co_return co_await connection->run_script("DROP TABLE changing");
}
TEST_F(Mariadb, NoticesThatTheSchemaHasChanged) { EXPECT_EQ(with_connection(change_schema), ""); }

// The same text means another table in another schema, however that was chosen.
Task<SqlResult<void>> use_other_schemas(MariadbConnection* connection) {
  co_await try_(connection->run_script(
      "CREATE OR REPLACE TABLE here (a int); INSERT INTO here VALUES (1); CREATE OR REPLACE DATABASE other;"
      "CREATE TABLE other.here (a text, b int); INSERT INTO other.here VALUES ('two', 2)"));
  constexpr std::string_view kAsk = "SELECT * FROM here";
  Rows rows;
  const SqlValue three[] = {std::string("three"), std::int64_t{3}};
  (void)co_await try_(connection->execute(kAsk, {}, &rows));
  EXPECT_EQ(connection->prepared(), 1U);
  (void)co_await try_(connection->execute("USE other"));
  EXPECT_EQ(connection->prepared(), 0U);
  (void)co_await try_(connection->execute(kAsk, {}, &rows));
  (void)co_await try_(connection->execute("INSERT INTO here VALUES (?, ?)", three));
  (void)co_await try_(connection->execute("USE other"));  // it is that already
  EXPECT_EQ(connection->prepared(), 3U);
  co_await try_(connection->run_script("USE banyan"));
  (void)co_await try_(connection->execute(kAsk, {}, &rows));
  EXPECT_FALSE((co_await connection->run_script("USE other; SELECT nothing")).ok());
  (void)co_await try_(connection->execute(kAsk, {}, &rows));
  EXPECT_EQ(rows.text(), "1\ntwo|2\n1\ntwo|2\nthree|3");
  (void)co_await try_(connection->execute("DROP DATABASE other"));  // no schema is left
  EXPECT_EQ(kind_and_code(co_await connection->execute(kAsk)), "invalid 1046");
  co_return co_await connection->run_script("DROP TABLE banyan.here");
}
TEST_F(Mariadb, PreparesAnewAfterTheSessionsSchemaHasChanged) { EXPECT_EQ(with_connection(use_other_schemas), ""); }

Task<SqlResult<void>> give_back_elsewhere(MariadbDatabase* database) {
  for (const char* leaves : {"USE mysql", "USE banyan"}) {
    SqlLease lease = co_await try_(database->acquire(SqlAccess::kWrite));
    (void)co_await try_(lease->execute("SELECT 1"));
    (void)co_await try_(lease->execute(leaves));
  }
  EXPECT_EQ(database->statistics().connected, 2U);  // the first was closed
  EXPECT_EQ(database->statistics().idle, 1U);
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
  Rows rows;
  (void)co_await try_(lease->execute("SELECT database()", {}, &rows));
  EXPECT_EQ(rows.text(), "banyan");
  co_return {};
}
TEST_F(Mariadb, LendsNoConnectionThatIsInAnotherSchema) { EXPECT_EQ(with_database(give_back_elsewhere), ""); }

Task<SqlResult<void>> fill_cache(MariadbConnection* connection) {
  for (int i = 0; i < 30; ++i) {
    const std::string text = "SELECT " + std::to_string(i % 15);
    (void)co_await try_(connection->execute(text));
  }
  EXPECT_EQ(connection->prepared(), 8U);
  Rows rows;
  (void)co_await try_(connection->execute(
      "SELECT variable_value <= 9 FROM information_schema.global_status WHERE variable_name = 'Prepared_stmt_count'",
      {}, &rows));
  EXPECT_EQ(rows.text(), "1");
  co_return {};
}
TEST_F(Mariadb, BoundsWhatIsPreparedHereAndOnTheServer) {
  MariadbOptions options = test_server().options();
  options.statements_max = 8;
  EXPECT_EQ(with_connection(fill_cache, options), "");
}

Task<SqlResult<void>> several_results(MariadbConnection* connection) {
  co_await try_(connection->run_script("CREATE OR REPLACE PROCEDURE two() BEGIN SELECT 1 AS a; SELECT 2, 3; END"));
  Rows rows;
  for (int i = 0; i < 2; ++i) (void)co_await try_(connection->execute("CALL two()", {}, &rows));
  EXPECT_EQ(rows.text(), "1\n1");
  Rows after;
  (void)co_await try_(connection->execute("SELECT 7", {}, &after));
  EXPECT_EQ(after.text(), "7");
  const auto failed = co_await connection->run_script("SELECT 1; SELECT nothing; DROP PROCEDURE two");
  EXPECT_EQ(failed.error().message(), "statement 2 of the script: Unknown column 'nothing' in 'SELECT'");
  EXPECT_EQ(kind_and_code(co_await connection->execute("SELECT 1; SELECT 2")), "invalid 1064");
  co_return co_await connection->run_script("DROP PROCEDURE two");
}
TEST_F(Mariadb, TakesSeveralResultsAndScripts) { EXPECT_EQ(with_connection(several_results), ""); }

// ---- limits ----

Task<SqlResult<void>> long_rows(MariadbConnection* connection) {
  Rows rows;
  const auto too_long = co_await connection->execute("SELECT repeat('x', 100000 * seq) FROM seq_1_to_3", {}, &rows);
  EXPECT_EQ(too_long.error().kind(), SqlErrorKind::kExhausted);
  EXPECT_EQ(rows.rows.size(), 1U);
  Rows after;
  (void)co_await try_(connection->execute("SELECT 1", {}, &after));
  EXPECT_EQ(after.text(), "1");
  co_return {};
}
TEST_F(Mariadb, RefusesARowThatIsTooLongAndGoesOn) {
  MariadbOptions options = test_server().options();
  options.row_bytes_max = 150'000;
  EXPECT_EQ(with_connection(long_rows, options), "");
}

// A packet carries 16 MiB; what is longer, or exactly as long, takes several. Sizes around the edge, both ways.
Task<SqlResult<void>> beyond_a_packet(MariadbConnection* connection) {
  constexpr std::size_t kPacket = 0xffffff;
  co_await try_(connection->run_script("SET sql_log_off = 1"));  // the server's log would get all of it
  // 18 bytes stand before the text in the command, 6 in the row.
  for (const std::size_t size : {kPacket - 19, kPacket - 18, kPacket - 7, kPacket - 6, 2 * kPacket - 18}) {
    std::string text(size, 'x');
    text.front() = 'a';
    text.back() = 'z';
    const SqlValue values[] = {text};
    Rows rows;
    (void)co_await try_(connection->execute("SELECT ?", values, &rows));
    EXPECT_TRUE(std::get<std::string>(rows.rows.at(0).at(0)) == text) << size;
  }
  // Beyond what the server takes: it is told here, and the connection stays good.
  const SqlValue huge[] = {std::string(64 * 1024 * 1024, 'x')};
  const auto refused = co_await connection->execute("SELECT ?", huge);
  EXPECT_EQ(refused.error().kind(), SqlErrorKind::kExhausted);
  EXPECT_NE(refused.error().message().find("67108864"), std::string::npos) << refused.error().message();
  // A row beyond row_bytes_max in several packets is thrown away without being kept.
  Rows rows;
  const auto too_long = co_await connection->execute("SELECT repeat('x', 60000000) UNION ALL SELECT 'y'", {}, &rows);
  EXPECT_EQ(too_long.error().kind(), SqlErrorKind::kExhausted);
  Rows after;
  (void)co_await try_(connection->execute("SELECT 'after'", {}, &after));
  EXPECT_EQ(after.text(), "after");
  co_return {};
}
TEST_F(Mariadb, SpeaksInSeveralPackets) {
  MariadbOptions options = test_server().options();
  options.row_bytes_max = 50'000'000;
  EXPECT_EQ(with_connection(beyond_a_packet, options), "");
}

// ---- what must not be possible ----

Task<SqlResult<void>> ask_for_file(MariadbConnection* connection) {
  co_await try_(connection->run_script("CREATE TEMPORARY TABLE lines_of (line text)"));
  const auto asked = co_await connection->execute("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE lines_of");
  EXPECT_FALSE(asked.ok());
  const auto in_script = co_await connection->run_script("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE lines_of");
  EXPECT_FALSE(in_script.ok());
  EXPECT_TRUE(connection->usable());
  Rows rows;
  (void)co_await try_(connection->execute("SELECT count(*) FROM lines_of", {}, &rows));
  EXPECT_EQ(rows.text(), "0");
  co_return {};
}
TEST_F(Mariadb, SendsNoFiles) { EXPECT_EQ(with_connection(ask_for_file), ""); }

Task<SqlResult<void>> inject(MariadbConnection* connection) {
  co_await try_(
      connection->run_script("CREATE OR REPLACE TABLE prey (id int, name text);"
                             "INSERT INTO prey VALUES (1, 'a'), (2, 'b')"));
  for (const std::string evil :
       {"\\' or 1=1 -- ", "' or 1=1 -- ", "\\", "'; DROP TABLE prey; -- ", "\xbf\x27 or 1=1 -- ",
        "\xbf\x5c\x27 or 1=1 -- ", "\" or \"\"=\"", "`", "%", "\n", "?"}) {
    const SqlValue value[] = {evil};
    const SqlValue bytes[] = {SqlBytes{evil}};
    for (const auto& parameters : {value, bytes}) {
      Rows rows;
      const auto found = co_await connection->execute("SELECT id FROM prey WHERE name = ?", {parameters, 1}, &rows);
      // What is not UTF-8 may be refused; it finds nothing in any case.
      EXPECT_TRUE(found.ok() || found.error().kind() == SqlErrorKind::kInvalid) << found.error().text();
      EXPECT_EQ(rows.text(), "");
    }
  }
  Rows rows;
  (void)co_await try_(connection->execute("SELECT count(*) FROM prey", {}, &rows));
  EXPECT_EQ(rows.text(), "2");
  co_return co_await connection->run_script("DROP TABLE prey");
}
// The server's own log is the witness: it saw one text with a placeholder, and as often as it was run, a quote within a
// value was a part of that value.
TEST_F(Mariadb, TakesNoValueForSql) {
  const std::size_t before = test_server().general_log().size();
  EXPECT_EQ(with_connection(inject), "");
  const std::string log = test_server().general_log().substr(before);
  std::size_t prepared = 0;
  for (std::size_t at = log.find("Prepare\t"); at != std::string::npos; at = log.find("Prepare\t", at + 1)) ++prepared;
  EXPECT_NE(log.find("Prepare\tSELECT id FROM prey WHERE name = ?\n"), std::string::npos) << log;
  EXPECT_EQ(prepared, 2U) << log;  // that one, and the count
  EXPECT_NE(log.find("Execute\tSELECT id FROM prey WHERE name = '\\\\\\' or 1=1 -- '\n"), std::string::npos) << log;
  EXPECT_EQ(log.find("Query\tDROP TABLE prey; --"), std::string::npos);
}

}  // namespace
}  // namespace banyan
