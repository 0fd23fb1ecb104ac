#include "ledger/ledger.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "ledger/ledger_file.h"
#include "rollout/transition_json.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// A folder of its own for each test, gone with it.
class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    std::string pattern = testing::TempDir() + "banyan-ledger-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    file_ = folder_ + "/ledger.db";
  }
  ~LedgerTest() override {
    for (const char* ending : {"", "-wal", "-shm", ".lock"}) ::unlink((file_ + ending).c_str());
    ::rmdir(folder_.c_str());
  }
  std::unique_ptr<Ledger> opened(std::size_t samples_max = 200, Duration keep = 1h) {
    Result<std::unique_ptr<Ledger>> ledger =
        Ledger::open({.file = file_, .samples_keep = keep, .samples_per_route_max = samples_max});
    EXPECT_TRUE(ledger.ok()) << ledger.error().text();
    return ledger.ok() ? *std::move(ledger) : nullptr;
  }
  Error refusal() {
    Result<std::unique_ptr<Ledger>> ledger = Ledger::open({.file = file_});
    EXPECT_FALSE(ledger.ok());
    return ledger.ok() ? Error(ErrorCode::kInternal, "opened") : std::move(ledger).error();
  }
  std::string bytes() const {
    std::ifstream in(file_, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  }
  void write_bytes(std::size_t at, std::string_view bytes) const {
    const int descriptor = ::open(file_.c_str(), O_WRONLY | O_CREAT, 0600);
    ASSERT_EQ(::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(at)),
              static_cast<ssize_t>(bytes.size()));
    ::close(descriptor);
  }
  // By SQLite itself, as somebody with the sqlite3 program would.
  std::string change(const char* sql) const {
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open(file_.c_str(), &handle), SQLITE_OK);
    char* message = nullptr;
    sqlite3_exec(handle, sql, nullptr, nullptr, &message);
    const std::string said = message == nullptr ? "" : message;
    sqlite3_free(message);
    sqlite3_close(handle);
    return said;
  }

  std::string folder_;
  std::string file_;
};

Transition transition(std::uint64_t sequence, std::uint64_t compared = 0) {
  Transition made;
  made.sequence = sequence;
  made.epoch = 1;
  made.key = {.old_build = "a", .new_build = "b", .rules = "json"};
  made.to = {.stage = Stage::kShifted, .hundredths = static_cast<std::uint32_t>(sequence % 10'000)};
  made.by = "evidence";
  made.why = "because";
  made.evidence.answers.compared = compared;
  made.at = WallTime(Duration(static_cast<std::int64_t>(sequence)));
  return made;
}

Evidence evidence(std::uint64_t compared) {
  Evidence seen;
  seen.answers = {.compared = compared, .different = 1};
  seen.eligible = compared + 2;
  seen.dropped = 2;
  seen.races = 3;
  seen.pairs = 4;
  seen.failures = {.new_bad = 5, .old_bad = 6};
  seen.slow = {.new_bad = 7, .old_bad = 8};
  return seen;
}

Sample sample(const std::string& route, int number, WallTime at = wall_now()) {
  return {.route = route,
          .epoch = 1,
          .at = at,
          .request_line = "GET /" + std::to_string(number),
          .request_id = "r" + std::to_string(number),
          .old_answer = R"({"status":200})",
          .new_answer = R"({"status":500})",
          .differences = R"([{"path":"status"}])",
          .race = number % 2 == 0};
}

Task<int> append_task(Ledger* ledger, std::string route, Transition made, Result<void>* out) {
  *out = co_await ledger->append(std::move(route), std::move(made));
  co_return 0;
}
Result<void> append(Ledger& ledger, const std::string& route, const Transition& made) {
  Result<void> result;
  run({.workers = 1}, append_task(&ledger, route, made, &result));
  return result;
}

Task<int> read_task(Ledger* ledger, std::string route, std::vector<Transition>* transitions,
                    std::vector<Sample>* samples) {
  Result<std::vector<Transition>> moved = co_await ledger->transitions(route, 1'000);
  Result<std::vector<Sample>> seen = co_await ledger->samples(route, 1'000);
  EXPECT_TRUE(moved.ok() && seen.ok());
  if (!moved.ok() || !seen.ok()) co_return 1;
  *transitions = *std::move(moved);
  *samples = *std::move(seen);
  co_return 0;
}

bool comes_true(const std::function<bool()>& what) {
  for (int i = 0; i < 12'000; ++i) {
    if (what()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

// Bytes that no file of this process may pass: the disk is full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(LedgerTest, KeepsTransitionsAndEvidenceOverARestart) {
  {
    const auto ledger = opened();
    EXPECT_TRUE((*ledger->load()).empty());
    ASSERT_TRUE(append(*ledger, "b", transition(1)).ok());
    ASSERT_TRUE(append(*ledger, "a", transition(1)).ok());
    ASSERT_TRUE(append(*ledger, "a", transition(2, 99)).ok());
    ledger->note_evidence({.route = "a", .sequence = 2, .evidence = evidence(10)});
    ledger->note_evidence({.route = "a", .sequence = 2, .evidence = evidence(12)});
    ledger->note_evidence({.route = "b", .sequence = 1, .evidence = evidence(7)});
  }
  const auto ledger = opened();
  const auto routes = *ledger->load();
  ASSERT_EQ(routes.size(), 2u);
  EXPECT_EQ(routes[0].route, "a");
  EXPECT_EQ(routes[0].last.sequence, 2u);
  EXPECT_EQ(routes[0].last.evidence.answers.compared, 99u);
  EXPECT_EQ(routes[0].since, evidence(12));
  EXPECT_EQ(routes[1].since, evidence(7));
}

TEST_F(LedgerTest, EvidenceOfOnePositionIsNeverTakenForTheNextOnes) {
  {
    const auto ledger = opened();
    ASSERT_TRUE(append(*ledger, "a", transition(1)).ok());
    ledger->note_evidence({.route = "a", .sequence = 1, .evidence = evidence(3'327)});
    ASSERT_TRUE(append(*ledger, "a", transition(2, 3'327)).ok());
  }
  EXPECT_EQ((*opened()->load()).at(0).since, Evidence{});
}

TEST_F(LedgerTest, RefusesANumberThatIsNotTheNext) {
  const auto ledger = opened();
  EXPECT_EQ(append(*ledger, "a", transition(2)).error().code(), ErrorCode::kFailedPrecondition);
  ASSERT_TRUE(append(*ledger, "a", transition(1)).ok());
  const Result<void> other = append(*ledger, "a", transition(1, 5));
  ASSERT_FALSE(other.ok());
  EXPECT_NE(other.error().text().find("transition 1 of route 'a' is refused"), std::string::npos)
      << other.error().text();
  EXPECT_FALSE(append(*ledger, "a", transition(3)).ok());
  EXPECT_TRUE(ledger->health().writable);  // the file is well, the caller is not
  EXPECT_TRUE(append(*ledger, "a", transition(1)).ok()) << "the very same is there already";
  EXPECT_TRUE(append(*ledger, "a", transition(2)).ok());
}

TEST_F(LedgerTest, WhatIsInForceIsWrittenBeforeWhatComesAfterIt) {
  const auto ledger = opened();
  for (std::uint64_t i = 1; i <= 50; ++i) ledger->append_later("a", transition(i));
  ASSERT_TRUE(append(*ledger, "a", transition(51)).ok());
  EXPECT_EQ((*ledger->load()).at(0).last.sequence, 51u);
}

TEST_F(LedgerTest, GivesTheNewestFirstAndBoundsSamples) {
  const auto ledger = opened(5);
  for (std::uint64_t i = 1; i <= 3; ++i) ASSERT_TRUE(append(*ledger, "a", transition(i)).ok());
  for (int i = 0; i < 20; ++i) ledger->note_sample(sample("a", i));
  ledger->note_sample(sample("b", 100));
  Sample large = sample("a", 21);
  large.old_answer.assign(Sample::kAnswerBytesMax + 1, 'x');
  ledger->note_sample(large);
  EXPECT_EQ(ledger->health().samples_dropped, 1u);
  ASSERT_TRUE(comes_true([&] { return ledger->health().evidence_writes > 0; }));
  std::vector<Transition> transitions;
  std::vector<Sample> samples;
  ASSERT_EQ(run({.workers = 1}, read_task(ledger.get(), "a", &transitions, &samples)), 0);
  ASSERT_EQ(transitions.size(), 3u);
  EXPECT_EQ(transitions[0].sequence, 3u);
  ASSERT_EQ(samples.size(), 5u);
  EXPECT_EQ(samples[0].request_line, "GET /19");
  EXPECT_FALSE(samples[0].race);
  EXPECT_TRUE(samples[1].race);
  EXPECT_EQ(samples[4].request_line, "GET /15");
  EXPECT_EQ(samples[0].differences, sample("a", 19).differences);
}

TEST_F(LedgerTest, WaitingSamplesAreBounded) {
  const auto ledger = opened();
  const FullDisk full(0);  // nothing is taken from the queue for good
  for (std::size_t i = 0; i < 2 * Ledger::kSamplesWaitingMax; ++i) ledger->note_sample(sample("a", 1));
  EXPECT_GE(ledger->health().samples_dropped, 1u);
}

TEST_F(LedgerTest, OldSamplesAndMinutesArePruned) {
  auto file = *LedgerFile::open_to_write(file_);
  const WallTime start{1'000h};
  ASSERT_TRUE(file->begin().ok());
  for (int minute = 0; minute < 10; ++minute) {
    const WallTime at = start + std::chrono::minutes(minute);
    ASSERT_TRUE(file->add_sample(sample("a", minute, at), 100).ok());
    const EvidenceNote note{.route = "a", .sequence = 1, .evidence = evidence(static_cast<std::uint64_t>(minute))};
    ASSERT_TRUE(file->put_evidence(note, at).ok());
    ASSERT_TRUE(file->put_evidence(note, at + 10s).ok());
  }
  ASSERT_TRUE(file->commit().ok());
  EXPECT_EQ((*file->evidence("a")).size(), 10u);
  ASSERT_TRUE(file->prune_samples(start + 4min).ok());
  EXPECT_EQ((*file->samples("a", 100)).size(), 6u);
  ASSERT_TRUE(file->prune_evidence(start + 7min).ok());
  EXPECT_EQ((*file->evidence("a")).size(), 3u);
  ASSERT_TRUE(file->prune_evidence(start + 70min).ok());
  const auto left = *file->evidence("a");
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].evidence, evidence(9)) << "the last of each position stays";
}

TEST_F(LedgerTest, AClockSetBackDoesNotBringOldEvidenceBack) {
  auto file = *LedgerFile::open_to_write(file_);
  ASSERT_TRUE(file->add_transition("a", transition(1)).ok());
  const WallTime start{1'000h};
  ASSERT_TRUE(file->put_evidence({.route = "a", .sequence = 1, .evidence = evidence(1)}, start).ok());
  ASSERT_TRUE(file->put_evidence({.route = "a", .sequence = 1, .evidence = evidence(2)}, start - 5h).ok());
  EXPECT_EQ((*file->routes()).at(0).since, evidence(2));
}

TEST_F(LedgerTest, ASecondWriterIsRefused) {
  const auto ledger = opened();
  const Error error = refusal();
  EXPECT_EQ(error.code(), ErrorCode::kFailedPrecondition);
  EXPECT_NE(error.text().find("process " + std::to_string(::getpid())), std::string::npos) << error.text();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(Ledger::open({.file = file_}).ok() ? 1 : 0);
  int status = 1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0) << "another process could open it as well";
  ASSERT_TRUE(append(*ledger, "a", transition(1)).ok());
  const auto reader = LedgerFile::open_to_read(file_);
  ASSERT_TRUE(reader.ok()) << reader.error().text();
  EXPECT_EQ((*(*reader)->routes()).size(), 1u);
}

TEST_F(LedgerTest, WhatIsNoLedgerIsRefusedAndLeftAsItIs) {
  write_bytes(0, std::string(8'192, 'x'));
  EXPECT_EQ(refusal().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(bytes(), std::string(8'192, 'x'));
  ::unlink(file_.c_str());
  EXPECT_EQ(change("CREATE TABLE users(id)"), "");
  const std::string before = bytes();
  EXPECT_NE(refusal().text().find("not a ledger of Banyan"), std::string::npos);
  EXPECT_EQ(bytes(), before);
}

TEST_F(LedgerTest, ANewerVersionIsRefused) {
  opened().reset();
  EXPECT_EQ(change("PRAGMA user_version = 3"), "");
  const Error error = refusal();
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_NE(error.text().find("version 3"), std::string::npos) << error.text();
  EXPECT_FALSE(LedgerFile::open_to_read(file_).ok());
}

TEST_F(LedgerTest, ALedgerOfVersion1IsReadAndGetsWhatIsNew) {
  ASSERT_TRUE(append(*opened(), "a", transition(1)).ok());
  EXPECT_EQ(change("DROP TABLE places; PRAGMA user_version = 1"), "");
  {
    const auto reader = LedgerFile::open_to_read(file_);
    ASSERT_TRUE(reader.ok()) << reader.error().text();
    EXPECT_EQ(*(*reader)->places("a", 1), std::vector<PlaceCount>());
  }
  const auto file = LedgerFile::open_to_write(file_);
  ASSERT_TRUE(file.ok()) << file.error().text();
  ASSERT_TRUE((*file)->put_places({"a", 1, {{"$.name", "value", 3}}}).ok());
  EXPECT_EQ(*(*file)->places("a", 1), (std::vector<PlaceCount>{{"$.name", "value", 3}}));
}

TEST_F(LedgerTest, WhereAnswersDifferedIsKnownAfterARestartAndBelongsToItsEpoch) {
  {
    const auto ledger = opened();
    ASSERT_TRUE(append(*ledger, "a", transition(1)).ok());
    ledger->note_places({"a", 1, {{"$.name", "value", 2}}});
    ledger->note_places({"a", 1, {{"$.name", "value", 3}, {"$.id", "type", 1}}});
  }
  const std::vector<PlaceCount> expected = {{"$.id", "type", 1}, {"$.name", "value", 3}};
  EXPECT_EQ(*opened()->places("a", 1), expected);
  {
    auto file = *LedgerFile::open_to_write(file_);
    for (std::uint64_t epoch = 2; epoch <= 11; ++epoch) {
      EXPECT_EQ(*file->places("a", 1), expected) << epoch;
      ASSERT_TRUE(file->put_places({"a", epoch, {{"$.x", "value", epoch}}}).ok());
    }
    EXPECT_EQ(*file->places("a", 1), std::vector<PlaceCount>());
    EXPECT_EQ(*file->places("a", 2), (std::vector<PlaceCount>{{"$.x", "value", 2}}));
  }
}

TEST_F(LedgerTest, KnowsWhoPutARouteWhereItIsAlsoAfterAHold) {
  const auto ledger = opened();
  Transition moved = transition(1);
  moved.by = "anna";
  Transition held = transition(2);
  held.from = held.to = moved.to;
  held.by = "bert";
  ASSERT_TRUE(append(*ledger, "a", moved).ok());
  ASSERT_TRUE(append(*ledger, "a", held).ok());
  EXPECT_EQ(*ledger->moved_by("a"), "anna");
  EXPECT_EQ(*ledger->moved_by("b"), "");
}

TEST_F(LedgerTest, AnotherTimeToKeepSamplesIsObeyedAtOnce) {
  const auto ledger = opened(200, 24h);
  ledger->note_sample(sample("a", 1, wall_now() - 2h));
  ledger->note_sample(sample("a", 2));
  const auto kept = [&] { return (*(*LedgerFile::open_to_read(file_))->samples("a", 10)).size(); };
  ASSERT_TRUE(comes_true([&] { return kept() == 2; }));
  ledger->keep_samples(1h);
  EXPECT_TRUE(comes_true([&] { return kept() == 1; }));
}

TEST_F(LedgerTest, WhatIsOldAndCannotBeTakenAwayMakesNothingBeWrittenTwice) {
  const auto ledger = opened(200, 24h);
  const auto kept = [&] { return *(*LedgerFile::open_to_read(file_))->samples("a", 100); };
  const auto note = [&](int number, WallTime at) {
    ledger->note_sample(sample("a", number, at));
    const std::string line = "GET /" + std::to_string(number);
    EXPECT_TRUE(comes_true([&] { return !kept().empty() && kept().front().request_line == line; })) << number;
  };
  note(1, wall_now() - 2h);
  ASSERT_TRUE(comes_true([&] {
    return change("CREATE TRIGGER stay BEFORE DELETE ON samples BEGIN SELECT RAISE(ABORT, 'it stays'); END") == "";
  }));
  ledger->keep_samples(1h);
  ASSERT_TRUE(comes_true([&] { return !ledger->health().writable; }));
  for (int i = 2; i <= 4; ++i) note(i, wall_now());
  EXPECT_EQ(kept().size(), 4u);
}

TEST_F(LedgerTest, DamageIsRefused) {
  {
    const auto ledger = opened();
    for (std::uint64_t i = 1; i <= 100; ++i) ledger->append_later("a", transition(i));
  }
  const std::size_t size = bytes().size();
  ASSERT_GT(size, 20'000u);
  int refused = 0;
  for (std::size_t page = 1; page < size / 4'096; ++page) {
    const std::string before = bytes().substr(page * 4'096, 4'096);
    write_bytes(page * 4'096, std::string(64, '\xee'));
    const Result<std::unique_ptr<Ledger>> ledger = Ledger::open({.file = file_});
    if (!ledger.ok()) {
      ++refused;
      EXPECT_EQ(ledger.error().code(), ErrorCode::kDataLoss) << ledger.error().text();
    }
    write_bytes(page * 4'096, before);
  }
  EXPECT_GE(refused, static_cast<int>(size / 4'096) - 2);
  EXPECT_NE(opened(), nullptr);
}

TEST_F(LedgerTest, ALineThatIsNotUnderstoodIsRefused) {
  {
    ASSERT_TRUE(append(*opened(), "a", transition(1)).ok());
  }
  EXPECT_EQ(change("INSERT INTO transitions VALUES('a', 2, '{\"sequence\":2}')"), "");
  const Error error = refusal();
  EXPECT_EQ(error.code(), ErrorCode::kDataLoss);
  EXPECT_NE(error.text().find("of the transitions of route 'a', number 2 is not understood"), std::string::npos)
      << error.text();
}

TEST_F(LedgerTest, NobodyChangesWhatWasWritten) {
  {
    ASSERT_TRUE(append(*opened(), "a", transition(1)).ok());
  }
  EXPECT_EQ(change("UPDATE transitions SET line = ''"), "transitions are never changed");
  EXPECT_EQ(change("DELETE FROM transitions"), "transitions are never taken away");
  EXPECT_EQ(change("INSERT INTO transitions VALUES('a', 3, '')"), "its number is not the next one");
}

TEST_F(LedgerTest, TheFileIsItsOwnersAlone) {
  const auto ledger = opened();
  ASSERT_TRUE(append(*ledger, "a", transition(1)).ok());
  for (const char* ending : {"", "-wal", "-shm", ".lock"}) {
    struct stat status{};
    ASSERT_EQ(::stat((file_ + ending).c_str(), &status), 0) << ending;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << ending;
  }
}

TEST_F(LedgerTest, AFullDiskRefusesPromotionsAndForgetsNothing) {
  const auto ledger = opened();
  ASSERT_TRUE(append(*ledger, "a", transition(1)).ok());
  {
    const FullDisk full(0);
    const Result<void> refused = append(*ledger, "a", transition(2));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), ErrorCode::kUnavailable);
    EXPECT_FALSE(ledger->health().writable);
    EXPECT_FALSE(ledger->health().last_error.empty());
    ledger->append_later("a", transition(2, 77));  // a rollback, meanwhile
    ledger->note_evidence({.route = "a", .sequence = 2, .evidence = evidence(5)});
    EXPECT_FALSE(append(*ledger, "a", transition(3)).ok());
  }
  ASSERT_TRUE(comes_true([&] { return ledger->health().writable && ledger->health().evidence_writes > 0; }))
      << ledger->health().last_error;
  EXPECT_EQ(ledger->health().last_error, "");
  const auto routes = *ledger->load();
  EXPECT_EQ(routes.at(0).last.evidence.answers.compared, 77u);
  EXPECT_EQ(routes.at(0).since, evidence(5));
  EXPECT_TRUE(append(*ledger, "a", transition(3)).ok());
}

TEST_F(LedgerTest, TriesAgainEvenIfThereIsNothingToWrite) {
  const auto ledger = opened();
  {
    const FullDisk full(0);
    EXPECT_FALSE(append(*ledger, "a", transition(1)).ok());
  }
  EXPECT_TRUE(comes_true([&] { return ledger->health().writable; }));
}

// What the child does: two routes, as fast as it can, and each acknowledged number into the pipe.
Task<int> append_until_killed(Ledger* ledger, std::uint64_t next, int pipe) {
  for (;; ++next) {
    ledger->append_later("later", transition(next));
    const Result<void> written = co_await ledger->append("a", transition(next));
    if (!written.ok()) co_return 3;
    if (::write(pipe, &next, sizeof next) != sizeof next) co_return 4;
    ledger->note_evidence({.route = "a", .sequence = next, .evidence = evidence(next)});
  }
}

// What this program is when the test below starts it again: a mere copy of this one would lack the runtime's threads.
class LedgerChild : public testing::Environment {
  void SetUp() override;
};
[[maybe_unused]] const testing::Environment* const kLedgerChild = testing::AddGlobalTestEnvironment(new LedgerChild);

void LedgerChild::SetUp() {
  if (std::getenv("LEDGER_PIPE") == nullptr) return;
  Result<std::unique_ptr<Ledger>> ledger = Ledger::open({.file = std::getenv("LEDGER_FILE")});
  if (!ledger.ok()) ::_exit(2);
  const auto next = static_cast<std::uint64_t>(std::atoll(std::getenv("LEDGER_NEXT")));
  ::_exit(run({.workers = 1}, append_until_killed(ledger->get(), next, std::atoi(std::getenv("LEDGER_PIPE")))));
}

TEST_F(LedgerTest, KillMinusNineLosesNothingThatWasAcknowledged) {
  std::uint64_t acknowledged = 0;
  std::uint64_t last = 0;
  // A busy machine needs more rounds to come anywhere.
  for (int round = 0; round < 25 || (acknowledged <= 100 && round < 200); ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      ::setenv("LEDGER_FILE", file_.c_str(), 1);
      ::setenv("LEDGER_NEXT", std::to_string(last + 1).c_str(), 1);
      ::setenv("LEDGER_PIPE", std::to_string(ends[1]).c_str(), 1);
      ::execl("/proc/self/exe", "ledger_test", "--gtest_brief=1", nullptr);
      ::_exit(5);
    }
    ::close(ends[1]);
    // Killed at another moment each time, the first times while the file is being made.
    std::this_thread::sleep_for(4ms + 9ms * round);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself with " << WEXITSTATUS(status);
    std::uint64_t number = 0;
    while (::read(ends[0], &number, sizeof number) == sizeof number) acknowledged = number;
    ::close(ends[0]);
    const auto ledger = opened();
    ASSERT_NE(ledger, nullptr);
    const auto routes = *ledger->load();
    last = 0;
    std::uint64_t later = 0;
    for (const RouteHistory& route : routes) (route.route == "a" ? last : later) = route.last.sequence;
    ASSERT_GE(last, acknowledged) << "in round " << round;
    ASSERT_GE(later, last) << "written first";
    if (later > last) ASSERT_TRUE(append(*ledger, "a", transition(++last)).ok());
  }
  EXPECT_GT(acknowledged, 100u);
}

}  // namespace
}  // namespace banyan
