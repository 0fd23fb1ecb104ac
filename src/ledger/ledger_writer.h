// The thread that writes the ledger, and what waits for it. Internal to the module: ledger.h is its face.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "ledger/ledger.h"
#include "ledger/ledger_file.h"

namespace banyan {

class Ledger::Writer {
 public:
  Writer(LedgerOptions options, std::unique_ptr<LedgerFile> file, std::unique_ptr<LedgerFile> reader);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Blocks until it is written or refused.
  Result<void> append(std::string route, Transition transition);
  void append_later(std::string route, Transition transition);
  void note_evidence(EvidenceNote note);
  void note_places(PlacesNote note);
  void keep_samples(Duration keep) { samples_keep_.store(keep, std::memory_order_relaxed); }
  void note_sample(Sample sample);
  LedgerHealth health() const;

  // Runs `read` with the file opened for reading, alone.
  template <class Read>
  auto with_reader(Read read) {
    std::lock_guard guard(reader_lock_);
    return read(*reader_);
  }

 private:
  // Somebody waits in append() until `done`. Lives on its stack.
  struct Waiting {
    bool done = false;
    Result<void> result;
  };
  struct Move {
    std::string route;
    Transition transition;
    Waiting* waiting = nullptr;  // null: in force already, and written whenever that is possible
    Result<void> result{};
  };
  struct Notes {
    std::unordered_map<std::string, EvidenceNote> evidence;
    std::unordered_map<std::string, PlacesNote> places;
    std::deque<Sample> samples;
    bool empty() const { return evidence.empty() && places.empty() && samples.empty(); }
  };

  void serve();
  void write_moves(std::unique_lock<std::mutex>& guard);
  Result<void> write(std::deque<Move>& moves);
  void write_notes(std::unique_lock<std::mutex>& guard);
  Result<void> write(const Notes& notes);
  Result<void> prune(WallTime now);
  void take_back(Notes notes);
  void judge(const Result<void>& written);
  void answer(Move& move, const Result<void>& result);

  const LedgerOptions options_;
  const std::unique_ptr<LedgerFile> file_;  // of the thread alone
  std::mutex reader_lock_;
  const std::unique_ptr<LedgerFile> reader_;

  mutable std::mutex lock_;  // of all below
  std::condition_variable work_;
  std::condition_variable answered_;
  std::deque<Move> moves_;
  Notes notes_;
  bool urgent_ = false;  // a move came
  bool stopping_ = false;
  LedgerHealth health_;
  std::atomic<Duration> samples_keep_;
  TimePoint pruned_samples_{};   // of the thread alone
  Duration pruned_keep_{};       // of the thread alone
  TimePoint pruned_evidence_{};  // of the thread alone
  std::thread thread_;
};

}  // namespace banyan
