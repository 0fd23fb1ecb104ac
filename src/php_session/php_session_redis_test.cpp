// Sessions in Redis, shared with a real php-fpm that has phpredis, and by many requests at once.
#include "php_session/php_session_redis.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "fpm/ask.h"
#include "fpm/fpm_upstream.h"
#include "net/loopback.h"
#include "redis/redis_error.h"
#include "redis/redis_server_test.h"
#include "runtime/blocking.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// ---- the example of docs/php/sessions.md ----

Task<Result<std::string>> name_of(const PhpSessionRedis* sessions, std::string cookie) {
  const PhpSession session = co_await try_(sessions->open(std::move(cookie)));
  const PhpValue* name = session.data.get("name");
  co_return name == nullptr ? std::string() : name->text;
}

Result<PhpSessionRedis> sessions_at(std::string_view save_path) {
  BANYAN_TRY(PhpRedisSavePath path, PhpRedisSavePath::parse(save_path));
  return PhpSessionRedis(std::make_shared<RedisClient>(std::move(path.redis)),
                         {.prefix = std::move(path.prefix), .locking = true});
}

TEST(PhpSessionRedisExample, IsThatOfThePage) {
  const std::string folder = std::string(BANYAN_TESTDATA) + "/..";
  const std::string page = oracle::read_file(folder + "/../../docs/php/sessions.md");
  const std::string here = oracle::read_file(folder + "/php_session_redis_test.cpp");
  const std::size_t at = page.rfind("```cpp\n") + 7;
  ASSERT_GT(at, 7u);
  EXPECT_NE(here.find(page.substr(at, page.find("```", at) - at)), std::string::npos);
}

// ---- the save path ----

TEST(PhpRedisSavePath, IsReadAsPhpredisDoes) {
  EXPECT_EQ(PhpRedisSavePath::parse("tcp://h")->redis.address, "h:6379");
  EXPECT_EQ(PhpRedisSavePath::parse("tcp://h/")->prefix, "PHPREDIS_SESSION:");
  EXPECT_EQ(PhpRedisSavePath::parse("tcp://[::1]:7/?weight=1&timeout=2.5")->redis.address, "[::1]:7");
  const Result<PhpRedisSavePath> whole =
      PhpRedisSavePath::parse("unix:///run/r.sock?persistent=1&database=3&prefix=a%3A&auth=p%40s+s");
  ASSERT_TRUE(whole.ok()) << whole.error().text();
  EXPECT_EQ(whole->redis.address, "unix:/run/r.sock");
  EXPECT_EQ(whole->redis.database, 3u);
  EXPECT_EQ(whole->prefix, "a:");
  EXPECT_EQ(whole->redis.password.reveal(), "p@s s");
  EXPECT_EQ(PhpRedisSavePath::parse("tcp://h?auth[]=bob&auth[]=secret")->redis.user, "bob");
  EXPECT_EQ(PhpRedisSavePath::parse("tcp://h?auth[]=bob&auth[]=secret")->redis.password.reveal(), "secret");
  for (const char* wrong : {"", "h:6379", "tcp://", "tcp://:1", "tcp://h:99999", "tcp://a,tcp://b", "unix://",
                            "tcp://h?database=x", "tcp://h?auth=secret&nonsense=1"}) {
    const Result<PhpRedisSavePath> parsed = PhpRedisSavePath::parse(wrong);
    ASSERT_FALSE(parsed.ok()) << wrong;
    EXPECT_EQ(parsed.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(parsed.error().text().find("secret"), std::string::npos);
  }
}

// ---- without PHP ----

class PhpSessionRedisWithServer : public testing::Test {
 public:
  void SetUp() override {
    if (RedisTestServer::is_installed()) return;
    GTEST_SKIP() << "no session was kept in Redis: apt-get install redis-server";
  }
};

template <class T>
ErrorCode code_of(const Result<T>& result) {
  return result.ok() ? ErrorCode::kInternal : result.error().code();
}

Task<Result<std::int64_t>> ask_number(RedisClient* redis, RedisCommand command) {
  const RespValue reply = co_await try_(redis->command(std::move(command)));
  co_return reply.integer;
}

// The unlocking of a released session is a task of its own.
Task<Result<void>> until_unlocked(RedisClient* redis, std::string id) {
  while (co_await try_(ask_number(redis, {"EXISTS", "PHPREDIS_SESSION:" + id + "_LOCK"})) == 1) {
    co_await try_(co_await sleep_for(1ms));
  }
  co_return {};
}

Task<Result<void>> hold_and_release(RedisOptions options) {
  auto redis = std::make_shared<RedisClient>(std::move(options));
  const PhpSessionRedis sessions(redis, {.lifetime = 1000s, .locking = true, .lock_timeout = 30ms});
  PhpSession first = co_await try_(sessions.create());
  const std::string id = first.id();
  const std::string key = "PHPREDIS_SESSION:" + id;
  first.data.set("long", PhpValue::string(std::string(10000, 'x')));
  co_await try_(expect(code_of(co_await sessions.open(id)) == ErrorCode::kDeadlineExceeded, "held"));
  co_await try_(first.save());
  co_await try_(expect(code_of(co_await first.save()) == ErrorCode::kFailedPrecondition, "saved only once"));
  co_await try_(expect(co_await try_(ask_number(redis.get(), {"EXISTS", key + "_LOCK"})) == 0, "unlocked by save"));
  std::int64_t life = co_await try_(ask_number(redis.get(), {"TTL", key}));
  co_await try_(expect(life > 500 && life <= 1000, "lives for the lifetime"));
  (void)co_await try_(redis->command({"EXPIRE", key, "400"}));
  {
    PhpSession changed = co_await try_(sessions.open(id));
    life = co_await try_(ask_number(redis.get(), {"TTL", key}));
    co_await try_(expect(life > 500 && life <= 1000, "opening counts as use"));
    changed.data.set("bad|key", PhpValue());
    co_await try_(expect(code_of(co_await changed.save()) == ErrorCode::kInvalidArgument, "not of the format"));
    co_await try_(expect(changed.held(), "held after a failed save"));
    changed.data.erase("bad|key");
    changed.data.set("long", PhpValue::string("short"));
    co_await try_(changed.save());
    PhpSession unsaved = co_await try_(sessions.open(id));
    unsaved.data.set("long", PhpValue());
  }
  co_await try_(until_unlocked(redis.get(), id));
  const RespValue stored = co_await try_(redis->command({"GET", key}));
  co_await try_(expect(stored.text == "long|s:5:\"short\";", "the last is lost"));
  PhpSession last = co_await try_(sessions.open(id));
  co_await try_(last.destroy());
  const Result<PhpSession> gone = co_await sessions.open(id);
  co_await try_(expect(code_of(gone) == ErrorCode::kNotFound, "destroyed"));
  co_await try_(expect(gone.error().text().find(id) == std::string::npos, "the id is not told"));
  co_await try_(until_unlocked(redis.get(), id));
  co_await try_(expect(code_of(co_await sessions.open("a:b")) == ErrorCode::kInvalidArgument, "not an id"));
  (void)co_await try_(redis->command({"SET", "PHPREDIS_SESSION:damaged", "user|i:7"}));
  co_await try_(expect(code_of(co_await sessions.open("damaged")) == ErrorCode::kDataLoss, "damaged"));
  co_return {};
}

TEST_F(PhpSessionRedisWithServer, LocksUntilSavedReleasedOrGone) {
  const RedisTestServer server;
  EXPECT_EQ(run_test(2, with_timeout(2min, hold_and_release(server.options()))), "");
}

// A request that took longer than its lock: another has the session, which the late one must neither write nor unlock.
Task<Result<void>> outlive_the_lock(RedisOptions options) {
  auto redis = std::make_shared<RedisClient>(std::move(options));
  const PhpSessionRedis hasty(redis, {.locking = true, .lock_expire = 30ms});
  const PhpSessionRedis sessions(redis, {.locking = true, .lock_expire = 5min, .lock_timeout = 5min});
  PhpSession late = co_await try_(hasty.create());
  const std::string id = late.id();
  PhpSession other = co_await try_(sessions.open(id));
  late.data.set("by", PhpValue::string("late"));
  co_await try_(expect(code_of(co_await late.save()) == ErrorCode::kFailedPrecondition, "the lock was lost"));
  co_await try_(expect(code_of(co_await late.destroy()) == ErrorCode::kFailedPrecondition, "not destroyed either"));
  late.release();
  other.data.set("by", PhpValue::string("other"));
  co_await try_(other.save());
  const PhpSession after = co_await try_(sessions.open(id));
  co_return expect(after.data.get("by")->text == "other", "the other's");
}

TEST_F(PhpSessionRedisWithServer, RefusesToWriteWhenItsLockRanOut) {
  const RedisTestServer server;
  EXPECT_EQ(run_test(1, outlive_the_lock(server.options())), "");
}

Task<Result<void>> meet_no_server(RedisTestServer* server) {
  RedisOptions options = server->options();
  options.patience = 500ms;
  const PhpSessionRedis sessions(std::make_shared<RedisClient>(std::move(options)), {.locking = true});
  PhpSession session = co_await try_(sessions.create());
  co_await blocking([server] { server->stop(); });
  const Result<void> saved = co_await session.save();
  co_await try_(expect(!saved.ok() && redis_error_kind(saved.error()) == RedisErrorKind::kConnection, "not saved"));
  const Result<PhpSession> opened = co_await sessions.open("abc");
  co_return expect(!opened.ok() && redis_error_kind(opened.error()) == RedisErrorKind::kConnection, "not opened");
}

TEST_F(PhpSessionRedisWithServer, SaysThatThereIsNoServer) {
  RedisTestServer server;
  EXPECT_EQ(run_test(1, with_timeout(2min, meet_no_server(&server))), "");
}

// ---- with php-fpm ----

constexpr char kApplication[] = R"(<?php
session_start();
switch ($_GET['do'] ?? '') {
  case 'login': session_regenerate_id(true); $_SESSION['user'] = 7; $_SESSION['a'] = new ArrayObject([1.5]); break;
  case 'logout': session_destroy(); break;
  case 'count': $n = $_SESSION['n'] ?? 0; usleep(300); $_SESSION['n'] = $n + 1; break;
}
echo $_SESSION['user'] ?? 'nobody', ' ', isset($_SESSION['a']) ? $_SESSION['a'][0] : '';
)";

// A PHP application behind php-fpm with four processes. `save_path`: beyond the server's socket. `more`: lines of its
// pool's configuration.
class PhpApplication {
 public:
  PhpApplication(const RedisTestServer& server, const std::string& more, const std::string& save_path = "")
      : folder_(server.folder()), connections_(std::make_shared<FpmConnections>(4)) {
    chmod(folder_.c_str(), 0755);
    oracle::write_file(folder_ + "/app.php", kApplication);
    oracle::write_file(folder_ + "/fpm.conf",
                       "[global]\nerror_log = " + folder_ + "/fpm.log\ndaemonize = no\n[www]\nlisten = " + folder_ +
                           "/php.sock\n" + (getuid() == 0 ? "user = root\ngroup = root\n" : "") +
                           "pm = static\npm.max_children = 4\nphp_admin_value[session.save_handler] = redis\n"
                           "php_admin_value[session.save_path] = \"unix://" +
                           server.socket_path() + save_path + "\"\n" + more);
    unlink((folder_ + "/php.sock").c_str());
    std::vector<std::string> command = {oracle::find_program("php-fpm8.2"),
                                        "-F",
                                        "-n",
                                        "-d",
                                        "extension=igbinary.so",
                                        "-d",
                                        "extension=redis.so",
                                        "-y",
                                        folder_ + "/fpm.conf"};
    if (getuid() == 0) command.push_back("-R");
    child_ = std::make_unique<oracle::Child>(command, folder_ + "/fpm.out");
    close(oracle::connect_to_socket(folder_ + "/php.sock"));
  }
  static bool is_installed() {
    return !oracle::find_program("php-fpm8.2").empty() && std::system("php8.2 -m | grep -q '^redis$'") == 0;
  }

  // In a task, before the first question, on the worker that asks.
  void open() {
    FpmOptions options;
    options.root = folder_;
    options.connect_timeout = 1min;
    upstream_ = std::make_unique<FpmUpstream>(*SocketAddress::parse("unix:" + folder_ + "/php.sock"), connections_,
                                              memory_, std::move(options));
  }
  void close_connections() { upstream_ = nullptr; }
  Task<FpmReply> ask_for(std::string what, std::string id) {
    co_return co_await ask(*upstream_, {.target = "/app.php?do=" + what, .fields = {{"Cookie", "PHPSESSID=" + id}}});
  }

 private:
  std::string folder_;
  std::shared_ptr<FpmConnections> connections_;
  MemoryBudget memory_;
  std::unique_ptr<FpmUpstream> upstream_;
  std::unique_ptr<oracle::Child> child_;
};

std::string id_of(const FpmReply& reply) {
  std::string id;  // the last cookie: that of the new id
  for (const std::string& line : reply.fields) {
    const std::size_t at = line.find("PHPSESSID=");
    if (at != std::string::npos) id = line.substr(at + 10, line.find(';', at) - at - 10);
  }
  return id;
}

Task<Result<void>> share(PhpApplication* php, const PhpSessionRedis* sessions) {
  FpmReply reply = co_await php->ask_for("login", "none");
  const std::string id = id_of(reply);
  co_await try_(expect(!id.empty(), "a cookie of PHP's: " + reply.text()));
  {
    PhpSession session = co_await try_(sessions->open(id));
    const PhpValue* user = session.data.get("user");
    co_await try_(expect(user != nullptr && user->integer == 7, "logged in by PHP, seen natively"));
    session.data.set("user", PhpValue::number(8));
    co_await try_(session.save());
  }
  reply = co_await php->ask_for("", id);
  co_await try_(expect(reply.body == "8 1.5", "changed natively, seen by PHP: " + reply.text()));

  PhpSession ours = co_await try_(sessions->create());
  ours.data.set("user", PhpValue::number(9));
  co_await try_(ours.save());
  reply = co_await php->ask_for("", ours.id());
  co_await try_(expect(reply.body == "9 " && id_of(reply).empty(), "logged in natively, seen by PHP: " + reply.text()));
  (void)co_await php->ask_for("logout", ours.id());
  co_await try_(expect(code_of(co_await sessions->open(ours.id())) == ErrorCode::kNotFound, "logged out by PHP"));
  PhpSession session = co_await try_(sessions->open(id));
  co_await try_(session.destroy());
  reply = co_await php->ask_for("", id);
  co_return expect(reply.body == "nobody ", "logged out natively: " + reply.text());
}

Task<Result<void>> share_login(PhpApplication* php, PhpSessionRedisOptions options, RedisOptions redis) {
  const PhpSessionRedis sessions(std::make_shared<RedisClient>(std::move(redis)), std::move(options));
  php->open();
  Result<void> done = co_await share(php, &sessions);
  php->close_connections();
  co_return done;
}

class PhpSessionRedisWithPhp : public PhpSessionRedisWithServer {
 public:
  void SetUp() override {
    PhpSessionRedisWithServer::SetUp();
    if (PhpApplication::is_installed()) return;
    GTEST_SKIP() << "no session was shared with phpredis: apt-get install php8.2-fpm php8.2-redis";
  }
};

// PHP waits for a lock as long as we do.
constexpr char kLocking[] =
    "php_admin_value[redis.session.locking_enabled] = 1\nphp_admin_value[redis.session.lock_retries] = -1\n"
    "php_admin_value[redis.session.lock_wait_time] = 2000\n";

TEST_F(PhpSessionRedisWithPhp, SharesLoginsBothWays) {
  const RedisTestServer server;
  PhpApplication php(server, "");
  EXPECT_EQ(run_test(1, share_login(&php, {}, server.options())), "");
}

TEST_F(PhpSessionRedisWithPhp, SharesLoginsUnderLocksInTheOtherFormat) {
  const RedisTestServer server;
  PhpApplication php(server, std::string(kLocking) + "php_admin_value[session.serialize_handler] = php_serialize\n");
  EXPECT_EQ(
      run_test(1, share_login(&php, {.format = PhpSessionFormat::kPhpSerialize, .locking = true}, server.options())),
      "");
}

TEST_F(PhpSessionRedisWithPhp, SharesSessionsUnderAPrefixInADatabase) {
  const RedisTestServer server;
  constexpr std::string_view kMore = "?database=2&prefix=app%3A";
  PhpApplication php(server, "", std::string(kMore));
  const Result<PhpRedisSavePath> path = PhpRedisSavePath::parse("unix://" + server.socket_path() + std::string(kMore));
  ASSERT_TRUE(path.ok());
  EXPECT_EQ(run_test(1, share_login(&php, {.prefix = path->prefix}, path->redis)), "");
}

Task<Result<void>> log_in_with_igbinary(PhpApplication* php, RedisOptions redis) {
  const PhpSessionRedis sessions(std::make_shared<RedisClient>(std::move(redis)), {});
  php->open();
  const std::string id = id_of(co_await php->ask_for("login", "none"));
  php->close_connections();
  const Result<PhpSession> opened = co_await sessions.open(id);
  co_return expect(!opened.ok() && opened.error().text().find("igbinary") != std::string::npos, "says igbinary");
}

TEST_F(PhpSessionRedisWithPhp, NamesTheSerializerItDoesNotRead) {
  const RedisTestServer server;
  PhpApplication php(server, "php_admin_value[session.serialize_handler] = igbinary\n");
  EXPECT_EQ(run_test(1, log_in_with_igbinary(&php, server.options())), "");
}

struct Together {
  PhpApplication* php;
  PhpSessionRedis sessions;
  std::string id;
};

Task<Result<void>> increment(Together* all) {
  for (int i = 0; i < 50; ++i) {
    PhpSession session = co_await try_(all->sessions.open(all->id));
    const PhpValue* n = session.data.get("n");
    const std::int64_t before = n == nullptr ? 0 : n->integer;
    co_await try_(co_await sleep_for(300us));
    session.data.set("n", PhpValue::number(before + 1));
    co_await try_(session.save());
  }
  co_return {};
}

Task<Result<void>> increment_in_php(Together* all) {
  for (int i = 0; i < 50; ++i) {
    const FpmReply reply = co_await all->php->ask_for("count", all->id);
    co_await try_(expect(reply.status == 200 && reply.body.find("rror") == std::string::npos, reply.text()));
  }
  co_return {};
}

Task<Result<void>> count_together(PhpApplication* php, RedisOptions redis) {
  auto client = std::make_shared<RedisClient>(std::move(redis));
  Together all{php, PhpSessionRedis(client, {.locking = true, .lock_timeout = 60s}), {}};
  PhpSession session = co_await try_(all.sessions.create());
  all.id = session.id();
  co_await try_(session.save());
  php->open();
  Result<void> counted = co_await with_scope(&all, [](Scope& scope, Together*& it) -> Task<Result<void>> {
    for (int i = 0; i < 4; ++i) scope.spawn("native", increment(it));
    for (int i = 0; i < 4; ++i) scope.spawn("php", increment_in_php(it));
    co_return co_await scope.join();
  });
  php->close_connections();
  co_await try_(std::move(counted));
  session = co_await try_(all.sessions.open(all.id));
  const std::int64_t n = session.data.get("n")->integer;
  co_return expect(n == 8 * 50, "400, not " + std::to_string(n));
}

TEST_F(PhpSessionRedisWithPhp, LosesNoIncrementOfManyAtOnce) {
  const RedisTestServer server;
  PhpApplication php(server, kLocking);
  EXPECT_EQ(run_test(1, with_timeout(5min, count_together(&php, server.options()))), "");
}

// Logs in by PHP, reads the name natively, through what php.ini says.
Task<Result<void>> run_the_example(std::string save_path) {
  const PhpSessionRedis sessions = co_await try_(sessions_at(save_path));
  PhpSession session = co_await try_(sessions.create());
  session.data.set("name", PhpValue::string("Ann"));
  co_await try_(session.save());
  const std::string name = co_await try_(name_of(&sessions, session.id()));
  co_return expect(name == "Ann", name);
}

TEST_F(PhpSessionRedisWithServer, RunsTheExample) {
  const RedisTestServer server;
  EXPECT_EQ(run_test(1, run_the_example("unix://" + server.socket_path())), "");
}

}  // namespace
}  // namespace banyan
