// The examples of docs/redis.md, compiled and run; the last test holds the page against this file.
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "net/loopback.h"
#include "redis/redis_client.h"
#include "redis/redis_server_test.h"
#include "redis/redis_stream.h"
#include "redis/redis_subscriber.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

Task<Result<std::int64_t>> count_visit(RedisClient* redis, std::string page) {
  std::vector<RedisCommand> commands;
  commands.push_back({"INCR", "visits:" + page});
  commands.push_back({"EXPIRE", "visits:" + page, "3600"});
  const std::vector<RespValue> replies = co_await try_(redis->transaction(std::move(commands)));
  co_return replies[0].integer;
}

Task<Result<std::int64_t>> count_within_time(std::string url) {
  RedisClient redis(co_await try_(RedisOptions::parse(url)));
  co_return co_await with_timeout(10s, count_visit(&redis, "home"));
}

// Takes one from the stock; false: there is none left.
Task<Result<bool>> take_one(RedisClient* redis) {
  RedisLease lease = co_await try_(redis->lease());
  for (;;) {
    (void)co_await try_(lease.command({"WATCH", "stock"}));
    const RespValue stock = co_await try_(lease.command({"GET", "stock"}));
    if (stock.as_integer().value_or(0) <= 0) co_return false;
    std::vector<RedisCommand> change;
    change.push_back({"DECR", "stock"});
    const auto done = co_await try_(lease.transaction(std::move(change)));
    if (done.has_value()) co_return true;  // else somebody was faster: look again
  }
}

// The next job, or "" after five seconds without one.
Task<Result<std::string>> next_job(RedisClient* redis) {
  RedisLease lease = co_await try_(redis->lease());
  const RespValue reply = co_await try_(lease.command({"BLPOP", "jobs", "5"}, 5s));
  co_return reply.is_null() ? std::string() : reply.items[1].text;
}

// Handles what there is, each entry at least once.
Task<Result<std::size_t>> handle_orders(RedisClient* redis, std::string worker) {
  RedisStreamConsumer orders(redis, {.stream = "orders", .group = "mailers", .consumer = std::move(worker)});
  co_await try_(orders.create_group("0"));
  std::size_t handled = 0;
  for (;;) {
    std::vector<RedisStreamEntry> entries = co_await try_(orders.read(100, 100ms));
    if (entries.empty()) entries = co_await try_(orders.claim(30s, 100));
    if (entries.empty()) co_return handled;
    for (const RedisStreamEntry& entry : entries) {
      // ... send the mail: entry.fields ...
      (void)co_await try_(orders.acknowledge({entry.id}));
      ++handled;
    }
  }
}

// Keeps a copy true: forgets what others say has changed, and everything when something may have been missed.
Task<Result<void>> follow(RedisSubscriber* changes, std::map<std::string, std::string>* copy) {
  co_await try_(changes->subscribe("changed"));
  for (;;) {
    const RedisMessage message = co_await try_(changes->next());
    if (message.kind == RedisMessage::Kind::kGap) {
      copy->clear();
    } else {
      copy->erase(message.text);
    }
  }
}

Task<Result<void>> run_examples(std::string url) {
  for (std::int64_t visit = 1; visit <= 2; ++visit) {
    const std::int64_t count = co_await try_(count_within_time(url));
    co_await try_(expect(count == visit, "count the visit"));
  }
  RedisOptions options = co_await try_(RedisOptions::parse(url));
  options.connect_timeout = options.command_timeout = options.patience = 1min;
  RedisClient redis(std::move(options));
  (void)co_await try_(redis.command({"SET", "stock", "1"}));
  co_await try_(expect(co_await try_(take_one(&redis)), "the last one"));
  co_await try_(expect(!co_await try_(take_one(&redis)), "none left"));
  (void)co_await try_(redis.command({"LPUSH", "jobs", "paint"}));
  const std::string job = co_await try_(next_job(&redis));
  co_await try_(expect(job == "paint", job));
  for (int i = 0; i < 3; ++i) (void)co_await try_(redis.command({"XADD", "orders", "*", "to", "ann@example.org"}));
  const std::size_t handled = co_await try_(handle_orders(&redis, "worker-1"));
  co_await try_(expect(handled == 3, std::to_string(handled)));

  RedisSubscriber changes(redis.options());
  std::map<std::string, std::string> copy{{"a", "1"}, {"b", "2"}};
  struct Following {
    RedisClient* redis;
    RedisSubscriber* changes;
    std::map<std::string, std::string>* copy;
  };
  co_return co_await with_scope(Following{&redis, &changes, &copy}, [](Scope& scope, auto& it) -> Task<Result<void>> {
    scope.spawn_pinned("follow", follow(it.changes, it.copy));
    while (it.copy->size() == 2) {
      (void)co_await try_(it.redis->command({"PUBLISH", "changed", "a"}));
      co_await try_(co_await sleep_for(1ms));
    }
    co_return expect(it.copy->contains("b"), "only what has changed");
  });
}

TEST(RedisExamples, Run) {
  if (!RedisTestServer::is_installed()) {
    GTEST_SKIP() << "the examples were not run: apt-get install redis-server";
  }
  const RedisTestServer server;
  EXPECT_EQ(run_test(1, with_timeout(2min, run_examples("unix:" + server.socket_path()))), "");
}

TEST(RedisExamples, AreThoseOfThePage) {
  const std::string folder = std::string(BANYAN_TESTDATA) + "/..";
  const std::string page = oracle::read_file(folder + "/../../docs/redis.md");
  const std::string here = oracle::read_file(folder + "/examples_test.cpp");
  std::size_t examples = 0;
  constexpr std::string_view kBegin = "```cpp\n";
  for (std::size_t at = page.find(kBegin); at != std::string::npos; at = page.find(kBegin, at)) {
    at += kBegin.size();
    EXPECT_NE(here.find(page.substr(at, page.find("```", at) - at)), std::string::npos);
    ++examples;
  }
  EXPECT_EQ(examples, 4U);
}

}  // namespace
}  // namespace banyan
