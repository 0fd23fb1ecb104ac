// The scheduler: many tasks on few threads.
//
// Start here. run() makes `workers` threads, each with a queue of its own, a timer wheel and a poller, and runs a main
// task on them. A worker takes tasks from its next-slot (at most three times in a row), its queue, the shared queue
// and, when it has nothing, half of another worker's queue; with nothing anywhere it sleeps in its poller. A pinned
// task always runs on one worker (a connection, with the buffers and pools of that worker); others may be stolen.
// Running code is never interrupted: a task that computes for more than about 10 ms without suspending is reported.
// The model is Go's scheduler's and Tokio's; docs/runtime.md explains what differs.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "runtime/env.h"
#include "runtime/task.h"
#include "runtime/task_record.h"
#include "runtime/wait.h"

namespace banyan {

struct RuntimeOptions {
  unsigned workers = 0;  // 0: one for each processor the process may use; at most 64
  Env* env = nullptr;    // null: real_env()
  // How long tasks that are left when main has ended may take to obey their cancellation before they are reported as
  // leaked.
  Duration shutdown_grace = std::chrono::seconds(5);
  Duration stall_threshold = std::chrono::milliseconds(10);
  // Told when a task ran longer than stall_threshold without suspending, at most once for each run. Called from a
  // thread of its own. Null: a line on standard error.
  void (*on_stall)(const char* task_name, std::uint64_t task_id, Duration so_far) = nullptr;
};

// Runs `main` and everything it starts; returns main's value when it has ended and all other tasks were cancelled and
// joined. The calling thread becomes a worker. One runtime may run in a thread at a time.
int run(const RuntimeOptions& options, Task<int> main);

// How many workers run() will start for these options.
unsigned worker_count_for(const RuntimeOptions& options);

// The number of workers of the runtime this task runs on, and the worker it runs on now, from 0.
unsigned worker_count();
unsigned current_worker_index();
// The time of the runtime's clock. In a task.
inline TimePoint now() { return current_env().now(); }

// Starts a task that nobody waits for. Its context is the caller's; it is cancelled only at the end of the runtime. An
// error it ends with is lost: use a Scope where it matters. `name` is a literal.
void go(const char* name, Task<void> task);
// The same, on one worker for its whole life. `worker`: which; by default the current one.
void go_pinned(const char* name, Task<void> task);
void go_pinned_to(unsigned worker, const char* name, Task<void> task);

// True when the running task has been told to stop and is not shielded.
bool cancelled();
// A task that somebody else may have to end, such as a request whose client has left. `cancel()` makes its present wait
// and all later ones fail with kCancelled, from any thread; the task must certainly not have ended yet.
class TaskHandle {
 public:
  static TaskHandle current();
  void cancel() const;

 private:
  explicit TaskHandle(TaskRecord* task) : task_(task) {}
  TaskRecord* task_;
};

// The id of the running task; 0 outside.
std::uint64_t current_task_id();

struct RuntimeStatistics {
  std::uint64_t runs = 0;    // times a task was resumed
  std::uint64_t steals = 0;  // tasks taken from another worker
  std::uint64_t parks = 0;   // times a worker slept
  std::uint64_t stalls = 0;
};
RuntimeStatistics runtime_statistics();

}  // namespace banyan
