// What happens when time runs out, tasks are told to stop, and servers go away.
#include <atomic>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "postgres/test_fixture.h"
#include "runtime/blocking.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

class PostgresStop : public testing::Test {
 protected:
  void SetUp() override {
    if (TestPostgres::instance() == nullptr) GTEST_SKIP() << TestPostgres::kNotInstalled;
  }
};

SqlErrorKind kind_of(const SqlResult<SqlOutcome>& result) {
  return result.ok() ? SqlErrorKind::kNotFound : result.error().kind();
}

// What other sessions do, by a connection of its own.
Task<SqlResult<std::string>> activity(PostgresConnection* watcher, std::int32_t process) {
  Rows rows;
  const SqlValue parameters[] = {std::int64_t{process}};
  (void)co_await try_(watcher->execute("SELECT state, query FROM pg_stat_activity WHERE pid = $1", parameters, &rows));
  co_return rows.text();
}
Task<SqlResult<void>> wait_for_state(PostgresConnection* watcher, std::int32_t process, std::string wanted) {
  for (;;) {
    const std::string now_is = co_await try_(activity(watcher, process));
    if (now_is.starts_with(wanted)) co_return {};
    co_await try_(co_await sleep_for(2ms));
  }
}

// ---- deadlines and cancellation ----

Task<SqlResult<void>> deadline_passes(PostgresDatabase* database) {
  auto connection = co_await try_(database->connect());
  auto watcher = co_await try_(database->connect());
  const std::int32_t process = connection->process();
  for (int i = 0; i < 5; ++i) {
    // Long enough for the server to have begun: what it is told before that, it forgets.
    const auto late = co_await with_timeout(300ms, connection->execute("SELECT pg_sleep(600)"));
    EXPECT_EQ(kind_of(late), SqlErrorKind::kTimeout);
    EXPECT_TRUE(connection->usable());
    // The server has stopped it, and so is at the next one at once, in the same session.
    EXPECT_TRUE((co_await try_(activity(watcher.get(), process))).starts_with("idle|"));
    Rows rows;
    (void)co_await try_(connection->execute("SELECT pg_backend_pid(), 1", {}, &rows));
    EXPECT_EQ(rows.text(), std::to_string(process) + "|1");
  }
  // No time at all: nothing is sent.
  (void)co_await try_(connection->execute("CREATE TEMP TABLE never (a int)"));
  const auto none = co_await with_deadline(now(), connection->execute("INSERT INTO never VALUES (1)"));
  EXPECT_EQ(kind_of(none), SqlErrorKind::kTimeout);
  Rows count;
  (void)co_await try_(connection->execute("SELECT count(*) FROM never", {}, &count));
  EXPECT_EQ(count.text(), "0");
  co_return {};
}
TEST_F(PostgresStop, EndsTheStatementInTheServerWhenTheDeadlinePasses) {
  EXPECT_EQ(with_database(deadline_passes), "");
}

// Rows come faster than they are taken, so that no read ever waits.
class Counted final : public SqlRowSink {
 public:
  bool row(std::span<const SqlValueView>) override { return ++rows < 2'000'000'000; }
  std::uint64_t rows = 0;
};

Task<SqlResult<void>> deadline_passes_among_rows(PostgresDatabase* database) {
  auto connection = co_await try_(database->connect());
  Counted counted;
  while (counted.rows == 0) {  // a machine that stands still may not come to the first row in time
    const auto late = co_await with_timeout(
        2s, connection->execute("SELECT repeat('x', 100), generate_series(1, 2000000000)", {}, &counted));
    EXPECT_EQ(kind_of(late), SqlErrorKind::kTimeout);
    if (kind_of(late) != SqlErrorKind::kTimeout) co_return {};
  }
  Rows rows;
  (void)co_await try_(connection->execute("SELECT 1", {}, &rows));
  EXPECT_EQ(rows.text(), "1");
  co_return {};
}
TEST_F(PostgresStop, EndsTheStatementWhenTheDeadlinePassesAmongItsRows) {
  EXPECT_EQ(with_database(deadline_passes_among_rows), "");
}
TEST_F(PostgresStop, DoesSoUnderTls) {
  PostgresOptions options = test_server().options_over_tcp("scram");
  options.tls = SqlTlsMode::kRequire;
  EXPECT_EQ(with_database(deadline_passes, options), "");
}

struct Sleeper {
  PostgresConnection* connection;
  PostgresConnection* watcher;
  std::atomic<int> kind{-1};
};
Task<Result<void>> sleep_in_server(Sleeper* sleeper) {
  const auto result = co_await sleeper->connection->execute("SELECT pg_sleep(600)");
  sleeper->kind = static_cast<int>(kind_of(result));
  co_return {};
}
constexpr auto sleep_and_cancel = [](Scope& scope, Sleeper*& sleeper) -> Task<SqlResult<void>> {
  scope.spawn("sleeper", sleep_in_server(sleeper));
  co_await try_(wait_for_state(sleeper->watcher, sleeper->connection->process(), "active|SELECT pg_sleep"));
  scope.cancel();
  (void)co_await scope.join_all();
  co_return {};
};
Task<SqlResult<void>> task_is_cancelled(PostgresDatabase* database) {
  auto connection = co_await try_(database->connect());
  auto watcher = co_await try_(database->connect());
  Sleeper sleeper{connection.get(), watcher.get()};
  co_await try_(connection->begin({}));
  co_await try_(with_scope(&sleeper, sleep_and_cancel));
  EXPECT_EQ(sleeper.kind, static_cast<int>(SqlErrorKind::kCancelled));
  EXPECT_TRUE(connection->usable());
  EXPECT_TRUE(
      (co_await try_(activity(watcher.get(), connection->process()))).starts_with("idle in transaction (aborted)"));
  co_await try_(connection->rollback());
  co_return {};
}
TEST_F(PostgresStop, EndsTheStatementInTheServerWhenTheTaskIsCancelled) {
  EXPECT_EQ(with_database(task_is_cancelled), "");
}

Task<SqlResult<void>> server_stops_it(PostgresConnection* connection) {
  co_await try_(connection->run_script("SET statement_timeout = 20"));
  EXPECT_EQ(kind_of(co_await connection->execute("SELECT pg_sleep(600)")), SqlErrorKind::kTimeout);
  co_return {};
}
TEST_F(PostgresStop, TakesTheServersOwnTimeoutForOne) { EXPECT_EQ(with_connection(server_stops_it), ""); }

// What is prepared in the server and known here no more would stay there as long as the session. Of the first statement
// nobody hears that it was prepared, as the second waits; the others are to be closed with one that is never sent.
Task<SqlResult<void>> give_up_preparing(PostgresDatabase* database) {
  auto connection = co_await try_(database->connect());
  auto holder = co_await try_(database->connect());
  co_await try_(holder->run_script("CREATE TABLE held (a int)"));
  for (int i = 0; i < 3; ++i) {
    co_await try_(holder->begin({}));
    (void)co_await try_(holder->execute("LOCK TABLE held"));
    const std::string first = "SELECT " + std::to_string(i);
    const PostgresStatement two[] = {{first, {}, nullptr}, {"SELECT a FROM held", {}, nullptr}};
    const auto late = co_await with_timeout(500ms, connection->pipeline(two));
    EXPECT_TRUE(!late.ok() && late.error().kind() == SqlErrorKind::kTimeout);
    co_await try_(holder->rollback());
    for (const char* more : {"SELECT 'a'", "SELECT 'b'", "SELECT 'c'"}) (void)co_await try_(connection->execute(more));
    EXPECT_FALSE((co_await with_deadline(now(), connection->execute("SELECT 'never'"))).ok());
  }
  Rows rows;
  (void)co_await try_(connection->execute("SELECT count(*) FROM pg_prepared_statements", {}, &rows));
  EXPECT_EQ(rows.text(), std::to_string(connection->prepared() + 1));  // one is closed with the next that is prepared
  co_return co_await holder->run_script("DROP TABLE held");
}
TEST_F(PostgresStop, LeavesNoStatementBehindThatItGaveUpToPrepare) {
  PostgresOptions options = test_server().options();
  options.statements_max = 2;
  EXPECT_EQ(with_database(give_up_preparing, options), "");
}

// ---- conflicts ----

Task<Result<void>> lock_second(PostgresConnection* connection) {
  co_await try_(connection->execute("UPDATE deadlock SET b = b + 1 WHERE a = 1"));
  co_return {};
}
struct Locks {
  PostgresConnection* first;
  PostgresConnection* second;
};
constexpr auto lock_crosswise = [](Scope& scope, Locks& locks) -> Task<SqlResult<void>> {
  scope.spawn("second", lock_second(locks.second));
  const auto mine = co_await locks.first->execute("UPDATE deadlock SET b = b + 1 WHERE a = 2");
  const Result<void> theirs = co_await scope.join_all();
  EXPECT_NE(mine.ok(), theirs.ok());
  if (!mine.ok()) EXPECT_EQ(mine.error().text(), "serialization: deadlock detected [40P01]");
  if (!theirs.ok()) EXPECT_NE(theirs.error().text().find("40P01"), std::string::npos);
  co_return {};
};
Task<SqlResult<void>> conflict(PostgresDatabase* database) {
  auto first = co_await try_(database->connect());
  auto second = co_await try_(database->connect());
  co_await try_(
      first->run_script("DROP TABLE IF EXISTS deadlock; CREATE TABLE deadlock (a int, b int);"
                        "INSERT INTO deadlock VALUES (1, 0), (2, 0)"));
  co_await try_(first->begin({}));
  co_await try_(second->begin({}));
  (void)co_await try_(first->execute("UPDATE deadlock SET b = 1 WHERE a = 1"));
  (void)co_await try_(second->execute("UPDATE deadlock SET b = 1 WHERE a = 2"));
  co_await try_(with_scope(Locks{first.get(), second.get()}, lock_crosswise));
  co_await try_(first->rollback());
  co_await try_(second->rollback());

  co_await try_(first->begin({.isolation = SqlIsolation::kRepeatableRead}));
  (void)co_await try_(first->execute("SELECT * FROM deadlock"));
  (void)co_await try_(second->execute("UPDATE deadlock SET b = 7"));
  EXPECT_EQ((co_await first->execute("UPDATE deadlock SET b = 8")).error().code(), "40001");
  co_await try_(first->rollback());
  co_await try_(first->run_script("DROP TABLE deadlock"));
  co_return {};
}
TEST_F(PostgresStop, TellsDeadlocksAndSerialisationFailures) { EXPECT_EQ(with_database(conflict), ""); }

// ---- the pool ----

struct Borrowed {
  PostgresDatabase* database;
  std::atomic<int> done{0};
};
Task<Result<void>> borrow(Borrowed* borrowed) {
  for (int i = 0; i < 5; ++i) {
    SqlLease lease = co_await try_(borrowed->database->acquire(SqlAccess::kRead));
    Rows rows;
    (void)co_await try_(lease->execute("SELECT 1", {}, &rows));
    if (rows.text() == "1") ++borrowed->done;
  }
  co_return {};
}
constexpr auto many_borrow = [](Scope& scope, Borrowed*& borrowed) -> Task<SqlResult<void>> {
  for (int i = 0; i < 40; ++i) scope.spawn("borrow", borrow(borrowed));
  co_await try_(co_await scope.join());
  co_return {};
};
Task<SqlResult<void>> share(PostgresDatabase* database) {
  Borrowed borrowed{database};
  co_await try_(with_scope(&borrowed, many_borrow));
  EXPECT_EQ(borrowed.done, 200);
  const SqlPoolStatistics statistics = database->statistics();
  EXPECT_LE(statistics.connected, 3U);
  EXPECT_LE(statistics.open, 3U);
  EXPECT_EQ(statistics.idle, statistics.open);
  EXPECT_EQ(statistics.acquired, 200U);
  co_return {};
}
TEST_F(PostgresStop, SharesAFewConnections) {
  PostgresOptions options = test_server().options();
  options.connections_max = 3;
  EXPECT_EQ(with_database(share, options), "");
}

Task<SqlResult<void>> exhaust(PostgresDatabase* database) {
  SqlLease held = co_await try_(database->acquire(SqlAccess::kWrite));
  const auto exhausted = co_await database->acquire(SqlAccess::kWrite);
  EXPECT_EQ(exhausted.error().kind(), SqlErrorKind::kExhausted);
  const auto late = co_await with_timeout(10ms, database->acquire(SqlAccess::kWrite));
  EXPECT_EQ(late.error().kind(), SqlErrorKind::kTimeout);
  EXPECT_EQ(database->statistics().exhausted, 1U);
  // A connection that comes back within a transaction is closed, and the transaction with it.
  co_await try_(held->begin({}));
  const std::int32_t process = PostgresDatabase::connection(held).process();
  held = SqlLease();
  SqlLease next = co_await try_(database->acquire(SqlAccess::kWrite));
  EXPECT_NE(PostgresDatabase::connection(next).process(), process);
  co_return {};
}
TEST_F(PostgresStop, RefusesWhenThePoolIsExhausted) {
  PostgresOptions options = test_server().options();
  options.connections_max = 1;
  options.wait_max = 50ms;
  EXPECT_EQ(with_database(exhaust, options), "");
}

Task<SqlResult<std::int32_t>> process_of_next(PostgresDatabase* database) {
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
  (void)co_await try_(lease->execute("SELECT 1"));
  co_return PostgresDatabase::connection(lease).process();
}
Task<SqlResult<void>> grow_old(PostgresDatabase* database) {
  const std::int32_t first = co_await try_(process_of_next(database));
  EXPECT_NE(co_await try_(process_of_next(database)), first);  // lifetime_max is nothing
  EXPECT_EQ(database->statistics().idle, 0U);
  co_return {};
}
TEST_F(PostgresStop, ClosesOldConnections) {
  PostgresOptions options = test_server().options();
  options.lifetime_max = Duration{};
  EXPECT_EQ(with_database(grow_old, options), "");
}

// What one has set is not for the next one who gets the connection.
Task<SqlResult<void>> change_sessions(PostgresDatabase* database) {
  const std::int32_t first = co_await try_(process_of_next(database));
  for (const char* text : {"set  local timezone to 'Asia/Tokyo'", "SET TRANSACTION READ ONLY"}) {
    SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
    co_await try_(lease->begin({}));
    (void)co_await try_(lease->execute(text));
    co_await try_(lease->commit());
  }
  EXPECT_EQ(co_await try_(process_of_next(database)), first);
  std::int32_t before = first;
  for (const char* text : {" SET search_path TO pg_catalog", "LISTEN room"}) {
    {
      SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
      EXPECT_EQ(PostgresDatabase::connection(lease).process(), before);
      (void)co_await try_(lease->execute(text));
    }
    const std::int32_t next = co_await try_(process_of_next(database));
    EXPECT_NE(next, before) << text;
    before = next;
  }
  {
    SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
    co_await try_(PostgresDatabase::connection(lease).run_script("SELECT 1; SET statement_timeout = 1000"));
  }
  EXPECT_NE(co_await try_(process_of_next(database)), before);
  co_return {};
}
TEST_F(PostgresStop, ClosesConnectionsWhoseSessionIsNotAsItWas) { EXPECT_EQ(with_database(change_sessions), ""); }

Task<SqlResult<void>> check_on_checkout(PostgresDatabase* database) {
  const std::int32_t first = co_await try_(process_of_next(database));
  EXPECT_EQ(co_await try_(process_of_next(database)), first);  // asked, and well
  auto killer = co_await try_(database->connect());
  const SqlValue process[] = {std::int64_t{first}};
  (void)co_await try_(killer->execute("SELECT pg_terminate_backend($1, 60000)", process));
  EXPECT_NE(co_await try_(process_of_next(database)), first);
  co_return {};
}
TEST_F(PostgresStop, AsksConnectionsWhetherTheyLive) {
  PostgresOptions options = test_server().options();
  options.unchecked_max = Duration{};
  EXPECT_EQ(with_database(check_on_checkout, options), "");
}

class CountingObserver final : public SqlObserver {
 public:
  void statement_ended(const Statement& statement) override {
    texts.emplace_back(statement.text);
    errors += statement.error != nullptr ? 1 : 0;
  }
  std::vector<std::string> texts;
  int errors = 0;
};
Task<SqlResult<void>> observe(PostgresDatabase* database) {
  CountingObserver observer;
  database->set_observer(&observer);
  {
    SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
    co_await try_(lease->begin({}));
    EXPECT_FALSE((co_await lease->execute("SELECT 1/0")).ok());
    co_await try_(lease->rollback());
  }
  EXPECT_EQ(observer.texts, (std::vector<std::string>{"BEGIN", "SELECT 1/0", "ROLLBACK"}));
  EXPECT_EQ(observer.errors, 1);
  co_return {};
}
TEST_F(PostgresStop, TellsAnObserverOfEachStatement) { EXPECT_EQ(with_database(observe), ""); }

// ---- servers that are not there, or go away ----

// Its name never has an address (RFC 7686): no name server is asked.
Task<SqlResult<void>> connect_to_nowhere(PostgresDatabase* database) {
  EXPECT_EQ((co_await database->acquire(SqlAccess::kRead)).error().kind(), SqlErrorKind::kConnection);
  co_return {};
}
TEST(PostgresNowhere, AHostWithoutAnAddressIsAServerThatCannotBeReached) {
  PostgresOptions options;
  options.host = "database.onion";
  options.user = "nobody";
  options.tls = SqlTlsMode::kDisable;
  EXPECT_EQ(with_database(connect_to_nowhere, options), "");
}

Task<Result<void>> restart_when_active(PostgresConnection* watcher, std::int32_t process, int signal) {
  co_await try_(wait_for_state(watcher, process, "active|SELECT pg_sleep"));
  (void)co_await blocking([&] {
    test_server().stop(signal);
    test_server().start();
    return 0;
  });
  co_return {};
}
struct Restart {
  PostgresConnection* connection;
  PostgresConnection* watcher;
  int signal;
};
constexpr auto lose_statement = [](Scope& scope, Restart& restart) -> Task<SqlResult<void>> {
  scope.spawn("restart", restart_when_active(restart.watcher, restart.connection->process(), restart.signal));
  const auto lost = co_await restart.connection->execute("SELECT pg_sleep(600)");
  EXPECT_EQ(kind_of(lost), SqlErrorKind::kConnection);
  EXPECT_FALSE(restart.connection->usable());
  EXPECT_EQ(kind_of(co_await restart.connection->execute("SELECT 1")), SqlErrorKind::kConnection);
  co_await try_(co_await scope.join());
  co_return {};
};
Task<SqlResult<void>> survive_restarts(PostgresDatabase* database) {
  for (const int signal : {SIGINT, SIGQUIT}) {
    const std::int32_t before = co_await try_(process_of_next(database));  // idle while the server restarts
    auto watcher = co_await try_(database->connect());
    {
      SqlLease idle = co_await try_(database->acquire(SqlAccess::kWrite));
      SqlLease lease = co_await try_(database->acquire(SqlAccess::kWrite));
      co_await try_(with_scope(Restart{&PostgresDatabase::connection(lease), watcher.get(), signal}, lose_statement));
    }
    EXPECT_NE(co_await try_(process_of_next(database)), before);
  }
  co_return {};
}
TEST_F(PostgresStop, FindsAServerThatWasRestarted) { EXPECT_EQ(with_database(survive_restarts), ""); }

}  // namespace
}  // namespace banyan
