// Requests run by programs written by hand; tests/e2e/test_php_mount.py compares converted ones with php-fpm.
#include "php_mount/web_run.h"

#include <unistd.h>

#include <atomic>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "php_mount/web_host.h"
#include "php_runtime/builtins.h"

namespace banyan::php_mount {
namespace {

namespace php = banyan::php_runtime;

constexpr php::Source kSource{"/app/index.php"};

WebAnswer run(void (*script)(), const WebRequest& request = {}) {
  const php::ProgramFile files[] = {{kSource.path, script}};
  return run_web({.front = kSource.path, .files = files}, request);
}

std::string field(const WebAnswer& answer, std::string_view name) {
  for (const auto& [known, value] : answer.fields) {
    if (known == name) return value;
  }
  return "";
}

TEST(WebRun, AnEmptyScriptIsAnEmptyPage) {
  const WebAnswer answer = run([] {});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(field(answer, "Content-Type"), "text/html; charset=UTF-8");
}

TEST(WebRun, FunctionsTextNamesWhatIsThere) {
  std::set<std::string> registered;
  for (const auto& [name, function] : web_names().functions) registered.insert(name);
  std::ifstream file("functions.txt");
  std::set<std::string> listed;
  for (std::string line; std::getline(file, line);) listed.insert(line);
  EXPECT_EQ(registered, listed);
}

TEST(WebRun, LaterFieldsAreTooLateOnceFourKilobytesAreOut) {
  const WebAnswer answer = run([] {
    php::file(kSource);
    php::call_named("header", {"X-Early: 1"});
    php::line(7);
    php::echo(std::string(4096, 'x'));
    php::line(8);
    php::call_named("header", {"X-Late: 1"});
  });
  EXPECT_EQ(field(answer, "X-Early"), "1");
  EXPECT_EQ(field(answer, "X-Late"), "");
  EXPECT_EQ(answer.body.size(), 4096U);
  ASSERT_EQ(answer.log.size(), 1U);
  EXPECT_EQ(answer.log[0],
            "PHP Warning:  Cannot modify header information - headers already sent by (output started at "
            "/app/index.php:7) in /app/index.php on line 8");
}

TEST(WebRun, AnExceptionIsALineOfTheLogAndTheStatus500) {
  const WebAnswer answer = run([] {
    php::file(kSource);
    php::echo("before");
    php::line(3);
    php::raise(php::new_exception("RuntimeException", "lost"));
  });
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "before");
  ASSERT_EQ(answer.log.size(), 1U);
  EXPECT_EQ(
      answer.log[0],
      "PHP Fatal error:  Uncaught RuntimeException: lost in /app/index.php:3\nStack trace:\n#0 {main}\n  thrown in "
      "/app/index.php on line 3");
}

TEST(WebRun, AScriptThatIsGivenUpLeavesNothingBehind) {
  const auto script = [] {
    php::set_global("held", php::Value(php::find_class("stdClass")->instance()));
    php::stop("eval", "there is none");
  };
  const WebAnswer answer = run(script);
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "");
  EXPECT_TRUE(answer.stopped.starts_with("eval: there is none in ")) << answer.stopped;
  const WebAnswer next = run([] { php::echo(php::to_string(php::find_class("stdClass")->instance()->number())); });
  EXPECT_EQ(next.body, "1");
}

void call_for_ever() {
  for (;;) const php::Frame frame(kSource);
}

// Runs the script while another thread asks for its end again and again.
WebAnswer hurried(void (*script)()) {
  const php::ProgramFile files[] = {{kSource.path, script}};
  WebStop stop;
  std::atomic<bool> ended = false;
  std::thread asks([&] {
    while (!ended) {
      stop.ask();
      std::this_thread::yield();
    }
  });
  WebAnswer answer = run_web({.front = kSource.path, .files = files}, {}, nullptr, &stop);
  ended = true;
  asks.join();
  return answer;
}

TEST(WebRun, ARunThatTakesTooLongIsStopped) {
  const WebAnswer answer = hurried(call_for_ever);
  EXPECT_EQ(answer.status, 500);
  EXPECT_TRUE(answer.stopped.starts_with("time-limit: the program ran longer than it may")) << answer.stopped;
  EXPECT_EQ(run([] { php::echo("next"); }).body, "next");
}

TEST(WebRun, SoIsAStatementOfSqlite) {
  for (const char* const way : {"query", "exec"}) {
    static const char* method = nullptr;
    method = way;
    const WebAnswer answer = hurried([] {
      const php::Value pdo = php::new_object(php::need_class("PDO"), nullptr, {"sqlite::memory:"});
      php::call_method_in(pdo, method, nullptr,
                          {"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"});
    });
    EXPECT_TRUE(answer.stopped.starts_with("time-limit: the time of the request was over while a statement ran"))
        << answer.stopped;
  }
}

TEST(WebRun, SuperglobalsAreTheRequest) {
  WebRequest request;
  request.variables = {{"REQUEST_METHOD", "POST"},
                       {"QUERY_STRING", "a=1&b[]=2"},
                       {"CONTENT_TYPE", "application/x-www-form-urlencoded; charset=utf-8"},
                       {"HTTP_COOKIE", "c=x+y; c=2"}};
  request.body = "a=3";
  const WebAnswer answer = run(
      [] {
        for (const char* name : {"_GET", "_POST", "_COOKIE", "_REQUEST"}) {
          php::echo(*php::json_encode(php::superglobal(name)));
        }
      },
      request);
  EXPECT_EQ(answer.body, R"({"a":"1","b":["2"]}{"a":"3"}{"c":"x+y"}{"a":"3","b":["2"]})");
}

// What classes, constants and functions hold is of each thread and each request.
TEST(WebRun, RequestsOnManyThreadsDoNotMeet) {
  const auto script = [] {
    php::define_const("MADE", php::new_exception("LogicException", "x"));
    const php::Value list = php::call_named("explode", {",", "a,b,c"});
    php::echo(php::to_string(php::Int{list.as_array().count()}));
  };
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 50; ++turn) wrong += run(script).body == "3" ? 0 : 1;
    });
  }
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(wrong, 0);
}

TEST(WebRun, NoFinallyRunsForAScriptThatWasGivenUp) {
  static bool is_run = false;
  const WebAnswer answer = run([] {
    php::try_finally([]() -> int { php::stop("test", "is given up"); },
                     []() -> int {
                       is_run = true;
                       return 1;
                     });
    php::echo("goes on");
  });
  EXPECT_FALSE(is_run);
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "");
  EXPECT_TRUE(answer.stopped.starts_with("test: is given up ")) << answer.stopped;
}

// An object that holds itself, and a connection that has the database's lock.
php::Value locked_circle(const std::string& dsn) {
  const php::Value pdo = php::new_object(php::need_class("PDO"), nullptr, {dsn});
  const auto call = [&](std::string_view method, php::Arguments arguments) {
    return php::call_method_in(pdo, method, nullptr, arguments);
  };
  call("setAttribute", {2, 0});  // ATTR_TIMEOUT: does not wait for locks
  call("exec", {"CREATE TABLE IF NOT EXISTS t (a); BEGIN IMMEDIATE"});
  const php::Value circle = php::new_object(*php::find_class("stdClass"), nullptr);
  circle.as_object().properties.set_text("self", circle);
  circle.as_object().properties.set_text("pdo", pdo);
  return circle;
}

TEST(WebRun, CirclesGoWithTheirRequestAndSoDoTheirLocks) {
  static const std::string file = testing::TempDir() + "web_run_circle." + std::to_string(::getpid()) + ".db";
  static const std::string dsn = "sqlite:" + file;
  const auto ends = +[] {
    locked_circle(dsn);
    php::echo("locked");
  };
  const auto stops = +[] {
    locked_circle(dsn);
    php::stop("test", "is given up");
  };
  EXPECT_EQ(run(ends).body, "locked");
  EXPECT_EQ(run(stops).stopped.substr(0, 18), "test: is given up ");
  EXPECT_EQ(run(ends).body, "locked");
  ::unlink(file.c_str());
}

}  // namespace
}  // namespace banyan::php_mount
