#include "runtime/worker.h"

#include <algorithm>
#include <bit>
#include <ctime>

#include "base/check.h"

namespace banyan {
namespace {

constinit thread_local Worker* this_worker = nullptr;

constexpr unsigned kBudget = 128;
constexpr unsigned kNextStreakMax = 3;
// Tasks between two looks at timers and poller. Where they run for long the stall detector asks for a look sooner, so
// that timers are about as late as its period and one task are long, and no task pays for reading the clock.
constexpr std::uint32_t kPollEvery = 61;

std::uint32_t next_random(std::uint32_t& state) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

}  // namespace

Worker* current_worker() { return this_worker; }
TaskRecord* current_task() { return this_worker == nullptr ? nullptr : this_worker->running; }
std::uint32_t coarse_milliseconds() { return this_worker == nullptr ? 0 : this_worker->coarse_ms; }
Env& current_env() { return this_worker == nullptr ? real_env() : this_worker->scheduler.env; }

Worker::Worker(Scheduler& owner, unsigned number)
    : scheduler(owner),
      index(number),
      timers(owner.start),
      poller(owner.env.make_poller()),
      random_(number * 2654435769U + 1) {}

// ---- putting tasks on queues ----

void Worker::push_local(TaskRecord* task, bool as_next) {
  if (scheduler.simulated) {
    simulated_.push_back(task);
    return;
  }
  if (as_next) {
    // Only this worker fills the slot; thieves only empty it.
    if (next_.load(std::memory_order_relaxed) == nullptr) {
      next_.store(task, std::memory_order_release);
      return;  // the running task will soon make room; nobody needs to be woken for one task
    }
    task = next_.exchange(task, std::memory_order_acq_rel);
    if (task == nullptr) return;
  }
  while (!ring_.push(task)) {
    // Full: half of it goes to the shared queue, where everybody finds it.
    TaskRecord* half[128];
    const std::uint32_t count = ring_.steal(half, 128);
    TaskQueue overflow;
    for (std::uint32_t i = 0; i < count; ++i) overflow.push(half[i]);
    scheduler.push_global(overflow, count);
  }
  scheduler.wake_a_thief();
}

void Worker::push_pinned(TaskRecord* task) {
  if (scheduler.simulated) {
    simulated_.push_back(task);
  } else {
    pinned_.push(task);
  }
}

void Worker::push_inbox(TaskRecord* task) {
  TaskRecord* head = inbox_.load(std::memory_order_relaxed);
  do {
    task->next = head;
  } while (!inbox_.compare_exchange_weak(head, task, std::memory_order_seq_cst, std::memory_order_relaxed));
  wake();
}

void Worker::drain_inbox() {
  if (inbox_.load(std::memory_order_relaxed) == nullptr) return;
  TaskRecord* list = inbox_.exchange(nullptr, std::memory_order_acquire);
  TaskRecord* in_order = nullptr;
  while (list != nullptr) {
    TaskRecord* next = list->next;
    list->next = in_order;
    in_order = list;
    list = next;
  }
  while (in_order != nullptr) {
    TaskRecord* next = in_order->next;
    push_pinned(in_order);
    in_order = next;
  }
}

void Worker::wake() {
  if (asleep.exchange(false, std::memory_order_seq_cst)) poller->wake();
}

// ---- finding the next task ----

TaskRecord* Worker::take_next() {
  if (next_streak_ >= kNextStreakMax || next_.load(std::memory_order_relaxed) == nullptr) return nullptr;
  return next_.exchange(nullptr, std::memory_order_acq_rel);
}

TaskRecord* Worker::take_local() {
  if (TaskRecord* task = take_next()) {
    ++next_streak_;
    return task;
  }
  next_streak_ = 0;
  pinned_turn_ = !pinned_turn_;
  if (pinned_turn_) {
    if (TaskRecord* task = pinned_.pop()) return task;
    if (TaskRecord* task = ring_.pop()) return task;
  } else {
    if (TaskRecord* task = ring_.pop()) return task;
    if (TaskRecord* task = pinned_.pop()) return task;
  }
  return next_.load(std::memory_order_relaxed) == nullptr ? nullptr
                                                          : next_.exchange(nullptr, std::memory_order_acq_rel);
}

TaskRecord* Worker::take_simulated() {
  drain_inbox();
  if (simulated_.empty()) return nullptr;
  const std::size_t i = scheduler.env.choose(static_cast<std::uint32_t>(simulated_.size()));
  TaskRecord* task = simulated_[i];
  simulated_[i] = simulated_.back();
  simulated_.pop_back();
  return task;
}

void Worker::look_at_clock() {
  polls.store(polls.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  const TimePoint now = scheduler.env.now();
  coarse_ms = static_cast<std::uint32_t>((now - scheduler.start).count() / 1000000);
  timers.advance(now);
}

void Worker::poll_now() {
  poll_due.store(false, std::memory_order_relaxed);
  look_at_clock();
  poller->wait(Duration(0));
  drain_inbox();
}

TaskRecord* Worker::find_task() {
  for (;;) {
    if (scheduler.simulated) {
      if (scheduler.stopping.load(std::memory_order_relaxed)) return nullptr;
      poll_now();
      if (TaskRecord* task = take_simulated()) return task;
    } else {
      if (++tick_ % kPollEvery == 0 || poll_due.load(std::memory_order_relaxed)) {
        // Whatever is ready now was given up as leaked, and may never stop being ready.
        if (scheduler.stopping.load(std::memory_order_relaxed)) return nullptr;
        poll_now();
        if (TaskRecord* task = scheduler.pop_global()) return task;
      }
      if (TaskRecord* task = take_local()) return task;
      drain_inbox();
      if (TaskRecord* task = take_local()) return task;
      if (TaskRecord* task = scheduler.pop_global()) return task;
      if (TaskRecord* task = steal()) return task;
    }
    if (scheduler.stopping.load(std::memory_order_acquire)) return nullptr;
    park();
  }
}

// ---- stealing ----

TaskRecord* Worker::steal() {
  const unsigned count = static_cast<unsigned>(scheduler.workers.size());
  if (count == 1) return nullptr;
  if (!searching_) {
    // At most half of the workers search at a time: more would only fight for the same queues.
    if (2 * scheduler.searching.load(std::memory_order_relaxed) >= static_cast<int>(count)) return nullptr;
    searching_ = true;
    scheduler.searching.fetch_add(1, std::memory_order_seq_cst);
  }
  const unsigned first = next_random(random_) % count;
  for (int round = 0; round < 2; ++round) {
    for (unsigned i = 0; i < count; ++i) {
      Worker& victim = *scheduler.workers[(first + i) % count];
      if (&victim == this) continue;
      if (TaskRecord* task = steal_from(victim, round == 1)) {
        steals.fetch_add(1, std::memory_order_relaxed);
        return task;
      }
    }
  }
  return nullptr;
}

TaskRecord* Worker::steal_from(Worker& victim, bool also_next) {
  TaskRecord* taken[128];
  const std::uint32_t count = victim.ring_.steal(taken, 128);
  if (count > 0) {
    for (std::uint32_t i = 1; i < count; ++i) {
      while (!ring_.push(taken[i])) BANYAN_CHECK(false);  // ours was empty: 128 always fit
    }
    return taken[0];
  }
  if (!also_next) return nullptr;
  // The task in the next-slot belongs to a worker that is about to run it, unless the one that runs now takes long.
  TaskRecord* waiting = victim.next_.load(std::memory_order_acquire);
  if (waiting == nullptr) return nullptr;
  const std::uint64_t runs_before = victim.runs.load(std::memory_order_acquire);
  const timespec pause{0, 50'000};
  nanosleep(&pause, nullptr);
  if (victim.runs.load(std::memory_order_acquire) != runs_before) return nullptr;
  if (!victim.next_.compare_exchange_strong(waiting, nullptr, std::memory_order_acq_rel)) return nullptr;
  return waiting;
}

void Worker::stop_searching() {
  if (!searching_) return;
  searching_ = false;
  // The last one to stop makes sure that work it did not see is looked for again.
  if (scheduler.searching.fetch_sub(1, std::memory_order_seq_cst) == 1) scheduler.wake_a_thief();
}

// ---- sleeping ----

bool Worker::nothing_to_do() {
  if (inbox_.load(std::memory_order_seq_cst) != nullptr) return false;
  if (scheduler.global_size.load(std::memory_order_seq_cst) != 0) return false;
  for (const auto& other : scheduler.workers) {
    if (other.get() != this && other->ring_.size() > 0) return false;
  }
  return !scheduler.stopping.load(std::memory_order_seq_cst);
}

void Worker::park() {
  if (searching_) {
    searching_ = false;
    scheduler.searching.fetch_sub(1, std::memory_order_seq_cst);
  }
  asleep.store(true, std::memory_order_seq_cst);
  scheduler.idle_mask.fetch_or(std::uint64_t{1} << index, std::memory_order_seq_cst);
  full_barrier();  // see wake_a_thief(); models/worker_park_model.cpp shows what happens without it
  if (scheduler.simulated ? !scheduler.stopping.load() && inbox_.load() == nullptr : nothing_to_do()) {
    const TimePoint next = timers.next_expiry();
    Duration timeout(-1);
    if (next != kNever) timeout = std::max(Duration(0), next - scheduler.env.now());
    parks.fetch_add(1, std::memory_order_relaxed);
    if (poller->wait(timeout) < 0) scheduler.abandon();
  }
  asleep.store(false, std::memory_order_seq_cst);
  scheduler.idle_mask.fetch_and(~(std::uint64_t{1} << index), std::memory_order_seq_cst);
  look_at_clock();
}

// ---- running ----

void Worker::execute(TaskRecord* task) {
  stop_searching();
  running = task;
  budget = kBudget;
  observed.store(task, std::memory_order_relaxed);
  runs.store(runs.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  task->resume.resume();
  running = nullptr;
  observed.store(nullptr, std::memory_order_relaxed);
}

void Worker::loop() {
  this_worker = this;
  while (TaskRecord* task = find_task()) execute(task);
  this_worker = nullptr;
}

}  // namespace banyan
