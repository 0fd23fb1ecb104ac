// What the scheduler knows of one spawned task.
//
// Records live in slabs that are never given back, so a stale token may always look at the park word, and a dump of all
// tasks walks the slabs instead of a list that every spawn would have to keep.
#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "runtime/context.h"
#include "runtime/free_list.h"
#include "runtime/park_word.h"

namespace banyan {

class Scope;
class Scheduler;

struct alignas(64) TaskRecord {
  detail::FreeBlock free_link{nullptr};  // first: its address is the record's
  ParkWord park;
  std::coroutine_handle<> resume;  // the innermost suspended frame
  TaskRecord* next = nullptr;      // link of whichever queue holds the task
  ContextRef context;              // the ambient context
  Scope* scope = nullptr;          // the scope that joins this task, with its list of children
  TaskRecord* scope_previous = nullptr;
  TaskRecord* scope_next = nullptr;
  void (*on_exit)(TaskRecord* task) = nullptr;
  // Atomic only because a dump reads them from another thread.
  std::atomic<Scheduler*> scheduler{nullptr};
  std::atomic<const char*> name{""};              // a literal
  std::atomic<const char*> waiting_for{nullptr};  // a literal: what kind of wait
  std::atomic<std::uint64_t> id{0};
  std::atomic<std::uint32_t> spawned_ms{0};  // coarse_milliseconds() at the spawn
  std::uint16_t home = 0;                    // worker of a pinned task
  std::atomic<bool> pinned{false};           // only its home worker runs it
  std::atomic<bool> live{false};             // false: on a free list
  std::atomic<bool> cancelled{false};
  std::uint8_t shield_depth = 0;
};

// Names one wait of one task in 8 bytes: the record's address and the low bits of the ticket. A token is 0 when empty.
class WakeToken {
 public:
  WakeToken() = default;
  WakeToken(TaskRecord* task, ParkWord::Ticket ticket)
      : bits_((reinterpret_cast<std::uintptr_t>(task) << 16) | (ticket & kTicketMask)) {}
  static WakeToken from_bits(std::uint64_t bits) {
    WakeToken token;
    token.bits_ = bits;
    return token;
  }
  std::uint64_t bits() const { return bits_; }
  explicit operator bool() const { return bits_ != 0; }
  TaskRecord* task() const { return reinterpret_cast<TaskRecord*>(bits_ >> 22 << 6); }

  // Claims the wait and, where the task must be queued, queues it. True if this call ended the wait.
  bool wake(WakeReason reason) const { return wake_raw(static_cast<std::uint8_t>(reason)); }
  bool wake_raw(std::uint8_t reason) const;
  // Claims without queueing, for who must hand something over first; then resume_claimed(task()).
  Claim claim(std::uint8_t reason) const;

 private:
  // Addresses have 48 bits and 64-byte alignment, so 22 bits are left for the ticket: a token is mistaken for a later
  // one only if its holder sleeps through exactly a multiple of four million waits.
  static constexpr std::uint64_t kTicketMask = 0x3fffff;
  std::uint64_t bits_ = 0;
};

// Queues a task whose wait was claimed with kSchedule.
void resume_claimed(TaskRecord* task);

// One line of the dump of all tasks.
struct TaskInfo {
  std::uint64_t id;
  std::string name;
  std::string state;  // "running", "ready" or what it waits for
  std::uint32_t age_ms;
  bool pinned;
};

// A snapshot of the live tasks of the runtime this task runs on; a task may have moved on since. Bounded by `max`.
std::vector<TaskInfo> dump_tasks(std::size_t max);
std::size_t live_task_count();

}  // namespace banyan
