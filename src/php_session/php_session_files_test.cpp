// Sessions in files, shared with a real PHP: through its web server, and by many processes at once.
#include "php_session/php_session_files.h"

#include <sys/stat.h>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "static_files/oracle_server.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// ---- the examples of docs/php/sessions.md ----

Task<Result<std::int64_t>> user_of(const PhpSessionFiles* sessions, std::string cookie) {
  PhpSession session = co_await try_(sessions->open(std::move(cookie)));
  const PhpValue* user = session.data.get("user");
  if (user == nullptr) co_return Error(ErrorCode::kPermissionDenied, "nobody is logged in");
  co_return user->integer;
}

Task<Result<std::string>> log_in(const PhpSessionFiles* sessions, std::int64_t user) {
  PhpSession session = co_await try_(sessions->create());
  session.data.set("user", PhpValue::number(user));
  co_await try_(session.save());
  co_return session.id();
}

TEST(PhpSessionExamples, AreThoseOfThePage) {
  const std::string folder = std::string(BANYAN_TESTDATA) + "/..";
  const std::string page = oracle::read_file(folder + "/../../docs/php/sessions.md");
  const std::string here = oracle::read_file(folder + "/php_session_files_test.cpp");
  const std::size_t at = page.find("```cpp\n") + 7;
  ASSERT_GT(at, 7u);
  EXPECT_NE(here.find(page.substr(at, page.find("```", at) - at)), std::string::npos);
}

// ---- helpers ----

Result<void> expect(bool holds, const std::string& what) {
  if (holds) return {};
  return Error(ErrorCode::kInternal, "expected: " + what);
}

Task<int> report(Task<Result<void>> body, std::string* error) {
  const Result<void> done = co_await std::move(body);
  if (!done.ok()) *error = done.error().text();
  co_return 0;
}
// What went wrong, "" for nothing.
std::string run_body(Task<Result<void>> body) {
  std::string error;
  run({.workers = 2}, report(std::move(body), &error));
  return error;
}

template <class T>
ErrorCode code_of(const Result<T>& result) {
  return result.ok() ? ErrorCode::kInternal : result.error().code();
}

// ---- without PHP ----

TEST(PhpSavePath, IsReadAsPhpDoes) {
  EXPECT_EQ(PhpSavePath::parse("")->folder, "/tmp");
  EXPECT_EQ(*PhpSavePath::parse("/s/")->file_of("a,B-9"), "/s/sess_a,B-9");
  EXPECT_EQ(*PhpSavePath::parse("2;/s")->file_of("abc"), "/s/a/b/sess_abc");
  EXPECT_EQ(PhpSavePath::parse("1;0640;/s")->mode, 0640u);
  EXPECT_FALSE(PhpSavePath::parse("2;/s")->file_of("ab").ok());
  for (const char* wrong : {"x;/s", "-1;/s", "99;/s", "1;9;/s", "1;1777;/s", ";/s"}) {
    EXPECT_EQ(code_of(PhpSavePath::parse(wrong)), ErrorCode::kInvalidArgument) << wrong;
  }
  for (const std::string& id : {std::string(), std::string("../x"), std::string("a/b"), std::string("a.b"),
                                std::string("a\0", 2), std::string(257, 'a')}) {
    EXPECT_EQ(code_of(PhpSavePath().file_of(id)), ErrorCode::kInvalidArgument) << id;
  }
}

Task<Result<void>> hold_and_release(std::string folder) {
  const PhpSessionFiles sessions(PhpSavePath{.folder = folder});
  PhpSession first = co_await try_(sessions.create());
  const std::string id = first.id();
  struct stat file{};
  co_await try_(expect(stat((folder + "/sess_" + id).c_str(), &file) == 0 && (file.st_mode & 0777) == 0600, "0600"));
  first.data.set("long", PhpValue::string(std::string(10000, 'x')));
  Result<PhpSession> second = co_await with_timeout(30ms, sessions.open(id));
  co_await try_(expect(code_of(second) == ErrorCode::kDeadlineExceeded, "the ambient deadline"));
  const PhpSessionFiles hasty(PhpSavePath{.folder = folder}, PhpSessionFormat::kPhp, 20ms);
  co_await try_(expect(code_of(co_await hasty.open(id)) == ErrorCode::kDeadlineExceeded, "the lock's time"));
  co_await try_(first.save());
  co_await try_(expect(code_of(co_await first.save()) == ErrorCode::kFailedPrecondition, "saved only once"));
  {
    PhpSession changed = co_await try_(sessions.open(id));
    changed.data.set("bad|key", PhpValue());
    co_await try_(expect(code_of(co_await changed.save()) == ErrorCode::kInvalidArgument, "not of the format"));
    co_await try_(expect(changed.held(), "held after a failed save"));
    changed.data.erase("bad|key");
    changed.data.set("long", PhpValue::string("short"));
    co_await try_(changed.save());
    PhpSession unsaved = co_await try_(sessions.open(id));
    unsaved.data.set("long", PhpValue());
  }
  co_await try_(
      expect(oracle::read_file(folder + "/sess_" + id) == "long|s:5:\"short\";", "cut, and the last is lost"));
  PhpSession last = co_await try_(sessions.open(id));
  co_await try_(last.destroy());
  const Result<PhpSession> gone = co_await sessions.open(id);
  co_await try_(expect(code_of(gone) == ErrorCode::kNotFound, "destroyed"));
  co_await try_(expect(gone.error().text().find(id) == std::string::npos, "the id is not told"));

  oracle::write_file(folder + "/sess_damaged", "user|i:7");
  co_await try_(expect(code_of(co_await sessions.open("damaged")) == ErrorCode::kDataLoss, "damaged"));
  oracle::write_file(folder + "/elsewhere", "user|i:7;");
  co_await try_(expect(symlink("elsewhere", (folder + "/sess_link").c_str()) == 0, "a link"));
  co_await try_(expect(!(co_await sessions.open("link")).ok(), "links are not followed"));
  co_return {};
}

TEST(PhpSessionFiles, LocksUntilSavedReleasedOrGone) {
  const oracle::TemporaryFolder folder;
  EXPECT_EQ(run_body(hold_and_release(folder.path())), "");
}

Task<Result<void>> wait_and_fail(const PhpSessionFiles* sessions, std::string id) {
  co_return expect(code_of(co_await sessions->open(id)) == ErrorCode::kNotFound, "no session after its end");
}

Task<Result<void>> destroy_under_waiters(std::string folder) {
  const PhpSessionFiles sessions(PhpSavePath{.folder = folder});
  PhpSession session = co_await try_(sessions.create());
  co_return co_await with_scope(std::make_pair(&sessions, &session),
                                [](Scope& scope, auto& both) -> Task<Result<void>> {
                                  for (int i = 0; i < 4; ++i)
                                    scope.spawn("wait", wait_and_fail(both.first, both.second->id()));
                                  co_await try_(co_await sleep_for(20ms));
                                  co_await try_(both.second->destroy());
                                  co_return co_await scope.join();
                                });
}

TEST(PhpSessionFiles, ThoseWhoWaitDoNotReviveWhatWasDestroyed) {
  const oracle::TemporaryFolder folder;
  EXPECT_EQ(run_body(destroy_under_waiters(folder.path())), "");
}

// ---- with PHP ----

class PhpSessionFilesWithPhp : public testing::Test {
 public:
  void SetUp() override {
    if (!oracle::find_program("php8.2").empty()) return;
    GTEST_SKIP() << "no session was shared with PHP: apt-get install php8.2-cli";
  }
};

constexpr char kApplication[] = R"(<?php
session_start();
if ($_SERVER['REQUEST_URI'] == '/login') { session_regenerate_id(true); $_SESSION['user'] = 7; $_SESSION['a'] = new ArrayObject([1.5]); }
if ($_SERVER['REQUEST_URI'] == '/logout') session_destroy();
echo $_SESSION['user'] ?? 'nobody', ' ', isset($_SESSION['a']) ? $_SESSION['a'][0] : '';
)";

// A PHP application behind PHP's own web server.
class PhpApplication {
 public:
  PhpApplication(const std::string& folder, const std::string& save_path, const std::string& format)
      : port_(oracle::free_port()), child_(command(folder, save_path, format), folder + "/php.log") {}

  oracle::Answer ask(const std::string& path, const std::string& id) const {
    return oracle::split_answer(oracle::exchange(oracle::connect_to_port(port_),
                                                 "GET " + path + " HTTP/1.0\r\nCookie: PHPSESSID=" + id + "\r\n\r\n"));
  }

 private:
  std::vector<std::string> command(const std::string& folder, const std::string& path,
                                   const std::string& format) const {
    oracle::write_file(folder + "/index.php", kApplication);
    return {oracle::find_program("php8.2"),
            "-n",
            "-S",
            "127.0.0.1:" + std::to_string(port_),
            "-d",
            "session.save_path=\"" + path + "\"",
            "-d",
            "session.serialize_handler=" + format,
            "-d",
            "session.use_strict_mode=1",
            folder + "/index.php"};
  }
  int port_;
  oracle::Child child_;
};

std::string id_of(const oracle::Answer& answer) {
  std::string id;  // the last Set-Cookie: that of the new id
  for (const std::string& line : answer.fields) {
    constexpr std::string_view kStart = "Set-Cookie: PHPSESSID=";
    if (line.starts_with(kStart)) id = line.substr(kStart.size(), line.find(';') - kStart.size());
  }
  return id;
}

Task<Result<void>> share_login(const PhpApplication* php, const PhpSessionFiles* sessions) {
  const std::string id = id_of(php->ask("/login", "none"));
  co_await try_(expect(!id.empty(), "a cookie of PHP's"));
  const std::int64_t seen = co_await try_(user_of(sessions, id));
  co_await try_(expect(seen == 7, "logged in by PHP, seen natively"));
  {
    PhpSession session = co_await try_(sessions->open(id));
    session.data.set("user", PhpValue::number(8));
    co_await try_(session.save());
  }
  oracle::Answer answer = php->ask("/", id);
  co_await try_(expect(answer.body == "8 1.5", "changed natively, seen by PHP: " + answer.body));

  const std::string ours = co_await try_(log_in(sessions, 9));
  answer = php->ask("/", ours);
  co_await try_(
      expect(answer.body == "9 " && id_of(answer).empty(), "logged in natively, seen by PHP: " + answer.body));
  (void)php->ask("/logout", ours);
  co_await try_(expect(code_of(co_await sessions->open(ours)) == ErrorCode::kNotFound, "logged out by PHP"));
  PhpSession session = co_await try_(sessions->open(id));
  co_await try_(session.destroy());
  answer = php->ask("/", id);
  co_await try_(expect(answer.body == "nobody ", "logged out natively: " + answer.body));
  co_return {};
}

TEST_F(PhpSessionFilesWithPhp, SharesLoginsBothWays) {
  const oracle::TemporaryFolder folder;
  const PhpApplication php(folder.path(), folder.path(), "php");
  const PhpSessionFiles sessions(*PhpSavePath::parse(folder.path()));
  EXPECT_EQ(run_body(share_login(&php, &sessions)), "");
}

TEST_F(PhpSessionFilesWithPhp, SharesLoginsInFoldersOfADepth) {
  const oracle::TemporaryFolder folder;
  for (const char a : std::string_view("0123456789abcdef")) {
    const std::string one = folder.path() + "/" + a;
    ASSERT_EQ(mkdir(one.c_str(), 0700), 0);
    for (const char b : std::string_view("0123456789abcdef")) ASSERT_EQ(mkdir((one + "/" + b).c_str(), 0700), 0);
  }
  const std::string path = "2;0640;" + folder.path();
  const PhpApplication php(folder.path(), path, "php_serialize");
  const PhpSessionFiles sessions(*PhpSavePath::parse(path), PhpSessionFormat::kPhpSerialize);
  EXPECT_EQ(run_body(share_login(&php, &sessions)), "");
}

constexpr char kIncrement[] = R"(<?php
ob_start();
session_id($argv[1]);
for ($i = 0; $i < 100; ++$i) {
  session_start();
  $n = $_SESSION['n'] ?? 0;
  usleep(100);
  $_SESSION['n'] = $n + 1;
  session_write_close();
  usleep(500);
}
)";

Task<Result<void>> increment(const PhpSessionFiles* sessions, std::string id) {
  for (int i = 0; i < 50; ++i) {
    PhpSession session = co_await try_(sessions->open(id));
    const PhpValue* n = session.data.get("n");
    const std::int64_t before = n == nullptr ? 0 : n->integer;
    co_await try_(co_await sleep_for(100us));
    session.data.set("n", PhpValue::number(before + 1));
    co_await try_(session.save());
  }
  co_return {};
}

struct Together {
  PhpSessionFiles sessions;
  std::string folder;
};

Task<Result<void>> count_together(std::string folder) {
  Together all{PhpSessionFiles(PhpSavePath{.folder = folder}, PhpSessionFormat::kPhp, 60s), folder};
  PhpSession session = co_await try_(all.sessions.create());
  const std::string id = session.id();
  co_await try_(session.save());
  int php_status = -1;
  const std::string one =
      "php8.2 -n -d session.use_cookies=0 -d session.cache_limiter= -d session.save_path=" + folder + " " + folder +
      "/increment.php " + id + " & P$I=$!; ";
  std::string command = "set -e; ";
  for (const char* number : {"1", "2", "3"}) {
    std::string line = one;
    command += line.replace(line.find("$I"), 2, number);
  }
  std::thread php([&] { php_status = std::system((command + "wait $P1; wait $P2; wait $P3").c_str()); });
  const Result<void> ours =
      co_await with_scope(std::make_pair(&all, id), [](Scope& scope, auto& it) -> Task<Result<void>> {
        for (int i = 0; i < 4; ++i) scope.spawn("increment", increment(&it.first->sessions, it.second));
        co_return co_await scope.join();
      });
  php.join();
  co_await try_(Result<void>(ours));
  co_await try_(expect(php_status == 0, "PHP's end"));
  session = co_await try_(all.sessions.open(id));
  co_return expect(session.data.get("n")->integer == 3 * 100 + 4 * 50,
                   "500: " + oracle::read_file(folder + "/sess_" + id));
}

TEST_F(PhpSessionFilesWithPhp, LosesNoIncrementOfManyAtOnce) {
  const oracle::TemporaryFolder folder;
  oracle::write_file(folder.path() + "/increment.php", kIncrement);
  EXPECT_EQ(run_body(count_together(folder.path())), "");
}

}  // namespace
}  // namespace banyan
