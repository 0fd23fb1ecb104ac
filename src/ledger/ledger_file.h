// The ledger's file: its tables, and every statement that touches them. docs/ledger.md describes them.
//
// Used by one thread at a time; everything blocks. The writer is Ledger; `banyan report` and whoever else looks at a
// ledger open it to read, whether or not a gateway is writing it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/places.h"
#include "ledger/records.h"

namespace banyan {

class BlockingSqlite;

class LedgerFile {
 public:
  static constexpr int kVersion = 2;

  static constexpr std::uint64_t kEpochsKept = 10;

  // Takes the lock of the file ("PATH.lock") until destroyed, checks the whole file, and makes it where there is none,
  // readable by its owner alone; one of an older version gets what is new. Errors: those of Ledger::open().
  static Result<std::unique_ptr<LedgerFile>> open_to_write(const std::string& path);
  // Errors: kNotFound, and kDataLoss and kUnsupported as above.
  static Result<std::unique_ptr<LedgerFile>> open_to_read(const std::string& path);
  ~LedgerFile();
  LedgerFile(const LedgerFile&) = delete;
  LedgerFile& operator=(const LedgerFile&) = delete;

  // What stands between begin() and commit() is written as a whole or not at all; on the disk when commit() returns.
  Result<void> begin();
  Result<void> commit();
  void roll_back();

  // Errors: kFailedPrecondition where the number is not the next one; the transaction goes on without it. The very
  // transition that is there already is no error.
  Result<void> add_transition(std::string_view route, const Transition& transition);
  Result<void> put_evidence(const EvidenceNote& note, WallTime now);
  // Of the route's epochs the last kEpochsKept stay.
  Result<void> put_places(const PlacesNote& note);
  Result<void> add_sample(const Sample& sample, std::size_t kept_max);
  // Takes away samples made before `samples_from`, and evidence before `evidence_from` but the last of each position.
  Result<void> prune_samples(WallTime samples_from);
  Result<void> prune_evidence(WallTime evidence_from);
  // Changes nothing, but needs to write: whether the file can be written again.
  Result<void> probe();

  // Errors of all: kDataLoss where a line is not understood or a number is missing, else kUnavailable.
  Result<std::vector<RouteHistory>> routes() const;
  Result<std::vector<Transition>> transitions(std::string_view route, std::size_t limit) const;  // newest first
  Result<std::vector<Sample>> samples(std::string_view route, std::size_t limit) const;          // newest first
  Result<std::vector<PlaceCount>> places(std::string_view route, std::uint64_t epoch) const;     // by place and kind
  Result<std::vector<EvidenceAt>> evidence(std::string_view route) const;                        // oldest first

 private:
  class Lock;
  LedgerFile(std::unique_ptr<Lock> lock, std::unique_ptr<BlockingSqlite> sqlite);
  Result<Evidence> evidence_since(std::string_view route, std::uint64_t sequence) const;

  std::unique_ptr<Lock> lock_;  // null: reads only
  std::unique_ptr<BlockingSqlite> sqlite_;
};

}  // namespace banyan
