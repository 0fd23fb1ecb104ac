#include "runtime/task_record.h"

#include <array>
#include <cstdlib>
#include <new>

#include "base/check.h"
#include "runtime/worker.h"

namespace banyan {
namespace {

static_assert(sizeof(TaskRecord) <= 128, "two cache lines a task");

constexpr std::size_t kRecordsPerSlab = 512;
constexpr std::size_t kSlabsMax = std::size_t{1} << 16;  // 33 million records
constexpr std::uint64_t kIdsPerThread = 1024;

// Slabs in the order they were made; an entry is written before the count that covers it.
std::array<std::atomic<TaskRecord*>, kSlabsMax> slabs;
std::atomic<std::size_t> slab_count{0};
std::mutex slab_lock;
std::atomic<std::uint64_t> ids{1};

detail::SharedFreeList* shared_records(unsigned) {
  static auto* list = new detail::SharedFreeList;  // never destroyed, as in frame_pool.cpp
  return list;
}

struct RecordCache {
  detail::ThreadFreeList free;
  std::uint64_t next_id = 0;
  std::uint64_t ids_left = 0;
  ~RecordCache() { free.give_all(*shared_records(0)); }
};

thread_local RecordCache cache;

void add_slab() {
  auto* slab = static_cast<TaskRecord*>(std::aligned_alloc(64, kRecordsPerSlab * sizeof(TaskRecord)));
  BANYAN_CHECK(slab != nullptr);
  for (std::size_t i = 0; i < kRecordsPerSlab; ++i) new (&slab[i]) TaskRecord;
  {
    std::lock_guard guard(slab_lock);
    const std::size_t index = slab_count.load(std::memory_order_relaxed);
    BANYAN_CHECK(index < kSlabsMax);
    slabs[index].store(slab, std::memory_order_relaxed);
    slab_count.store(index + 1, std::memory_order_release);
  }
  // Given to the shared list in batches of the size that threads exchange.
  for (std::size_t i = 0; i < kRecordsPerSlab;) {
    const std::size_t batch = i;
    for (unsigned n = 0; n < detail::ThreadFreeList::kBatch; ++n, ++i) {
      slab[i].free_link.next = n + 1 < detail::ThreadFreeList::kBatch ? &slab[i + 1].free_link : nullptr;
    }
    shared_records(0)->give({&slab[batch].free_link, detail::ThreadFreeList::kBatch});
  }
}

[[gnu::noinline]] TaskRecord* acquire_slow() {
  while (!cache.free.refill(*shared_records(0))) add_slab();
  return static_cast<TaskRecord*>(cache.free.pop());
}

std::uint64_t take_id() {
  if (cache.ids_left == 0) {
    cache.next_id = ids.fetch_add(kIdsPerThread, std::memory_order_relaxed);
    cache.ids_left = kIdsPerThread;
  }
  --cache.ids_left;
  return cache.next_id++;
}

struct DumpState {
  std::vector<TaskInfo>* out;
  std::size_t max;
  std::uint32_t now_ms;
};

void dump_one(TaskRecord* task, void* context) {
  auto* state = static_cast<DumpState*>(context);
  if (state->out->size() >= state->max) return;
  const char* waiting_for = task->waiting_for.load(std::memory_order_relaxed);
  const char* wait = task->park.waiting() ? (waiting_for == nullptr ? "waiting" : waiting_for) : "ready or running";
  const char* name = task->name.load(std::memory_order_relaxed);
  const std::uint32_t spawned_ms = task->spawned_ms.load(std::memory_order_relaxed);
  const std::uint32_t age = state->now_ms >= spawned_ms ? state->now_ms - spawned_ms : 0;
  state->out->push_back(
      {task->id.load(std::memory_order_relaxed), name, wait, age, task->pinned.load(std::memory_order_relaxed)});
}

}  // namespace

TaskRecord* acquire_task_record() {
  auto* task = static_cast<TaskRecord*>(cache.free.pop());
  if (task == nullptr) task = acquire_slow();
  task->id.store(take_id(), std::memory_order_relaxed);
  return task;
}

void release_task_record(TaskRecord* task) {
  task->live.store(false, std::memory_order_release);
  cache.free.push(task, &shared_records, 0);
}

void visit_task_records(void (*visit)(TaskRecord* task, void* context), void* context) {
  const std::size_t count = slab_count.load(std::memory_order_acquire);
  const Scheduler* ours = &current_worker()->scheduler;
  for (std::size_t i = 0; i < count; ++i) {
    TaskRecord* slab = slabs[i].load(std::memory_order_relaxed);
    for (std::size_t k = 0; k < kRecordsPerSlab; ++k) {
      TaskRecord& task = slab[k];
      if (!task.live.load(std::memory_order_acquire)) continue;
      if (task.scheduler.load(std::memory_order_relaxed) == ours) visit(&task, context);
    }
  }
}

Claim WakeToken::claim(std::uint8_t reason) const {
  TaskRecord* record = task();
  const ParkWord::Ticket now = record->park.ticket();
  if ((now & kTicketMask) != (bits_ & kTicketMask)) return Claim::kLost;
  return record->park.claim(now, reason);
}

bool WakeToken::wake_raw(std::uint8_t reason) const {
  const Claim result = claim(reason);
  if (result == Claim::kSchedule) resume_claimed(task());
  return result != Claim::kLost;
}

std::vector<TaskInfo> dump_tasks(std::size_t max) {
  std::vector<TaskInfo> out;
  DumpState state{&out, max, coarse_milliseconds()};
  visit_task_records(&dump_one, &state);
  return out;
}

std::size_t live_task_count() {
  std::size_t count = 0;
  visit_task_records([](TaskRecord*, void* context) { ++*static_cast<std::size_t*>(context); }, &count);
  return count;
}

}  // namespace banyan
