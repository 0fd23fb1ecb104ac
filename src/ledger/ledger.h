// The ledger: what moved which endpoint, when, who said so, and on which evidence. Append-only, durable, one file.
//
// The problem: a promotion must not be forgotten, nor made on evidence that was lost, and no failure of a disk may
// touch traffic. The idea: a promotion is written before it takes effect (append), a rollback takes effect before it is
// written (append_later), and what is merely counted is coalesced and written a moment later. One thread of the
// ledger's own does all writing, so that neither a task nor a worker ever waits for SQLite. When it cannot write,
// health() says so and appends fail; it tries again until it can.
//
// The file is a SQLite database in WAL mode with synchronous=FULL (https://sqlite.org/wal.html): what append() has
// acknowledged survives kill -9 and loss of power. One process writes at a time (a lock file beside it says which);
// any number may read (ledger/ledger_file.h). docs/ledger.md describes the tables.
//
// Bounded: kMovesMax transitions wait to be written, kSamplesWaitingMax samples, and one note of evidence
// and one of places for each route. Kept are all transitions, samples_per_route_max samples of each route for at most
// samples_keep, and evidence as it was at the end of each minute of the last kEvidenceKeep, and at the end of each
// position for good.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/places.h"
#include "ledger/records.h"
#include "runtime/task.h"

namespace banyan {

struct LedgerOptions {
  std::string file;
  Duration samples_keep = std::chrono::hours(7 * 24);
  std::size_t samples_per_route_max = 200;
};

struct LedgerHealth {
  bool writable = true;
  std::string last_error;             // a sentence; "" when writable
  std::uint64_t evidence_writes = 0;  // transactions, not notes
  std::uint64_t samples_dropped = 0;  // too large, or the queue was full
};

// Safe to use from any thread. No task may be inside one of its calls when it is destroyed; what waits to be written is
// then written, once more tried.
class Ledger {
 public:
  // Makes the file where there is none. Blocks: for the blocking pool, or before workers start. Errors: kDataLoss for a
  // file that is damaged or not a ledger, kUnsupported for one of a newer version, kFailedPrecondition where another
  // process writes it, else what the system says. None of them changes the file.
  static Result<std::unique_ptr<Ledger>> open(LedgerOptions options);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // Every route that has a transition, ordered by name. Blocks.
  Result<std::vector<RouteHistory>> load();
  // What is known of one of them besides: the counts of its epoch, by place and kind, and who put it where it is (the
  // `by` of the last transition to another position; "" where there was none). Block.
  Result<std::vector<PlaceCount>> places(const std::string& route, std::uint64_t epoch);
  Result<std::string> moved_by(const std::string& route);

  // Suspends until the transition is on the disk; whoever proposed it commits it after that. Not interrupted by
  // cancellation. Errors: kFailedPrecondition when its number is not the last one's plus one, kResourceExhausted when
  // too many wait, kUnavailable when it cannot be written. After an error nothing was written.
  Task<Result<void>> append(std::string route, Transition transition);

  // For what is in force already (a rollback, a hold, a new epoch): written as soon as possible, before any append()
  // that is called later, and tried again until it is.
  void append_later(std::string route, Transition transition);

  // The newest note of a route replaces the one before it; written within about a quarter of a second.
  void note_evidence(EvidenceNote note);
  void note_places(PlacesNote note);
  void note_sample(Sample sample);

  // Newest first. Suspend: a read of the file in the blocking pool.
  Task<Result<std::vector<Transition>>> transitions(std::string route, std::size_t limit);
  Task<Result<std::vector<Sample>>> samples(std::string route, std::size_t limit);

  // Another time for LedgerOptions::samples_keep; in force within about a second.
  void keep_samples(Duration keep);

  LedgerHealth health() const;

  static constexpr std::size_t kMovesMax = 16'384;
  static constexpr std::size_t kSamplesWaitingMax = 256;
  static constexpr Duration kEvidenceKeep = std::chrono::hours(24);

 private:
  class Writer;
  explicit Ledger(std::unique_ptr<Writer> writer);
  std::unique_ptr<Writer> writer_;
};

}  // namespace banyan
