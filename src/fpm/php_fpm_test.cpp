// The upstream against a real php-fpm. Skipped, and said so, where php-fpm is not installed.
#include <dirent.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "base/log.h"
#include "fpm/ask.h"
#include "fpm/fpm_upstream.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/sync.h"
#include "static_files/oracle_server.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

constexpr char kScript[] = R"(<?php
switch ($_GET['case'] ?? 'hello') {
  case 'hello': echo 'hello'; break;
  case 'variables': foreach ($_SERVER as $name => $value) if (is_string($value)) echo "$name=$value\n"; break;
  case 'echo': $in = file_get_contents('php://input');
    echo $_SERVER['CONTENT_LENGTH'], ' ', strlen($in), ' ', md5($in); break;
  case 'form': echo json_encode($_POST); break;
  case 'large': for ($i = 0; $i < 100; ++$i) echo str_repeat(chr(97 + $i % 26), 50000); break;
  case 'length': header('Content-Length: 5'); echo 'hello'; break;
  case 'short': header('Content-Length: 10'); echo 'hello'; break;
  case 'slow': usleep(1000 * (int)$_GET['ms']); echo getmypid(); break;
  case 'pid': echo getmypid(); break;
  case 'stderr': error_log('first complaint'); echo 'x'; break;
  case 'fatal': undefined_function(); break;
  case 'exit': http_response_code(418); echo 'left'; exit(3);
  case 'hang': file_put_contents($_GET['file'], getmypid()); sleep(600); break;
  case 'hang_late': echo 'before'; flush(); file_put_contents($_GET['file'], getmypid()); sleep(600); break;
  case 'count': file_put_contents($_GET['file'], 'x', FILE_APPEND); echo 'counted'; break;
  case 'early': header('X-A: 1'); echo 'answered'; break;
}
)";

class FpmUpstreamWithPhp : public testing::Test {
 public:
  void SetUp() override {
    if (oracle::find_program("php-fpm8.2").empty()) {
      std::fprintf(stderr, "SKIPPED: php-fpm8.2 is not installed, the upstream was not tried against it\n");
      GTEST_SKIP() << "php-fpm8.2 is not installed";
    }
    chmod(folder_.path().c_str(), 0755);
    oracle::write_file(folder_.path() + "/app.php", kScript);
    start_fpm(2);
  }
  void TearDown() override { set_process_logger(nullptr); }

  void start_fpm(int processes, const std::string& more = "") {
    fpm_.reset();
    const std::string& folder = folder_.path();
    unlink((folder + "/php.sock").c_str());
    oracle::write_file(folder + "/fpm.conf",
                       "[global]\nerror_log = " + folder + "/fpm.log\ndaemonize = no\n[www]\nlisten = " + folder +
                           "/php.sock\n" + (getuid() == 0 ? "user = root\ngroup = root\n" : "") +
                           "pm = static\npm.max_children = " + std::to_string(processes) +
                           "\ncatch_workers_output = no\nphp_admin_flag[html_errors] = off\n"
                           "php_admin_flag[log_errors] = on\nphp_admin_flag[display_errors] = off\n" +
                           more);
    std::vector<std::string> command = {oracle::find_program("php-fpm8.2"), "-F", "-n", "-y", folder + "/fpm.conf"};
    if (getuid() == 0) command.push_back("-R");
    fpm_ = std::make_unique<oracle::Child>(command, folder + "/fpm.out");
    close(oracle::connect_to_socket(folder + "/php.sock"));  // waits until it listens
  }

  FpmOptions options() const {
    FpmOptions options;
    options.root = folder_.path();
    options.connect_timeout = options.idle_timeout = 1min;  // longer than any pause of a busy machine
    options.params = {{"APP_ENV", "test"}, {"SERVER_SOFTWARE", "other"}};
    return options;
  }
  SocketAddress address() const { return *SocketAddress::parse("unix:" + folder_.path() + "/php.sock"); }
  std::unique_ptr<FpmUpstream> upstream(std::size_t connections_max = 2) {
    return upstream(connections_max, options());
  }
  std::unique_ptr<FpmUpstream> upstream(std::size_t connections_max, FpmOptions its_options) {
    connections_ = std::make_shared<FpmConnections>(connections_max);
    return std::make_unique<FpmUpstream>(address(), connections_, memory_, std::move(its_options));
  }

  // Runs `body` with the fixture on a runtime.
  template <class Self>
  void run_on(unsigned workers, Self* self, Task<int> (*body)(Self&)) {
    RuntimeOptions runtime;
    runtime.workers = workers;
    runtime.on_stall = [](const char*, std::uint64_t, Duration) {};
    run(runtime, body(*self));
    EXPECT_EQ(memory_.used(), 0U);
  }
  void run_with(Task<int> (*body)(FpmUpstreamWithPhp&)) { run_on<FpmUpstreamWithPhp>(1, this, body); }

  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

  oracle::TemporaryFolder folder_;
  MemoryBudget memory_;
  std::shared_ptr<FpmConnections> connections_;
  std::unique_ptr<oracle::Child> fpm_;
};

FpmQuestion asks(std::string what) { return {.target = "/app.php?case=" + std::move(what)}; }

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST_F(FpmUpstreamWithPhp, RunsScriptsAndKeepsTheConnection) {
  run_with([](FpmUpstreamWithPhp& t) -> Task<int> {
    auto upstream = t.upstream();
    std::string pid;
    for (int i = 0; i < 5; ++i) {
      const FpmReply reply = co_await ask(*upstream, asks("pid"));
      EXPECT_EQ(reply.status, 200) << reply.text();
      if (i > 0) EXPECT_EQ(reply.body, pid);
      pid = reply.body;
    }
    EXPECT_EQ(upstream->idle(), 1U);
    EXPECT_EQ(t.connections_->open(), 1U);
    const FpmReply length = co_await ask(*upstream, asks("length"));
    EXPECT_EQ(length.body, "hello");
    EXPECT_EQ(length.length, 5U);
    FpmQuestion head = asks("length");
    head.method = "HEAD";
    const FpmReply without = co_await ask(*upstream, head);
    EXPECT_EQ(without.body, "");
    EXPECT_NE(std::ranges::find(without.fields, "Content-Length: 5"), without.fields.end());
    EXPECT_EQ(upstream->idle(), 1U);
    EXPECT_EQ(t.memory_.used(), 0U);
    co_return 0;
  });
}

TEST_F(FpmUpstreamWithPhp, PhpSeesTheRequestItsFieldsAndTheParams) {
  run_with([](FpmUpstreamWithPhp& t) -> Task<int> {
    auto upstream = t.upstream();
    FpmQuestion question = asks("variables&a=%20b");
    question.fields = {{"X-Forwarded-For", "203.0.113.9"}, {"traceparent", "00-1-2-01"}, {"Proxy", "evil"}};
    question.path_info = "/more";
    const FpmReply reply = co_await ask(*upstream, question);
    for (const std::string& line :
         {std::string("REQUEST_METHOD=GET"), std::string("REQUEST_URI=/app.php?case=variables&a=%20b"),
          std::string("QUERY_STRING=case=variables&a=%20b"), "SCRIPT_FILENAME=" + t.path("app.php"),
          std::string("SCRIPT_NAME=/app.php"), std::string("PATH_INFO=/more"), std::string("REMOTE_ADDR=192.0.2.7"),
          std::string("REMOTE_PORT=4711"), std::string("SERVER_PORT=8080"), std::string("SERVER_NAME=site.example"),
          std::string("HTTP_HOST=site.example"), std::string("HTTP_X_FORWARDED_FOR=203.0.113.9"),
          std::string("HTTP_TRACEPARENT=00-1-2-01"), std::string("APP_ENV=test"), std::string("SERVER_SOFTWARE=other"),
          "DOCUMENT_ROOT=" + t.folder_.path()}) {
      EXPECT_TRUE(has_line(reply.body, line)) << line << " is not in\n" << reply.body;
    }
    EXPECT_EQ(reply.body.find("HTTP_PROXY"), std::string::npos);
    // Variables longer than a record.
    question.fields = {{"X-Long", std::string(60000, 'l')}, {"X-Longer", std::string(60000, 'm')}};
    const FpmReply longer = co_await ask(*upstream, question);
    EXPECT_TRUE(has_line(longer.body, "HTTP_X_LONGER=" + std::string(60000, 'm'))) << longer.text().substr(0, 300);
    co_return 0;
  });
}

TEST_F(FpmUpstreamWithPhp, BodiesArriveWholeWhateverTheirLength) {
  run_with([](FpmUpstreamWithPhp& t) -> Task<int> {
    auto upstream = t.upstream();
    FpmQuestion form{.target = "/app.php?case=form", .method = "POST", .body = "a=1&b=x%20y"};
    form.fields = {{"Content-Type", "application/x-www-form-urlencoded"}};
    EXPECT_EQ((co_await ask(*upstream, form)).body, "{\"a\":\"1\",\"b\":\"x y\"}");
    for (const std::size_t length : {0U, 1U, 16384U, 16385U, 65535U, 65536U, 200000U, 5000000U}) {
      std::string body(length, 'b');
      for (std::size_t i = 0; i < length; i += 7) body[i] = static_cast<char>('a' + i % 26);
      std::string first;
      for (const bool at_once : {true, false}) {
        for (const bool known : {true, false}) {
          FpmQuestion question{.target = "/app.php?case=echo", .method = "PUT", .body = body};
          question.length_known = known;
          question.at_once = at_once;
          const FpmReply reply = co_await ask(*upstream, question);
          EXPECT_TRUE(reply.body.starts_with(std::to_string(length) + " " + std::to_string(length) + " "))
              << length << " " << known << at_once << " " << reply.text();
          if (first.empty()) first = reply.body;
          EXPECT_EQ(reply.body, first);
        }
      }
    }
    co_return 0;
  });
}

TEST_F(FpmUpstreamWithPhp, LargeAnswersStream) {
  run_with([](FpmUpstreamWithPhp& t) -> Task<int> {
    auto upstream = t.upstream();
    const FpmReply reply = co_await ask(*upstream, asks("large"));
    EXPECT_EQ(reply.body.size(), 5000000U);
    EXPECT_EQ(reply.body[4999999], 'v');
    EXPECT_FALSE(reply.broke_off);
    EXPECT_EQ(upstream->idle(), 1U);
    // An answer nobody reads to its end closes the connection.
    {
      FpmRequestTexts texts(asks("large"));
      auto answer = co_await upstream->send(texts.request());
      EXPECT_TRUE(answer.ok());
      EXPECT_EQ(t.connections_->open(), 1U);
    }
    EXPECT_EQ(upstream->idle(), 0U);
    EXPECT_EQ(t.connections_->open(), 0U);
    co_return 0;
  });
}

TEST_F(FpmUpstreamWithPhp, ASlowScriptMeetsTheDeadline) {
  run_with([](FpmUpstreamWithPhp& t) -> Task<int> {
    auto upstream = t.upstream();
    FpmReply reply;
    // On a machine that stands still the time may be over before the request was sent.
    for (Duration patience = 100ms; !reply.request_sent && patience < 5min; patience *= 2) {
      reply = co_await with_timeout(patience, ask(*upstream, asks("slow&ms=1000000")));
    }
    EXPECT_TRUE(reply.failure);
    if (reply.failure) EXPECT_EQ(reply.failure->code(), ErrorCode::kDeadlineExceeded);
    EXPECT_TRUE(reply.request_sent);
    EXPECT_EQ(t.connections_->open(), 0U);
    EXPECT_EQ((co_await ask(*upstream, asks("hello"))).body, "hello");
    co_return 0;
  });
}

TEST_F(FpmUpstreamWithPhp, ComplaintsAndFailuresOfScripts) {
  auto sink = LogSink::open(path("app.log"), {LogFormat::kJson, nullptr});
  ASSERT_TRUE(sink.ok());
  Logger logger(**sink);
  set_process_logger(&logger);
  run_with([](FpmUpstreamWithPhp& t) -> Task<int> {
    auto upstream = t.upstream();
    EXPECT_EQ((co_await ask(*upstream, asks("stderr"))).body, "x");
    EXPECT_EQ((co_await ask(*upstream, asks("fatal"))).status, 500);
    const FpmReply left = co_await ask(*upstream, asks("exit"));
    EXPECT_EQ(left.status, 418);
    EXPECT_EQ(left.body, "left");
    const FpmReply lie = co_await ask(*upstream, asks("short"));
    EXPECT_TRUE(lie.broke_off) << lie.text();
    EXPECT_EQ(upstream->idle(), 0U);
    co_return 0;
  });
  set_process_logger(nullptr);
  EXPECT_TRUE((*sink)->flush(1min));
  const std::string log = oracle::read_file(path("app.log"));
  EXPECT_NE(log.find("php_stderr"), std::string::npos) << log;
  EXPECT_NE(log.find("first complaint"), std::string::npos);
  EXPECT_NE(log.find("undefined_function"), std::string::npos);
  EXPECT_NE(log.find("\"script\":\"/app.php\""), std::string::npos);
}

// Waits for the script to write its process id, and kills that process: a child of the php-fpm this test started.
Task<void> kill_when_there(std::string file) {
  for (int i = 0; i < 12'000; ++i) {
    const int pid = std::atoi(oracle::read_file(file).c_str());
    if (pid > 1) {
      kill(pid, SIGKILL);
      co_return;
    }
    (void)co_await sleep_for(10ms);
  }
}

TEST_F(FpmUpstreamWithPhp, AKilledProcessIsAFailureOrABrokenBody) {
  run_with([](FpmUpstreamWithPhp& t) -> Task<int> {
    auto upstream = t.upstream();
    go("killer", kill_when_there(t.path("pid1")));
    const FpmReply before = co_await ask(*upstream, asks("hang&file=" + t.path("pid1")));
    EXPECT_TRUE(before.failure) << before.text();
    if (before.failure) EXPECT_EQ(before.failure->code(), ErrorCode::kUnavailable) << before.text();
    EXPECT_TRUE(before.request_sent);
    go("killer", kill_when_there(t.path("pid2")));
    const FpmReply amid = co_await ask(*upstream, asks("hang_late&file=" + t.path("pid2")));
    EXPECT_EQ(amid.status, 200);
    EXPECT_EQ(amid.body, "before");
    EXPECT_TRUE(amid.broke_off) << amid.text();
    if (amid.broke_off) EXPECT_EQ(amid.broke_off->code(), ErrorCode::kUnavailable);
    EXPECT_EQ((co_await ask(*upstream, asks("hello"))).body, "hello");
    co_return 0;
  });
}

TEST_F(FpmUpstreamWithPhp, ARestartBetweenRequestsIsNotNoticed) {
  run_with([](FpmUpstreamWithPhp& t) -> Task<int> {
    auto upstream = t.upstream();
    for (const std::string& method : {std::string("GET"), std::string("POST")}) {
      EXPECT_EQ((co_await ask(*upstream, asks("hello"))).body, "hello");
      EXPECT_EQ(upstream->idle(), 1U);
      t.start_fpm(2);
      FpmQuestion question = asks("hello");
      question.method = method;
      const FpmReply reply = co_await ask(*upstream, question);
      EXPECT_EQ(reply.body, "hello") << reply.text();
    }
    t.fpm_.reset();
    const FpmReply gone = co_await ask(*upstream, asks("hello"));
    EXPECT_TRUE(gone.failure) << gone.text();
    if (gone.failure) EXPECT_EQ(gone.failure->code(), ErrorCode::kUnavailable) << gone.text();
    EXPECT_FALSE(gone.request_sent);
    EXPECT_EQ(t.connections_->open(), 0U);
    co_return 0;
  });
}

// A process that ends after each few requests closes its connection behind the answer.
TEST_F(FpmUpstreamWithPhp, ProcessesThatEndAfterSomeRequestsLoseNone) {
  start_fpm(2, "pm.max_requests = 3\n");
  run_with([](FpmUpstreamWithPhp& t) -> Task<int> {
    auto upstream = t.upstream();
    for (int i = 0; i < 60; ++i) {
      FpmQuestion question = asks("count&file=" + t.path("counted"));
      question.method = i % 3 == 0 ? "POST" : "GET";
      const FpmReply reply = co_await ask(*upstream, question);
      EXPECT_EQ(reply.body, "counted") << i << " " << reply.text();
    }
    co_return 0;
  });
  EXPECT_EQ(oracle::read_file(path("counted")).size(), 60U);
}

TEST_F(FpmUpstreamWithPhp, WhoWaitsTooLongIsTurnedAway) {
  run_with([](FpmUpstreamWithPhp& t) -> Task<int> {
    auto upstream = t.upstream(1);
    FpmRequestTexts texts(asks("large"));
    auto holding = co_await upstream->send(texts.request());
    EXPECT_TRUE(holding.ok());
    const FpmReply reply = co_await with_timeout(50ms, ask(*upstream, asks("hello")));
    EXPECT_TRUE(reply.failure);
    if (reply.failure) EXPECT_EQ(reply.failure->code(), ErrorCode::kResourceExhausted);
    EXPECT_FALSE(reply.request_sent);
    EXPECT_EQ(t.connections_->waiting(), 0U);
    co_return 0;
  });
}

TEST_F(FpmUpstreamWithPhp, AFullDiskIsSaid) {
  run_with([](FpmUpstreamWithPhp& t) -> Task<int> {
    FpmOptions options = t.options();
    options.spool_folder = t.path("missing");
    auto upstream = t.upstream(2, options);
    FpmQuestion question{.target = "/app.php?case=echo", .method = "POST", .body = std::string(100000, 'x')};
    question.length_known = false;
    const FpmReply reply = co_await ask(*upstream, question);
    EXPECT_TRUE(reply.failure);
    if (reply.failure) EXPECT_EQ(reply.failure->code(), ErrorCode::kResourceExhausted);
    EXPECT_FALSE(reply.request_sent);
    EXPECT_EQ(t.connections_->open(), 0U);
    co_return 0;
  });
}

TEST_F(FpmUpstreamWithPhp, IdleConnectionsAreClosedInTime) {
  run_with([](FpmUpstreamWithPhp& t) -> Task<int> {
    FpmOptions options = t.options();
    options.idle_timeout = 50ms;
    auto upstream = t.upstream(2, options);
    FpmReply reply;
    // The request's deadline is not that of the connection it leaves behind.
    for (Duration patience = 20ms; reply.body != "hello" && patience < 5min; patience *= 2) {
      reply = co_await with_timeout(patience, ask(*upstream, asks("hello")));
    }
    EXPECT_EQ(upstream->idle(), 1U);
    for (int i = 0; i < 6'000 && upstream->idle() > 0; ++i) (void)co_await sleep_for(10ms);
    EXPECT_EQ(upstream->idle(), 0U);
    EXPECT_EQ(t.connections_->open(), 0U);
    co_return 0;
  });
}

struct ManyAskers {
  FpmUpstreamWithPhp& test;
  int requests;
  WaitGroup running;
  std::atomic<int> answered{0};
};

Task<void> ask_many(ManyAskers* askers, FpmUpstream* upstream, unsigned number) {
  for (int i = 0; i < askers->requests; ++i) {
    FpmQuestion question = asks("hello");
    if ((number + static_cast<unsigned>(i)) % 5 == 0) question.method = "POST";
    const FpmReply reply = co_await ask(*upstream, question);
    EXPECT_EQ(reply.body, "hello") << reply.text();
    if (reply.body == "hello") ++askers->answered;
    if (i % 7 == 0) (void)co_await sleep_for(1ms);
  }
  askers->running.done();
}

template <unsigned kWorkers, unsigned kTasks>
Task<int> share_one_connection(FpmUpstreamWithPhp& t) {
  t.connections_ = std::make_shared<FpmConnections>(1);
  ManyAskers askers{t, 100, {}, {}};
  std::vector<std::unique_ptr<FpmUpstream>> upstreams;
  for (unsigned worker = 0; worker < kWorkers; ++worker) {
    upstreams.push_back(std::make_unique<FpmUpstream>(t.address(), t.connections_, t.memory_, t.options()));
    for (unsigned task = 0; task < kTasks; ++task) {
      askers.running.add();
      go_pinned_to(worker, "asker", ask_many(&askers, upstreams.back().get(), worker * kTasks + task));
    }
  }
  const Result<void> done = co_await askers.running.wait(now() + 5min);
  EXPECT_TRUE(done.ok()) << "somebody waits for ever";
  EXPECT_EQ(askers.answered.load(), 100 * static_cast<int>(kWorkers * kTasks));
  EXPECT_EQ(t.connections_->waiting(), 0U);
  EXPECT_LE(t.connections_->open(), 1U);
  co_return 0;
}

TEST_F(FpmUpstreamWithPhp, TwoWorkersShareOneConnectionWithoutStarving) {
  start_fpm(1);
  run_on<FpmUpstreamWithPhp>(2, this, share_one_connection<2, 1>);
  run_on<FpmUpstreamWithPhp>(2, this, share_one_connection<2, 4>);
}

TEST_F(FpmUpstreamWithPhp, TasksOfOneWorkerShareOneConnection) {
  start_fpm(1);
  run_on<FpmUpstreamWithPhp>(1, this, share_one_connection<1, 8>);
}

}  // namespace
}  // namespace banyan
