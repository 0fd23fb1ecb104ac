// Inside of the scheduler: one worker. Nobody but the runtime's own files includes this.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "runtime/env.h"
#include "runtime/futex_lock.h"
#include "runtime/runtime.h"
#include "runtime/steal_ring.h"
#include "runtime/task_record.h"
#include "runtime/timer_wheel.h"

namespace banyan {

// A first-in-first-out list through TaskRecord::next. Not thread-safe.
struct TaskQueue {
  TaskRecord* head = nullptr;
  TaskRecord* tail = nullptr;
  void push(TaskRecord* task) {
    task->next = nullptr;
    (tail == nullptr ? head : tail->next) = task;
    tail = task;
  }
  TaskRecord* pop() {
    TaskRecord* task = head;
    if (task != nullptr && (head = task->next) == nullptr) tail = nullptr;
    return task;
  }
};

class Scheduler;

class alignas(64) Worker {
 public:
  Worker(Scheduler& scheduler, unsigned index);
  // Runs tasks until the scheduler stops.
  void loop();

  // On the worker's own thread.
  void push_local(TaskRecord* task, bool as_next);
  void push_pinned(TaskRecord* task);
  // From any thread: for a pinned task of this worker.
  void push_inbox(TaskRecord* task);
  void wake();

  Scheduler& scheduler;
  const unsigned index;
  std::uint32_t coarse_ms = 0;
  TimerWheel timers;
  std::unique_ptr<Poller> poller;
  TaskRecord* running = nullptr;
  unsigned budget = 0;
  std::atomic<std::uint64_t> runs{0};          // grows by one for each task resumed
  std::atomic<TaskRecord*> observed{nullptr};  // the running task, for the stall detector
  std::atomic<std::uint64_t> steals{0};
  std::atomic<std::uint64_t> parks{0};
  std::atomic<std::uint64_t> polls{0};  // looks at timers and poller
  std::atomic<bool> poll_due{false};    // set by the stall detector where there was none for some milliseconds
  std::atomic<bool> asleep{false};

 private:
  friend class Scheduler;
  TaskRecord* find_task();
  TaskRecord* take_local();
  TaskRecord* take_simulated();
  TaskRecord* take_next();
  TaskRecord* steal();
  TaskRecord* steal_from(Worker& victim, bool also_next);
  void drain_inbox();
  void poll_now();
  void look_at_clock();
  void park();
  bool nothing_to_do();
  void stop_searching();
  void execute(TaskRecord* task);

  StealRing<TaskRecord, 256> ring_;
  std::atomic<TaskRecord*> next_{nullptr};
  unsigned next_streak_ = 0;
  TaskQueue pinned_;
  bool pinned_turn_ = false;
  bool searching_ = false;
  std::uint32_t tick_ = 0;
  std::uint32_t random_;
  std::atomic<TaskRecord*> inbox_{nullptr};
  std::vector<TaskRecord*> simulated_;  // all ready tasks, in the simulator
};

class Scheduler {
 public:
  explicit Scheduler(const RuntimeOptions& options);
  ~Scheduler();

  int run(Task<int> main);
  // Puts a task that may run on the queue where it belongs. Any thread.
  void schedule(TaskRecord* task);
  // A worker that has made stealable work calls this so that somebody who sleeps comes for it.
  void wake_a_thief();
  void push_global(TaskQueue tasks, unsigned count);
  TaskRecord* pop_global();
  void wake_all();
  // Ends the run although tasks are left that nothing will ever wake.
  void abandon();

  const RuntimeOptions options;
  Env& env;
  const bool simulated;
  const TimePoint start;
  std::vector<std::unique_ptr<Worker>> workers;
  std::atomic<bool> stopping{false};    // workers leave their loops
  std::atomic<bool> cancelling{false};  // every task is cancelled
  std::atomic<int> searching{0};
  std::atomic<std::uint64_t> idle_mask{0};
  std::atomic<std::uint32_t> global_size{0};
  std::atomic<std::uint64_t> stalls{0};
  std::atomic<Duration::rep> longest_run{0};  // written by the stall detector alone
  // Threads that are not workers and are inside schedule(). The task they queue may end everything at once, so the
  // scheduler waits for them before it goes.
  std::atomic<int> foreign_calls{0};
  bool leaked = false;  // tasks are left that may still be woken

 private:
  void schedule_from_outside(TaskRecord* task);

  FutexLock global_lock_;
  TaskQueue global_;
};

// Nothing after it is done before what came before it is seen by all. A bare seq_cst fence compiles to mfence, which
// costs several times as much as a locked instruction.
inline void full_barrier() {
#if defined(__x86_64__)
  asm volatile("lock; orl $0, -8(%%rsp)" ::: "memory", "cc");
#else
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

Worker* current_worker();
// Milliseconds of the running worker's clock, as of its last look at it. Costs nothing.
std::uint32_t coarse_milliseconds();
// Null outside a task.
TaskRecord* current_task();

TaskRecord* acquire_task_record();
void release_task_record(TaskRecord* task);
// Calls `visit` for every live record of the runtime of the calling task.
void visit_task_records(void (*visit)(TaskRecord* task, void* context), void* context);
// A record for a coroutine that starts when the record is scheduled, with the caller's context.
TaskRecord* make_task(const char* name, std::coroutine_handle<> frame);
// Runs after a spawned coroutine's frame is gone: tells whoever joins it and gives the record back.
std::coroutine_handle<> spawned_task_done(void* record);
void cancel_task(TaskRecord* task);

}  // namespace banyan
