// What a copy carries into a sandbox; and answers that are compared by real threads, asked for over real sockets: those
// that fail, and others while calls that block have come to a stop.
#include "gateway/comparison.h"

#include <future>

#include <gtest/gtest.h>

#include "gateway/gateway_state.h"
#include "http1/server.h"
#include "runtime/runtime.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// ---- the sandbox ----

std::string flagged(const std::string& target) {
  MirrorJob copy;
  copy.set_target(target);
  enter_sandbox(copy, {.position = {}, .header = {}, .query = {"dry_run", "1"}, .cluster = {}});
  EXPECT_EQ(std::string(copy.head.path) + "?" + std::string(copy.head.query), copy.target);
  EXPECT_EQ(copy.head.target, copy.target);
  return copy.target;
}

TEST(Sandbox, TheParameterStandsAtTheEndAndNowhereElse) {
  EXPECT_EQ(flagged("/save"), "/save?dry_run=1");
  EXPECT_EQ(flagged("/save?"), "/save?dry_run=1");
  EXPECT_EQ(flagged("/save?a=1"), "/save?a=1&dry_run=1");
  EXPECT_EQ(flagged("/save?dry_run=0"), "/save?dry_run=1");
  EXPECT_EQ(flagged("/save?dry_run&a=1&dry%5Frun=0"), "/save?a=1&dry_run=1");
  EXPECT_EQ(flagged("/save?a=1;dry_run=0;b=2"), "/save?a=1;b=2&dry_run=1");
  EXPECT_EQ(flagged("/save?dry_run_2=0&b=dry_run"), "/save?dry_run_2=0&b=dry_run&dry_run=1");
}

TEST(Sandbox, TheClientsHeaderOfTheSameNameIsTakenAway) {
  MirrorJob copy;
  copy.set_target("/save?a=1");
  for (Fields* fields : {&copy.fields, &copy.head.fields}) (void)fields->add_copy("X-Dry-Run", "no");
  enter_sandbox(copy, {.position = {}, .header = {"x-dry-run", "yes"}, .query = {}, .cluster = {}});
  EXPECT_EQ(copy.target, "/save?a=1");
  for (const Fields* fields : {&copy.fields, &copy.head.fields}) {
    ASSERT_EQ(fields->size(), 1U);
    EXPECT_EQ(fields->value("x-dry-run"), "yes");
  }
}

// ---- the threads ----

constexpr std::string_view kUser = R"({"name":"anna"})";

class SameUser final : public Handler {
 public:
  Task<void> handle(Exchange& exchange) override {
    Fields fields;
    fields.add_copy(FieldId::kContentType, "application/json");
    (void)co_await exchange.respond(status, fields, kUser);
  }
  int status = 200;
};

// A route whose two sides are one server.
class World {
 public:
  void start() {
    Result<Listener> listener = Listener::open(*SocketAddress::parse("127.0.0.1:0"));
    ASSERT_TRUE(listener.ok());
    listener_.emplace(*std::move(listener));
    go_pinned("server", serve(this));
    const std::string address = listener_->address().text();
    const std::string text =
        "version: 1\ngateway: {listen: [\"127.0.0.1:1\"], access_log: {file: off}}\nclusters:\n"
        "  legacy: {protocol: http1, endpoints: [\"" +
        address + "\"]}\n  native: {protocol: http1, endpoints: [\"" + address +
        "\"]}\nledger: {file: none.db}\nroutes:\n"
        "  - {id: user, match: {method: GET, path: /user}, migrate: {from: legacy, to: native, mirror: {timeout: "
        "1m}}}\n";
    Diagnostics diagnostics("test.yaml");
    std::vector<FileReference> files;
    GatewayConfig config = parse_gateway_config(text, "test.yaml", diagnostics, files);
    for (const Diagnostic& one : diagnostics.sorted()) ADD_FAILURE() << one.message;
    Result<std::shared_ptr<const GatewaySnapshot>> made = make_snapshot(std::move(config), nullptr, 1, now());
    ASSERT_TRUE(made.ok()) << made.error().text();
    snapshot_ = *std::move(made);
    for (const std::size_t side : {kOldSide, kNewSide}) {
      clusters_[side] = std::make_shared<WorkerCluster>(snapshot_->clusters[side], 0, state_.memory, state_.resolver);
    }
  }

  Task<void> stop() {
    for (std::shared_ptr<WorkerCluster>& cluster : clusters_) cluster.reset();
    listener_->close();
    (void)co_await stopped_.wait();
    server_.drain();
    while (server_.connections() > 0) (void)co_await sleep_for(1ms);
    listener_.reset();
  }

  // Its outcome comes to outcome(), if it ever ends. The client got `status`, as the server answers from then on.
  void begin_comparison(int status = 200) {
    handler_.status = status;
    const GatewayRoute& route = snapshot_->routes[0];
    auto job = std::make_unique<ComparisonJob>();
    job->copy = std::make_unique<MirrorJob>();
    job->copy->snapshot = snapshot_;
    job->copy->route = &route;
    job->copy->method_name = "GET";
    job->copy->set_target("/user");
    job->copy->fields.add_copy(FieldId::kHost, "test");
    job->copy->answered.status = status;
    job->copy->answered.headers = {{"content-type", "application/json"}};
    job->copy->answered.body = kUser;
    job->migration = route.migration;
    job->clusters = clusters_;
    job->answered_by = clusters_[kOldSide];
    job->desk = &state_.observations;
    go_pinned("comparison", run_comparison(std::move(job), std::make_shared<unsigned>(1)));
  }
  std::unique_ptr<Observation> observation() {
    std::optional<std::unique_ptr<Observation>> seen = state_.observations.queue.try_receive();
    return seen ? *std::move(seen) : nullptr;
  }
  std::optional<Comparison> outcome() {
    const std::unique_ptr<Observation> seen = observation();
    return seen != nullptr ? seen->comparison : std::nullopt;
  }

  // Calls that return when the gate opens.
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  int stuck = 0;       // still
  int refused = 0;     // for want of room
  bool other = false;  // another call has returned

 private:
  static Task<void> serve(World* world) {
    co_await serve_connections(*world->listener_, world->server_);
    world->stopped_.set();
  }

  GatewayState state_{"test.yaml", 1};
  SameUser handler_;
  Http1Server server_{handler_, state_.memory, ServerLimits{}};
  std::optional<Listener> listener_;
  Event stopped_;
  std::shared_ptr<const GatewaySnapshot> snapshot_;
  std::array<std::shared_ptr<WorkerCluster>, 2> clusters_;
};

// Within half a minute; a comparison takes less than a millisecond.
template <class What>
Task<bool> comes_true(What what) {
  for (int i = 0; i < 30'000; ++i) {
    if (what()) co_return true;
    (void)co_await sleep_for(1ms);
  }
  co_return false;
}

int run_with(Task<int> test) {
  RuntimeOptions options;
  options.workers = 1;
  return run(options, std::move(test));
}

// ---- failures ----

Task<int> both_fail(World* world) {
  world->start();
  std::unique_ptr<Observation> seen;
  world->begin_comparison(500);
  EXPECT_TRUE(co_await comes_true([&] { return (seen = world->observation()) != nullptr; }));
  EXPECT_FALSE(seen->comparison);
  EXPECT_TRUE(seen->sides[kOldSide]->failed && seen->sides[kNewSide]->failed);
  world->begin_comparison(404);
  EXPECT_TRUE(co_await comes_true([&] { return (seen = world->observation()) != nullptr; }));
  EXPECT_EQ(seen->comparison, Comparison::kEqual);
  co_await world->stop();
  co_return 0;
}

TEST(ComparisonOfFailures, ThatBothSidesFailAlikeIsNoEvidence) {
  World world;
  EXPECT_EQ(run_with(both_fail(&world)), 0);
}

// ---- comparisons and other calls ----

Task<void> stick(World* world) {
  ++world->stuck;
  co_await blocking([world] { world->opened.wait(); });
  --world->stuck;
}

Task<void> note_other(World* world) {
  co_await blocking([] {});
  world->other = true;
}

Task<int> others_are_stuck(World* world) {
  world->start();
  for (unsigned i = 0; i < kBlockingThreadsMax; ++i) go("stuck", stick(world));
  EXPECT_TRUE(co_await comes_true([&] { return world->stuck == static_cast<int>(kBlockingThreadsMax); }));
  go("other", note_other(world));
  std::optional<Comparison> seen;
  for (int i = 0; i < 20; ++i) {
    world->begin_comparison();
    EXPECT_TRUE(co_await comes_true([&] { return (seen = world->outcome()).has_value(); }));
    EXPECT_EQ(seen, Comparison::kEqual);
  }
  EXPECT_FALSE(world->other);
  world->gate.set_value();
  EXPECT_TRUE(co_await comes_true([&] { return world->stuck == 0 && world->other; }));
  co_await world->stop();
  co_return 0;
}

TEST(ComparisonThreads, ComparisonsGoOnWhereAllOtherCallsAreStuck) {
  World world;
  EXPECT_EQ(run_with(others_are_stuck(&world)), 0);
}

Task<void> stick_comparison(World* world) {
  ++world->stuck;
  const auto done = co_await blocking_on(comparison_pool(), [world] { world->opened.wait(); });
  if (!done) ++world->refused;
  --world->stuck;
}

Task<int> comparisons_are_stuck(World* world) {
  world->start();
  for (int i = 0; i < 10'000 && world->refused == 0; ++i) {
    go("stuck", stick_comparison(world));
    (void)co_await yield();
  }
  EXPECT_GE(world->refused, 1);
  EXPECT_GT(world->stuck, static_cast<int>(kComparisonsWaitingMax));
  go("other", note_other(world));
  EXPECT_TRUE(co_await comes_true([&] { return world->other; }));
  std::optional<Comparison> seen;
  world->begin_comparison();
  EXPECT_TRUE(co_await comes_true([&] { return (seen = world->outcome()).has_value(); }));
  EXPECT_EQ(seen, Comparison::kDropped);
  world->gate.set_value();
  EXPECT_TRUE(co_await comes_true([&] { return world->stuck == 0; }));
  world->begin_comparison();
  EXPECT_TRUE(co_await comes_true([&] { return (seen = world->outcome()).has_value(); }));
  EXPECT_EQ(seen, Comparison::kEqual);
  co_await world->stop();
  co_return 0;
}

TEST(ComparisonThreads, StuckComparisonsHoldUpNothingElseAndTheNextOnesAreDropped) {
  World world;
  EXPECT_EQ(run_with(comparisons_are_stuck(&world)), 0);
}

}  // namespace
}  // namespace banyan
