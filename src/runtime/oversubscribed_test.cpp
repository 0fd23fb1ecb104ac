// The scheduler on a machine that others keep busy: more threads that compute than there are processors. Workers are
// then descheduled at any point, also between taking a lock and giving it back. Everything must still get done; how
// fast is not asserted.
#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/channel.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/select.h"

namespace banyan {
namespace {

class BusyThreads {
 public:
  BusyThreads() {
    const unsigned count = 2 * std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) {
      threads_.emplace_back([this] {
        while (!stop_.load(std::memory_order_relaxed)) spins_.fetch_add(1, std::memory_order_relaxed);
      });
    }
  }
  ~BusyThreads() {
    stop_.store(true);
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::atomic<long> spins_{0};
  std::vector<std::thread> threads_;
};

struct Load {
  Channel<int> pipe{1};
  Channel<int> direct;
  std::atomic<long> sum{0};
  std::atomic<int> children{0};
};

constexpr int kValues = 2000;

Task<Result<void>> child(Load* load) {
  load->children.fetch_add(1);
  co_return {};
}

Task<Result<void>> feed(Channel<int>* channel) {
  for (int i = 1; i <= kValues; ++i) co_await try_(co_await channel->send(i));
  co_return {};
}

Task<Result<void>> collect(Load* load) {
  for (int i = 0; i < 2 * kValues; ++i) {
    std::optional<int> from_pipe;
    std::optional<int> from_direct;
    co_await try_(co_await select(receive_into(load->pipe, from_pipe), receive_into(load->direct, from_direct)));
    load->sum.fetch_add(from_pipe.value_or(0) + from_direct.value_or(0));
  }
  co_return {};
}

TEST(Oversubscribed, SpawnChannelAndSelectGetThingsDone) {
  const BusyThreads busy;
  RuntimeOptions options;
  options.workers = 4;
  options.on_stall = [](const char*, std::uint64_t, Duration) {};
  run(options, []() -> Task<int> {
    Load load;
    Result<void> result = co_await with_scope(&load, [](Scope& scope, Load*& l) -> Task<Result<void>> {
      scope.spawn("feeds the pipe", feed(&l->pipe));
      scope.spawn("feeds directly", feed(&l->direct));
      scope.spawn("collects", collect(l));
      for (int i = 0; i < 20000; ++i) scope.spawn("child", child(l));
      co_return co_await scope.join();
    });
    EXPECT_TRUE(result.ok());
    EXPECT_EQ(load.children.load(), 20000);
    EXPECT_EQ(load.sum.load(), 2L * kValues * (kValues + 1) / 2);
    co_return 0;
  }());
}

}  // namespace
}  // namespace banyan
