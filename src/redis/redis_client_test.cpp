// The shared connection against a real redis-server.
#include "redis/redis_client.h"

#include <unistd.h>

#include <mutex>
#include <set>

#include <gtest/gtest.h>

#include "net/loopback.h"
#include "redis/redis_error.h"
#include "redis/redis_observer.h"
#include "redis/redis_server_test.h"
#include "runtime/blocking.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

class RedisClientWithServer : public testing::Test {
 public:
  void SetUp() override {
    if (RedisTestServer::is_installed()) return;
    GTEST_SKIP() << "the client was not tried against a server: apt-get install redis-server";
  }
};

Task<Result<void>> basics(RedisOptions options) {
  RedisClient redis(std::move(options));
  RespValue set = co_await try_(redis.command({"SET", "k", std::string_view("a\0b", 3)}));
  co_await try_(expect(set.text == "OK", set.describe()));
  RespValue got = co_await try_(redis.command({"GET", "k"}));
  co_await try_(expect(got.text == std::string("a\0b", 3), got.describe()));
  RespValue none = co_await try_(redis.command({"GET", "none"}));
  co_await try_(expect(none.is_null(), none.describe()));

  Result<RespValue> wrong = co_await redis.command({"LPUSH", "k", "x"});
  co_await try_(expect(!wrong.ok() && redis_error_word(wrong.error()) == "WRONGTYPE", "WRONGTYPE"));
  co_await try_(expect(redis_error_kind(wrong.error()) == RedisErrorKind::kServer, "kind server"));
  Result<RespValue> blocking = co_await redis.command({"BLPOP", "l", "0"});
  co_await try_(expect(!blocking.ok() && redis_error_kind(blocking.error()) == RedisErrorKind::kMisuse, "misuse"));

  std::vector<RedisCommand> three;
  three.push_back({"INCR", "n"});
  three.push_back({"LPUSH", "k", "x"});
  three.push_back({"INCR", "n"});
  std::vector<RespValue> replies = co_await try_(redis.pipeline(three));
  co_await try_(
      expect(replies.size() == 3 && replies[0].integer == 1 && replies[1].is_error() && replies[2].integer == 2,
             "the pipeline's replies"));
  replies = co_await try_(redis.transaction(three));
  co_await try_(
      expect(replies.size() == 3 && replies[0].integer == 3 && replies[1].is_error() && replies[2].integer == 4,
             "the transaction's replies"));
  three.push_back({"NOSUCHCOMMAND"});
  Result<std::vector<RespValue>> aborted = co_await redis.transaction(three);
  co_await try_(expect(!aborted.ok() && aborted.error().message().find("unknown command") != std::string::npos,
                       "the transaction is refused and says why"));
  RespValue n = co_await try_(redis.command({"GET", "n"}));
  co_await try_(expect(n.as_integer() == 4, n.describe()));

  const RedisScript script("return {KEYS[1], ARGV[1], 7}");
  for (int i = 0; i < 2; ++i) {
    RespValue run = co_await try_(redis.run(script, {"key"}, {"argument"}));
    co_await try_(expect(run.describe() == "[\"key\", \"argument\", 7]", run.describe()));
  }
  (void)co_await try_(redis.command({"SCRIPT", "FLUSH"}));
  (void)co_await try_(redis.run(script, {"key"}, {"argument"}));
  co_return {};
}

TEST_F(RedisClientWithServer, DoesTheBasicsOverUnixSocketAndTcpInBothProtocols) {
  for (const int protocol : {2, 3}) {
    RedisTestServer server;
    RedisOptions options = server.options();
    options.protocol = protocol;
    EXPECT_EQ(run_test(2, basics(options)), "");
    RedisTestServer other;
    options.address = "localhost:" + std::to_string(other.port());
    EXPECT_EQ(run_test(2, basics(options)), "");
  }
}

Task<Result<void>> ask_who(RedisOptions options, std::string expected) {
  RedisClient redis(std::move(options));
  RespValue who = co_await try_(redis.command({"ACL", "WHOAMI"}));
  co_await try_(expect(who.text == expected, who.describe()));
  co_await try_(redis.command({"SET", "in", "it"}));
  co_return {};
}

TEST_F(RedisClientWithServer, AuthenticatesAndSelects) {
  RedisTestServer server("requirepass sesame\nuser bob on >secret ~* +@all\n");
  for (const int protocol : {2, 3}) {
    RedisOptions options = server.options();
    options.protocol = protocol;
    options.database = 3;
    const std::string refused = run_test(1, ask_who(options, ""));
    EXPECT_NE(refused.find("NOAUTH"), std::string::npos) << refused;
    options.password = Secret("sesame");
    EXPECT_EQ(run_test(1, ask_who(options, "default")), "");
    options.user = "bob";
    const std::string wrong = run_test(1, ask_who(options, "bob"));
    EXPECT_NE(wrong.find("WRONGPASS"), std::string::npos) << wrong;
    EXPECT_EQ(wrong.find("sesame"), std::string::npos);
    options.password = Secret("secret");
    EXPECT_EQ(run_test(1, ask_who(options, "bob")), "");
    options.database = 99;
    EXPECT_NE(run_test(1, ask_who(options, "bob")), "");
  }
}

// What the address names becomes a replica, and then names another server.
Task<Result<void>> fail_over(RedisTestServer* before, RedisTestServer* after) {
  const std::string link = before->folder() + "/current.sock";
  co_await try_(expect(symlink(before->socket_path().c_str(), link.c_str()) == 0, "a link"));
  RedisOptions options = before->options();
  options.address = "unix:" + link;
  RedisClient redis(std::move(options));
  (void)co_await try_(redis.command({"SET", "k", "old"}));
  {
    RedisLease first = co_await try_(redis.lease());
    RedisLease second = co_await try_(redis.lease());  // both wait in the pool afterwards
  }
  (void)co_await try_(redis.command({"REPLICAOF", "127.0.0.1", "1"}));
  unlink(link.c_str());
  co_await try_(expect(symlink(after->socket_path().c_str(), link.c_str()) == 0, "another link"));

  std::vector<RedisCommand> both;
  both.push_back({"GET", "k"});
  both.push_back({"SET", "k", "new"});
  std::vector<RespValue> replies = co_await try_(redis.pipeline(both));
  co_await try_(expect(replies[0].text == "old" && is_from_replica(replies[1].text), replies[1].describe()));
  replies = co_await try_(redis.pipeline(both));
  co_await try_(expect(replies[0].is_null() && replies[1].text == "OK", replies[1].describe()));

  RedisLease lease = co_await try_(redis.lease());
  const Result<RespValue> refused = co_await lease.command({"SET", "k", "newer"});
  co_await try_(expect(!refused.ok() && refused.error().code() == ErrorCode::kUnavailable, "a replica"));
  co_await try_(expect(!lease.usable(), "closed"));
  RedisLease next = co_await try_(redis.lease());
  (void)co_await try_(next.command({"SET", "k", "newer"}));
  const RespValue stored = co_await try_(redis.command({"GET", "k"}));
  co_return expect(stored.text == "newer", stored.describe());
}

TEST_F(RedisClientWithServer, FindsThePrimaryAfterAFailover) {
  RedisTestServer before;
  RedisTestServer after;
  EXPECT_EQ(run_test(2, with_timeout(2min, fail_over(&before, &after))), "");
}

struct Crowd {
  explicit Crowd(RedisOptions options) : redis(std::move(options)) {}
  RedisClient redis;
  std::atomic<int> wrong{0};
  std::atomic<int> cancelled{0};
};

Task<Result<void>> echo_one(Crowd* crowd, int number) {
  const std::string text = "value " + std::to_string(number);
  RespValue reply = co_await try_(crowd->redis.command({"ECHO", text}));
  if (reply.text != text) ++crowd->wrong;
  co_return {};
}

Task<Result<void>> ten_thousand(RedisOptions options) {
  auto crowd = std::make_unique<Crowd>(std::move(options));
  (void)co_await try_(crowd->redis.command({"PING"}));
  co_await try_(with_scope(crowd.get(), [](Scope& scope, Crowd*& c) -> Task<Result<void>> {
    for (int i = 0; i < 10000; ++i) scope.spawn("echo", echo_one(c, i));
    co_return co_await scope.join();
  }));
  const RedisStatistics counts = crowd->redis.statistics();
  co_await try_(expect(crowd->wrong == 0, "every task got its own reply"));
  co_await try_(expect(counts.connections == 1, "one connection"));
  co_await try_(expect(counts.writes < 5000, std::to_string(counts.writes) + " writes for 10000 commands"));
  co_return {};
}

TEST_F(RedisClientWithServer, CarriesTenThousandCommandsAtOnce) {
  RedisTestServer server;
  RedisOptions options = server.options();
  EXPECT_EQ(run_test(2, ten_thousand(options)), "");
}

// Every third task gives up at once, or is cancelled; the others must still get their own replies.
Task<Result<void>> impatient(Crowd* crowd, int number) {
  if (number % 3 != 0) co_return co_await echo_one(crowd, number);
  Result<void> done = co_await with_timeout(Duration(number * 1000), echo_one(crowd, number));
  if (!done.ok()) ++crowd->cancelled;
  co_return {};
}

Task<Result<void>> some_give_up(RedisOptions options) {
  auto crowd = std::make_unique<Crowd>(std::move(options));
  co_await try_(with_scope(crowd.get(), [](Scope& scope, Crowd*& c) -> Task<Result<void>> {
    for (int i = 0; i < 3000; ++i) scope.spawn("impatient", impatient(c, i));
    co_return co_await scope.join();
  }));
  // A scope that is cancelled while its commands are under way.
  (void)co_await with_scope(crowd.get(), [](Scope& scope, Crowd*& c) -> Task<Result<void>> {
    for (int i = 0; i < 500; ++i) scope.spawn("cancelled", echo_one(c, i));
    co_await yield();
    co_return {};
  });
  (void)co_await try_(crowd->redis.command({"PING"}));
  co_await try_(expect(crowd->wrong == 0, "every task got its own reply"));
  co_await try_(expect(crowd->cancelled > 0, "some tasks gave up"));
  co_await try_(expect(crowd->redis.statistics().connections == 1, "the connection stayed whole"));
  co_return {};
}

TEST_F(RedisClientWithServer, StaysWholeWhenTasksGiveUp) {
  RedisTestServer server;
  RedisOptions options = server.options();
  EXPECT_EQ(run_test(2, some_give_up(options)), "");
}

struct Restart {
  RedisTestServer server;
  RedisClient redis;
  std::atomic<bool> stop{false};
  std::atomic<int> failed{0};
  std::atomic<int> answered{0};
  std::atomic<int> wrong{0};
  explicit Restart(Duration patience)
      : redis([&] {
          RedisOptions options = server.options();
          options.patience = patience;
          options.backoff_max = 100ms;
          options.silence_max = 300ms;
          return options;
        }()) {}
};

Task<Result<void>> keep_asking(Restart* r, int number) {
  const std::string text = std::to_string(number);
  while (!r->stop) {
    Result<RespValue> reply = co_await r->redis.command({"ECHO", text});
    if (reply.ok()) {
      ++r->answered;
      if (reply->text != text) ++r->wrong;
    } else {
      ++r->failed;
      if (redis_error_kind(reply.error()) != RedisErrorKind::kConnection) ++r->wrong;
      co_await try_(co_await sleep_for(1ms));
    }
  }
  co_return {};
}

Task<Result<void>> until_answered(Restart* r, int more) {
  const int goal = r->answered + more;
  while (r->answered < goal) co_await try_(co_await sleep_for(1ms));
  co_return {};
}

Task<Result<void>> restart_midway(Restart* r) {
  co_return co_await with_timeout(5min, with_scope(r, [](Scope& scope, Restart*& s) -> Task<Result<void>> {
                                    for (int i = 0; i < 50; ++i) scope.spawn("keep asking", keep_asking(s, i));
                                    co_await try_(until_answered(s, 200));
                                    s->server.signal(SIGKILL);
                                    co_await blocking([s] {
                                      s->server.stop();
                                      s->server.start();
                                    });
                                    co_await try_(until_answered(s, 200));
                                    // A server that stands still: its connection is given up, and it answers again when
                                    // it goes on.
                                    s->server.signal(SIGSTOP);
                                    const int before = s->failed;
                                    while (s->failed == before) co_await try_(co_await sleep_for(5ms));
                                    s->server.signal(SIGCONT);
                                    co_await try_(until_answered(s, 200));
                                    s->stop = true;
                                    co_return co_await scope.join();
                                  }));
}

TEST_F(RedisClientWithServer, SurvivesARestartAndAServerThatStandsStill) {
  Restart restart(500ms);
  EXPECT_EQ(run_test(2, restart_midway(&restart)), "");
  EXPECT_EQ(restart.wrong, 0);
  EXPECT_GT(restart.failed, 0);
}

// A counter increased by commands of which every one that said it was done must be in it, and none twice.
Task<Result<void>> increments(Restart* r, int* done, int* unknown) {
  for (int i = 0; i < 400; ++i) {
    Result<RespValue> reply = co_await r->redis.command({"INCR", "count"});
    if (reply.ok()) ++*done;
    if (!reply.ok()) ++*unknown;
    if (i % 100 == 50) r->redis.statistics();
    if (i == 200) {
      // The server drops every connection, this one too, but keeps its data.
      Result<RespValue> killed =
          co_await r->redis.command({"EVAL", "return redis.call('client','kill','type','normal')", "0"});
      (void)killed;
    }
  }
  RespValue count = co_await try_(r->redis.command({"GET", "count"}));
  const std::int64_t value = count.as_integer().value_or(-1);
  co_await try_(expect(
      value >= *done && value <= *done + *unknown,
      "done " + std::to_string(*done) + " unknown " + std::to_string(*unknown) + " counted " + std::to_string(value)));
  co_return {};
}

TEST_F(RedisClientWithServer, SendsNothingTwice) {
  Restart restart(1min);
  int done = 0;
  int unknown = 0;
  EXPECT_EQ(run_test(1, increments(&restart, &done, &unknown)), "");
  EXPECT_GE(done, 390);
}

Task<Result<void>> refuse_when_full(RedisTestServer* server) {
  RedisOptions options = server->options();
  options.commands_max = 8;
  RedisClient redis(std::move(options));
  (void)co_await try_(redis.command({"PING"}));
  server->signal(SIGSTOP);
  int timeouts = 0;
  int full = 0;
  for (int i = 0; i < 10; ++i) {
    Result<RespValue> reply = co_await with_timeout(20ms, redis.command({"PING"}));
    if (!reply.ok() && redis_error_kind(reply.error()) == RedisErrorKind::kTimeout) ++timeouts;
    if (!reply.ok() && redis_error_kind(reply.error()) == RedisErrorKind::kFull) ++full;
  }
  server->signal(SIGCONT);
  co_await try_(expect(timeouts == 8 && full == 2, std::to_string(timeouts) + " timeouts, " + std::to_string(full)));
  Result<RespValue> again = co_await redis.command({"PING"});
  while (!again.ok() && redis_error_kind(again.error()) == RedisErrorKind::kFull) {
    co_await try_(co_await sleep_for(5ms));
    again = co_await redis.command({"PING"});
  }
  co_return again.ok() ? Result<void>() : Result<void>(again.error());
}

TEST_F(RedisClientWithServer, BoundsWhatWaits) {
  RedisTestServer server;
  EXPECT_EQ(run_test(1, refuse_when_full(&server)), "");
}

Task<Result<void>> fail_fast(RedisOptions options) {
  RedisClient redis(std::move(options));
  Result<RespValue> first = co_await redis.command({"PING"});
  co_await try_(expect(!first.ok() && redis_error_kind(first.error()) == RedisErrorKind::kConnection, "no server"));
  co_return {};
}

TEST_F(RedisClientWithServer, SaysThatThereIsNoServer) {
  RedisOptions options;
  options.command_timeout = 1min;
  options.address = "127.0.0.1:" + std::to_string(oracle::free_port());
  EXPECT_EQ(run_test(1, fail_fast(options)), "");
  options.address = "nonsense";
  EXPECT_EQ(run_test(1, fail_fast(options)), "");
}

// Not a Redis server: whatever it answers, the client says so and does not hang.
Task<Result<void>> serve_nonsense(Listener* listener) {
  for (;;) {
    Stream stream = co_await try_(listener->accept());
    co_await try_(co_await stream.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
  }
}

Task<Result<void>> meet_nonsense() {
  Listener listener = co_await try_(Listener::open(loopback_address()));
  co_return co_await with_scope(&listener, [](Scope& scope, Listener*& l) -> Task<Result<void>> {
    scope.spawn("nonsense", serve_nonsense(l));
    RedisOptions options;
    options.address = l->address().text();
    options.connect_timeout = 1min;
    options.patience = Duration(0);
    RedisClient redis(std::move(options));
    Result<RespValue> reply = co_await redis.command({"PING"});
    co_return expect(!reply.ok() && reply.error().message().find("does not speak") != std::string::npos, "nonsense");
  });
}

TEST_F(RedisClientWithServer, NoticesWhatIsNoRedisServer) { EXPECT_EQ(run_test(1, meet_nonsense()), ""); }

struct Heard : RedisObserver {
  void command_ended(const Command& command) override {
    const std::lock_guard guard(lock);
    seen.push_back(std::string(command.name) + " " + std::to_string(command.commands) + " " +
                   (command.error == nullptr ? "ok" : std::string(redis_error_word(*command.error))));
  }
  std::mutex lock;
  std::vector<std::string> seen;
};

Task<Result<void>> be_observed(RedisOptions options) {
  RedisClient redis(std::move(options));
  (void)co_await redis.command({"set", "k", "v"});
  (void)co_await redis.command({"LPUSH", "k", "v"});
  std::vector<RedisCommand> two(2, RedisCommand("PING"));
  (void)co_await redis.pipeline(two);
  (void)co_await redis.transaction(two);
  co_return {};
}

TEST_F(RedisClientWithServer, TellsItsObserver) {
  RedisTestServer server;
  Heard heard;
  RedisOptions options = server.options();
  options.observer = &heard;
  EXPECT_EQ(run_test(1, be_observed(options)), "");
  EXPECT_EQ(heard.seen,
            (std::vector<std::string>{"SET 1 ok", "LPUSH 1 WRONGTYPE", "pipeline 2 ok", "transaction 2 ok"}));
}

TEST_F(RedisClientWithServer, SpeaksTls) {
  oracle::TemporaryFolder folder;
  const std::string stem = folder.path() + "/redis";
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=redis.test "
      "-addext subjectAltName=DNS:redis.test -keyout " +
      stem + ".key -out " + stem + ".pem 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const int port = oracle::free_port();
  RedisTestServer server("tls-port " + std::to_string(port) + "\ntls-cert-file " + stem + ".pem\ntls-key-file " + stem +
                         ".key\ntls-ca-cert-file " + stem + ".pem\ntls-auth-clients no\n");
  RedisOptions options = server.options();
  options.address = "127.0.0.1:" + std::to_string(port);
  options.server_name = "redis.test";
  options.tls = *TlsClientContext::load({.authorities = stem + ".pem"});
  EXPECT_EQ(run_test(2, basics(options)), "");
  options.server_name = "other.test";
  options.patience = Duration(0);
  EXPECT_NE(run_test(1, ask_who(options, "default")).find("cannot connect"), std::string::npos);
}

}  // namespace
}  // namespace banyan
