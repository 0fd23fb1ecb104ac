// COPY both ways, notifications and notices, against a real server.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "postgres/test_fixture.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

class PostgresStream : public testing::Test {
 protected:
  void SetUp() override {
    if (TestPostgres::instance() == nullptr) GTEST_SKIP() << TestPostgres::kNotInstalled;
  }
};

// Lines "0\trow 0", ..., in pieces that end anywhere. After `fails_at` pieces: an error, or a wait without end.
class Lines final : public PostgresCopySource {
 public:
  explicit Lines(int count) : count_(count) {}
  Task<SqlResult<std::string_view>> next() override {
    if (fails_at-- == 0) co_return SqlError(SqlErrorKind::kInvalid, "the source has failed");
    if (waits_at-- == 0) co_await try_(co_await sleep_for(1h));
    piece_ = rest_;
    rest_.clear();
    while (next_ < count_ && piece_.size() < 30'000) {
      piece_.append(std::to_string(next_)).append("\trow ").append(std::to_string(next_)).append("\n");
      ++next_;
    }
    if (next_ < count_ && piece_.size() > 7) {
      rest_ = piece_.substr(piece_.size() - 7);
      piece_.resize(piece_.size() - 7);
    }
    co_return std::string_view(piece_);
  }
  int fails_at = -1;
  int waits_at = -1;

 private:
  int count_;
  int next_ = 0;
  std::string piece_;
  std::string rest_;
};

class Collected final : public PostgresCopySink {
 public:
  Task<SqlResult<void>> take(std::string_view data) override {
    if (stops_after-- == 0) co_return SqlError(SqlErrorKind::kInvalid, "the sink has had enough");
    text.append(data);
    if (++taken % 1000 == 0) co_await yield();
    co_return {};
  }
  std::string text;
  int taken = 0;
  int stops_after = -1;
};

Task<SqlResult<std::string>> one(PostgresConnection* connection, std::string_view text) {
  Rows rows;
  (void)co_await try_(connection->execute(text, {}, &rows));
  co_return rows.text();
}

Task<SqlResult<void>> copy_both_ways(PostgresConnection* connection) {
  co_await try_(connection->run_script("CREATE TEMP TABLE t (id int, name text)"));
  Lines lines(100'000);
  const SqlOutcome in = co_await try_(connection->copy_in("COPY t FROM STDIN", &lines));
  EXPECT_EQ(in.rows_affected, 100'000U);
  EXPECT_EQ(co_await try_(one(connection, "SELECT count(*), sum(id), max(name) FROM t")),
            "100000|4999950000|row 99999");
  Collected collected;
  const SqlOutcome out =
      co_await try_(connection->copy_out("COPY (SELECT * FROM t ORDER BY id) TO STDOUT", &collected));
  EXPECT_EQ(out.rows_affected, 100'000U);
  EXPECT_TRUE(collected.text.starts_with("0\trow 0\n1\trow 1\n"));
  EXPECT_TRUE(collected.text.ends_with("99999\trow 99999\n"));
  EXPECT_EQ(collected.taken, 100'000);
  EXPECT_EQ(co_await try_(one(connection, "SELECT 1")), "1");
  co_return {};
}
TEST_F(PostgresStream, CopiesBothWays) { EXPECT_EQ(with_connection(copy_both_ways), ""); }

Task<SqlResult<void>> copy_badly(PostgresConnection* connection) {
  co_await try_(
      connection->run_script("CREATE TEMP TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (70)"));
  Lines duplicate(400'000);
  const auto refused = co_await connection->copy_in("COPY t FROM STDIN", &duplicate);
  EXPECT_TRUE(refused.error().is_constraint(SqlConstraintKind::kUnique)) << refused.error().text();
  co_await try_(connection->run_script("DELETE FROM t; INSERT INTO t VALUES (-1)"));
  Lines failing(100'000);
  failing.fails_at = 3;
  EXPECT_EQ((co_await connection->copy_in("COPY t FROM STDIN", &failing)).error().message(), "the source has failed");
  Lines waiting(100'000);
  waiting.waits_at = 3;
  const auto late = co_await with_timeout(30ms, connection->copy_in("COPY t FROM STDIN", &waiting));
  EXPECT_EQ(late.error().kind(), SqlErrorKind::kTimeout);
  EXPECT_TRUE(connection->usable());
  EXPECT_EQ(co_await try_(one(connection, "SELECT count(*) FROM t")), "1");

  Collected some;
  some.stops_after = 10;
  const auto stopped = co_await connection->copy_out("COPY (SELECT generate_series(1, 3000000)) TO STDOUT", &some);
  EXPECT_EQ(stopped.error().message(), "the sink has had enough");
  EXPECT_EQ(some.taken, 10);
  const auto slow = co_await with_timeout(300ms, connection->copy_out("COPY (SELECT pg_sleep(600)) TO STDOUT", &some));
  EXPECT_EQ(slow.error().kind(), SqlErrorKind::kTimeout);
  EXPECT_EQ((co_await connection->copy_out("SELECT 1", &some)).error().kind(), SqlErrorKind::kInvalid);
  EXPECT_EQ((co_await connection->copy_out("COPY nothing TO STDOUT", &some)).error().code(), "42P01");
  EXPECT_EQ((co_await connection->execute("COPY t TO STDOUT")).error().kind(), SqlErrorKind::kInvalid);
  EXPECT_TRUE(connection->usable());
  EXPECT_EQ(co_await try_(one(connection, "SELECT 1")), "1");
  EXPECT_EQ((co_await connection->execute("COPY t FROM STDIN")).error().kind(), SqlErrorKind::kInvalid);
  EXPECT_FALSE(connection->usable());
  co_return {};
}
TEST_F(PostgresStream, EndsCopiesThatFailWithoutEffect) { EXPECT_EQ(with_connection(copy_badly), ""); }

Task<SqlResult<void>> listen(PostgresDatabase* database) {
  auto listener = co_await try_(database->connect());
  auto sender = co_await try_(database->connect());
  (void)co_await try_(listener->execute("LISTEN room"));
  const auto none = co_await with_timeout(20ms, listener->next_notification());
  EXPECT_EQ(none.error().kind(), SqlErrorKind::kTimeout);
  EXPECT_TRUE(listener->usable());
  const SqlValue hello[] = {std::string("hello")};
  (void)co_await try_(sender->execute("SELECT pg_notify('room', $1)", hello));
  const PostgresNotification got = co_await try_(listener->next_notification());
  EXPECT_EQ(got.channel + ":" + got.payload, "room:hello");
  EXPECT_EQ(got.process, sender->process());
  // Those that come while a statement runs are kept, the last 1024.
  (void)co_await try_(sender->execute("SELECT pg_notify('room', g::text) FROM generate_series(1, 1500) g"));
  (void)co_await try_(listener->execute("SELECT 1"));
  std::string last;
  while (last != "1500") last = (co_await try_(listener->next_notification())).payload;
  EXPECT_LE(listener->notifications_lost(), 476U);
  const SqlValue process[] = {std::int64_t{listener->process()}};
  (void)co_await try_(sender->execute("SELECT pg_terminate_backend($1, 60000)", process));
  EXPECT_EQ((co_await listener->next_notification()).error().kind(), SqlErrorKind::kConnection);
  EXPECT_FALSE(listener->usable());
  co_return {};
}
TEST_F(PostgresStream, HearsNotifications) { EXPECT_EQ(with_database(listen), ""); }

Task<SqlResult<void>> raise(PostgresConnection* connection) {
  co_return co_await connection->run_script("DO $$ BEGIN RAISE WARNING 'mind %', 'the gap'; END $$");
}
TEST_F(PostgresStream, HearsNotices) {
  std::string heard;
  PostgresOptions options = test_server().options();
  options.on_notice = [&heard](std::string_view severity, std::string_view sqlstate, std::string_view message) {
    heard.append(severity).append(" ").append(sqlstate).append(" ").append(message);
  };
  EXPECT_EQ(with_connection(raise, options), "");
  EXPECT_EQ(heard, "WARNING 01000 mind the gap");
}

}  // namespace
}  // namespace banyan
