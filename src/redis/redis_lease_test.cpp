// Leased connections and stream consumers against a real redis-server.
#include "redis/redis_lease.h"

#include <map>

#include <gtest/gtest.h>

#include "net/loopback.h"
#include "redis/redis_client.h"
#include "redis/redis_error.h"
#include "redis/redis_server_test.h"
#include "redis/redis_stream.h"
#include "runtime/blocking.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

class RedisLeaseWithServer : public testing::Test {
 public:
  void SetUp() override {
    if (RedisTestServer::is_installed()) return;
    GTEST_SKIP() << "leases were not tried against a server: apt-get install redis-server";
  }
};

RedisOptions options_of(const RedisTestServer& server, int protocol) {
  RedisOptions options = server.options();
  options.protocol = protocol;
  return options;
}

std::vector<RedisCommand> list_of(RedisCommand command) {
  std::vector<RedisCommand> list;
  list.push_back(std::move(command));
  return list;
}

// ---- commands that wait ----

Task<Result<void>> push_later(RedisClient* redis) {
  co_await try_(co_await sleep_for(20ms));
  (void)co_await try_(redis->command({"LPUSH", "jobs", "one"}));
  co_return {};
}

Task<Result<void>> wait_for_a_job(RedisOptions options) {
  RedisClient redis(std::move(options));
  co_await try_(with_scope(&redis, [](Scope& scope, RedisClient*& client) -> Task<Result<void>> {
    scope.spawn("push", push_later(client));
    RedisLease lease = co_await try_(client->lease());
    RespValue job = co_await try_(lease.command({"BLPOP", "jobs", "60"}, 60s));
    co_await try_(expect(job.describe() == R"(["jobs", "one"])", job.describe()));
    job = co_await try_(lease.command({"BLPOP", "jobs", "0.02"}, 20ms));
    co_await try_(expect(job.is_null(), job.describe()));
    Result<RespValue> refused = co_await lease.command({"SUBSCRIBE", "x"});
    co_await try_(expect(!refused.ok() && redis_error_kind(refused.error()) == RedisErrorKind::kMisuse, "misuse"));
    refused = co_await lease.command({"LPOP", "jobs", "x"});
    co_await try_(expect(!refused.ok() && redis_error_kind(refused.error()) == RedisErrorKind::kServer, "server"));
    co_await try_(expect(lease.usable(), "a refused command leaves the connection whole"));
    std::vector<RedisCommand> two(2, RedisCommand{"INCR", "n"});
    const std::vector<RespValue> counted = co_await try_(lease.pipeline(std::move(two)));
    co_await try_(expect(counted.size() == 2 && counted[1].integer == 2, "a pipeline"));
    co_return co_await scope.join();
  }));
  // The next lease is the same connection.
  RedisLease lease = co_await try_(redis.lease());
  const RespValue id = co_await try_(lease.command({"INFO", "clients"}));
  co_return expect(id.text.find("connected_clients:2") != std::string::npos, id.text);
}

TEST_F(RedisLeaseWithServer, TakesCommandsThatWait) {
  for (const int protocol : {2, 3}) {
    const RedisTestServer server;
    EXPECT_EQ(run_test(2, wait_for_a_job(options_of(server, protocol))), "");
  }
}

// One that gives up closes its connection, so that the server gives the element to somebody who still waits.
Task<Result<void>> give_up_waiting(RedisOptions options) {
  RedisClient redis(std::move(options));
  {
    RedisLease lease = co_await try_(redis.lease());
    const Result<RespValue> gave_up =
        co_await with_timeout(20ms, lease.command({"BLPOP", "jobs", "0"}, Duration::max()));
    co_await try_(expect(!gave_up.ok() && redis_error_kind(gave_up.error()) == RedisErrorKind::kTimeout, "timeout"));
    co_await try_(expect(!lease.usable(), "closed"));
    const Result<RespValue> after = co_await lease.command({"PING"});
    co_await try_(expect(!after.ok() && redis_error_kind(after.error()) == RedisErrorKind::kConnection, "after it"));
  }
  std::int64_t blocked = 1;
  while (blocked > 0) {
    const RespValue info = co_await try_(redis.command({"INFO", "clients"}));
    blocked = info.text.find("blocked_clients:0") == std::string::npos ? 1 : 0;
  }
  (void)co_await try_(redis.command({"LPUSH", "jobs", "kept"}));
  const RespValue length = co_await try_(redis.command({"LLEN", "jobs"}));
  co_return expect(length.integer == 1, "nobody took it");
}

TEST_F(RedisLeaseWithServer, LosesNoElementOnceItHasGivenUp) {
  const RedisTestServer server;
  EXPECT_EQ(run_test(1, with_timeout(2min, give_up_waiting(server.options()))), "");
}

Task<Result<void>> exhaust(RedisOptions options) {
  options.leases_max = 2;
  options.command_timeout = 50ms;
  RedisClient redis(std::move(options));
  RedisLease one = co_await try_(redis.lease());
  {
    RedisLease two = co_await try_(redis.lease());
    const Result<RedisLease> three = co_await redis.lease();
    co_await try_(expect(!three.ok() && redis_error_kind(three.error()) == RedisErrorKind::kFull, "all are out"));
  }
  RedisLease again = co_await try_(redis.lease());
  (void)co_await try_(again.command({"PING"}, 1min));
  co_return {};
}

TEST_F(RedisLeaseWithServer, BoundsTheNumberOfConnections) {
  const RedisTestServer server;
  EXPECT_EQ(run_test(2, exhaust(server.options())), "");
}

// ---- WATCH ----

Task<Result<void>> add_one(RedisClient* redis, int* conflicts) {
  for (int i = 0; i < 25;) {
    RedisLease lease = co_await try_(redis->lease());
    (void)co_await try_(lease.command({"WATCH", "n"}));
    const RespValue n = co_await try_(lease.command({"GET", "n"}));
    const std::string next = std::to_string(n.as_integer().value_or(0) + 1);
    co_await yield();
    const auto done = co_await try_(lease.transaction(list_of({"SET", "n", next})));
    done.has_value() ? ++i : ++*conflicts;
  }
  co_return {};
}

struct Counting {
  RedisClient redis;
  int conflicts = 0;
  explicit Counting(RedisOptions options) : redis(std::move(options)) {}
};

Task<Result<void>> count_together(RedisOptions options) {
  auto all = std::make_unique<Counting>(std::move(options));
  co_await try_(with_scope(all.get(), [](Scope& scope, Counting*& c) -> Task<Result<void>> {
    for (int i = 0; i < 8; ++i) scope.spawn_pinned("add", add_one(&c->redis, &c->conflicts));
    co_return co_await scope.join();
  }));
  const RespValue n = co_await try_(all->redis.command({"GET", "n"}));
  co_await try_(expect(n.as_integer() == 200, n.describe()));
  co_await try_(expect(all->conflicts > 0, "some had to do it again"));
  // What was watched, by a command or among others, does not follow the connection to whoever has it next.
  for (const bool piped : {false, true}) {
    {
      RedisLease lease = co_await try_(all->redis.lease());
      if (piped) {
        (void)co_await try_(lease.pipeline(list_of({"WATCH", "n"})));
      } else {
        (void)co_await try_(lease.command({"WATCH", "n"}));
      }
    }
    (void)co_await try_(all->redis.command({"INCR", "n"}));
    RedisLease next = co_await try_(all->redis.lease());
    co_await try_(expect((co_await try_(next.transaction(list_of({"GET", "n"})))).has_value(), "nothing is watched"));
  }
  co_return {};
}

TEST_F(RedisLeaseWithServer, LosesNoIncrementUnderWatch) {
  for (const int protocol : {2, 3}) {
    const RedisTestServer server;
    EXPECT_EQ(run_test(2, count_together(options_of(server, protocol))), "");
  }
}

// ---- a server that is killed ----

Task<Result<void>> outlive_the_server(RedisTestServer* server) {
  RedisClient redis(server->options());
  RedisLease waiting = co_await try_(redis.lease());
  {
    RedisLease idle = co_await try_(redis.lease());
  }
  co_await try_(with_scope(std::pair(server, &waiting), [](Scope& scope, auto& both) -> Task<Result<void>> {
    struct Kill {
      static Task<Result<void>> later(RedisTestServer* victim) {
        co_await try_(co_await sleep_for(30ms));
        co_await blocking([victim] { victim->kill_and_restart(); });
        co_return {};
      }
    };
    scope.spawn("kill", Kill::later(both.first));
    const Result<RespValue> lost = co_await both.second->command({"BLPOP", "jobs", "0"}, 60s);
    co_await try_(expect(!lost.ok() && redis_error_kind(lost.error()) == RedisErrorKind::kConnection, "lost"));
    co_return co_await scope.join();
  }));
  // The idle one went with the server, and is not given out again.
  RedisLease fresh = co_await try_(redis.lease());
  (void)co_await try_(fresh.command({"PING"}));
  co_return {};
}

TEST_F(RedisLeaseWithServer, OutlivesARestart) {
  RedisTestServer server;
  EXPECT_EQ(run_test(2, with_timeout(5min, outlive_the_server(&server))), "");
}

// ---- streams ----

Task<Result<void>> add_entry(RedisClient* redis, std::string number) {
  (void)co_await try_(redis->command({"XADD", "jobs", "*", "number", number, "text", std::string_view("a\0b", 3)}));
  co_return {};
}

Task<Result<void>> work(RedisOptions options) {
  RedisClient redis(std::move(options));
  RedisStreamConsumer first(&redis, {.stream = "jobs", .group = "workers", .consumer = "first"});
  RedisStreamConsumer second(&redis, {.stream = "jobs", .group = "workers", .consumer = "second"});
  for (int i = 0; i < 2; ++i) co_await try_(first.create_group("0"));
  std::vector<RedisStreamEntry> entries = co_await try_(first.read(10, 10ms));
  co_await try_(expect(entries.empty(), "nothing yet"));
  for (const char* number : {"1", "2", "3"}) co_await try_(add_entry(&redis, number));
  entries = co_await try_(first.read(2, 10ms));
  co_await try_(expect(entries.size() == 2 && entries[0].fields.size() == 2, "two entries"));
  co_await try_(expect(entries[1].fields[0] == std::pair<std::string, std::string>("number", "2"), "in order"));
  co_await try_(expect(entries[1].fields[1].second == std::string("a\0b", 3), "any bytes"));
  const std::int64_t done = co_await try_(first.acknowledge({entries[0].id, "1-1"}));
  co_await try_(expect(done == 1, "one was pending"));
  // The first dies with entry 2; the second gets 3, and then 2 as well.
  std::vector<RedisStreamEntry> others = co_await try_(second.read(10, 10ms));
  co_await try_(expect(others.size() == 1 && others[0].fields[0].second == "3", "the third"));
  others = co_await try_(second.claim(1h, 10));
  co_await try_(expect(others.empty(), "not idle for so long"));
  co_await try_(co_await sleep_for(5ms));
  others = co_await try_(second.claim(1ms, 10));
  co_await try_(expect(others.size() == 2 && others[0].id == entries[1].id, "claimed"));
  (void)co_await try_(redis.command({"XDEL", "jobs", others[1].id}));
  co_await try_(co_await sleep_for(5ms));
  others = co_await try_(first.claim(1ms, 10));
  co_await try_(expect(others.size() == 1, "what was deleted is not claimed"));
  co_return {};
}

TEST_F(RedisLeaseWithServer, SharesAStreamInAGroup) {
  for (const int protocol : {2, 3}) {
    const RedisTestServer server;
    EXPECT_EQ(run_test(1, work(options_of(server, protocol))), "");
  }
}

// More is pending than one call of the server looks at: 10 times COUNT.
Task<Result<void>> claim_from_many(RedisOptions options) {
  RedisClient redis(std::move(options));
  RedisStreamConsumer jobs(&redis, {.stream = "jobs", .group = "workers", .consumer = "only"});
  co_await try_(jobs.create_group("0"));
  std::vector<RedisCommand> adds(500, RedisCommand{"XADD", "jobs", "*", "a", "b"});
  const std::vector<RespValue> added = co_await try_(redis.pipeline(std::move(adds)));
  const std::vector<RedisStreamEntry> read = co_await try_(jobs.read(500, 10ms));
  co_await try_(expect(read.size() == 500, "500 pending"));
  // All but the last were handed out just now; the last has been idle for an hour.
  RedisCommand idle{"XCLAIM", "jobs", "workers", "only", "0", added.back().text, "IDLE", "3600000"};
  (void)co_await try_(redis.command(std::move(idle)));
  const std::vector<RedisStreamEntry> claimed = co_await try_(jobs.claim(600s, 1));
  co_await try_(expect(claimed.size() == 1 && claimed[0].id == added.back().text, "found behind 499 others"));
  co_return expect((co_await try_(jobs.claim(600s, 1))).empty(), "and then none");
}

TEST_F(RedisLeaseWithServer, ClaimsBehindManyThatAreNotIdle) {
  const RedisTestServer server;
  EXPECT_EQ(run_test(1, claim_from_many(server.options())), "");
}

struct Workers {
  RedisTestServer* server;
  RedisClient redis;
  std::map<std::string, int> handled;  // by the entry's number
  Workers(RedisTestServer* its_server, RedisOptions options) : server(its_server), redis(std::move(options)) {}
};

// Reads until all 300 were handled by somebody; a lost connection is met by reading again and claiming.
Task<Result<void>> handle_entries(Workers* all, std::string name) {
  RedisStreamConsumer jobs(&all->redis, {.stream = "jobs", .group = "workers", .consumer = std::move(name)});
  while (all->handled.size() < 300) {
    Result<std::vector<RedisStreamEntry>> entries = co_await jobs.read(7, 20ms);
    if (entries.ok() && entries->empty()) entries = co_await jobs.claim(200ms, 50);
    if (!entries.ok()) {
      co_await try_(co_await sleep_for(10ms));
      continue;
    }
    for (const RedisStreamEntry& entry : *entries) {
      ++all->handled[entry.fields[0].second];
      (void)co_await jobs.acknowledge({entry.id});
    }
  }
  co_return {};
}

Task<Result<void>> work_through_a_restart(RedisTestServer* server) {
  RedisOptions options = server->options();
  auto all = std::make_unique<Workers>(server, std::move(options));
  RedisStreamConsumer first(&all->redis, {.stream = "jobs", .group = "workers", .consumer = "0"});
  co_await try_(first.create_group("0"));
  for (int i = 0; i < 300; ++i) co_await try_(add_entry(&all->redis, std::to_string(i)));
  co_return co_await with_scope(all.get(), [](Scope& scope, Workers*& w) -> Task<Result<void>> {
    for (int i = 0; i < 3; ++i) scope.spawn_pinned("consumer", handle_entries(w, std::to_string(i)));
    co_await try_(co_await sleep_for(15ms));
    RedisTestServer* const victim = w->server;
    co_await blocking([victim] { victim->kill_and_restart(); });
    co_return co_await scope.join();
  });
}

TEST_F(RedisLeaseWithServer, HandlesEveryEntryAlthoughTheServerIsKilled) {
  RedisTestServer server("appendonly yes\nappendfsync always\n");
  EXPECT_EQ(run_test(1, with_timeout(5min, work_through_a_restart(&server))), "");
}

}  // namespace
}  // namespace banyan
