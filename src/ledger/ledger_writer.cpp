#include "ledger/ledger_writer.h"

#include <pthread.h>

#include <utility>

#include "base/log.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

constexpr Duration kNotesEvery = 250ms;  // they come once a second: a kill costs no more evidence than that
constexpr Duration kSamplesPrunedEvery = 1min;
constexpr Duration kEvidencePrunedEvery = 1h;

bool too_large(const Sample& sample) {
  return sample.old_answer.size() > Sample::kAnswerBytesMax || sample.new_answer.size() > Sample::kAnswerBytesMax ||
         sample.differences.size() > Sample::kDifferencesBytesMax ||
         sample.request_line.size() > Sample::kRequestBytesMax || sample.request_id.size() > Sample::kRequestBytesMax;
}

// Refused by the ledger's rules: to try it again is no use.
bool refused(const Result<void>& result) {
  return !result.ok() && result.error().code() == ErrorCode::kFailedPrecondition;
}

}  // namespace

Ledger::Writer::Writer(LedgerOptions options, std::unique_ptr<LedgerFile> file, std::unique_ptr<LedgerFile> reader)
    : options_(std::move(options)), file_(std::move(file)), reader_(std::move(reader)) {
  samples_keep_.store(options_.samples_keep);
  thread_ = std::thread([this] { serve(); });
}

Ledger::Writer::~Writer() {
  {
    std::lock_guard guard(lock_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

Result<void> Ledger::Writer::append(std::string route, Transition transition) {
  Waiting waiting;
  std::unique_lock guard(lock_);
  if (moves_.size() >= kMovesMax) return Error(ErrorCode::kResourceExhausted, "the ledger is behind; try later");
  moves_.push_back({.route = std::move(route), .transition = std::move(transition), .waiting = &waiting});
  urgent_ = true;
  work_.notify_one();
  answered_.wait(guard, [&] { return waiting.done; });
  return std::move(waiting.result);
}

void Ledger::Writer::append_later(std::string route, Transition transition) {
  std::lock_guard guard(lock_);
  if (moves_.size() >= kMovesMax) {
    // The gap makes every later transition of the route refused, so that it moves no further until a restart.
    log_error("ledger_transition_lost", {{"route", route}, {"reason", "too many wait to be written"}});
    return;
  }
  moves_.push_back({.route = std::move(route), .transition = std::move(transition)});
  urgent_ = true;
  work_.notify_one();
}

void Ledger::Writer::note_evidence(EvidenceNote note) {
  std::lock_guard guard(lock_);
  EvidenceNote& kept = notes_.evidence[note.route];
  kept = std::move(note);
}

void Ledger::Writer::note_places(PlacesNote note) {
  std::lock_guard guard(lock_);
  PlacesNote& kept = notes_.places[note.route];
  kept = std::move(note);
}

void Ledger::Writer::note_sample(Sample sample) {
  const bool refuse = too_large(sample);
  std::lock_guard guard(lock_);
  if (refuse || notes_.samples.size() >= kSamplesWaitingMax) {
    ++health_.samples_dropped;
    return;
  }
  notes_.samples.push_back(std::move(sample));
}

LedgerHealth Ledger::Writer::health() const {
  std::lock_guard guard(lock_);
  return health_;
}

// Moves are written at once, notes after kNotesEvery; moves that could not be written are tried again then.
void Ledger::Writer::serve() {
  pthread_setname_np(pthread_self(), "banyan-ledger");
  std::unique_lock guard(lock_);
  TimePoint notes_due = steady_now() + kNotesEvery;
  for (;;) {
    work_.wait_until(guard, notes_due, [&] { return urgent_ || stopping_; });
    const bool last = stopping_;
    urgent_ = false;
    if (!moves_.empty()) write_moves(guard);
    if (last || steady_now() >= notes_due) {
      write_notes(guard);
      notes_due = steady_now() + kNotesEvery;
    }
    if (last) return;
  }
}

void Ledger::Writer::answer(Move& move, const Result<void>& result) {
  move.waiting->result = result;
  move.waiting->done = true;
}

// A group of moves is one transaction: waiting for the disk costs the same for one as for many.
void Ledger::Writer::write_moves(std::unique_lock<std::mutex>& guard) {
  std::deque<Move> moves = std::exchange(moves_, {});
  guard.unlock();
  const Result<void> written = write(moves);
  guard.lock();
  judge(written);
  std::deque<Move> again;
  for (Move& move : moves) {
    const Result<void>& result = written.ok() ? move.result : written;
    if (move.waiting != nullptr) {
      answer(move, result);
    } else if (refused(result)) {
      log_error("ledger_transition_lost", {{"route", move.route}, {"reason", result.error().text()}});
    } else if (!result.ok()) {
      again.push_back(std::move(move));
    }
  }
  for (Move& move : moves_) again.push_back(std::move(move));
  moves_ = std::move(again);
  answered_.notify_all();
}

Result<void> Ledger::Writer::write(std::deque<Move>& moves) {
  Result<void> done = file_->begin();
  for (Move& move : moves) {
    if (!done.ok()) break;
    move.result = file_->add_transition(move.route, move.transition);
    if (!move.result.ok() && !refused(move.result)) done = move.result;
  }
  if (done.ok()) done = file_->commit();
  if (!done.ok()) file_->roll_back();
  return done;
}

void Ledger::Writer::write_notes(std::unique_lock<std::mutex>& guard) {
  Notes notes = std::exchange(notes_, {});
  const bool was_writable = health_.writable;
  guard.unlock();
  Result<void> written;
  if (!notes.empty()) {
    written = write(notes);
  } else if (!was_writable) {
    written = file_->probe();
  }
  const Result<void> pruned = written.ok() ? prune(wall_now()) : Result<void>();
  guard.lock();
  if (written.ok() && !notes.empty()) ++health_.evidence_writes;
  if (!written.ok()) take_back(std::move(notes));
  judge(written.ok() ? pruned : written);
}

Result<void> Ledger::Writer::write(const Notes& notes) {
  const WallTime now = wall_now();
  Result<void> done = file_->begin();
  for (const auto& [route, note] : notes.evidence) {
    if (done.ok()) done = file_->put_evidence(note, now);
  }
  for (const auto& [route, note] : notes.places) {
    if (done.ok()) done = file_->put_places(note);
  }
  for (const Sample& sample : notes.samples) {
    if (done.ok()) done = file_->add_sample(sample, options_.samples_per_route_max);
  }
  if (done.ok()) done = file_->commit();
  if (!done.ok()) file_->roll_back();
  return done;
}

Result<void> Ledger::Writer::prune(WallTime now) {
  const TimePoint time = steady_now();
  const Duration keep = samples_keep_.load(std::memory_order_relaxed);
  if (time - pruned_samples_ >= kSamplesPrunedEvery || keep != pruned_keep_) {
    BANYAN_TRY_VOID(file_->prune_samples(now - keep));
    pruned_samples_ = time;
    pruned_keep_ = keep;
  }
  if (time - pruned_evidence_ >= kEvidencePrunedEvery) {
    BANYAN_TRY_VOID(file_->prune_evidence(now - kEvidenceKeep));
    pruned_evidence_ = time;
  }
  return {};
}

// What came meanwhile is newer.
void Ledger::Writer::take_back(Notes notes) {
  notes_.evidence.merge(notes.evidence);
  notes_.places.merge(notes.places);
  while (!notes.samples.empty() && notes_.samples.size() < kSamplesWaitingMax) {
    notes_.samples.push_front(std::move(notes.samples.back()));
    notes.samples.pop_back();
  }
  health_.samples_dropped += notes.samples.size();
}

void Ledger::Writer::judge(const Result<void>& written) {
  if (written.ok() == health_.writable && written.ok()) return;
  if (written.ok()) {
    log_info("ledger_writable_again");
    health_.last_error.clear();
  } else {
    if (health_.writable) log_error("ledger_not_writable", {{"reason", written.error().text()}});
    health_.last_error = written.error().text();
  }
  health_.writable = written.ok();
}

}  // namespace banyan
