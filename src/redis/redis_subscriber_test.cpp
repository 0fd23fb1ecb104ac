// Channels of a real redis-server.
#include "redis/redis_subscriber.h"

#include <gtest/gtest.h>

#include "net/loopback.h"
#include "redis/redis_client.h"
#include "redis/redis_error.h"
#include "redis/redis_server_test.h"
#include "runtime/blocking.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

class RedisSubscriberWithServer : public testing::Test {
 public:
  void SetUp() override {
    if (RedisTestServer::is_installed()) return;
    GTEST_SKIP() << "subscriptions were not tried against a server: apt-get install redis-server";
  }
};

std::string line_of(const RedisMessage& message) {
  if (message.kind == RedisMessage::Kind::kGap) return "GAP";
  return message.pattern + "/" + message.channel + "=" + message.text;
}

// How many got it.
Task<Result<std::int64_t>> publish(RedisClient* redis, std::string channel, std::string text) {
  const RespValue reply = co_await try_(redis->command({"PUBLISH", channel, text}));
  co_return reply.integer;
}

Task<Result<void>> expect_next(RedisSubscriber* subscriber, std::string line) {
  const RedisMessage message = co_await try_(with_timeout(1min, subscriber->next()));
  co_return expect(line_of(message) == line, line + ", not " + line_of(message));
}

Task<Result<void>> listen(RedisOptions options) {
  RedisClient redis(options);
  RedisSubscriber news(options);
  co_await try_(news.subscribe("a"));
  co_await try_(news.subscribe_pattern("b.*"));
  co_await try_(news.subscribe("a"));  // again is no harm
  (void)co_await try_(publish(&redis, "a", std::string("x\0y", 3)));
  co_await try_(expect_next(&news, std::string("/a=x\0y", 6)));
  (void)co_await try_(publish(&redis, "b.1", "z"));
  co_await try_(expect_next(&news, "b.*/b.1=z"));
  const Result<RedisMessage> nothing = co_await with_timeout(10ms, news.next());
  co_await try_(expect(!nothing.ok() && nothing.error().code() == ErrorCode::kDeadlineExceeded, "nothing more"));
  news.unsubscribe("a");
  co_await try_(news.subscribe("c"));  // is answered after that
  const std::int64_t heard = co_await try_(publish(&redis, "a", "unheard"));
  co_await try_(expect(heard == 0, "unsubscribed"));
  news.unsubscribe("c");
  co_await try_(news.subscribe("c"));
  (void)co_await try_(publish(&redis, "c", "1"));
  co_await try_(expect_next(&news, "/c=1"));
  const RedisSubscriberStatistics counts = news.statistics();
  co_return expect(counts.messages == 3 && counts.dropped == 0 && counts.connections == 1, "the counts");
}

TEST_F(RedisSubscriberWithServer, HearsChannelsAndPatterns) {
  const RedisTestServer server;
  for (const int protocol : {2, 3}) {
    RedisOptions options = server.options();
    options.protocol = protocol;
    EXPECT_EQ(run_test(2, listen(options)), "");
  }
}

// The server is killed twice. All names are subscribed again, and the gap is told, before any new message.
Task<Result<void>> survive(RedisTestServer* server, int protocol) {
  RedisOptions options = server->options();
  options.protocol = protocol;
  options.backoff_max = 50ms;
  RedisClient redis(options);
  RedisSubscriber news(options);
  co_await try_(news.subscribe("a"));
  co_await try_(news.subscribe_pattern("b.*"));
  for (int i = 0; i < 2; ++i) {
    co_await blocking([server] { server->kill_and_restart(); });
    co_await try_(expect_next(&news, "GAP"));  // all of them are subscribed
    (void)co_await try_(publish(&redis, "a", "after"));
    (void)co_await try_(publish(&redis, "b.x", "after"));
    co_await try_(expect_next(&news, "/a=after"));
    co_await try_(expect_next(&news, "b.*/b.x=after"));
  }
  co_return {};
}

TEST_F(RedisSubscriberWithServer, SubscribesAgainAndTellsTheGap) {
  for (const int protocol : {2, 3}) {
    RedisTestServer server;
    EXPECT_EQ(run_test(2, with_timeout(5min, survive(&server, protocol))), "");
  }
}

Task<Result<void>> notice_silence(RedisTestServer* server) {
  RedisOptions options = server->options();
  options.silence_max = 100ms;
  options.connect_timeout = 100ms;
  options.backoff_max = 50ms;
  RedisSubscriber news(options);
  co_await try_(news.subscribe("a"));
  // A server that has nothing to say is not lost, unless the machine stands still: then it is looked at again.
  std::uint64_t before = 0;
  while (before != news.statistics().connections) {
    before = news.statistics().connections;
    co_await try_(co_await sleep_for(400ms));
  }
  while (before == news.statistics().connections) {
    server->signal(SIGSTOP);
    co_await try_(co_await sleep_for(300ms));
    server->signal(SIGCONT);
    co_await try_(co_await sleep_for(300ms));
  }
  co_return co_await expect_next(&news, "GAP");
}

TEST_F(RedisSubscriberWithServer, TakesASilentServerForLost) {
  RedisTestServer server;
  EXPECT_EQ(run_test(1, with_timeout(1min, notice_silence(&server))), "");
}

Task<Result<void>> publish_many(RedisClient* redis, int count) {
  for (int i = 0; i < count; ++i) (void)co_await try_(publish(redis, "a", std::to_string(i)));
  co_return {};
}

Task<Result<void>> overflow(RedisOptions options) {
  RedisClient redis(options);
  RedisSubscriber news(options, {.messages_max = 10, .when_full = RedisSubscriberOptions::WhenFull::kDrop});
  co_await try_(news.subscribe("a"));
  co_await try_(publish_many(&redis, 100));
  while (news.statistics().messages < 100) co_await try_(co_await sleep_for(1ms));
  co_await try_(expect(news.statistics().dropped == 90, "90 dropped"));
  for (int i = 0; i < 10; ++i) co_await try_(expect_next(&news, "/a=" + std::to_string(i)));
  co_await try_(expect_next(&news, "GAP"));
  (void)co_await try_(publish(&redis, "a", "more"));
  co_return co_await expect_next(&news, "/a=more");
}

TEST_F(RedisSubscriberWithServer, CountsWhatItDropsAndTellsWhere) {
  const RedisTestServer server;
  EXPECT_EQ(run_test(1, overflow(server.options())), "");
}

// Far more than queue and socket hold: the server waits for us, and nothing is lost.
Task<Result<void>> hold_back(RedisOptions options) {
  RedisClient redis(options);
  RedisSubscriber news(options, {.messages_max = 4, .when_full = RedisSubscriberOptions::WhenFull::kHoldBack});
  co_await try_(news.subscribe("a"));
  const std::string text(10000, 'x');
  for (int i = 0; i < 1000; ++i) (void)co_await try_(publish(&redis, "a", text));
  co_await try_(expect(news.statistics().messages < 900, "the server holds some"));
  for (int i = 0; i < 1000; ++i) {
    const RedisMessage message = co_await try_(with_timeout(1min, news.next()));
    co_await try_(expect(message.text.size() == text.size(), "each message"));
  }
  co_return expect(news.statistics().dropped == 0 && news.statistics().connections == 1, "nothing is lost");
}

TEST_F(RedisSubscriberWithServer, HoldsBackWhereItIsToldTo) {
  const RedisTestServer server("client-output-buffer-limit pubsub 64mb 64mb 60\n");
  EXPECT_EQ(run_test(1, hold_back(server.options())), "");
}

Task<Result<void>> be_refused(RedisOptions options) {
  options.user = "bob";
  options.password = Secret("secret");
  RedisSubscriber news(options);
  co_await try_(news.subscribe("allowed"));
  const Result<void> refused = co_await news.subscribe("secret");
  co_await try_(expect(!refused.ok() && redis_error_word(refused.error()) == "NOPERM", "NOPERM"));
  co_await try_(news.subscribe("allowed"));
  co_return expect(news.statistics().connections == 1, "the connection stays");
}

TEST_F(RedisSubscriberWithServer, SaysWhatTheServerRefuses) {
  const RedisTestServer server("user bob on >secret &allowed +@all\n");
  EXPECT_EQ(run_test(1, be_refused(server.options())), "");
}

Task<Result<void>> find_no_server(RedisTestServer* server) {
  RedisOptions options = server->options();
  options.patience = Duration(0);
  co_await blocking([server] { server->stop(); });
  RedisSubscriber news(options);
  const Result<void> none = co_await news.subscribe("a");
  co_await try_(expect(!none.ok() && redis_error_kind(none.error()) == RedisErrorKind::kConnection, "no server"));
  co_await blocking([server] { server->start(); });
  RedisClient redis(server->options());
  while ((co_await try_(publish(&redis, "a", "x"))) == 0) co_await try_(co_await sleep_for(5ms));  // still wanted
  co_await try_(news.subscribe("a"));
  co_return co_await expect_next(&news, "/a=x");
}

TEST_F(RedisSubscriberWithServer, KeepsWantingWhatItCouldNotSubscribe) {
  RedisTestServer server;
  EXPECT_EQ(run_test(1, with_timeout(2min, find_no_server(&server))), "");
}

}  // namespace
}  // namespace banyan
