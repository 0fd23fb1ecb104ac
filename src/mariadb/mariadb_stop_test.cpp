// What happens when time runs out, tasks are told to stop, and servers go away.
#include <atomic>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mariadb/test_fixture.h"
#include "runtime/blocking.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

class MariadbStop : public testing::Test {
 protected:
  void SetUp() override {
    if (TestMariadb::instance() == nullptr) GTEST_SKIP() << TestMariadb::kNotInstalled;
  }
};

SqlErrorKind kind_of(const SqlResult<SqlOutcome>& result) {
  return result.ok() ? SqlErrorKind::kNotFound : result.error().kind();
}

// What another session does, by a connection of its own: "Execute|SELECT sleep(600)", "Sleep|NULL".
Task<SqlResult<std::string>> activity(MariadbConnection* watcher, std::uint32_t thread) {
  Rows rows;
  const SqlValue parameters[] = {std::int64_t{thread}};
  (void)co_await try_(
      watcher->execute("SELECT command, info FROM information_schema.processlist WHERE id = ?", parameters, &rows));
  co_return rows.text();
}
Task<SqlResult<void>> wait_for_state(MariadbConnection* watcher, std::uint32_t thread, std::string wanted) {
  for (;;) {
    const std::string now_is = co_await try_(activity(watcher, thread));
    if (now_is.starts_with(wanted)) co_return {};
    co_await try_(co_await sleep_for(2ms));
  }
}

// ---- deadlines and cancellation ----

Task<SqlResult<void>> deadline_passes(MariadbDatabase* database) {
  auto connection = co_await try_(database->connect());
  auto watcher = co_await try_(database->connect());
  const std::uint32_t thread = connection->thread();
  for (int i = 0; i < 5; ++i) {
    const auto late = co_await with_timeout(30ms, connection->execute("SELECT sleep(600)"));
    EXPECT_EQ(kind_of(late), SqlErrorKind::kTimeout);
    EXPECT_TRUE(connection->usable());
    // The server has stopped it, in the same session: what it may still show is the end of the client's last word.
    co_await try_(co_await with_timeout(1min, wait_for_state(watcher.get(), thread, "Sleep|NULL")));
    Rows rows;
    (void)co_await try_(connection->execute("SELECT connection_id(), 1", {}, &rows));
    EXPECT_EQ(rows.text(), std::to_string(thread) + "|1");
  }
  // One that is in the midst of sending rows.
  for (int i = 0; i < 3; ++i) {
    Rows many;
    many.rows_max = 1;
    const auto late = co_await with_timeout(
        20ms, connection->execute("SELECT a.seq, b.seq FROM seq_1_to_100000 a, seq_1_to_100000 b", {}, &many));
    EXPECT_EQ(kind_of(late), SqlErrorKind::kTimeout);
    EXPECT_TRUE(connection->usable());
    Rows rows;
    (void)co_await try_(connection->execute("SELECT 1", {}, &rows));
    EXPECT_EQ(rows.text(), "1");
  }
  // No time at all: nothing is sent.
  (void)co_await try_(connection->execute("CREATE TEMPORARY TABLE never (a int)"));
  const auto none = co_await with_deadline(now(), connection->execute("INSERT INTO never VALUES (1)"));
  EXPECT_EQ(kind_of(none), SqlErrorKind::kTimeout);
  Rows count;
  (void)co_await try_(connection->execute("SELECT count(*) FROM never", {}, &count));
  EXPECT_EQ(count.text(), "0");
  co_return {};
}
TEST_F(MariadbStop, EndsTheStatementInTheServerWhenTheDeadlinePasses) { EXPECT_EQ(with_database(deadline_passes), ""); }
TEST_F(MariadbStop, DoesSoUnderTls) {
  MariadbOptions options = test_server().options_over_tcp("ed");
  options.tls = SqlTlsMode::kRequire;
  EXPECT_EQ(with_database(deadline_passes, options), "");
}

// A deadline that passes when the statement is just about through: whichever is first, the next statement is not hit.
Task<SqlResult<void>> narrow_deadlines(MariadbDatabase* database) {
  auto connection = co_await try_(database->connect());
  for (int i = 0; i < 60; ++i) {
    const auto narrow = co_await with_timeout(std::chrono::microseconds(3'000 + 100 * (i % 40)),
                                              connection->execute("SELECT sleep(0.003)"));
    EXPECT_TRUE(narrow.ok() || narrow.error().kind() == SqlErrorKind::kTimeout) << narrow.error().text();
    Rows rows;
    (void)co_await try_(connection->execute("SELECT sleep(0.002)", {}, &rows));
    EXPECT_EQ(rows.text(), "0");
  }
  co_return {};
}
TEST_F(MariadbStop, DoesNotHitTheNextStatement) { EXPECT_EQ(with_database(narrow_deadlines), ""); }

struct Sleeper {
  MariadbConnection* connection;
  MariadbConnection* watcher;
  std::atomic<int> kind{-1};
};
Task<Result<void>> sleep_in_server(Sleeper* sleeper) {
  const auto result = co_await sleeper->connection->execute("SELECT sleep(600)");
  sleeper->kind = static_cast<int>(kind_of(result));
  co_return {};
}
constexpr auto sleep_and_cancel = [](Scope& scope, Sleeper*& sleeper) -> Task<SqlResult<void>> {
  scope.spawn("sleeper", sleep_in_server(sleeper));
  co_await try_(wait_for_state(sleeper->watcher, sleeper->connection->thread(), "Execute|SELECT sleep"));
  scope.cancel();
  (void)co_await scope.join_all();
  co_return {};
};
Task<SqlResult<void>> task_is_cancelled(MariadbDatabase* database) {
  auto connection = co_await try_(database->connect());
  auto watcher = co_await try_(database->connect());
  Sleeper sleeper{connection.get(), watcher.get()};
  co_await try_(connection->run_script("CREATE TEMPORARY TABLE kept (a int) ENGINE=InnoDB"));
  co_await try_(connection->begin({}));
  (void)co_await try_(connection->execute("INSERT INTO kept VALUES (1)"));
  co_await try_(with_scope(&sleeper, sleep_and_cancel));
  EXPECT_EQ(sleeper.kind, static_cast<int>(SqlErrorKind::kCancelled));
  EXPECT_TRUE(connection->usable());
  EXPECT_TRUE(connection->in_transaction());  // as it was before the statement
  Rows rows;
  (void)co_await try_(connection->execute("SELECT a FROM kept", {}, &rows));
  EXPECT_EQ(rows.text(), "1");
  co_await try_(connection->rollback());
  co_return {};
}
TEST_F(MariadbStop, EndsTheStatementInTheServerWhenTheTaskIsCancelled) {
  EXPECT_EQ(with_database(task_is_cancelled), "");
}

Task<SqlResult<void>> server_stops_it(MariadbConnection* connection) {
  co_await try_(connection->run_script("SET max_statement_time = 0.02"));
  const auto stopped = co_await connection->execute("SELECT count(*) FROM seq_1_to_100000 a, seq_1_to_100000 b");
  EXPECT_EQ(kind_of(stopped), SqlErrorKind::kTimeout);
  co_return {};
}
TEST_F(MariadbStop, TakesTheServersOwnTimeoutForOne) { EXPECT_EQ(with_connection(server_stops_it), ""); }

// What is prepared in the server and known here no more counts against all of its sessions. Here each that makes room
// for the next is to be closed with one that is never sent. Sessions of tests before it may have to end yet.
Task<SqlResult<void>> wait_for_few_prepared(MariadbConnection* connection) {
  for (;;) {
    Rows rows;
    (void)co_await try_(
        connection->execute("SELECT variable_value < 30 FROM information_schema.global_status "
                            "WHERE variable_name = 'Prepared_stmt_count'",
                            {}, &rows));
    if (rows.text() == "1") co_return {};
    co_await try_(co_await sleep_for(2ms));
  }
}
Task<SqlResult<void>> give_up_preparing(MariadbDatabase* database) {
  auto connection = co_await try_(database->connect());
  for (int i = 0; i < 60; ++i) {
    const std::string text = "SELECT " + std::to_string(i);
    (void)co_await try_(connection->execute(text));
    EXPECT_FALSE((co_await with_deadline(now(), connection->execute("SELECT 'never'"))).ok());
  }
  co_return co_await with_timeout(1min, wait_for_few_prepared(connection.get()));
}
TEST_F(MariadbStop, LeavesNoStatementBehindThatItGaveUpToPrepare) {
  MariadbOptions options = test_server().options();
  options.statements_max = 1;
  EXPECT_EQ(with_database(give_up_preparing, options), "");
}

// ---- conflicts ----

Task<Result<void>> lock_second(MariadbConnection* connection) {
  co_await try_(connection->execute("UPDATE deadlock SET b = b + 1 WHERE a = 1"));
  co_return {};
}
struct Locks {
  MariadbConnection* first;
  MariadbConnection* second;
};
// The loser's transaction is gone as a whole, and nothing it says after that is done outside of it.
Task<SqlResult<void>> look_at_loser(MariadbConnection* loser) {
  EXPECT_TRUE(loser->in_transaction());
  EXPECT_EQ(kind_of(co_await loser->execute("UPDATE deadlock SET b = 1000")), SqlErrorKind::kSerialization);
  EXPECT_EQ((co_await loser->rollback_to_savepoint(1)).error().kind(), SqlErrorKind::kSerialization);
  EXPECT_EQ((co_await loser->commit()).error().kind(), SqlErrorKind::kSerialization);
  EXPECT_FALSE(loser->in_transaction());
  (void)co_await try_(loser->execute("SELECT 1"));
  co_return {};
}
constexpr auto lock_crosswise = [](Scope& scope, Locks& locks) -> Task<SqlResult<void>> {
  scope.spawn("second", lock_second(locks.second));
  const auto mine = co_await locks.first->execute("UPDATE deadlock SET b = b + 1 WHERE a = 2");
  const Result<void> theirs = co_await scope.join_all();
  EXPECT_NE(mine.ok(), theirs.ok());
  if (!mine.ok()) EXPECT_EQ(mine.error().code(), "1213");
  if (!theirs.ok()) EXPECT_NE(theirs.error().text().find("[1213]"), std::string::npos);
  co_await try_(look_at_loser(mine.ok() ? locks.second : locks.first));
  co_return {};
};
Task<SqlResult<void>> conflict(MariadbDatabase* database) {
  auto first = co_await try_(database->connect());
  auto second = co_await try_(database->connect());
  co_await try_(
      first->run_script("CREATE OR REPLACE TABLE deadlock (a int PRIMARY KEY, b int) ENGINE=InnoDB;"
                        "INSERT INTO deadlock VALUES (1, 0), (2, 0)"));
  co_await try_(first->begin({}));
  co_await try_(second->begin({}));
  co_await try_(first->savepoint(1));
  co_await try_(second->savepoint(1));
  (void)co_await try_(first->execute("UPDATE deadlock SET b = 1 WHERE a = 1"));
  (void)co_await try_(second->execute("UPDATE deadlock SET b = 1 WHERE a = 2"));
  co_await try_(with_scope(Locks{first.get(), second.get()}, lock_crosswise));
  for (MariadbConnection* winner : {first.get(), second.get()}) {
    if (winner->in_transaction()) co_await try_(winner->rollback());
  }
  // A lock that is not to be had: the statement fails, the transaction stays.
  co_await try_(second->run_script("SET innodb_lock_wait_timeout = 1"));
  co_await try_(first->begin({}));
  co_await try_(second->begin({}));
  (void)co_await try_(first->execute("UPDATE deadlock SET b = 7 WHERE a = 1"));
  (void)co_await try_(second->execute("UPDATE deadlock SET b = 8 WHERE a = 2"));
  EXPECT_EQ((co_await second->execute("UPDATE deadlock SET b = 9 WHERE a = 1")).error().code(), "1205");
  EXPECT_EQ(kind_of(co_await second->execute("SELECT * FROM deadlock WHERE a = 1 FOR UPDATE NOWAIT")),
            SqlErrorKind::kSerialization);
  co_await try_(first->rollback());
  co_await try_(second->commit());
  Rows rows;
  (void)co_await try_(first->execute("SELECT a, b FROM deadlock ORDER BY a", {}, &rows));
  EXPECT_EQ(rows.text(), "1|0\n2|8");
  co_return co_await first->run_script("DROP TABLE deadlock");
}
TEST_F(MariadbStop, TellsDeadlocksAndLocksThatAreNotToBeHad) { EXPECT_EQ(with_database(conflict), ""); }

// Tells its own task to stop at the first row.
class StopAtFirst final : public SqlRowSink {
 public:
  bool row(std::span<const SqlValueView>) override {
    task_.cancel();
    return true;
  }

 private:
  TaskHandle task_ = TaskHandle::current();
};
struct Deadlock {
  MariadbConnection* loser;
  MariadbConnection* winner;
  MariadbConnection* watcher;
  SqlErrorKind lost = SqlErrorKind::kNotFound;
  SqlErrorKind after = SqlErrorKind::kNotFound;
};
// The first row comes together with the error in which the wait for the second ends.
Task<Result<void>> lose_and_stop(Deadlock* deadlock) {
  StopAtFirst rows;
  deadlock->lost = kind_of(co_await deadlock->loser->execute("SELECT a FROM deadlock FOR UPDATE", {}, &rows));
  EXPECT_TRUE(cancelled());
  deadlock->after =
      kind_of(co_await shielded(now() + 30s, deadlock->loser->execute("INSERT INTO deadlock VALUES (9, 9)")));
  co_return {};
}
// By the server's counter: information_schema.innodb_trx is a copy that the server makes anew only when nobody has read
// it for 100 ms, so whoever asks more often sees its first answer for ever.
Task<SqlResult<void>> wait_for_lock(MariadbConnection* watcher) {
  for (;;) {
    Rows rows;
    (void)co_await try_(
        watcher->execute("SELECT variable_value FROM information_schema.global_status "
                         "WHERE variable_name = 'Innodb_row_lock_current_waits'",
                         {}, &rows));
    if (rows.text() == "1") co_return {};
    co_await try_(co_await sleep_for(2ms));
  }
}
constexpr auto lose_deadlock = [](Scope& scope, Deadlock*& deadlock) -> Task<SqlResult<void>> {
  scope.spawn("loser", lose_and_stop(deadlock));
  co_await try_(co_await with_timeout(1min, wait_for_lock(deadlock->watcher)));
  (void)co_await try_(deadlock->winner->execute("UPDATE deadlock SET b = 1 WHERE a = 1"));
  co_await try_(co_await scope.join());
  co_return {};
};
Task<SqlResult<void>> stop_a_loser(MariadbDatabase* database) {
  auto loser = co_await try_(database->connect());
  auto winner = co_await try_(database->connect());
  auto watcher = co_await try_(database->connect());
  co_await try_(
      winner->run_script("CREATE OR REPLACE TABLE deadlock (a int PRIMARY KEY, b int) ENGINE=InnoDB;"
                         "INSERT INTO deadlock VALUES (1, 0), (2, 0)"));
  co_await try_(loser->begin({}));
  co_await try_(winner->begin({}));
  (void)co_await try_(winner->execute("UPDATE deadlock SET b = 1 WHERE a = 2"));
  // Of two transactions the server ends the one that has done less.
  (void)co_await try_(winner->execute("INSERT INTO deadlock SELECT seq, 0 FROM seq_100_to_600"));
  Deadlock deadlock{loser.get(), winner.get(), watcher.get()};
  co_await try_(with_scope(&deadlock, lose_deadlock));
  EXPECT_EQ(deadlock.lost, SqlErrorKind::kSerialization);
  EXPECT_EQ(deadlock.after, SqlErrorKind::kSerialization);  // and not done, outside of any transaction
  co_await try_(loser->rollback());
  co_await try_(winner->rollback());
  Rows rows;
  (void)co_await try_(loser->execute("SELECT a, b FROM deadlock ORDER BY a", {}, &rows));
  EXPECT_EQ(rows.text(), "1|0\n2|0");
  co_return co_await winner->run_script("DROP TABLE deadlock");
}
TEST_F(MariadbStop, KnowsThatADeadlockEndedTheTransactionOfATaskToldToStop) {
  EXPECT_EQ(with_database(stop_a_loser, test_server().options()), "");
}

// ---- the pool ----

struct Borrowed {
  MariadbDatabase* database;
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
Task<SqlResult<void>> share(MariadbDatabase* database) {
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
TEST_F(MariadbStop, SharesAFewConnections) {
  MariadbOptions options = test_server().options();
  options.connections_max = 3;
  EXPECT_EQ(with_database(share, options), "");
}

Task<SqlResult<void>> exhaust(MariadbDatabase* database) {
  SqlLease held = co_await try_(database->acquire(SqlAccess::kWrite));
  const auto exhausted = co_await database->acquire(SqlAccess::kWrite);
  EXPECT_EQ(exhausted.error().text(), "exhausted: all 1 connections to MariaDB were in use for as long as is waited");
  const auto late = co_await with_timeout(10ms, database->acquire(SqlAccess::kWrite));
  EXPECT_EQ(late.error().kind(), SqlErrorKind::kTimeout);
  EXPECT_EQ(database->statistics().exhausted, 1U);
  // A connection that comes back within a transaction is closed, and the transaction with it.
  co_await try_(held->begin({}));
  const std::uint32_t thread = MariadbDatabase::connection(held).thread();
  held = SqlLease();
  SqlLease next = co_await try_(database->acquire(SqlAccess::kWrite));
  EXPECT_NE(MariadbDatabase::connection(next).thread(), thread);
  co_return {};
}
TEST_F(MariadbStop, RefusesWhenThePoolIsExhausted) {
  MariadbOptions options = test_server().options();
  options.connections_max = 1;
  options.wait_max = 50ms;
  EXPECT_EQ(with_database(exhaust, options), "");
}

Task<SqlResult<std::uint32_t>> thread_of_next(MariadbDatabase* database) {
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
  (void)co_await try_(lease->execute("SELECT 1"));
  co_return MariadbDatabase::connection(lease).thread();
}
Task<SqlResult<void>> check_on_checkout(MariadbDatabase* database) {
  const std::uint32_t first = co_await try_(thread_of_next(database));
  EXPECT_EQ(co_await try_(thread_of_next(database)), first);  // asked, and well
  auto killer = co_await try_(database->connect());
  const SqlValue thread[] = {std::int64_t{first}};
  (void)co_await try_(killer->execute("KILL ?", thread));
  EXPECT_NE(co_await try_(thread_of_next(database)), first);
  co_return {};
}
TEST_F(MariadbStop, AsksConnectionsWhetherTheyLive) {
  MariadbOptions options = test_server().options();
  options.unchecked_max = Duration{};
  EXPECT_EQ(with_database(check_on_checkout, options), "");
}

class CountingObserver final : public SqlObserver {
 public:
  void statement_ended(const Statement& statement) override {
    texts.emplace_back(statement.text);
    errors += statement.error != nullptr ? 1 : 0;
    rows += statement.rows;
  }
  std::vector<std::string> texts;
  int errors = 0;
  std::uint64_t rows = 0;
};
Task<SqlResult<void>> observe(MariadbDatabase* database) {
  CountingObserver observer;
  database->set_observer(&observer);
  {
    SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
    co_await try_(lease->begin({}));
    EXPECT_FALSE((co_await lease->execute("SELECT nothing")).ok());
    co_await try_(lease->rollback());
    Rows rows;
    (void)co_await try_(lease->execute("SELECT seq FROM seq_1_to_3", {}, &rows));
    co_await try_(MariadbDatabase::connection(lease).run_script("SELECT 1; SELECT 2"));
  }
  EXPECT_EQ(observer.texts, (std::vector<std::string>{"START TRANSACTION", "SELECT nothing", "ROLLBACK",
                                                      "SELECT seq FROM seq_1_to_3", "SELECT 1; SELECT 2"}));
  EXPECT_EQ(observer.errors, 1);
  EXPECT_EQ(observer.rows, 3U);
  co_return {};
}
TEST_F(MariadbStop, TellsAnObserverOfEachStatement) { EXPECT_EQ(with_database(observe), ""); }

// ---- servers that are not there, or go away ----

// Its name never has an address (RFC 7686): no name server is asked.
Task<SqlResult<void>> connect_to_nowhere(MariadbDatabase* database) {
  EXPECT_EQ((co_await database->acquire(SqlAccess::kRead)).error().kind(), SqlErrorKind::kConnection);
  co_return {};
}
TEST(MariadbNowhere, AHostWithoutAnAddressIsAServerThatCannotBeReached) {
  MariadbOptions options;
  options.host = "database.onion";
  options.user = "nobody";
  options.tls = SqlTlsMode::kDisable;
  EXPECT_EQ(with_database(connect_to_nowhere, options), "");
}

Task<Result<void>> kill_when_active(MariadbConnection* watcher, std::uint32_t thread) {
  co_await try_(wait_for_state(watcher, thread, "Execute|SELECT sleep"));
  const SqlValue parameters[] = {std::int64_t{thread}};
  (void)co_await try_(watcher->execute("KILL ?", parameters));
  co_return {};
}
constexpr auto lose_connection = [](Scope& scope, Locks& two) -> Task<SqlResult<void>> {
  scope.spawn("kill", kill_when_active(two.second, two.first->thread()));
  EXPECT_EQ(kind_of(co_await two.first->execute("SELECT sleep(600)")), SqlErrorKind::kConnection);
  EXPECT_FALSE(two.first->usable());
  EXPECT_EQ(kind_of(co_await two.first->execute("SELECT 1")), SqlErrorKind::kConnection);
  co_await try_(co_await scope.join());
  co_return {};
};
Task<SqlResult<void>> lose_it_mid_statement(MariadbDatabase* database) {
  auto connection = co_await try_(database->connect());
  auto watcher = co_await try_(database->connect());
  co_return co_await with_scope(Locks{connection.get(), watcher.get()}, lose_connection);
}
TEST_F(MariadbStop, TellsAConnectionLostMidStatement) { EXPECT_EQ(with_database(lose_it_mid_statement), ""); }

Task<Result<void>> restart_when_active(MariadbConnection* watcher, std::uint32_t thread, int signal) {
  co_await try_(wait_for_state(watcher, thread, "Execute|SELECT sleep"));
  (void)co_await blocking([&] {
    test_server().stop(signal);
    test_server().start();
    return 0;
  });
  co_return {};
}
struct Restart {
  MariadbConnection* connection;
  MariadbConnection* watcher;
  int signal;
};
constexpr auto lose_statement = [](Scope& scope, Restart& restart) -> Task<SqlResult<void>> {
  scope.spawn("restart", restart_when_active(restart.watcher, restart.connection->thread(), restart.signal));
  const auto lost = co_await restart.connection->execute("SELECT sleep(600)");
  EXPECT_EQ(kind_of(lost), SqlErrorKind::kConnection);
  EXPECT_FALSE(restart.connection->usable());
  co_await try_(co_await scope.join());
  co_return {};
};
Task<SqlResult<void>> survive_restarts(MariadbDatabase* database) {
  for (const int signal : {SIGTERM, SIGKILL}) {
    (void)co_await try_(thread_of_next(database));  // idle while the server restarts
    auto watcher = co_await try_(database->connect());
    {
      SqlLease idle = co_await try_(database->acquire(SqlAccess::kWrite));
      SqlLease lease = co_await try_(database->acquire(SqlAccess::kWrite));
      co_await try_(with_scope(Restart{&MariadbDatabase::connection(lease), watcher.get(), signal}, lose_statement));
    }
    const std::uint64_t connected = database->statistics().connected;
    (void)co_await try_(thread_of_next(database));
    EXPECT_EQ(database->statistics().connected, connected + 1);
  }
  co_return {};
}
TEST_F(MariadbStop, FindsAServerThatWasRestarted) { EXPECT_EQ(with_database(survive_restarts), ""); }

}  // namespace
}  // namespace banyan
