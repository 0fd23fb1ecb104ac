// Replies as bytes, written down by hand from the specification.
#include "redis/resp_reader.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "redis/redis_command.h"
#include "redis/redis_error.h"
#include "redis/redis_options.h"
#include "redis/redis_script.h"

namespace banyan {
namespace {

// Everything `bytes` holds, as text; then "ERROR: ..." or "MORE" where it does not end with a reply.
std::string read_all(std::string_view bytes, std::size_t step, RespLimits limits = {}) {
  RespReader reader(limits);
  std::string out;
  for (std::size_t at = 0; at < bytes.size() || at == 0; at += step) {
    reader.feed(bytes.substr(at, step));
    for (;;) {
      RespValue value;
      Result<bool> got = reader.next(value);
      if (!got.ok()) return out + "ERROR: " + got.error().message();
      if (!*got) break;
      out += value.describe() + "\n";
    }
  }
  return reader.is_empty() ? out : out + "MORE";
}

struct Golden {
  const char* bytes;
  const char* text;
};

constexpr Golden kGolden[] = {
    {"+OK\r\n", "OK\n"},
    {"-ERR no\r\n", "!ERR no\n"},
    {":42\r\n:-7\r\n:+3\r\n", "42\n-7\n3\n"},
    {":9223372036854775807\r\n:-9223372036854775808\r\n", "9223372036854775807\n-9223372036854775808\n"},
    {"$5\r\na\r\nb\"\r\n", "\"a\\x0d\\x0ab\\\"\"\n"},
    {"$0\r\n\r\n$-1\r\n", "\"\"\nnull\n"},
    {"*0\r\n*-1\r\n", "[]\nnull\n"},
    {"*3\r\n:1\r\n*1\r\n$1\r\na\r\n$-1\r\n", "[1, [\"a\"], null]\n"},
    {"_\r\n", "null\n"},
    {"#t\r\n#f\r\n", "true\nfalse\n"},
    {",1.5\r\n,10\r\n,-inf\r\n,inf\r\n,1e300\r\n", "1.5\n10\n-inf\ninf\n1e300\n"},
    {"(3492890328409238509324850943850943825024385\r\n", "3492890328409238509324850943850943825024385\n"},
    {"!21\r\nSYNTAX invalid syntax\r\n", "!SYNTAX invalid syntax\n"},
    {"=15\r\ntxt:Some string\r\n", "\"Some string\"\n"},
    {"%2\r\n+a\r\n:1\r\n+b\r\n~2\r\n:1\r\n:2\r\n", "{a: 1, b: ~[1, 2]}\n"},
    {"%0\r\n~0\r\n", "{}\n~[]\n"},
    {">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n:1\r\n", ">[invalidate, [\"k\"]]\n1\n"},
    {"|1\r\n+ttl\r\n:3600\r\n*2\r\n:1\r\n|1\r\n+x\r\n+y\r\n:2\r\n", "[1, 2]\n"},
    {"|0\r\n:1\r\n", "1\n"},
    {"*2\r\n:1\r\n", "MORE"},
    {"$5\r\nabc", "MORE"},
    {":1", "MORE"},
    {"hello\r\n", "ERROR: redis: the server does not speak the Redis protocol; is this its port?"},
    {":1\n", "ERROR: redis: the server sent a line that does not end with CR LF"},
    {":\r\n", "ERROR: redis: the server sent an integer that is none"},
    {":+-1\r\n", "ERROR: redis: the server sent an integer that is none"},
    {":9223372036854775808\r\n", "ERROR: redis: the server sent an integer that is none"},
    {",x\r\n", "ERROR: redis: the server sent a double that is none"},
    {"#x\r\n", "ERROR: redis: the server sent a boolean that is none"},
    {"(1x\r\n", "ERROR: redis: the server sent a big number that is none"},
    {"_x\r\n", "ERROR: redis: the server sent a null with something in it"},
    {"$-2\r\n", "ERROR: redis: the server sent a string whose length is none"},
    {"=-1\r\n", "ERROR: redis: the server sent a string whose length is none"},
    {"$?\r\n", "ERROR: redis: the server sent a string whose length is none"},
    {"$1\r\nab\r\n", "ERROR: redis: the server sent a string that is longer than it said"},
    {"=3\r\nabc\r\n", "ERROR: redis: the server sent a verbatim string without a format"},
    {"*-2\r\n", "ERROR: redis: the server sent an aggregate whose length is none"},
    {"%-1\r\n", "ERROR: redis: the server sent an aggregate whose length is none"},
    {"*9223372036854775807\r\n", "ERROR: redis: a reply is larger than 67108864 bytes"},
    {"$67108865\r\n", "ERROR: redis: a reply is larger than 67108864 bytes"},
};

TEST(RespReader, GoldenBytesWholeAndInPieces) {
  for (const Golden& golden : kGolden) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{4096}}) {
      EXPECT_EQ(read_all(golden.bytes, step), golden.text) << golden.bytes << " in steps of " << step;
    }
  }
  EXPECT_TRUE(read_all(",nan\r\n", 9).starts_with("nan"));
}

TEST(RespReader, KeepsItsLimits) {
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "*1\r\n";
  EXPECT_EQ(read_all(deep, 4096), "ERROR: redis: a reply is nested deeper than 64");
  EXPECT_EQ(read_all("+" + std::string(70000, 'x'), 4096), "ERROR: redis: the server sent a line that does not end");
  std::string many = "*1000\r\n";
  for (int i = 0; i < 1000; ++i) many += ":1\r\n";
  EXPECT_EQ(read_all(many, 4096, {.reply_bytes_max = 1000 * sizeof(RespValue)}).substr(0, 32),
            "ERROR: redis: a reply is larger ");
  EXPECT_EQ(read_all(many + many, 4096, {.reply_bytes_max = 1002 * sizeof(RespValue) + 2000}).substr(0, 7), "[1, 1, ");
}

TEST(RespValue, ReadsNumbersOfEitherVersion) {
  EXPECT_EQ((RespValue{.type = RespType::kString, .text = "12"}).as_integer(), 12);
  EXPECT_EQ((RespValue{.type = RespType::kString, .text = "12x"}).as_integer(), std::nullopt);
  EXPECT_EQ((RespValue{.type = RespType::kString, .text = "1.25"}).as_double(), 1.25);
  EXPECT_EQ((RespValue{.type = RespType::kDouble, .real = 0.5}).as_double(), 0.5);
  EXPECT_EQ((RespValue{.type = RespType::kArray}).as_integer(), std::nullopt);
}

TEST(RedisCommand, GoldenBytes) {
  std::string bytes;
  RedisCommand command("set");
  command.add("k\r\n").add(-5).append_to(bytes);
  EXPECT_EQ(bytes, "*3\r\n$3\r\nset\r\n$3\r\nk\r\n\r\n$2\r\n-5\r\n");
  EXPECT_EQ(command.name(), "SET");
  EXPECT_EQ(command.refused_when_shared(), nullptr);
  EXPECT_EQ((RedisCommand{"SET", "k", "block"}).refused_when_shared(), nullptr);
  for (const RedisCommand& leased :
       {RedisCommand{"blpop", "k", "0"}, RedisCommand{"XREAD", "block", "5"}, RedisCommand{"watch", "k"}}) {
    EXPECT_NE(leased.refused_when_shared(), nullptr) << leased.name();
    EXPECT_EQ(leased.refused_when_leased(), nullptr) << leased.name();
  }
  for (const char* never : {"select", "multi", "subscribe", "quit"}) {
    EXPECT_NE(RedisCommand(never).refused_when_leased(), nullptr) << never;
  }
}

TEST(RedisError, TellsKindsAndWords) {
  const Error server = redis_server_error("WRONGTYPE Operation against a key");
  EXPECT_EQ(redis_error_kind(server), RedisErrorKind::kServer);
  EXPECT_EQ(redis_error_word(server), "WRONGTYPE");
  for (const char* refusal :
       {"NOAUTH x", "WRONGPASS x", "NOPERM x", "WRONGTYPE x", "NOSCRIPT x", "MOVED 1 h:1", "ERR x"}) {
    EXPECT_EQ(redis_server_error(refusal).code(), ErrorCode::kInternal) << refusal << ": no client's fault";
  }
  EXPECT_EQ(redis_server_error("READONLY x").code(), ErrorCode::kUnavailable);
  EXPECT_EQ(redis_error_kind(Error(ErrorCode::kUnavailable, "x")), RedisErrorKind::kConnection);
  EXPECT_EQ(redis_error_kind(Error(ErrorCode::kDataLoss, "x")), RedisErrorKind::kProtocol);
}

TEST(RedisScript, HasTheDigestRedisExpects) {
  EXPECT_EQ(RedisScript("return 1").digest(), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
}

TEST(RedisOptions, ReadsUrls) {
  const Result<RedisOptions> whole = RedisOptions::parse("redis://bob:p%40ss%2F@cache.test:7000/3");
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(whole->address, "cache.test:7000");
  EXPECT_EQ(whole->user, "bob");
  EXPECT_EQ(whole->password.reveal(), "p@ss/");
  EXPECT_EQ(whole->database, 3u);
  EXPECT_EQ(RedisOptions::parse("redis://h")->address, "h:6379");
  EXPECT_EQ(RedisOptions::parse("redis://[::1]/2")->address, "[::1]:6379");
  EXPECT_EQ(RedisOptions::parse("unix:/run/r.sock")->address, "unix:/run/r.sock");
  EXPECT_NE(RedisOptions::parse("rediss://h")->tls, nullptr);
  for (const char* wrong : {"", "http://h", "redis://", "redis://:x@", "redis://h:99999", "redis://h/x",
                            "redis://u:secret%4@h", "unix:", "redis://:1"}) {
    const Result<RedisOptions> parsed = RedisOptions::parse(wrong);
    ASSERT_FALSE(parsed.ok()) << wrong;
    EXPECT_EQ(parsed.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(parsed.error().text().find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace banyan
