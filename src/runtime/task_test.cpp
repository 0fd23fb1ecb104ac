// The contract of coroutines, line by line (see the head of task.h).
#include "runtime/task.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/runtime.h"

namespace banyan {
namespace {

using Log = std::vector<std::string>;

struct Noisy {
  Log* log;
  const char* name;
  Noisy(Log* to, const char* called) : log(to), name(called) {}
  Noisy(Noisy&& other) noexcept : log(std::exchange(other.log, nullptr)), name(other.name) {}
  Noisy& operator=(Noisy&&) = delete;
  ~Noisy() {
    if (log != nullptr) log->push_back(std::string("~") + name);
  }
};

template <class Body>
int run_one(Body body, unsigned workers = 1) {
  RuntimeOptions options;
  options.workers = workers;
  return run(options, body());
}

Task<Result<int>> fails(Noisy parameter, Log* log) {
  Noisy local(log, "local");
  log->push_back("failing");
  co_return Error(ErrorCode::kNotFound, "nothing here");
}

Task<Result<int>> middle(Log* log) {
  Noisy local(log, "middle local");
  const int value = co_await try_(fails(Noisy(log, "parameter"), log));
  log->push_back("never reached");
  co_return value;
}

TEST(Task, AnErrorDestroysLocalsThenResumesTheCaller) {
  Log log;
  auto body = [](Log* to) -> Task<int> {
    Result<int> result = co_await middle(to);
    to->push_back("caller");
    EXPECT_EQ(result.error().code(), ErrorCode::kNotFound);
    co_return 3;
  };
  RuntimeOptions options;
  options.workers = 1;
  EXPECT_EQ(run(options, body(&log)), 3);
  const Log expected{"failing", "~local", "~parameter", "~middle local", "caller"};
  EXPECT_EQ(log, expected);
}

Task<Result<std::string>> level(int depth, Log* log) {
  Noisy local(log, "frame");
  if (depth == 0) co_return Error(ErrorCode::kUnavailable, "bottom");
  std::string text = co_await try_(level(depth - 1, log));
  co_return text + ".";
}

TEST(Task, AnErrorPassesThroughManyFrames) {
  Log log;
  auto body = [](Log* to) -> Task<int> {
    Result<std::string> result = co_await level(200, to);
    co_return result.ok() ? 1 : 0;
  };
  RuntimeOptions options;
  options.workers = 1;
  EXPECT_EQ(run(options, body(&log)), 0);
  EXPECT_EQ(log.size(), 201U);
}

Task<Result<int>> parse(int value) {
  const int checked = co_await try_(value >= 0 ? Result<int>(value) : Error(ErrorCode::kInvalidArgument, "negative"));
  co_return checked * 2;
}

TEST(Task, TryTakesAResultToo) {
  EXPECT_EQ(run_one([]() -> Task<int> {
              const Result<int> good = co_await parse(21);
              const Result<int> bad = co_await parse(-1);
              EXPECT_EQ(bad.error().message(), "negative");
              co_return *good;
            }),
            42);
}

Task<Result<void>> throws() {
  throw std::runtime_error("boom");
  co_return {};
}

TEST(Task, AnExceptionBecomesAnInternalError) {
  EXPECT_EQ(run_one([]() -> Task<int> {
              const Result<void> result = co_await throws();
              EXPECT_EQ(result.error().code(), ErrorCode::kInternal);
              EXPECT_EQ(result.error().message(), "exception: boom");
              co_return 0;
            }),
            0);
}

Task<int> ready_child(int i) { co_return i & 1; }

TEST(Task, AMillionReadyAwaitsNeedNoStack) {
  EXPECT_EQ(run_one([]() -> Task<int> {
              int sum = 0;
              for (int i = 0; i < 1000000; ++i) sum += co_await ready_child(i);
              co_return sum;
            }),
            500000);
}

Task<std::string> join(std::vector<std::string> words, Noisy) {
  std::string all;
  for (const std::string& word : words) all += word;
  co_return all;
}

TEST(Task, TemporariesInAnAwaitExpressionLiveOnce) {
  Log log;
  auto body = [](Log* to) -> Task<int> {
    const std::string text = co_await join(std::vector<std::string>{"a", "b", "c"}, Noisy(to, "temporary"));
    to->push_back(text);
    co_return 0;
  };
  RuntimeOptions options;
  options.workers = 1;
  run(options, body(&log));
  const Log expected{"~temporary", "abc"};
  EXPECT_EQ(log, expected);
}

TEST(Task, ATaskNeverAwaitedOnlyDestroysItsParameters) {
  Log log;
  {
    auto task = fails(Noisy(&log, "parameter"), &log);
  }
  const Log expected{"~parameter"};
  EXPECT_EQ(log, expected);
}

}  // namespace
}  // namespace banyan
