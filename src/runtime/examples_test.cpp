// The examples of docs/runtime.md, compiled and run; the last test holds the page against this file.
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/blocking.h"
#include "runtime/channel.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/select.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

Task<Result<int>> half(int number) {
  if (number % 2 != 0) co_return Error(ErrorCode::kInvalidArgument, "odd");
  co_return number / 2;
}

Task<Result<int>> quarter(int number) {
  const int once = co_await try_(half(number));
  co_return co_await half(once);
}

struct Search {
  std::vector<int> numbers;
  Channel<int> found{16};
};

Task<Result<void>> look_at(Search* search, int number) {
  const int result = co_await try_(quarter(number));
  co_return co_await search->found.send(result);
}

Task<Result<void>> look_at_all(std::vector<int> numbers) {
  Search search{.numbers = std::move(numbers)};
  co_return co_await with_scope(&search, [](Scope& scope, Search*& s) -> Task<Result<void>> {
    for (int number : s->numbers) scope.spawn("look", look_at(s, number));
    co_return co_await scope.join();
  });
}

Task<Result<int>> first_of(Channel<int>* left, Channel<int>* right) {
  std::optional<int> value;
  const auto deadline = now() + 50ms;
  co_await try_(co_await select(deadline, receive_into(*left, value), receive_into(*right, value)));
  co_return value.value_or(0);
}

Task<Result<void>> say_goodbye(Channel<int>* peer) { co_return co_await peer->send(0); }

Task<Result<void>> serve(Channel<int>* requests, Channel<int>* peer) {
  Result<std::optional<int>> request = co_await requests->receive();
  // Cancelled or not, the peer is told, for which there is a tenth of a second.
  (void)co_await shielded(now() + 100ms, say_goodbye(peer));
  if (!request.ok()) co_return std::move(request).error();
  co_return {};
}

TEST(Examples, DoWhatThePageSays) {
  RuntimeOptions options;
  options.workers = 2;
  run(options, []() -> Task<int> {
    EXPECT_EQ(*co_await quarter(12), 3);
    EXPECT_EQ((co_await look_at_all({4, 8, 6})).error().code(), ErrorCode::kInvalidArgument);
    EXPECT_TRUE((co_await look_at_all({4, 8})).ok());
    Channel<int> left(1);
    Channel<int> right(1);
    EXPECT_EQ((co_await first_of(&left, &right)).error().code(), ErrorCode::kDeadlineExceeded);
    EXPECT_TRUE(right.try_send(7));
    EXPECT_EQ(*co_await first_of(&left, &right), 7);
    EXPECT_EQ((co_await with_timeout(5ms, serve(&left, &right))).error().code(), ErrorCode::kDeadlineExceeded);
    EXPECT_EQ(right.try_receive(), 0);
    const int read = co_await blocking([] { return 5; });
    EXPECT_EQ(read, 5);
    co_return 0;
  }());
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Examples, AreTheOnesOfThePage) {
  const std::string testdata = BANYAN_TESTDATA;
  const std::string folder = testdata.substr(0, testdata.rfind('/'));
  const std::string code = read_file(folder + "/examples_test.cpp");
  const std::string page = read_file(folder + "/../../docs/runtime.md");
  const std::string open = "```cpp\n";
  int blocks = 0;
  for (std::size_t at = page.find(open); at != std::string::npos; at = page.find(open, at)) {
    at += open.size();
    const std::string block = page.substr(at, page.find("```", at) - at);
    EXPECT_NE(code.find(block), std::string::npos) << "not in examples_test.cpp:\n" << block;
    ++blocks;
  }
  EXPECT_GE(blocks, 4);
}

}  // namespace
}  // namespace banyan
