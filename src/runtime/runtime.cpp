#include "runtime/runtime.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <bit>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "base/check.h"
#include "runtime/longest_run.h"
#include "runtime/worker.h"

namespace banyan {
namespace {

unsigned processors_allowed() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  const int count = CPU_COUNT(&set);
  return count < 1 ? 1 : static_cast<unsigned>(count);
}

void print_stall(const char* name, std::uint64_t id, Duration so_far) {
  std::fprintf(stderr, "task %s (%llu) has run for %lld ms without suspending\n", name,
               static_cast<unsigned long long>(id), static_cast<long long>(so_far.count() / 1000000));
}

// Watches all workers from a thread of its own: one look every half threshold, none while everybody sleeps.
class StallDetector {
 public:
  explicit StallDetector(Scheduler& scheduler) : scheduler_(scheduler), seen_(scheduler.workers.size()) {
    thread_ = std::thread([this] { watch(); });
  }
  ~StallDetector() {
    {
      std::lock_guard guard(lock_);
      stop_ = true;
    }
    stopped_.notify_all();
    thread_.join();
  }

 private:
  struct Seen {
    std::uint64_t runs = 0;
    std::uint64_t polls = 0;
    TimePoint since{};
    bool told = false;
  };

  void watch() {
    pthread_setname_np(pthread_self(), "banyan-watch");
    const auto period = std::max<Duration>(scheduler_.options.stall_threshold / 2, std::chrono::milliseconds(1));
    std::unique_lock guard(lock_);
    while (!stop_) {
      stopped_.wait_for(guard, everybody_sleeps() ? period * 20 : period);
      const TimePoint now = steady_now();
      for (std::size_t i = 0; i < seen_.size(); ++i) look_at(*scheduler_.workers[i], seen_[i], now);
    }
  }

  bool everybody_sleeps() const {
    const auto count = scheduler_.workers.size();
    const std::uint64_t all = count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    return scheduler_.idle_mask.load(std::memory_order_relaxed) == all;
  }

  void look_at(Worker& worker, Seen& seen, TimePoint now) {
    const std::uint64_t polls = worker.polls.load(std::memory_order_relaxed);
    if (polls == seen.polls) worker.poll_due.store(true, std::memory_order_relaxed);
    seen.polls = polls;
    const std::uint64_t runs = worker.runs.load(std::memory_order_acquire);
    TaskRecord* task = worker.observed.load(std::memory_order_relaxed);
    if (runs != seen.runs || task == nullptr) {
      seen = {runs, polls, now, false};
      return;
    }
    const Duration so_far = now - seen.since;
    if (so_far.count() > scheduler_.longest_run.load(std::memory_order_relaxed)) {
      scheduler_.longest_run.store(so_far.count(), std::memory_order_relaxed);
    }
    if (so_far < scheduler_.options.stall_threshold) return;
    // Others work off its queue meanwhile. At every look, since it may go on to fill its next-slot.
    scheduler_.wake_a_thief();
    if (seen.told) return;
    seen.told = true;
    scheduler_.stalls.fetch_add(1, std::memory_order_relaxed);
    const auto tell = scheduler_.options.on_stall == nullptr ? &print_stall : scheduler_.options.on_stall;
    tell(task->name.load(std::memory_order_relaxed), task->id.load(std::memory_order_relaxed), so_far);
  }

  Scheduler& scheduler_;
  std::vector<Seen> seen_;
  std::mutex lock_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace

Scheduler::Scheduler(const RuntimeOptions& given)
    : options(given),
      env(given.env == nullptr ? real_env() : *given.env),
      simulated(env.simulated()),
      start(env.now()) {
  const unsigned count = worker_count_for(options);
  for (unsigned i = 0; i < count; ++i) workers.push_back(std::make_unique<Worker>(*this, i));
}

Scheduler::~Scheduler() {
  while (foreign_calls.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

void Scheduler::schedule(TaskRecord* task) {
  Worker* worker = current_worker();
  if (worker == nullptr || &worker->scheduler != this) {
    schedule_from_outside(task);
  } else if (!task->pinned.load(std::memory_order_relaxed)) {
    worker->push_local(task, true);
  } else if (worker->index == task->home) {
    worker->push_pinned(task);
  } else {
    workers[task->home]->push_inbox(task);
  }
}

void Scheduler::schedule_from_outside(TaskRecord* task) {
  foreign_calls.fetch_add(1, std::memory_order_acquire);
  if (task->pinned.load(std::memory_order_relaxed) || simulated) {
    workers[task->home]->push_inbox(task);
  } else {
    TaskQueue one;
    one.push(task);
    push_global(one, 1);
    wake_a_thief();
  }
  foreign_calls.fetch_sub(1, std::memory_order_release);
}

void Scheduler::wake_a_thief() {
  const Worker* self = current_worker();
  if (self != nullptr && &self->scheduler != this) self = nullptr;  // a worker of another runtime is an outsider
  if (workers.size() == 1 && self != nullptr) return;
  full_barrier();  // the work must be visible before we look who sleeps; park() does the reverse
  // A worker that queues what its poller told is still marked as asleep: waking itself would wake nobody.
  const std::uint64_t others = self == nullptr ? ~std::uint64_t{0} : ~(std::uint64_t{1} << self->index);
  std::uint64_t idle = idle_mask.load(std::memory_order_seq_cst) & others;
  if (idle == 0 || searching.load(std::memory_order_seq_cst) > 0) return;
  while (idle != 0) {
    const unsigned index = static_cast<unsigned>(std::countr_zero(idle));
    const std::uint64_t bit = std::uint64_t{1} << index;
    if ((idle_mask.fetch_and(~bit, std::memory_order_seq_cst) & bit) != 0) {
      workers[index]->wake();
      return;
    }
    idle &= ~bit;  // somebody else woke it
  }
}

void Scheduler::wake_all() {
  for (auto& worker : workers) worker->wake();
}

void Scheduler::abandon() {
  leaked = true;
  stopping.store(true, std::memory_order_seq_cst);
}

void Scheduler::push_global(TaskQueue tasks, unsigned count) {
  std::lock_guard guard(global_lock_);
  if (tasks.head == nullptr) return;
  (global_.tail == nullptr ? global_.head : global_.tail->next) = tasks.head;
  global_.tail = tasks.tail;
  global_size.fetch_add(count, std::memory_order_seq_cst);
}

TaskRecord* Scheduler::pop_global() {
  if (global_size.load(std::memory_order_relaxed) == 0) return nullptr;
  Worker* worker = current_worker();
  std::lock_guard guard(global_lock_);
  TaskRecord* first = global_.pop();
  if (first == nullptr) return nullptr;
  unsigned taken = 1;
  // A fair share at once, so that the lock is taken rarely.
  const unsigned share =
      std::min(128U, global_size.load(std::memory_order_relaxed) / static_cast<unsigned>(workers.size()));
  while (taken < share) {
    if (worker->ring_.size() >= 128) break;
    TaskRecord* task = global_.pop();
    if (task == nullptr) break;
    BANYAN_CHECK(worker->ring_.push(task));
    ++taken;
  }
  global_size.fetch_sub(taken, std::memory_order_seq_cst);
  return first;
}

namespace {

struct MainState {
  Scheduler* scheduler;
  int result = 0;
};

void cancel_all_but(TaskRecord* self) {
  visit_task_records(
      [](TaskRecord* task, void* except) {
        if (task != except) cancel_task(task);
      },
      self);
}

Task<void> run_main(Task<int> main, MainState* state) {
  state->result = co_await std::move(main);
  Scheduler& scheduler = *state->scheduler;
  // Everything that is left is told to stop, then given time to do so.
  scheduler.cancelling.store(true, std::memory_order_seq_cst);
  const TimePoint give_up = now() + scheduler.options.shutdown_grace;
  do {
    // Again each time: a task that was being made may have been missed.
    cancel_all_but(current_task());
    if (live_task_count() > 1) (void)co_await sleep_for(std::chrono::milliseconds(1));
  } while (live_task_count() > 1 && now() < give_up);
  for (const TaskInfo& task : dump_tasks(20)) {
    if (task.id == current_task_id()) continue;
    scheduler.leaked = true;
    std::fprintf(stderr, "leaked task %s (%llu): %s, %u ms old\n", task.name.c_str(),
                 static_cast<unsigned long long>(task.id), task.state.c_str(), task.age_ms);
  }
  scheduler.stopping.store(true, std::memory_order_seq_cst);
  scheduler.wake_all();
}

}  // namespace

int Scheduler::run(Task<int> main) {
  MainState state{this};
  {
    Task<void> wrapped = run_main(std::move(main), &state);
    TaskRecord* task = make_task("main", wrapped.release());
    task->scheduler.store(this, std::memory_order_relaxed);
    schedule_from_outside(task);
  }
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < workers.size(); ++i) {
    threads.emplace_back([this, i] {
      pthread_setname_np(pthread_self(), "banyan-worker");
      workers[i]->loop();
    });
  }
  {
    std::unique_ptr<StallDetector> detector;
    if (!simulated) detector = std::make_unique<StallDetector>(*this);
    workers[0]->loop();
  }
  for (std::thread& thread : threads) thread.join();
  return state.result;
}

int run(const RuntimeOptions& options, Task<int> main) {
  BANYAN_CHECK(current_worker() == nullptr);
  auto scheduler = std::make_unique<Scheduler>(options);
  const int result = scheduler->run(std::move(main));
  // A leaked task may be woken later, by a blocking call that returns; what it is put on must still be there.
  if (scheduler->leaked) (void)scheduler.release();
  return result;
}

unsigned worker_count_for(const RuntimeOptions& options) {
  if (options.env != nullptr && options.env->simulated()) return 1;
  const unsigned count = options.workers == 0 ? processors_allowed() : options.workers;
  return count > 64 ? 64 : count;
}

unsigned worker_count() { return static_cast<unsigned>(current_worker()->scheduler.workers.size()); }
unsigned current_worker_index() { return current_worker()->index; }

TaskRecord* make_task(const char* name, std::coroutine_handle<> frame) {
  TaskRecord* task = acquire_task_record();
  task->resume = frame;
  task->home = 0;
  task->name.store(name, std::memory_order_relaxed);
  task->waiting_for.store(nullptr, std::memory_order_relaxed);
  task->pinned.store(false, std::memory_order_relaxed);
  task->shield_depth = 0;
  task->scope = nullptr;
  task->on_exit = nullptr;
  task->spawned_ms.store(coarse_milliseconds(), std::memory_order_relaxed);
  const Worker* worker = current_worker();
  bool cancel = false;
  if (worker != nullptr) {
    task->scheduler.store(&worker->scheduler, std::memory_order_relaxed);
    task->context = worker->running->context;
    cancel = worker->scheduler.cancelling.load(std::memory_order_relaxed);
  }
  task->cancelled.store(cancel, std::memory_order_relaxed);
  task->live.store(true, std::memory_order_release);
  // The frame was made as detail::Promise<T>, whose first base is PromiseBase; it reports its end to the record.
  auto& promise = std::coroutine_handle<detail::PromiseBase>::from_address(frame.address()).promise();
  promise.set_done(&spawned_task_done, task);
  return task;
}

std::coroutine_handle<> spawned_task_done(void* record) {
  auto* task = static_cast<TaskRecord*>(record);
  task->context = ContextRef();
  // Once on_exit has run, whoever joins may go on; the record is released last, being still ours alone.
  if (task->on_exit != nullptr) task->on_exit(task);
  release_task_record(task);
  return std::noop_coroutine();
}

void resume_claimed(TaskRecord* task) { task->scheduler.load(std::memory_order_relaxed)->schedule(task); }

void cancel_task(TaskRecord* task) {
  task->cancelled.store(true, std::memory_order_seq_cst);
  if (task->park.claim_current(static_cast<std::uint8_t>(WakeReason::kCancelled)) == Claim::kSchedule) {
    resume_claimed(task);
  }
}

void go(const char* name, Task<void> task) {
  TaskRecord* record = make_task(name, task.release());
  current_worker()->scheduler.schedule(record);
}

void go_pinned(const char* name, Task<void> task) { go_pinned_to(current_worker()->index, name, std::move(task)); }

void go_pinned_to(unsigned worker, const char* name, Task<void> task) {
  TaskRecord* record = make_task(name, task.release());
  Scheduler& scheduler = current_worker()->scheduler;
  BANYAN_CHECK(worker < scheduler.workers.size());
  record->home = static_cast<std::uint16_t>(worker);
  record->pinned.store(true, std::memory_order_relaxed);
  scheduler.schedule(record);
}

bool cancelled() {
  const TaskRecord* task = current_task();
  return task != nullptr && task->shield_depth == 0 && task->cancelled.load(std::memory_order_relaxed);
}

TaskHandle TaskHandle::current() { return TaskHandle(current_task()); }
void TaskHandle::cancel() const { cancel_task(task_); }

std::uint64_t current_task_id() {
  const TaskRecord* task = current_task();
  return task == nullptr ? 0 : task->id.load(std::memory_order_relaxed);
}

RuntimeStatistics runtime_statistics() {
  RuntimeStatistics sum;
  const Worker* self = current_worker();
  if (self == nullptr) return sum;
  for (const auto& worker : self->scheduler.workers) {
    sum.runs += worker->runs.load(std::memory_order_relaxed);
    sum.steals += worker->steals.load(std::memory_order_relaxed);
    sum.parks += worker->parks.load(std::memory_order_relaxed);
  }
  sum.stalls = self->scheduler.stalls.load(std::memory_order_relaxed);
  return sum;
}

Duration longest_run() {
  const Worker* self = current_worker();
  return self == nullptr ? Duration() : Duration(self->scheduler.longest_run.load(std::memory_order_relaxed));
}

}  // namespace banyan
