// A gateway's state without workers, a real ledger, and the tasks that move its one route: for tests.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "gateway/rollouts.h"
#include "json/parse.h"
#include "ledger/ledger_file.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {

// What the workers would have seen of one request.
struct SeenRequest {
  Comparison comparison = Comparison::kEqual;
  bool new_failed = false;
  Duration new_took = std::chrono::milliseconds(1);
  std::optional<TimedPair> timed = std::nullopt;
  std::vector<DifferentPlace> places{};
  std::optional<std::vector<DifferentPlace>> again{};
};

// Every test is one coroutine in it.
class RolloutsWorld {
 public:
  RolloutsWorld() {
    char folder[] = "/tmp/banyan-rollouts-XXXXXX";
    folder_ = ::mkdtemp(folder);
  }
  ~RolloutsWorld() {
    rollouts.reset();
    for (const char* ending : {"", "-wal", "-shm", ".lock"}) ::unlink((file() + ending).c_str());
    ::rmdir(folder_.c_str());
  }
  std::string file() const { return folder_ + "/ledger.db"; }

  void configure(std::string_view keys, std::string_view match = "match: {method: GET, path: /user}",
                 std::string_view clusters = "") {
    const std::string text =
        "version: 1\ngateway: {listen: [\"127.0.0.1:1\"], access_log: {file: off}}\nclusters:\n"
        "  legacy: {protocol: http1, endpoints: [\"127.0.0.1:9000\"]}\n"
        "  native: {protocol: http1, endpoints: [\"127.0.0.1:9001\"], breaker: {consecutive_failures: 5}}\n" +
        std::string(clusters) + "ledger: {file: " + file() + "}\nroutes:\n  - id: user\n    " + std::string(match) +
        "\n    migrate: {from: legacy, to: native, " + std::string(keys) + "}\n";
    Diagnostics diagnostics("test.yaml");
    std::vector<FileReference> files;
    GatewayConfig config = parse_gateway_config(text, "test.yaml", diagnostics, files);
    BANYAN_CHECK(diagnostics.sorted().empty());
    Result<std::shared_ptr<const GatewaySnapshot>> snapshot =
        make_snapshot(std::move(config), state.snapshot().get(), 1, now());
    BANYAN_CHECK(snapshot.ok());
    state.publish(*std::move(snapshot));
  }

  // As at the start of a gateway.
  void open() {
    Result<std::unique_ptr<Ledger>> ledger = Ledger::open({.file = file()});
    BANYAN_CHECK(ledger.ok());
    rollouts = std::make_unique<Rollouts>(state, *std::move(ledger));
    BANYAN_CHECK(rollouts->restore().ok());
    rollouts->adopt();
    scope.emplace();
    scope->spawn_pinned("rollouts", move(rollouts.get()));
  }
  static Task<Result<void>> move(Rollouts* rollouts) {
    co_await rollouts->run();
    co_return {};
  }
  Task<void> close() {
    scope->cancel();
    (void)co_await scope->join_all();
    scope.reset();
    rollouts.reset();
  }
  // Killed: what its memory knew is gone, also what workers had told it.
  Task<void> restart() {
    co_await close();
    while (state.observations.queue.try_receive()) {
    }
    open();
  }

  RolloutRoute& route() { return *state.snapshot()->routes[0].migration->route; }
  std::uint32_t share() { return route().share.load(); }

  void see_one(const SeenRequest& seen) {
    auto out = std::make_unique<Observation>();
    out->route = state.snapshot()->routes[0].migration->route;
    out->comparison = seen.comparison;
    out->sides[kOldSide] = ObservedSide{.took = std::chrono::milliseconds(1), .build = old_build};
    out->sides[kNewSide] = ObservedSide{.failed = seen.new_failed, .took = seen.new_took, .build = new_build};
    out->timed = seen.timed;
    out->differences = seen.places;
    out->again = seen.again;
    state.observations.tell(std::move(out));
    ++told;
  }
  // Where nothing is compared: one answer of one side.
  void see_answer(std::size_t side, bool failed = false) {
    auto out = std::make_unique<Observation>();
    out->route = state.snapshot()->routes[0].migration->route;
    out->sides[side] = ObservedSide{
        .failed = failed, .took = std::chrono::milliseconds(1), .build = side == kOldSide ? old_build : new_build};
    state.observations.tell(std::move(out));
  }
  Task<void> see_answers(int times, bool new_failed = false) {
    for (int i = 0; i < times; ++i) {
      see_answer(kOldSide);
      see_answer(kNewSide, new_failed);
      if (i % 20 == 19) (void)co_await sleep_for(std::chrono::milliseconds(20));
    }
    (void)co_await sleep_for(std::chrono::milliseconds(50));
  }
  // At a thousand a second.
  Task<void> see(SeenRequest seen, int times = 1) {
    for (int i = 0; i < times; ++i) {
      see_one(seen);
      if (i % 20 == 19) (void)co_await sleep_for(std::chrono::milliseconds(20));
    }
    (void)co_await sleep_for(std::chrono::milliseconds(50));
  }
  Task<void> see_equal(int times) { co_return co_await see({}, times); }

  // Real time passes too: the ledger's thread lives in it.
  Task<bool> comes_true(std::function<bool()> what, int tries = 2'000) {
    for (int i = 0; i < tries; ++i) {
      if (what()) co_return true;
      (void)co_await sleep_for(std::chrono::milliseconds(20));
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    co_return false;
  }

  Task<Result<void>> act(RolloutAction action) { return rollouts->act("user", action, "anna", "because"); }

  // Stage, share and a member as /ledger gives them.
  std::string told_of(std::string_view member) {
    const Result<json::Document> document = json::parse(rollouts->overview_json());
    BANYAN_CHECK(document.ok());
    for (json::Value one : document->root()["routes"].elements()) {
      if (const auto text = one[member].to_string()) return std::string(*text);
      if (const auto number = one[member].to_int64()) return std::to_string(*number);
      if (const auto flag = one[member].to_bool()) return *flag ? "true" : "false";
    }
    return "nothing";
  }

  // Oldest first, as another program reads them.
  std::vector<Transition> written() {
    const Result<std::unique_ptr<LedgerFile>> reader = LedgerFile::open_to_read(file());
    BANYAN_CHECK(reader.ok());
    Result<std::vector<Transition>> all = (*reader)->transitions("user", 10'000);
    BANYAN_CHECK(all.ok());
    std::reverse(all->begin(), all->end());
    return *std::move(all);
  }
  GatewayState state{"test.yaml", 1};
  std::unique_ptr<Rollouts> rollouts;
  std::optional<Scope> scope;
  std::string old_build = "php-1";
  std::string new_build = "native-1";
  std::uint64_t told = 0;

 private:
  std::string folder_;
};

}  // namespace banyan
