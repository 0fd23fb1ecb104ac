// Replies judged by hiredis, Redis's own C library: RESP2 by the library itself, loaded when the test runs, and RESP3
// by redis-cli, which has a newer hiredis within (Debian's library knows no RESP3). What neither of them reads, big
// numbers and attributes, is held by golden bytes in resp_reader_test.cpp alone.
#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <random>

#include <gtest/gtest.h>

#include "redis/redis_command.h"
#include "redis/redis_server_test.h"
#include "redis/resp_reader.h"

namespace banyan {
namespace {

// ---- hiredis ----

// As hiredis 0.14 lays it out.
struct HiredisReply {
  int type;
  long long integer;
  std::size_t length;
  char* text;
  std::size_t elements;
  HiredisReply** element;
};

class Hiredis {
 public:
  Hiredis() : library_(dlopen("libhiredis.so.0.14", RTLD_NOW | RTLD_LOCAL)) {}
  Hiredis(const Hiredis&) = delete;
  Hiredis& operator=(const Hiredis&) = delete;
  bool is_there() const { return library_ != nullptr; }

  // Every reply in `bytes`, a line each.
  std::string read_all(std::string_view bytes) const {
    void* const reader = function<void*()>("redisReaderCreate")();
    function<int(void*, const char*, std::size_t)>("redisReaderFeed")(reader, bytes.data(), bytes.size());
    std::string out;
    for (;;) {
      void* reply = nullptr;
      if (function<int(void*, void**)>("redisReaderGetReply")(reader, &reply) != 0) out += "ERROR\n";
      if (reply == nullptr) break;
      describe(*static_cast<HiredisReply*>(reply), out);
      out += '\n';
      function<void(void*)>("freeReplyObject")(reply);
    }
    function<void(void*)>("redisReaderFree")(reader);
    return out;
  }

  std::string format(const std::vector<std::string>& words) const {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const std::string& word : words) {
      texts.push_back(word.data());
      lengths.push_back(word.size());
    }
    char* out = nullptr;
    const int length = function<int(char**, int, const char**, const std::size_t*)>("redisFormatCommandArgv")(
        &out, static_cast<int>(words.size()), texts.data(), lengths.data());
    std::string bytes(out, static_cast<std::size_t>(length));
    std::free(out);
    return bytes;
  }

 private:
  template <class Function>
  Function* function(const char* name) const {
    return reinterpret_cast<Function*>(dlsym(library_, name));
  }

  // In the words of RespValue::describe().
  static void describe(const HiredisReply& reply, std::string& out) {
    RespValue value;
    switch (reply.type) {
      case 2:
        out += '[';
        for (std::size_t i = 0; i < reply.elements; ++i) {
          if (i > 0) out += ", ";
          describe(*reply.element[i], out);
        }
        out += ']';
        return;
      case 1:
        value.type = RespType::kString;
        break;
      case 3:
        value.type = RespType::kInteger;
        break;
      case 4:
        break;
      case 5:
        value.type = RespType::kSimpleString;
        break;
      default:
        value.type = RespType::kError;
    }
    if (reply.type == 3) value.integer = reply.integer;
    if (reply.type == 1 || reply.type == 5 || reply.type == 6) value.text.assign(reply.text, reply.length);
    out += value.describe();
  }

  void* library_;
};

std::string ours(std::string_view bytes) {
  RespReader reader;
  reader.feed(bytes);
  std::string out;
  for (;;) {
    RespValue value;
    const Result<bool> got = reader.next(value);
    if (!got.ok()) return out + "ERROR " + got.error().message();
    if (!*got) return out;
    out += value.describe() + "\n";
  }
}

std::vector<RespValue> values_of(std::string_view bytes) {
  RespReader reader;
  reader.feed(bytes);
  std::vector<RespValue> values;
  for (;;) {
    RespValue value;
    const Result<bool> got = reader.next(value);
    if (!got.ok() || !*got) return values;
    values.push_back(std::move(value));
  }
}

// ---- what is asked ----

using Words = std::vector<std::string>;

// Makes data of every type, then asks for it in every way that gives another kind of reply.
const std::vector<Words> kSetUp = {
    {"SET", "string", std::string("a\0\r\n\"\\\xff", 7)},
    {"SET", "number", "-17"},
    {"RPUSH", "list", "a", "", "c"},
    {"HSET", "hash", "one", "1", "two", "2"},
    {"SADD", "set", "member"},
    {"ZADD", "sorted", "1.5", "a", "-inf", "b", "1e300", "c"},
    {"XADD", "stream", "5-1", "field", "value", "empty", ""},
    {"XADD", "stream", "5-2", "field", "other"},
    {"XGROUP", "CREATE", "stream", "group", "0"},
    {"PFADD", "log", "x"},
    {"GEOADD", "places", "13.361389", "38.115556", "Palermo"},
};
const std::vector<Words> kAsked = {
    {"PING"},
    {"ECHO", ""},
    {"GET", "string"},
    {"GET", "none"},
    {"STRLEN", "string"},
    {"INCRBY", "number", "-9223372036854775791"},
    {"LPUSH", "string", "wrong type"},
    {"NOSUCHCOMMAND"},
    {"LRANGE", "list", "0", "-1"},
    {"LRANGE", "none", "0", "-1"},
    {"LPOS", "list", "none"},
    {"HGETALL", "hash"},
    {"HGETALL", "none"},
    {"SMEMBERS", "set"},
    {"SMEMBERS", "none"},
    {"SMISMEMBER", "set", "member", "none"},
    {"ZRANGE", "sorted", "0", "-1", "WITHSCORES"},
    {"ZSCORE", "sorted", "a"},
    {"ZSCORE", "sorted", "b"},
    {"ZMSCORE", "sorted", "a", "none"},
    {"ZPOPMAX", "sorted"},
    {"XRANGE", "stream", "-", "+"},
    {"XREAD", "STREAMS", "stream", "0"},
    {"XREAD", "STREAMS", "stream", "9"},
    {"XREADGROUP", "GROUP", "group", "c", "COUNT", "1", "STREAMS", "stream", ">"},
    {"XAUTOCLAIM", "stream", "group", "d", "0", "0-0"},
    {"XINFO", "STREAM", "stream"},
    {"XPENDING", "stream", "group"},
    {"GEOPOS", "places", "Palermo", "none"},
    {"CONFIG", "GET", "maxmemory"},
    {"ACL", "GETUSER", "default"},
    {"COMMAND", "INFO", "get", "none"},
    {"COMMAND", "DOCS", "get"},
    {"EVAL", "return {1, 'a', {err='MINE own'}, {ok='FINE'}, {}, {{{'deep'}}}, false, 3.9}", "0"},
    {"EVAL", "redis.setresp(3); return {double=3.5}", "0"},
    {"EVAL", "redis.setresp(3); return {map={a={set={b=true}}}}", "0"},
    {"EVAL", "redis.setresp(3); return {true, false}", "0"},
    {"DEBUG", "PROTOCOL", "string"},
    {"DEBUG", "PROTOCOL", "integer"},
    {"DEBUG", "PROTOCOL", "double"},
    {"DEBUG", "PROTOCOL", "null"},
    {"DEBUG", "PROTOCOL", "array"},
    {"DEBUG", "PROTOCOL", "set"},
    {"DEBUG", "PROTOCOL", "map"},
    {"DEBUG", "PROTOCOL", "verbatim"},
    {"DEBUG", "PROTOCOL", "true"},
    {"DEBUG", "PROTOCOL", "false"},
    {"LOLWUT", "VERSION", "5", "8", "2", "1"},
};

RedisCommand command_of(const Words& words) {
  RedisCommand command(words[0]);
  for (std::size_t i = 1; i < words.size(); ++i) command.add(words[i]);
  return command;
}

// What the server sends for all of them, on one connection.
std::string bytes_of(const RedisTestServer& server, const std::vector<Words>& asked) {
  std::string request;
  for (const Words& words : asked) command_of(words).append_to(request);
  RedisCommand("QUIT").append_to(request);
  return oracle::exchange(oracle::connect_to_socket(server.socket_path()), request);
}

constexpr char kConfiguration[] = "enable-debug-command local\n";

class HiredisOracle : public testing::Test {
 public:
  void SetUp() override {
    if (!RedisTestServer::is_installed()) GTEST_SKIP() << "no reply was judged: apt-get install redis-server";
    if (!hiredis_.is_there()) GTEST_SKIP() << "no reply was judged by hiredis: apt-get install libhiredis0.14";
  }
  Hiredis hiredis_;
};

TEST_F(HiredisOracle, ReadsTheSameInRepliesOfResp2) {
  const RedisTestServer server(kConfiguration);
  bytes_of(server, kSetUp);
  const std::string bytes = bytes_of(server, kAsked);
  const std::string judged = hiredis_.read_all(bytes);
  EXPECT_EQ(static_cast<std::size_t>(std::count(judged.begin(), judged.end(), '\n')), kAsked.size() + 1);
  EXPECT_EQ(ours(bytes), judged);
  const std::string all = bytes_of(server, {{"COMMAND"}});  // COMMAND DOCS nests too deep for it
  EXPECT_GT(all.size(), 50'000u);
  EXPECT_TRUE(ours(all) == hiredis_.read_all(all));
}

std::string random_text(std::mt19937& random, bool line) {
  std::string text(random() % 12, ' ');
  for (char& c : text) c = static_cast<char>(random() % 256);
  if (line) std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}

// hiredis nests seven deep.
std::string random_reply(std::mt19937& random, int depth) {
  switch (random() % (depth < 5 ? 8 : 6)) {
    case 0:
      return "+" + random_text(random, true) + "\r\n";
    case 1:
      return "-" + random_text(random, true) + "\r\n";
    case 2:
      return ":" + std::to_string(static_cast<std::int64_t>((std::uint64_t{random()} << 32) | random())) + "\r\n";
    case 3:
      return "$-1\r\n";
    case 4:
      return "*-1\r\n";
    case 5: {
      const std::string text = random_text(random, false);
      return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
    }
    default: {
      const unsigned count = random() % 5;
      std::string bytes = "*" + std::to_string(count) + "\r\n";
      for (unsigned i = 0; i < count; ++i) bytes += random_reply(random, depth + 1);
      return bytes;
    }
  }
}

TEST_F(HiredisOracle, ReadsTheSameInRandomReplies) {
  const unsigned seed = 1;
  std::mt19937 random(seed);
  for (int i = 0; i < 3000; ++i) {
    const std::string bytes = random_reply(random, 0) + random_reply(random, 0);
    ASSERT_EQ(ours(bytes), hiredis_.read_all(bytes)) << "seed " << seed << " " << bytes;
  }
}

TEST_F(HiredisOracle, WritesCommandsAsWeDo) {
  std::mt19937 random(1);
  for (int i = 0; i < 500; ++i) {
    Words words;
    for (unsigned n = 1 + random() % 6; n > 0; --n) words.push_back(random_text(random, false));
    std::string bytes;
    command_of(words).append_to(bytes);
    ASSERT_EQ(bytes, hiredis_.format(words));
  }
}

// ---- redis-cli ----

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    char hex[8];
    constexpr std::string_view kMarks = "\n\r\t\a\b\"\\";
    constexpr std::string_view kLetters = "nrtab\"\\";
    if (const std::size_t at = kMarks.find(c); at != std::string_view::npos) {
      out.append(1, '\\').append(1, kLetters[at]);
    } else if (c >= ' ' && c < 127) {
      out += c;
    } else {
      std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += hex;
    }
  }
  return out + "\"";
}

// A reply as redis-cli shows it on a terminal. `indent` is put before all lines but the first.
std::string shown(const RespValue& value, const std::string& indent) {
  switch (value.type) {
    case RespType::kNull:
      return "(nil)\n";
    case RespType::kError:
      return "(error) " + value.text + "\n";
    case RespType::kInteger:
      return "(integer) " + std::to_string(value.integer) + "\n";
    case RespType::kDouble:
      return "(double) " + value.text + "\n";
    case RespType::kBoolean:
      return value.integer != 0 ? "(true)\n" : "(false)\n";
    case RespType::kString:
      return in_quotes(value.text) + "\n";
    case RespType::kVerbatim:
      return value.text + (value.text.ends_with('\n') ? "" : "\n");
    case RespType::kSimpleString:
    case RespType::kBigNumber:
      return value.text + "\n";
    default:
      break;
  }
  const bool map = value.type == RespType::kMap;
  if (value.items.empty())
    return map ? "(empty hash)\n" : value.type == RespType::kSet ? "(empty set)\n" : "(empty array)\n";
  const std::size_t count = map ? value.items.size() / 2 : value.items.size();
  const std::size_t width = std::to_string(count).size();
  const std::string deeper = indent + std::string(width + 2, ' ');
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    std::string number = std::to_string(i + 1);
    number.insert(0, width - number.size(), ' ');
    out += (i == 0 ? "" : indent) + number + (map ? "# " : value.type == RespType::kSet ? "~ " : ") ");
    out += shown(value.items[map ? 2 * i : i], deeper);
    if (!map) continue;
    const RespValue& under = value.items[2 * i + 1];
    const std::string text = shown(under, deeper);
    out.back() = ' ';
    out += "=> ";
    if (under.is_aggregate() && text.find('\n') + 1 < text.size()) out += "\n" + deeper;
    out += text;
  }
  return out;
}

// What redis-cli says of the command, in RESP3.
std::string redis_cli(const RedisTestServer& server, const Words& words) {
  std::string line = "redis-cli -3 --no-raw -s " + server.socket_path();
  for (std::string word : words) {
    for (std::size_t at = 0; (at = word.find('\'', at)) != std::string::npos; at += 4) word.replace(at, 1, "'\\''");
    line += " '" + word + "'";
  }
  std::FILE* const pipe = popen(line.c_str(), "r");
  std::string out;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, n);
  pclose(pipe);
  return out;
}

TEST(RedisCliOracle, ShowsTheSameInRepliesOfResp3) {
  if (oracle::find_program("redis-cli").empty() || !RedisTestServer::is_installed()) {
    GTEST_SKIP() << "no reply of RESP3 was judged: apt-get install redis-server";
  }
  const RedisTestServer server(kConfiguration);
  const RedisTestServer same(kConfiguration);  // some questions change what they ask
  bytes_of(server, kSetUp);
  bytes_of(same, kSetUp);
  std::vector<Words> asked = kAsked;
  asked.insert(asked.begin(), {"HELLO", "3"});
  const std::vector<RespValue> values = values_of(bytes_of(server, asked));
  ASSERT_EQ(values.size(), asked.size() + 1);
  std::size_t types = 0;
  std::uint32_t seen = 0;
  for (std::size_t i = 0; i < kAsked.size(); ++i) {
    const RespValue& value = values[i + 1];
    seen |= std::uint32_t{1} << static_cast<unsigned>(value.type);
    const std::string judged = redis_cli(same, kAsked[i]);
    EXPECT_EQ(shown(value, ""), judged) << kAsked[i][0] << " " << kAsked[i].back();
  }
  for (std::uint32_t bits = seen; bits != 0; bits &= bits - 1) ++types;
  EXPECT_EQ(types, 11u) << "null, simple string, error, integer, double, boolean, string, verbatim, array, map, set";
}

}  // namespace
}  // namespace banyan
