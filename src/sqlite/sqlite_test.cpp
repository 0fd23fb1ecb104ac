// The driver against real files: values, errors, deadlines, and readers beside the writer.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/sync.h"
#include "sqlite/decimal_order.h"
#include "sqlite/sqlite_database.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

class Rows : public SqlRowSink {
 public:
  void columns(std::span<const std::string_view> all) override { names.assign(all.begin(), all.end()); }
  bool row(std::span<const SqlValueView> values) override {
    std::vector<SqlValue> owned;
    for (const SqlValueView& value : values) owned.push_back(to_sql_value(value));
    rows.push_back(std::move(owned));
    return rows.size() < limit;
  }
  std::vector<std::string> names;
  std::vector<std::vector<SqlValue>> rows;
  std::size_t limit = 1000;
};

class Directory {
 public:
  Directory() : path_(::testing::TempDir() + "sqlite_XXXXXX") { EXPECT_NE(mkdtemp(path_.data()), nullptr); }
  ~Directory() { std::filesystem::remove_all(path_); }
  std::string file() const { return path_ + "/test.db"; }

 private:
  std::string path_;
};

using Body = Task<SqlResult<void>> (*)(SqliteDatabase& database);

Task<int> with_database(std::string path, Body body, bool inline_reads) {
  auto database =
      co_await SqliteDatabase::open({.path = path, .readers = 2, .busy_timeout = 50ms, .inline_reads = inline_reads});
  if (!database.ok()) {
    ADD_FAILURE() << database.error().text();
    co_return 1;
  }
  const SqlResult<void> done = co_await body(**database);
  if (!done.ok()) ADD_FAILURE() << done.error().text();
  co_return 0;
}

void on_database(Body body, bool inline_reads = false) {
  const Directory directory;
  RuntimeOptions options{.workers = 2};
  options.on_stall = [](const char*, std::uint64_t, Duration) {};
  EXPECT_EQ(run(options, with_database(directory.file(), body, inline_reads)), 0);
}

Task<SqlResult<void>> values_return(SqliteDatabase& database) {
  SqlLease writer = co_await try_(database.acquire(SqlAccess::kWrite));
  (void)co_await try_(writer->execute("CREATE TABLE t (a, b, c, d, e, f, g, h)"));
  const SqlValue values[] = {std::monostate{},
                             true,
                             std::int64_t{INT64_MIN},
                             2.5,
                             std::string("\\' or 1=1 -- \0x", 16),
                             SqlBytes{std::string("\0\xff", 2)},
                             SqlTimestamp{12},
                             SqlDecimal{"1.10"}};
  const SqlOutcome inserted = co_await try_(writer->execute("INSERT INTO t VALUES (?,?,?,?,?,?,?,?)", values));
  EXPECT_EQ(inserted.rows_affected, 1U);
  EXPECT_EQ(inserted.last_insert_id, 1);
  SqlLease reader = co_await try_(database.acquire(SqlAccess::kRead));
  Rows rows;
  (void)co_await try_(reader->execute("SELECT * FROM t", {}, &rows));
  EXPECT_EQ(rows.names.size(), 8U);
  EXPECT_EQ(rows.rows.size(), 1U);
  const std::vector<SqlValue>& row = rows.rows.at(0);
  EXPECT_EQ(row[0], values[0]);
  EXPECT_EQ(row[1], SqlValue(std::int64_t{1}));
  EXPECT_EQ(row[2], values[2]);
  EXPECT_EQ(row[3], values[3]);
  EXPECT_EQ(row[4], values[4]);
  EXPECT_EQ(row[5], values[5]);
  EXPECT_EQ(row[6], SqlValue(std::int64_t{12}));
  EXPECT_EQ(row[7], SqlValue(std::string("1.10")));
  co_return {};
}
TEST(Sqlite, ValuesReturnAsTheyWent) { on_database(values_return); }

Task<SqlResult<void>> errors_are_told_apart(SqliteDatabase& database) {
  SqlLease writer = co_await try_(database.acquire(SqlAccess::kWrite));
  (void)co_await try_(writer->execute("CREATE TABLE p (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)"));
  (void)co_await try_(
      writer->execute("CREATE TABLE c (p INTEGER REFERENCES p(id), n INTEGER CONSTRAINT positive CHECK (n > 0))"));
  (void)co_await try_(writer->execute("INSERT INTO p VALUES (1, 'a')"));
  auto failed = co_await writer->execute("INSERT INTO p VALUES (2, 'a')");
  EXPECT_TRUE(failed.error().is_constraint(SqlConstraintKind::kUnique)) << failed.error().text();
  EXPECT_EQ(failed.error().constraint_name(), "p.email");
  failed = co_await writer->execute("INSERT INTO p VALUES (1, 'b')");
  EXPECT_TRUE(failed.error().is_constraint(SqlConstraintKind::kUnique));
  failed = co_await writer->execute("INSERT INTO p VALUES (3, NULL)");
  EXPECT_TRUE(failed.error().is_constraint(SqlConstraintKind::kNotNull));
  failed = co_await writer->execute("INSERT INTO c VALUES (77, 1)");
  EXPECT_TRUE(failed.error().is_constraint(SqlConstraintKind::kForeignKey));
  failed = co_await writer->execute("INSERT INTO c VALUES (1, 0)");
  EXPECT_TRUE(failed.error().is_constraint(SqlConstraintKind::kCheck));
  EXPECT_EQ(failed.error().constraint_name(), "positive");
  failed = co_await writer->execute("SELEC 1");
  EXPECT_EQ(failed.error().kind(), SqlErrorKind::kInvalid);
  failed = co_await writer->execute("SELECT 1; SELECT 2");
  EXPECT_EQ(failed.error().kind(), SqlErrorKind::kInvalid);
  failed = co_await writer->execute("SELECT ?");
  EXPECT_EQ(failed.error().message(), "the statement has 1 placeholders but 0 values");
  SqlLease reader = co_await try_(database.acquire(SqlAccess::kRead));
  failed = co_await reader->execute("INSERT INTO p VALUES (9, 'x')");
  EXPECT_EQ(failed.error().kind(), SqlErrorKind::kDenied);
  co_return {};
}
TEST(Sqlite, ErrorsAreToldApart) { on_database(errors_are_told_apart); }

constexpr std::string_view kEndless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n";

Task<SqlResult<void>> a_deadline_stops(SqliteDatabase& database) {
  SqlLease reader = co_await try_(database.acquire(SqlAccess::kRead));
  const auto late = co_await with_timeout(20ms, reader->execute(kEndless));
  EXPECT_EQ(late.error().kind(), SqlErrorKind::kTimeout);
  EXPECT_TRUE((co_await reader->execute("SELECT 1")).ok());
  co_return {};
}
TEST(Sqlite, ADeadlineStopsAStatement) { on_database(a_deadline_stops); }
TEST(Sqlite, InlineReadsAreTheSame) {
  on_database(values_return, true);
  on_database(errors_are_told_apart, true);
  on_database(a_deadline_stops, true);
}

struct Endless {
  SqliteDatabase* database;
  Event begun{};
  SqlErrorKind kind = SqlErrorKind::kInternal;
};
Task<Result<void>> run_endless(Endless* endless) {
  SqlLease reader = co_await try_(endless->database->acquire(SqlAccess::kRead));
  endless->begun.set();
  const auto result = co_await reader->execute(kEndless);
  if (!result.ok()) endless->kind = result.error().kind();
  co_return {};
}
Task<SqlResult<void>> cancelling_stops(SqliteDatabase& database) {
  Endless endless{&database};
  (void)co_await with_scope(&endless, [](Scope& scope, Endless*& one) -> Task<Result<void>> {
    scope.spawn("endless", run_endless(one));
    co_await try_(co_await one->begun.wait());
    (void)co_await sleep_for(5ms);
    scope.cancel();
    (void)co_await scope.join_all();
    EXPECT_EQ(one->kind, SqlErrorKind::kCancelled);
    co_return {};
  });
  co_return {};
}
TEST(Sqlite, CancellingATaskStopsItsStatement) { on_database(cancelling_stops); }

Task<SqlResult<void>> transactions_and_savepoints(SqliteDatabase& database) {
  SqlLease writer = co_await try_(database.acquire(SqlAccess::kWrite));
  (void)co_await try_(writer->execute("CREATE TABLE t (a)"));
  co_await try_(writer->begin({}));
  (void)co_await try_(writer->execute("INSERT INTO t VALUES (1)"));
  co_await try_(writer->savepoint(1));
  (void)co_await try_(writer->execute("INSERT INTO t VALUES (2)"));
  co_await try_(writer->rollback_to_savepoint(1));
  EXPECT_TRUE(writer->in_transaction());
  co_await try_(writer->commit());
  co_await try_(writer->begin({}));
  (void)co_await try_(writer->execute("INSERT INTO t VALUES (3)"));
  writer.give_back();  // dropped inside a transaction: rolled back
  SqlLease reader = co_await try_(database.acquire(SqlAccess::kRead));
  Rows rows;
  (void)co_await try_(reader->execute("SELECT a FROM t", {}, &rows));
  EXPECT_EQ(rows.rows.size(), 1U);
  co_return {};
}
TEST(Sqlite, TransactionsAndSavepoints) { on_database(transactions_and_savepoints); }

// A change that is interrupted takes its transaction with it. What its program does next is not done outside of it.
Task<SqlResult<void>> a_lost_transaction(SqliteDatabase& database) {
  SqlLease writer = co_await try_(database.acquire(SqlAccess::kWrite));
  (void)co_await try_(writer->execute("CREATE TABLE t (a)"));
  constexpr std::string_view kEndlessChange =
      "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n";
  for (const bool commits : {true, false}) {
    co_await try_(writer->begin({}));
    (void)co_await try_(writer->execute("INSERT INTO t VALUES (1)"));
    bool lost = false;
    // On a machine that stands still the time may be over before the change has begun: then nothing is lost.
    for (Duration patience = 20ms; !lost && patience < 5min; patience *= 2) {
      const auto late = co_await with_timeout(patience, writer->execute(kEndlessChange));
      EXPECT_EQ(late.error().kind(), SqlErrorKind::kTimeout);
      const auto after = co_await writer->execute("INSERT INTO t VALUES (2)");
      lost = !after.ok();
      if (lost) EXPECT_EQ(after.error().kind(), SqlErrorKind::kSerialization);
    }
    EXPECT_TRUE(lost);
    SqlResult<void> ended;
    if (commits) {
      ended = co_await writer->commit();
    } else {
      ended = co_await writer->rollback();
    }
    EXPECT_EQ(ended.ok(), !commits);
    EXPECT_FALSE(writer->in_transaction());
    if (!ended.ok()) EXPECT_EQ(ended.error().kind(), SqlErrorKind::kSerialization);
  }
  co_await try_(writer->begin({}));
  (void)co_await with_timeout(20ms, writer->execute(kEndlessChange));
  writer.give_back();  // whoever has it next begins anew
  writer = co_await try_(database.acquire(SqlAccess::kWrite));
  Rows rows;
  (void)co_await try_(writer->execute("SELECT a FROM t", {}, &rows));
  EXPECT_EQ(rows.rows.size(), 0U);
  co_return {};
}
TEST(Sqlite, NothingIsDoneOutsideOfATransactionThatWasLost) { on_database(a_lost_transaction); }

Task<SqlResult<void>> a_lock_of_another_process(SqliteDatabase& database) {
  SqlLease writer = co_await try_(database.acquire(SqlAccess::kWrite));
  (void)co_await try_(writer->execute("CREATE TABLE t (a)"));
  // A second database object on the same file stands for another process: SQLite's locks are the file's.
  Rows files;
  (void)co_await try_(writer->execute("PRAGMA database_list", {}, &files));
  auto other = co_await try_(SqliteDatabase::open({.path = std::get<std::string>(files.rows.at(0).at(2))}));
  SqlLease theirs = co_await try_(other->acquire(SqlAccess::kWrite));
  co_await try_(theirs->begin({}));
  const auto busy = co_await writer->execute("INSERT INTO t VALUES (1)");
  EXPECT_EQ(busy.error().kind(), SqlErrorKind::kSerialization) << busy.error().text();
  SqlLease reader = co_await try_(database.acquire(SqlAccess::kRead));
  EXPECT_TRUE((co_await reader->execute("SELECT * FROM t")).ok());
  co_return {};
}
TEST(Sqlite, AnotherProcessesLockIsASerializationError) { on_database(a_lock_of_another_process); }

Task<SqlResult<void>> enough_rows(SqliteDatabase& database) {
  SqlLease reader = co_await try_(database.acquire(SqlAccess::kRead));
  Rows rows;
  rows.limit = 2;
  (void)co_await try_(
      reader->execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i FROM n", {}, &rows));
  EXPECT_EQ(rows.rows.size(), 2U);
  for (int i = 0; i < 600; ++i) {  // more texts than the cache holds
    const std::string text = "SELECT " + std::to_string(i);
    (void)co_await try_(reader->execute(text));
  }
  co_return {};
}
TEST(Sqlite, ASinkMayHaveEnoughAndTheCacheIsBounded) { on_database(enough_rows); }

TEST(DecimalOrder, IsThatOfTheirValues) {
  // In order; those of one row are equal, and what is no decimal comes last.
  const std::vector<std::vector<std::string>> rows = {{"-100"},
                                                      {"-9.51"},
                                                      {"-9.5", "-09.50"},
                                                      {"-0.1", "-.1"},
                                                      {"0", "-0", "0.00", ".0", "+0"},
                                                      {"0.09"},
                                                      {"0.1", ".100"},
                                                      {"9", "9.", "+9"},
                                                      {"9.5"},
                                                      {"10", "010.0"},
                                                      {"99999999999999"},
                                                      {""},
                                                      {"-"},
                                                      {"1e3"},
                                                      {"a"}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t k = 0; k < rows.size(); ++k) {
      for (const std::string& left : rows[i]) {
        for (const std::string& right : rows[k]) {
          const int order = compare_decimals(left, right);
          EXPECT_EQ(order, (i > k ? 1 : 0) - (i < k ? 1 : 0)) << left << " and " << right;
        }
      }
    }
  }
}

TEST(Sqlite, AMissingFileIsAnErrorIfItMayNotBeMade) {
  const Directory directory;
  const std::string path = directory.file();
  const auto body = [](std::string file) -> Task<int> {
    const auto opened = co_await SqliteDatabase::open({.path = file, .create = false});
    EXPECT_EQ(opened.error().kind(), SqlErrorKind::kConnection);
    const auto memory = co_await SqliteDatabase::open({.path = ":memory:"});
    EXPECT_TRUE(memory.ok());
    co_return 0;
  };
  EXPECT_EQ(run({.workers = 1}, body(path)), 0);
}

}  // namespace
}  // namespace banyan
