// The examples of docs/redis.md, compiled and run; the last test holds the page against this file.
#include <string>

#include <gtest/gtest.h>

#include "redis/redis_client.h"
#include "redis/redis_server_test.h"
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
  co_return co_await with_timeout(2s, count_visit(&redis, "home"));
}

Task<int> count_twice(std::string url) {
  const Result<std::int64_t> once = co_await count_within_time(url);
  const Result<std::int64_t> twice = co_await count_within_time(url);
  EXPECT_TRUE(once.ok() && twice.ok()) << (once.ok() ? "" : once.error().text());
  if (once.ok() && twice.ok()) EXPECT_EQ(*once * 10 + *twice, 12);
  co_return 0;
}

TEST(RedisExamples, Run) {
  if (!RedisTestServer::is_installed()) {
    GTEST_SKIP() << "the examples were not run: apt-get install redis-server";
  }
  const RedisTestServer server;
  EXPECT_EQ(run({.workers = 1}, count_twice("unix:" + server.socket_path())), 0);
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
  EXPECT_EQ(examples, 1U);
}

}  // namespace
}  // namespace banyan
