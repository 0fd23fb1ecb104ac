#include "ledger/ledger_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "ledger/blocking_sqlite.h"
#include "rollout/transition_json.h"

namespace banyan {
namespace {

using Row = BlockingSqlite::Row;

constexpr std::int64_t kApplicationId = 0x42414e59;  // "BANY", at byte 68 of the file

// Rows of transitions are never changed, and their numbers have no gaps: not even by a program that is not this one.
constexpr const char* kSchema = R"(
  CREATE TABLE transitions(
    route TEXT NOT NULL, sequence INTEGER NOT NULL CHECK(sequence > 0), line TEXT NOT NULL,
    PRIMARY KEY(route, sequence)) WITHOUT ROWID;
  CREATE TRIGGER transitions_follow BEFORE INSERT ON transitions
    WHEN NEW.sequence <> 1 + (SELECT coalesce(max(sequence), 0) FROM transitions WHERE route = NEW.route)
    BEGIN SELECT RAISE(ABORT, 'its number is not the next one'); END;
  CREATE TRIGGER transitions_stay BEFORE UPDATE ON transitions
    BEGIN SELECT RAISE(ABORT, 'transitions are never changed'); END;
  CREATE TRIGGER transitions_last BEFORE DELETE ON transitions
    BEGIN SELECT RAISE(ABORT, 'transitions are never taken away'); END;
  CREATE TABLE evidence(
    route TEXT NOT NULL, sequence INTEGER NOT NULL, minute INTEGER NOT NULL, at_ns INTEGER NOT NULL,
    compared INTEGER NOT NULL, different INTEGER NOT NULL, eligible INTEGER NOT NULL, dropped INTEGER NOT NULL,
    races INTEGER NOT NULL, pairs INTEGER NOT NULL, failures_new INTEGER NOT NULL, failures_old INTEGER NOT NULL,
    slow_new INTEGER NOT NULL, slow_old INTEGER NOT NULL, PRIMARY KEY(route, sequence, minute)) WITHOUT ROWID;
  CREATE TABLE samples(
    id INTEGER PRIMARY KEY AUTOINCREMENT, route TEXT NOT NULL, epoch INTEGER NOT NULL, at_ns INTEGER NOT NULL,
    request_line TEXT NOT NULL, request_id TEXT NOT NULL, old_answer TEXT NOT NULL, new_answer TEXT NOT NULL,
    differences TEXT NOT NULL, race INTEGER NOT NULL);
  CREATE INDEX samples_of_route ON samples(route, id);
  CREATE INDEX samples_by_time ON samples(at_ns);
  PRAGMA application_id = 0x42414e59;
)";
// Since version 2.
constexpr const char* kPlacesSchema = R"(
  CREATE TABLE places(
    route TEXT NOT NULL, epoch INTEGER NOT NULL, place TEXT NOT NULL, kind TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY(route, epoch, place, kind)) WITHOUT ROWID;
  PRAGMA user_version = 2;
)";

std::int64_t signed_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }
std::int64_t ns_of(WallTime time) { return time.time_since_epoch().count(); }
std::int64_t minute_of(WallTime time) {
  return std::chrono::duration_cast<std::chrono::minutes>(time.time_since_epoch()).count();
}

Error damaged(std::string_view route, std::string_view what) {
  return {ErrorCode::kDataLoss, "the ledger is damaged: of the transitions of route '" + std::string(route) + "', " +
                                    std::string(what) +
                                    "; put a copy of the file back, or move it away and begin "
                                    "without evidence"};
}

Result<Transition> read_transition(std::string_view route, std::string_view line, std::int64_t sequence) {
  Result<Transition> read = parse_transition(line);
  const std::string number = "number " + std::to_string(sequence);
  if (!read.ok()) return damaged(route, number + " is not understood (" + read.error().message() + ")");
  if (signed_of(read->sequence) != sequence) {
    return damaged(route, number + " calls itself " + std::to_string(read->sequence));
  }
  return read;
}

// From `first`, in the order of the columns of the table.
Evidence read_evidence(const Row& row, int first) {
  Evidence evidence;
  evidence.answers = {.compared = row.count(first), .different = row.count(first + 1)};
  evidence.eligible = row.count(first + 2);
  evidence.dropped = row.count(first + 3);
  evidence.races = row.count(first + 4);
  evidence.pairs = row.count(first + 5);
  evidence.failures = {.new_bad = row.count(first + 6), .old_bad = row.count(first + 7)};
  evidence.slow = {.new_bad = row.count(first + 8), .old_bad = row.count(first + 9)};
  return evidence;
}

Result<void> check_kind(BlockingSqlite& sqlite, const std::string& path) {
  BANYAN_TRY(const std::int64_t application, sqlite.number("PRAGMA application_id"));
  if (application != kApplicationId) {
    return Error(ErrorCode::kDataLoss, path + " is a database, but not a ledger of Banyan; name another file");
  }
  BANYAN_TRY(const std::int64_t version, sqlite.number("PRAGMA user_version"));
  if (version >= 1 && version <= LedgerFile::kVersion) return {};
  return Error(ErrorCode::kUnsupported, path + " is of version " + std::to_string(version) +
                                            " of the ledger, and this "
                                            "Banyan knows versions up to " +
                                            std::to_string(LedgerFile::kVersion) +
                                            "; use the Banyan that wrote it, or a newer one");
}

Result<void> check_whole(BlockingSqlite& sqlite, const std::string& path) {
  std::string found;
  BANYAN_TRY_VOID(sqlite.run("PRAGMA quick_check(1)", {}, [&](const Row& row) -> Result<void> {
    found = row.text(0);
    return {};
  }));
  if (found == "ok") return {};
  return Error(ErrorCode::kDataLoss, path + " is damaged (" + found +
                                         "); put a copy of it back, or move it away and "
                                         "begin without evidence");
}

}  // namespace

// flock(2) on a file of its own: closing any descriptor of the database itself would undo SQLite's locks.
class LedgerFile::Lock {
 public:
  static Result<std::unique_ptr<Lock>> take(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return Error::from_errno(errno, path);
    std::unique_ptr<Lock> lock(new Lock(descriptor));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return Error::from_errno(errno, path);
      return Error(ErrorCode::kFailedPrecondition, "another process writes this ledger (" + lock->owner() + "holds " +
                                                       path + "); give each gateway a file of its own");
    }
    lock->sign();
    return lock;
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() { ::close(descriptor_); }

 private:
  explicit Lock(int descriptor) : descriptor_(descriptor) {}
  std::string owner() const {
    char text[24] = {};
    const ssize_t length = ::pread(descriptor_, text, sizeof text - 1, 0);
    return length > 0 ? "process " + std::string(text, static_cast<std::size_t>(length)) + " " : "it ";
  }
  // Only for the message above: on a full disk it goes without.
  void sign() const {
    const std::string number = std::to_string(::getpid());
    if (::ftruncate(descriptor_, 0) == 0) (void)!::pwrite(descriptor_, number.data(), number.size(), 0);
  }

  int descriptor_;
};

LedgerFile::LedgerFile(std::unique_ptr<Lock> lock, std::unique_ptr<BlockingSqlite> sqlite)
    : lock_(std::move(lock)), sqlite_(std::move(sqlite)) {}
LedgerFile::~LedgerFile() = default;

Result<std::unique_ptr<LedgerFile>> LedgerFile::open_to_write(const std::string& path) {
  BANYAN_TRY(std::unique_ptr<Lock> lock, Lock::take(path + ".lock"));
  // SQLite gives its other files the mode of this one.
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0) return Error::from_errno(errno, path);
  ::close(made);
  BANYAN_TRY(std::unique_ptr<BlockingSqlite> sqlite, BlockingSqlite::open(path, BlockingSqlite::Mode::kWrite));
  // None where it was just made, or where its maker was killed before it had made a table.
  BANYAN_TRY(const std::int64_t tables, sqlite->number("SELECT count(*) FROM sqlite_master"));
  if (tables != 0) {
    BANYAN_TRY_VOID(check_kind(*sqlite, path));
    BANYAN_TRY_VOID(check_whole(*sqlite, path));
  }
  BANYAN_TRY_VOID(
      sqlite->script("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
                     "PRAGMA journal_size_limit=4194304;"));
  std::unique_ptr<LedgerFile> file(new LedgerFile(std::move(lock), std::move(sqlite)));
  BANYAN_TRY(const std::int64_t version, file->sqlite_->number("PRAGMA user_version"));
  if (version == kVersion) return file;
  BANYAN_TRY_VOID(file->begin());
  if (tables == 0) BANYAN_TRY_VOID(file->sqlite_->script(kSchema));
  BANYAN_TRY_VOID(file->sqlite_->script(kPlacesSchema));
  BANYAN_TRY_VOID(file->commit());
  return file;
}

Result<std::unique_ptr<LedgerFile>> LedgerFile::open_to_read(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return Error::from_errno(errno, path);
  if (status.st_size == 0) return Error(ErrorCode::kDataLoss, path + " is empty, and no ledger");
  BANYAN_TRY(std::unique_ptr<BlockingSqlite> sqlite, BlockingSqlite::open(path, BlockingSqlite::Mode::kRead));
  Result<void> checked = check_kind(*sqlite, path);
  if (!checked.ok() && checked.error().code() == ErrorCode::kUnavailable) {
    // SQLite cannot make its file of locks here. Then nobody writes, and the file may be read as it is if it is all.
    if (::stat((path + "-wal").c_str(), &status) == 0 && status.st_size > 0) {
      return std::move(checked).error().add_context("copy it, and " + path + "-wal, to a folder you may write to");
    }
    BANYAN_TRY(sqlite, BlockingSqlite::open(path, BlockingSqlite::Mode::kReadAlone));
    checked = check_kind(*sqlite, path);
  }
  if (!checked.ok()) return std::move(checked).error();
  return std::unique_ptr<LedgerFile>(new LedgerFile(nullptr, std::move(sqlite)));
}

Result<void> LedgerFile::begin() { return sqlite_->run("BEGIN IMMEDIATE"); }
Result<void> LedgerFile::commit() { return sqlite_->run("COMMIT"); }
void LedgerFile::roll_back() { sqlite_->roll_back(); }

Result<void> LedgerFile::add_transition(std::string_view route, const Transition& transition) {
  std::string line;
  append_transition(line, transition);
  const std::int64_t sequence = signed_of(transition.sequence);
  Result<void> added =
      sqlite_->run("INSERT INTO transitions(route, sequence, line) VALUES(?, ?, ?)", {route, sequence, line});
  if (added.ok() || added.error().code() != ErrorCode::kFailedPrecondition) return added;
  bool there = false;
  BANYAN_TRY_VOID(sqlite_->run("SELECT line FROM transitions WHERE route = ? AND sequence = ?", {route, sequence},
                               [&](const Row& row) -> Result<void> {
                                 there = row.text(0) == line;
                                 return {};
                               }));
  if (there) return {};
  return Error(ErrorCode::kFailedPrecondition, "transition " + std::to_string(transition.sequence) + " of route '" +
                                                   std::string(route) + "' is refused: " + added.error().message());
}

// A clock that is set back must not make older evidence look like the newest: a minute never precedes the last one.
Result<void> LedgerFile::put_evidence(const EvidenceNote& note, WallTime now) {
  const Evidence& seen = note.evidence;
  return sqlite_->run(
      "INSERT OR REPLACE INTO evidence VALUES(?1, ?2, max(?3, (SELECT coalesce(max(minute), 0) FROM evidence WHERE "
      "route = ?1 AND sequence = ?2)), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
      {note.route, signed_of(note.sequence), minute_of(now), ns_of(now), signed_of(seen.answers.compared),
       signed_of(seen.answers.different), signed_of(seen.eligible), signed_of(seen.dropped), signed_of(seen.races),
       signed_of(seen.pairs), signed_of(seen.failures.new_bad), signed_of(seen.failures.old_bad),
       signed_of(seen.slow.new_bad), signed_of(seen.slow.old_bad)});
}

Result<void> LedgerFile::add_sample(const Sample& sample, std::size_t kept_max) {
  BANYAN_TRY_VOID(sqlite_->run(
      "INSERT INTO samples(route, epoch, at_ns, request_line, request_id, old_answer, new_answer, differences, race) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {sample.route, signed_of(sample.epoch), ns_of(sample.at), sample.request_line, sample.request_id,
       sample.old_answer, sample.new_answer, sample.differences, std::int64_t{sample.race}}));
  return sqlite_->run(
      "DELETE FROM samples WHERE route = ?1 AND id <= "
      "(SELECT id FROM samples WHERE route = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
      {sample.route, static_cast<std::int64_t>(kept_max)});
}

Result<void> LedgerFile::put_places(const PlacesNote& note) {
  for (const PlaceCount& one : note.places) {
    BANYAN_TRY_VOID(sqlite_->run("INSERT OR REPLACE INTO places VALUES(?, ?, ?, ?, ?)",
                                 {note.route, signed_of(note.epoch), one.place, one.kind, signed_of(one.count)}));
  }
  return sqlite_->run("DELETE FROM places WHERE route = ? AND epoch <= ?",
                      {note.route, signed_of(note.epoch) - signed_of(kEpochsKept)});
}

Result<void> LedgerFile::prune_samples(WallTime samples_from) {
  return sqlite_->run("DELETE FROM samples WHERE at_ns < ?", {ns_of(samples_from)});
}

Result<void> LedgerFile::prune_evidence(WallTime evidence_from) {
  return sqlite_->run(
      "DELETE FROM evidence WHERE minute < ? AND EXISTS (SELECT 1 FROM evidence AS later WHERE later.route = "
      "evidence.route AND later.sequence = evidence.sequence AND later.minute > evidence.minute)",
      {minute_of(evidence_from)});
}

Result<void> LedgerFile::probe() { return sqlite_->script("PRAGMA user_version = 2"); }

Result<std::vector<RouteHistory>> LedgerFile::routes() const {
  std::vector<RouteHistory> routes;
  // Beside max(), the other columns are those of its row: https://sqlite.org/lang_select.html#bareagg
  BANYAN_TRY_VOID(sqlite_->run("SELECT route, max(sequence), count(*), line FROM transitions GROUP BY route", {},
                               [&](const Row& row) -> Result<void> {
                                 if (row.integer(1) != row.integer(2)) {
                                   return damaged(row.text(0), "a number is missing");
                                 }
                                 BANYAN_TRY(Transition last, read_transition(row.text(0), row.text(3), row.integer(1)));
                                 routes.push_back({.route = std::string(row.text(0)), .last = std::move(last)});
                                 return {};
                               }));
  for (RouteHistory& route : routes) {
    BANYAN_TRY(route.since, evidence_since(route.route, route.last.sequence));
  }
  return routes;
}

Result<Evidence> LedgerFile::evidence_since(std::string_view route, std::uint64_t sequence) const {
  Evidence since;
  BANYAN_TRY_VOID(sqlite_->run(
      "SELECT compared, different, eligible, dropped, races, pairs, failures_new, failures_old, slow_new, slow_old "
      "FROM evidence WHERE route = ? AND sequence = ? ORDER BY minute DESC LIMIT 1",
      {route, signed_of(sequence)}, [&](const Row& row) -> Result<void> {
        since = read_evidence(row, 0);
        return {};
      }));
  return since;
}

Result<std::vector<Transition>> LedgerFile::transitions(std::string_view route, std::size_t limit) const {
  std::vector<Transition> transitions;
  BANYAN_TRY_VOID(sqlite_->run("SELECT line, sequence FROM transitions WHERE route = ? ORDER BY sequence DESC LIMIT ?",
                               {route, static_cast<std::int64_t>(limit)}, [&](const Row& row) -> Result<void> {
                                 BANYAN_TRY(Transition read, read_transition(route, row.text(0), row.integer(1)));
                                 transitions.push_back(std::move(read));
                                 return {};
                               }));
  return transitions;
}

Result<std::vector<Sample>> LedgerFile::samples(std::string_view route, std::size_t limit) const {
  std::vector<Sample> samples;
  BANYAN_TRY_VOID(sqlite_->run(
      "SELECT epoch, at_ns, request_line, request_id, old_answer, new_answer, differences, race FROM samples "
      "WHERE route = ? ORDER BY id DESC LIMIT ?",
      {route, static_cast<std::int64_t>(limit)}, [&](const Row& row) -> Result<void> {
        samples.push_back({.route = std::string(route),
                           .epoch = row.count(0),
                           .at = WallTime(Duration(row.integer(1))),
                           .request_line = std::string(row.text(2)),
                           .request_id = std::string(row.text(3)),
                           .old_answer = std::string(row.text(4)),
                           .new_answer = std::string(row.text(5)),
                           .differences = std::string(row.text(6)),
                           .race = row.integer(7) != 0});
        return {};
      }));
  return samples;
}

Result<std::vector<PlaceCount>> LedgerFile::places(std::string_view route, std::uint64_t epoch) const {
  std::vector<PlaceCount> places;
  BANYAN_TRY(const std::int64_t version, sqlite_->number("PRAGMA user_version"));
  if (version < 2) return places;
  BANYAN_TRY_VOID(sqlite_->run(
      "SELECT place, kind, count FROM places WHERE route = ? AND epoch = ? ORDER BY place, kind",
      {route, signed_of(epoch)}, [&](const Row& row) -> Result<void> {
        places.push_back({.place = std::string(row.text(0)), .kind = std::string(row.text(1)), .count = row.count(2)});
        return {};
      }));
  return places;
}

Result<std::vector<EvidenceAt>> LedgerFile::evidence(std::string_view route) const {
  std::vector<EvidenceAt> curve;
  BANYAN_TRY_VOID(sqlite_->run(
      "SELECT sequence, at_ns, compared, different, eligible, dropped, races, pairs, failures_new, failures_old, "
      "slow_new, slow_old FROM evidence WHERE route = ? ORDER BY sequence, minute",
      {route}, [&](const Row& row) -> Result<void> {
        curve.push_back(
            {.sequence = row.count(0), .at = WallTime(Duration(row.integer(1))), .evidence = read_evidence(row, 2)});
        return {};
      }));
  return curve;
}

}  // namespace banyan
