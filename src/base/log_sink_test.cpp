#include "base/log_sink.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/log.h"
#include "base/log_ring.h"

namespace banyan {
namespace {

constexpr Duration kLongEnough = std::chrono::minutes(2);

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// A folder of its own, with everything in it removed at the end.
class LogSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/banyan-log-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    for (const char* file : {"a.log", "b.log", "a.log.1", "link"}) unlink(path(file).c_str());
    rmdir(folder_.c_str());
  }
  std::string path(const std::string& file) const { return folder_ + "/" + file; }
  static std::unique_ptr<LogSink> open(const std::string& path, LogSink::Options options = {}) {
    Result<std::unique_ptr<LogSink>> sink = LogSink::open(path, options);
    EXPECT_TRUE(sink.ok());
    return std::move(sink).value();
  }

 private:
  std::string folder_;
};

TEST(LogRing, GivesBackWhatWasPushedAtEveryAlignment) {
  LogRing ring;
  std::string expected;
  std::size_t taken = 0;
  const auto take = [&](std::uint32_t sink, std::string_view line) {
    ASSERT_EQ(sink, 7u);
    ASSERT_EQ(line.size(), taken * 37 % 3000);
    for (const char c : line) ASSERT_EQ(c, static_cast<char>('a' + taken % 26));
    ++taken;
  };
  for (std::size_t i = 0; i < 20000; ++i) {
    const std::string line(i * 37 % 3000, static_cast<char>('a' + i % 26));
    if (!ring.push(7, line)) {
      ring.drain(take);
      ASSERT_TRUE(ring.push(7, line));
    }
  }
  ring.drain(take);
  EXPECT_EQ(taken, 20000u);
  EXPECT_TRUE(ring.empty());
}

TEST(LogRing, IsOverHalfOnlyWhileThatMuchWaits) {
  LogRing ring;
  const std::string line(1000, 'x');
  const auto ignore = [](std::uint32_t, std::string_view) {};
  // Drained often, the ring is never half full however much has gone through it.
  for (std::uint64_t pushed = 0; pushed < 3 * LogRing::kBytes; pushed += line.size()) {
    ASSERT_TRUE(ring.push(1, line));
    ASSERT_FALSE(ring.over_half());
    ring.drain(ignore);
  }
  std::uint64_t waiting = 0;
  for (; waiting <= LogRing::kBytes / 2; waiting += line.size()) ASSERT_TRUE(ring.push(1, line));
  EXPECT_TRUE(ring.over_half());
  ring.drain(ignore);
  EXPECT_FALSE(ring.over_half());
}

TEST(LogRing, RefusesWhatDoesNotFitAndKeepsTheRest) {
  LogRing ring;
  const std::string line(LogRing::kLineBytesMax, 'x');
  int pushed = 0;
  while (ring.push(1, line)) ++pushed;
  EXPECT_EQ(pushed, 3);  // the headers take the room of the fourth
  int drained = 0;
  ring.drain([&](std::uint32_t, std::string_view got) { drained += got == line ? 1 : 0; });
  EXPECT_EQ(drained, 3);
  EXPECT_TRUE(ring.push(1, line));
}

TEST_F(LogSinkTest, LosesNothingThatWasAcceptedFromManyThreads) {
  constexpr int kThreads = 8;
  constexpr int kLines = 20000;
  std::atomic<std::uint64_t> refused = 0;
  std::vector<std::vector<bool>> accepted(kThreads, std::vector<bool>(kLines));
  {
    const auto sink = open(path("a.log"), {.losses_to = nullptr});
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kLines; ++i) {
          const std::string line = "thread " + std::to_string(t) + " line " + std::to_string(i);
          accepted[static_cast<std::size_t>(t)][static_cast<std::size_t>(i)] = sink->write_line(line);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    refused = sink->lines_lost();
  }
  std::vector<int> next(kThreads, 0);
  std::uint64_t missing = 0;
  for (const std::string& line : lines_of(path("a.log"))) {
    int t = 0;
    int i = 0;
    if (std::sscanf(line.c_str(), "thread %d line %d", &t, &i) != 2) {
      EXPECT_NE(line.find("log_lines_lost"), std::string::npos) << line;
      continue;
    }
    int& at = next[static_cast<std::size_t>(t)];
    ASSERT_GE(i, at) << "the lines of a thread keep their order";
    for (; at < i; ++at, ++missing) EXPECT_FALSE(accepted[static_cast<std::size_t>(t)][static_cast<std::size_t>(at)]);
    ++at;
  }
  for (int t = 0; t < kThreads; ++t) missing += static_cast<std::uint64_t>(kLines - next[static_cast<std::size_t>(t)]);
  EXPECT_EQ(missing, refused);
}

TEST_F(LogSinkTest, CountsAndReportsWhatASlowReaderCost) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  {
    const auto losses = open(path("b.log"));
    const auto sink = open("/proc/self/fd/" + std::to_string(ends[1]), {.losses_to = losses.get()});
    const std::string line(1000, 'x');
    std::uint64_t refused = 0;
    for (int i = 0; i < 4000; ++i) refused += sink->write_line(line) ? 0 : 1;  // 4 MB: more than every buffer holds
    EXPECT_FALSE(sink->flush(std::chrono::milliseconds(50))) << "nobody reads";
    EXPECT_GT(sink->lines_lost(), 1000u);
    EXPECT_GE(sink->lines_lost(), refused);
    EXPECT_TRUE(losses->write_line("others are not held up"));
    EXPECT_TRUE(losses->flush(kLongEnough));
  }
  const std::vector<std::string> lines = lines_of(path("b.log"));
  std::string all;
  for (const std::string& line : lines) all += line;
  EXPECT_NE(all.find("\"event\":\"log_lines_lost\",\"file\":\"/proc/self/fd/"), std::string::npos) << all;
  EXPECT_NE(all.find("others are not held up"), std::string::npos);
  close(ends[0]);
  close(ends[1]);
}

TEST_F(LogSinkTest, RotationMovesLaterLinesToTheNewFile) {
  const auto sink = open(path("a.log"));
  EXPECT_TRUE(sink->write_line("before"));
  ASSERT_TRUE(sink->flush(kLongEnough));
  ASSERT_EQ(rename(path("a.log").c_str(), path("a.log.1").c_str()), 0);
  EXPECT_TRUE(sink->write_line("still the old file"));
  ASSERT_TRUE(sink->flush(kLongEnough));
  ASSERT_TRUE(sink->reopen().ok());
  EXPECT_TRUE(sink->write_line("after"));
  ASSERT_TRUE(sink->flush(kLongEnough));
  EXPECT_EQ(lines_of(path("a.log.1")), (std::vector<std::string>{"before", "still the old file"}));
  EXPECT_EQ(lines_of(path("a.log")), std::vector<std::string>{"after"});
}

TEST_F(LogSinkTest, FailedReopenKeepsTheOldFile) {
  ASSERT_EQ(symlink(path("a.log").c_str(), path("link").c_str()), 0);
  const auto sink = open(path("link"));
  unlink(path("link").c_str());
  ASSERT_EQ(symlink("/nowhere/at/all", path("link").c_str()), 0);
  const Result<void> result = sink->reopen();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(sink->write_line("still here"));
  ASSERT_TRUE(sink->flush(kLongEnough));
  EXPECT_EQ(lines_of(path("a.log")), std::vector<std::string>{"still here"});
}

TEST_F(LogSinkTest, FullDiskIsCountedAndReportedOnceThereIsRoom) {
  ASSERT_EQ(symlink("/dev/full", path("link").c_str()), 0);
  const auto sink = open(path("link"));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(sink->write_line("lost"));
  EXPECT_TRUE(sink->flush(kLongEnough));
  EXPECT_EQ(sink->lines_lost(), 5u);
  unlink(path("link").c_str());
  ASSERT_EQ(symlink(path("a.log").c_str(), path("link").c_str()), 0);
  ASSERT_TRUE(sink->reopen().ok());
  EXPECT_TRUE(sink->write_line("kept"));
  ASSERT_TRUE(sink->flush(kLongEnough));
  ASSERT_TRUE(sink->flush(kLongEnough));
  const std::string expected = "\"no_room\":0,\"not_written\":5,\"reason\":\"No space left on device\"}";
  std::string all;
  for (const std::string& line : lines_of(path("a.log"))) all += line + "\n";
  EXPECT_NE(all.find("kept\n"), std::string::npos);
  EXPECT_NE(all.find(expected), std::string::npos) << all;
}

TEST_F(LogSinkTest, ClosedPipeHarmsNobody) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const auto sink = open("/proc/self/fd/" + std::to_string(ends[1]));
  close(ends[0]);
  close(ends[1]);
  EXPECT_TRUE(sink->write_line("into the void"));
  EXPECT_TRUE(sink->flush(kLongEnough));
  EXPECT_EQ(sink->lines_lost(), 1u);
}

TEST_F(LogSinkTest, RefusesLinesNoRingCouldHold) {
  const auto sink = open(path("a.log"));
  EXPECT_FALSE(sink->write_line(std::string(LogRing::kLineBytesMax + 1, 'x')));
  EXPECT_EQ(sink->lines_lost(), 1u);
  EXPECT_TRUE(sink->write_line(std::string(LogRing::kLineBytesMax, 'x')));
  ASSERT_TRUE(sink->flush(kLongEnough));
  // The line that tells of the loss may stand before it or after.
  std::size_t longest = 0;
  for (const std::string& line : lines_of(path("a.log"))) longest = std::max(longest, line.size());
  EXPECT_EQ(longest, LogRing::kLineBytesMax);
}

TEST_F(LogSinkTest, SaysWhyAFileCannotBeOpened) {
  const auto sink = LogSink::open("/nowhere/a.log", {});
  ASSERT_FALSE(sink.ok());
  EXPECT_EQ(sink.error().text(), "opening the log /nowhere/a.log: No such file or directory");
}

TEST_F(LogSinkTest, LinesOfThreadsThatEndedAreKept) {
  const auto sink = open(path("a.log"));
  for (int i = 0; i < 50; ++i) std::thread([&] { sink->write_line("from a short life"); }).join();
  ASSERT_TRUE(sink->flush(kLongEnough));
  EXPECT_EQ(lines_of(path("a.log")).size(), 50u);
}

TEST_F(LogSinkTest, SinksMayComeAndGo) {
  for (int i = 0; i < 20; ++i) {
    const auto sink = open(path("a.log"));
    EXPECT_TRUE(sink->write_line(std::to_string(i)));
  }
  EXPECT_EQ(lines_of(path("a.log")).size(), 20u) << "closing a sink writes what is waiting";
}

// Runs in a process of its own, because it ends it.
TEST_F(LogSinkTest, FailedCheckFlushesFirst) {
  const pid_t child = fork();
  if (child == 0) {
    freopen("/dev/null", "w", stderr);
    Result<std::unique_ptr<LogSink>> sink = LogSink::open(path("a.log"), {});
    flush_logs_on_abort();
    Logger logger(**sink);
    set_process_logger(&logger);
    log_info("last_words", {{"token", Secret("s3cret")}});
    BANYAN_CHECK(1 > 2);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGABRT);
  const std::vector<std::string> lines = lines_of(path("a.log"));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].ends_with(R"("level":"info","event":"last_words","token":"***"})")) << lines[0];
}

TEST_F(LogSinkTest, LoggerObeysItsLevelAndItsContext) {
  const auto sink = open(path("a.log"), {.format = LogFormat::kText});
  Logger logger(*sink, LogLevel::kWarn);
  set_process_logger(&logger);
  set_log_context([](LogLine& line) { line.add({"task", 7}); });
  log_info("not_this");
  log_debug("nor_this");
  log_error("this", {{"code", 3}});
  logger.set_level(LogLevel::kDebug);
  log_debug("now_this");
  set_log_context(nullptr);
  set_process_logger(nullptr);
  ASSERT_TRUE(sink->flush(kLongEnough));
  const std::vector<std::string> lines = lines_of(path("a.log"));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].substr(kRfc3339Bytes), " ERROR this code=3 task=7");
  EXPECT_EQ(lines[1].substr(kRfc3339Bytes), " DEBUG now_this task=7");
}

}  // namespace
}  // namespace banyan
