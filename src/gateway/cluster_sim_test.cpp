// A cluster against servers in the simulator: what retries, breaker, checks of health and changing names do over
// minutes of virtual time, and what they never do, whatever the network does.
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "gateway/health_checker.h"
#include "gateway/worker_cluster.h"
#include "http1/server.h"
#include "net/listener.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/sync.h"
#include "sim/seed_sweep.h"
#include "sim/simulation.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// A deadline is noticed so late at most (runtime/timer_wheel.h).
constexpr Duration kTimerTick{1 << 20};

enum class Mode : unsigned char { kWell, kFails, kBreaks, kHangs };

// A server that does as it is told, and remembers which requests it has executed.
class Server final : public Handler {
 public:
  Task<void> handle(Exchange& exchange) override {
    ++requests;
    const std::string id(exchange.head().fields.value("x-id"));
    ++executed[id];
    if (exchange.head().method == Method::kPost) ++executed_unsafe[id];
    Fields fields;
    if (mode == Mode::kBreaks) {
      exchange.abort();
      co_return;
    }
    if (mode == Mode::kHangs) (void)co_await sleep_for(1h);
    (void)co_await exchange.respond(mode == Mode::kFails ? 503 : 200, fields, "x");
  }

  Mode mode = Mode::kWell;
  int requests = 0;
  std::map<std::string, int> executed;
  std::map<std::string, int> executed_unsafe;
};

struct Site {
  explicit Site(std::size_t number) : address(*SocketAddress::parse("10.0.0." + std::to_string(number + 1) + ":80")) {}

  SocketAddress address;
  Server handler;
  std::unique_ptr<Http1Server> server;
  std::unique_ptr<Listener> listener;
  Event stopped;
};

class World {
 public:
  explicit World(std::size_t servers) {
    for (std::size_t i = 0; i < servers; ++i) {
      sites.push_back(std::make_unique<Site>(i));
      config.endpoints.push_back({{}, *parse_address(sites.back()->address.text()), 1, ""});
    }
    config.name = "up";
  }

  void open(Site& site) {
    site.server = std::make_unique<Http1Server>(site.handler, memory, ServerLimits{});
    Result<Listener> listener = Listener::open(site.address);
    EXPECT_TRUE(listener.ok());
    site.listener = std::make_unique<Listener>(*std::move(listener));
    go_pinned("server", accept_all(&site));
  }
  static Task<void> accept_all(Site* site) {
    co_await serve_connections(*site->listener, *site->server);
    site->stopped.set();
  }

  void start() {
    for (auto& site : sites) open(*site);
    state = std::make_shared<ClusterState>(config, "", 1, nullptr, now());
    GatewayCluster made;
    made.config = &config;
    made.state = state;
    cluster = std::make_shared<WorkerCluster>(made, 0, memory, resolver);
    if (config.health) go_pinned("health", run(check_health(state, {&memory, nullptr, nullptr})));
    if (state->has_names()) go_pinned("names", run(follow_names(state, &resolver)));
  }
  static Task<void> run(Task<Result<void>> task) { (void)co_await std::move(task); }

  Task<void> stop() {
    state->retire();
    cluster.reset();
    for (auto& site : sites) {
      if (site->listener == nullptr) continue;
      site->listener->close();
      (void)co_await site->stopped.wait();
      site->server->drain();
    }
    const TimePoint end = now() + 3h;
    for (auto& site : sites) {
      while (site->server != nullptr && site->server->connections() > 0 && now() < end) (void)co_await sleep_for(1s);
    }
  }

  // The status of the answer; 0 where there was none; -1 where the breaker refused.
  Task<int> ask(Method method, std::string id, Duration timeout = 5s) {
    Fields fields;
    fields.add_copy(FieldId::kHost, "sim");
    (void)fields.add_copy("x-id", id);
    UpstreamRequest request;
    request.method = method;
    request.method_name = banyan::method_name(method);
    request.target = "/";
    request.fields = &fields;
    SendOptions options;
    options.rules = &rules;
    SendReport report;
    ContextGuard guard(current_context().with_deadline(now() + timeout));
    WorkerCluster::Sent sent = co_await cluster->send(request, options, &report);
    if (report.refused) co_return -1;
    if (!sent.ok()) co_return 0;
    const int status = (*sent)->head().status;
    const bool whole = (co_await read_all((*sent)->body(), 100)).ok();
    co_return whole ? status : 0;
  }

  ClusterConfig config;
  RetryRules rules;
  MemoryBudget memory;
  SimulatedNames names;
  Resolver resolver{ResolverOptions{.simulated = &names}};
  std::vector<std::unique_ptr<Site>> sites;
  std::shared_ptr<ClusterState> state;
  std::shared_ptr<WorkerCluster> cluster;
  Duration late_by{-1s};  // how much a request took longer than it may
};

// ---- retries ----

Task<int> one_bad_among_three(World* world, Mode mode) {
  world->rules.try_timeout = 200ms;
  world->rules.on_timeout = true;
  world->rules.statuses = {5};
  world->start();
  world->sites[1]->handler.mode = mode;
  int well = 0;
  for (int i = 0; i < 30; ++i) well += co_await world->ask(Method::kGet, std::to_string(i)) == 200;
  EXPECT_EQ(well, 30);
  EXPECT_GE(world->sites[1]->handler.requests, 9);
  int failed = 0;
  for (int i = 0; i < 30; ++i) failed += co_await world->ask(Method::kPost, "p" + std::to_string(i)) != 200;
  EXPECT_GE(failed, 9);  // nobody may send those again
  co_await world->stop();
  co_return 0;
}

TEST(ClusterSimulation, NoRequestThatMayBeRepeatedFailsWhileAnEndpointIsWell) {
  for (const Mode mode : {Mode::kFails, Mode::kBreaks, Mode::kHangs}) {
    World world(3);
    SimEnv env(1, {.delay_max = 1ms});
    EXPECT_TRUE(env.run(one_bad_among_three(&world, mode)).ok());
  }
}

Task<int> at_random(World* world, SeededRandom* random) {
  world->rules.attempts_max = 1 + static_cast<std::uint32_t>(random->below(4));
  world->rules.on_timeout = random->chance(0.5);
  world->rules.same_endpoint_again = random->chance(0.5);
  world->rules.backoff = 10ms;
  if (random->chance(0.5)) world->rules.try_timeout = Duration(1'000'000 + random->below(100'000'000));
  if (random->chance(0.5)) world->rules.statuses = {5};
  world->start();
  for (int i = 0; i < 40; ++i) {
    world->sites[random->below(world->sites.size())]->handler.mode = static_cast<Mode>(random->below(4));
    const TimePoint start = now();
    (void)co_await world->ask(random->chance(0.5) ? Method::kPost : Method::kGet, std::to_string(i), 300ms);
    world->late_by = std::max(world->late_by, now() - start - 300ms);
    (void)co_await sleep_for(Duration(random->below(500'000'000)));
  }
  co_await world->stop();
  co_return 0;
}

bool nothing_unsafe_twice(std::uint64_t seed) {
  SeededRandom plan(seed * 7919);
  World world(1 + plan.below(4));
  if (plan.chance(0.5)) world.config.outlier = OutlierConfig{.consecutive_failures = 2};
  if (plan.chance(0.5)) world.config.breaker = BreakerConfig{.consecutive_failures = 3, .open_for = 1s};
  world.config.balance = static_cast<Balance>(plan.below(3));
  SimFaults faults;
  faults.delay_max = Duration(plan.below(20'000'000));
  faults.short_read = plan.chance(0.5) ? 0.5 : 0;
  faults.reset = plan.chance(0.5) ? 0.05 : 0;
  faults.refuse = plan.chance(0.5) ? 0.2 : 0;
  faults.blackhole = plan.chance(0.3) ? 0.1 : 0;
  SimEnv env(seed, faults);
  const bool ended = env.run(at_random(&world, &plan)).ok();
  std::map<std::string, int> executed;
  EXPECT_LE(world.late_by.count(), kTimerTick.count()) << "seed " << seed;
  bool well = ended && world.late_by <= kTimerTick;
  for (const auto& site : world.sites) {
    for (const auto& [id, times] : site->handler.executed_unsafe) executed[id] += times;
  }
  for (const auto& [id, times] : executed) well = well && times == 1;
  return well;
}

// Times that end before, within and after the wait between two attempts.
Task<int> hung_with_little_time(World* world) {
  world->rules.attempts_max = 4;
  world->rules.on_timeout = world->rules.same_endpoint_again = true;
  world->rules.try_timeout = 20ms;
  world->rules.backoff = 10ms;
  world->start();
  world->sites[0]->handler.mode = Mode::kHangs;
  for (Duration timeout = 20ms; timeout < 40ms; timeout += 100us) {
    const TimePoint start = now();
    EXPECT_EQ(co_await world->ask(Method::kGet, "hung", timeout), 0);
    world->late_by = std::max(world->late_by, now() - start - timeout);
  }
  EXPECT_GT(world->state->counts().total(&ClusterCounts::retries), 50U);
  co_await world->stop();
  co_return 0;
}

TEST(ClusterSimulation, NoAttemptBeginsWhenTheTimeIsOver) {
  World world(1);
  SimEnv env(7);
  EXPECT_TRUE(env.run(hung_with_little_time(&world)).ok());
  EXPECT_LE(world.late_by.count(), kTimerTick.count());
}

TEST(ClusterSimulation, NoUnsafeRequestIsExecutedTwiceWhateverTheNetworkDoes) {
  testing::internal::CaptureStderr();  // ejections and breakers are logged
  EXPECT_TRUE(sweep_seeds("unsafe requests", 300, &nothing_unsafe_twice));
  (void)testing::internal::GetCapturedStderr();
}

// ---- breaker ----

Task<int> through_an_outage(World* world) {
  world->start();
  Server& server = world->sites[0]->handler;
  std::string told;
  for (int second = 0; second < 60; ++second) {
    server.mode = second >= 5 && second < 31 ? Mode::kFails : Mode::kWell;
    const int status = co_await world->ask(Method::kGet, "a");
    told += status == 200 ? '.' : status == 503 ? 'x' : '-';
    (void)co_await sleep_for(1s);
  }
  // Three failures open it; a probe after each 9.5 seconds; two good ones close it.
  EXPECT_EQ(told, ".....xxx---------x---------x---------.......................");
  EXPECT_EQ(world->state->breaker_opened(), 3u);
  co_await world->stop();
  co_return 0;
}

TEST(ClusterSimulation, TheBreakerOpensProbesAndCloses) {
  testing::internal::CaptureStderr();
  World world(1);
  world.config.breaker = BreakerConfig{.consecutive_failures = 3, .open_for = 9500ms, .half_open_requests = 2};
  SimEnv env(3);
  EXPECT_TRUE(env.run(through_an_outage(&world)).ok());
  EXPECT_NE(testing::internal::GetCapturedStderr().find("breaker_changed"), std::string::npos);
}

// A day forward, two back, and so on.
Task<void> set_the_clock(SimEnv* env) {
  for (int i = 0; i < 80; ++i) {
    env->shift_wall(std::chrono::days(i % 2 == 0 ? 1 : -2));
    (void)co_await sleep_for(700ms);
  }
}

Task<int> through_an_outage_by_a_bad_clock(World* world, SimEnv* env) {
  go_pinned("clock", set_the_clock(env));
  co_return co_await through_an_outage(world);
}

TEST(ClusterSimulation, AWallClockThatJumpsChangesNothing) {
  testing::internal::CaptureStderr();
  World world(1);
  world.config.breaker = BreakerConfig{.consecutive_failures = 3, .open_for = 9500ms, .half_open_requests = 2};
  world.config.health = HealthConfig{.interval = 1s, .timeout = 200ms, .unhealthy_after = 100};
  SimEnv env(3);
  EXPECT_TRUE(env.run(through_an_outage_by_a_bad_clock(&world, &env)).ok());
  EXPECT_LT(env.wall_nanoseconds(), SimEnv(3).wall_nanoseconds());  // it did jump: 40 days back and a minute on
  (void)testing::internal::GetCapturedStderr();
}

Task<int> cancelled_and_hung(World* world) {
  world->start();
  world->sites[0]->handler.mode = Mode::kHangs;
  CircuitBreaker& breaker = *world->state->breaker();
  // The task's own end stands for a client that left.
  for (int i = 0; i < 10; ++i) {
    Scope scope;
    scope.spawn("left", [](World* inner) -> Task<Result<void>> {
      (void)co_await inner->ask(Method::kGet, "left", 1h);
      co_return {};
    }(world));
    (void)co_await sleep_for(10ms);
    scope.cancel();
    (void)co_await scope.join_all();
  }
  EXPECT_EQ(breaker.counts().neutral, 10u);
  EXPECT_EQ(breaker.state(now()), CircuitBreaker::State::kClosed);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(co_await world->ask(Method::kGet, "late", 100ms), 0);
  EXPECT_EQ(breaker.state(now()), CircuitBreaker::State::kOpen);
  co_await world->stop();
  co_return 0;
}

TEST(ClusterSimulation, AClientThatLeavesIsNobodysFailureAndATimeoutIsOne) {
  testing::internal::CaptureStderr();
  World world(1);
  world.config.breaker = BreakerConfig{.consecutive_failures = 3};
  SimEnv env(3, {.delay_max = 1ms});
  EXPECT_TRUE(env.run(cancelled_and_hung(&world)).ok());
  (void)testing::internal::GetCapturedStderr();
}

// ---- health ----

Task<int> one_falls_ill(World* world) {
  world->start();
  Server& server = world->sites[1]->handler;
  std::map<int, int> asked;  // of the ill one, by the tenth of seconds they fell into
  for (int second = 0; second < 60; ++second) {
    server.mode = second >= 20 && second < 40 ? Mode::kHangs : Mode::kWell;
    for (int i = 0; i < 4; ++i) {
      const int before = server.executed["u"];
      (void)co_await world->ask(Method::kGet, "u", 50ms);
      asked[second / 10] += server.executed["u"] - before;
    }
    (void)co_await sleep_for(1s);
  }
  EXPECT_EQ(asked[0], 20);
  EXPECT_EQ(asked[1], 20);
  EXPECT_LT(asked[2], 12);  // until the third check has failed
  EXPECT_EQ(asked[3], 0);
  EXPECT_GT(asked[4], 8);
  EXPECT_EQ(asked[5], 20);
  co_await world->stop();
  co_return 0;
}

TEST(ClusterSimulation, AnEndpointThatFailsItsChecksGetsNothingUntilItIsWellAgain) {
  testing::internal::CaptureStderr();
  World world(2);
  world.config.health = HealthConfig{.interval = 1s, .timeout = 200ms};
  world.rules = {.on_unreachable = false, .on_broken = false};
  SimEnv env(5, {.delay_max = 1ms});
  EXPECT_TRUE(env.run(one_falls_ill(&world)).ok());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("endpoint_unhealthy"), std::string::npos);
  EXPECT_NE(log.find("endpoint_healthy"), std::string::npos);
}

// ---- names ----

Task<int> a_name_moves(World* world) {
  const auto addresses = [world](std::initializer_list<std::size_t> which) {
    std::vector<SocketAddress> found;
    for (const std::size_t i : which) found.push_back(world->sites[i]->address);
    return found;
  };
  const auto served = [world](std::size_t i) { return world->sites[i]->handler.requests; };
  world->names["app.test"] = addresses({0, 1});
  world->start();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(co_await world->ask(Method::kGet, "a"), 200);
  EXPECT_EQ(served(0), 10);
  EXPECT_EQ(served(1), 10);
  world->names["app.test"] = addresses({1, 2});
  (void)co_await sleep_for(10s);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(co_await world->ask(Method::kGet, "a"), 200);
  EXPECT_EQ(served(0), 10);
  EXPECT_EQ(served(1), 20);
  EXPECT_EQ(served(2), 10);
  world->names.erase("app.test");
  (void)co_await sleep_for(10s);
  EXPECT_EQ(co_await world->ask(Method::kGet, "a"), 0);
  world->names["app.test"] = addresses({2});
  (void)co_await sleep_for(10s);
  EXPECT_EQ(co_await world->ask(Method::kGet, "a"), 200);
  co_await world->stop();
  co_return 0;
}

TEST(ClusterSimulation, AllAddressesOfANameAreUsedAndFollowed) {
  World world(3);
  world.config.endpoints.resize(1);
  world.config.endpoints[0].address = *parse_address("app.test:80");
  SimEnv env(9);
  EXPECT_TRUE(env.run(a_name_moves(&world)).ok());
}

}  // namespace
}  // namespace banyan
