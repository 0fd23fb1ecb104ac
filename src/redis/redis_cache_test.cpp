// The cache against a real redis-server: who loads, and what is never given.
#include "redis/redis_cache.h"

#include <gtest/gtest.h>

#include "net/loopback.h"
#include "redis/redis_server_test.h"
#include "runtime/blocking.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

class RedisCacheWithServer : public testing::Test {
 public:
  void SetUp() override {
    if (RedisTestServer::is_installed()) return;
    GTEST_SKIP() << "nothing was cached: apt-get install redis-server";
  }
};

// Where values come from, slowly, and how often they were asked for.
struct Source {
  std::atomic<int> loads{0};
  std::atomic<int> version{1};
  Duration takes = 20ms;
};

Task<Result<RedisCache::Value>> load(Source* source) {
  ++source->loads;
  const int version = source->version;  // read before it takes its time
  co_await try_(co_await sleep_for(source->takes));
  co_return RedisCache::Value("v" + std::to_string(version));
}

Task<Result<RedisCache::Value>> load_nothing(Source* source) {
  ++source->loads;
  co_return RedisCache::Value();
}
Task<Result<RedisCache::Value>> fail_to_load(Source* source) {
  ++source->loads;
  co_return Error(ErrorCode::kUnavailable, "no database");
}

// One program with the cache.
struct Process {
  explicit Process(const RedisOptions& options,
                   RedisCacheOptions more = {.prefix = "p:", .lifetime = 600s, .load_max = 60s})
      : redis(options), cache(&redis, std::move(more)) {}
  RedisClient redis;
  RedisCache cache;
};

Task<Result<void>> expect_value(Process* process, Source* source, std::string expected) {
  const RedisCache::Value value = co_await try_(process->cache.get("k", load(source)));
  co_return expect(value == expected, expected + ", not " + value.value_or("nothing"));
}

Task<Result<void>> get_and_forget(RedisOptions options) {
  Source source;
  Process process(options);
  for (int i = 0; i < 3; ++i) co_await try_(expect_value(&process, &source, "v1"));
  co_await try_(expect(source.loads == 1 && process.cache.statistics().hits == 2, "loaded once"));
  const RespValue life = co_await try_(process.redis.command({"PTTL", "p:k"}));
  co_await try_(expect(life.integer > 60'000 && life.integer <= 600'000, "its lifetime: " + life.describe()));
  source.version = 2;
  co_await try_(process.cache.forget("k"));
  co_await try_(expect_value(&process, &source, "v2"));
  for (int i = 0; i < 2; ++i) {
    const RedisCache::Value none = co_await try_(process.cache.get("none", load_nothing(&source)));
    co_await try_(expect(!none.has_value(), "nothing"));
    const auto failed = co_await process.cache.get("failing", fail_to_load(&source));
    co_await try_(expect(!failed.ok() && failed.error().message() == "no database", "the loader's error"));
  }
  co_await try_(expect(source.loads == 6, "neither is kept"));
  const RespValue keys = co_await try_(process.redis.command({"DBSIZE"}));
  co_return expect(keys.integer == 1, "no lock is left");
}

TEST_F(RedisCacheWithServer, KeepsValuesUntilTheyAreForgotten) {
  const RedisTestServer server;
  EXPECT_EQ(run_test(1, get_and_forget(server.options())), "");
}

struct Crowd {
  Source source;
  std::vector<std::unique_ptr<Process>> processes;
};

Task<Result<void>> all_at_once(RedisOptions options) {
  Crowd crowd;
  crowd.source.takes = 100ms;
  for (int i = 0; i < 3; ++i) crowd.processes.push_back(std::make_unique<Process>(options));
  co_await try_(with_scope(&crowd, [](Scope& scope, Crowd*& c) -> Task<Result<void>> {
    for (int i = 0; i < 300; ++i) {
      scope.spawn("want", expect_value(c->processes[static_cast<std::size_t>(i % 3)].get(), &c->source, "v1"));
    }
    co_return co_await scope.join();
  }));
  co_return expect(crowd.source.loads == 1,
                   "one load for 300 in three processes, not " + std::to_string(crowd.source.loads));
}

TEST_F(RedisCacheWithServer, LoadsOnceForAllWhoWantIt) {
  const RedisTestServer server;
  EXPECT_EQ(run_test(2, all_at_once(server.options())), "");
}

Task<Result<void>> change_while_loading(RedisOptions options) {
  Crowd crowd;
  crowd.source.takes = 100ms;
  for (int i = 0; i < 2; ++i) crowd.processes.push_back(std::make_unique<Process>(options));
  co_await try_(with_scope(&crowd, [](Scope& scope, Crowd*& c) -> Task<Result<void>> {
    Process* const one = c->processes[0].get();
    scope.spawn("early", expect_value(one, &c->source, "v1"));
    while (c->source.loads == 0) co_await try_(co_await sleep_for(1ms));
    c->source.version = 2;
    co_await try_(c->processes[1]->cache.forget("k"));
    co_await try_(one->cache.forget("k"));  // the process that changed it
    co_await try_(expect_value(one, &c->source, "v2"));
    co_return co_await scope.join();
  }));
  // What the early one loaded came later, and was not kept.
  for (const auto& process : crowd.processes) co_await try_(expect_value(process.get(), &crowd.source, "v2"));
  co_return {};
}

TEST_F(RedisCacheWithServer, NeverKeepsWhatWasLoadedBeforeAChange) {
  const RedisTestServer server;
  EXPECT_EQ(run_test(2, change_while_loading(server.options())), "");
}

// The one who loads gives up: the next in line loads, and nobody waits for a lock that nobody holds.
Task<Result<void>> give_up(RedisOptions options) {
  Crowd crowd;
  crowd.source.takes = 1h;
  crowd.processes.push_back(std::make_unique<Process>(options));
  co_await try_(with_scope(&crowd, [](Scope& scope, Crowd*& c) -> Task<Result<void>> {
    Process* const process = c->processes[0].get();
    struct Hasty {
      std::optional<TaskHandle> handle;
      static Task<Result<void>> leave(Hasty* self, Process* p, Source* source) {
        self->handle = TaskHandle::current();
        const auto left = co_await p->cache.get("k", load(source));
        co_return expect(!left.ok() && left.error().code() == ErrorCode::kCancelled, "left");
      }
    } hasty;
    scope.spawn("hasty", Hasty::leave(&hasty, process, &c->source));
    while (c->source.loads == 0) co_await try_(co_await sleep_for(1ms));
    c->source.takes = 1ms;
    scope.spawn("next in line", expect_value(process, &c->source, "v1"));
    co_await try_(co_await sleep_for(10ms));
    hasty.handle->cancel();
    co_return co_await scope.join();
  }));
  co_return expect(crowd.source.loads == 2, "loaded by the second");
}

TEST_F(RedisCacheWithServer, LoadsAgainWhenTheLoaderGivesUp) {
  const RedisTestServer server;
  EXPECT_EQ(run_test(1, with_timeout(50s, give_up(server.options()))), "");
}

Task<Result<void>> without_redis(RedisTestServer* server) {
  RedisOptions options = server->options();
  options.patience = 10ms;
  Source source;
  Process process(options);
  co_await try_(expect_value(&process, &source, "v1"));
  co_await blocking([server] { server->stop(); });
  source.version = 2;
  co_await try_(expect(!(co_await process.cache.forget("k")).ok(), "says that it could not be forgotten"));
  for (int i = 0; i < 2; ++i) co_await try_(expect_value(&process, &source, "v2"));
  co_await try_(expect(process.cache.statistics().failures > 0, "counted"));
  co_await blocking([server] { server->start(); });
  const int before = source.loads;
  while ((co_await try_(process.cache.get("k", load(&source)))) == "v2" && process.cache.statistics().hits == 0) {
    co_await try_(co_await sleep_for(5ms));
  }
  co_return expect(source.loads > before, "kept again");
}

TEST_F(RedisCacheWithServer, DoesWithoutRedis) {
  RedisTestServer server;
  EXPECT_EQ(run_test(1, with_timeout(2min, without_redis(&server))), "");
}

// A process that died while it loaded: the others wait for the end of its lock and no longer.
Task<Result<void>> find_a_dead_lock(RedisOptions options) {
  Source source;
  Process process(options, {.prefix = "p:", .lifetime = 600s, .load_max = 200ms});
  (void)co_await try_(process.redis.command({"SET", "p:k:lock", "dead", "PX", "200"}));
  co_await try_(expect_value(&process, &source, "v1"));
  co_await try_(expect_value(&process, &source, "v1"));
  co_return expect(source.loads <= 2, "loaded by itself");
}

TEST_F(RedisCacheWithServer, WaitsForADeadLoaderNoLongerThanItsLock) {
  const RedisTestServer server;
  EXPECT_EQ(run_test(1, with_timeout(1min, find_a_dead_lock(server.options()))), "");
}

}  // namespace
}  // namespace banyan
