// A worker that goes to sleep against one that queues a task: push_local() and wake_a_thief() on one side, park() and
// nothing_to_do() on the other (worker.cpp, runtime.cpp). Each writes its own word and then reads the other's; without
// a full barrier between the two, both may read the old value, and the task waits beside a sleeping worker.
#include "runtime/steal_ring.h"

#include "runtime/models/model.h"

namespace {

void full_barrier() { rl::atomic_thread_fence(rl::mo_seq_cst, $); }

template <bool kBarrier>
struct PushAgainstPark : rl::test_suite<PushAgainstPark<kBarrier>, 2,
                                        kBarrier ? rl::test_result_success : rl::test_result_user_assert_failed> {
  banyan::StealRing<int, 2, model::Atomics> ring;
  model::Atomic<std::uint64_t> idle_mask;
  model::Atomic<int> asleep;
  int task = 0;
  bool slept = false;
  bool woken = false;

  void push() {
    ring.push(&task);
    if (kBarrier) full_barrier();
    if (idle_mask.load(rl::mo_seq_cst) == 0) return;
    if ((idle_mask.fetch_and(0, rl::mo_seq_cst) & 1) == 0) return;
    if (asleep.exchange(0, rl::mo_seq_cst) != 0) woken = true;  // the write to the eventfd
  }
  void park() {
    asleep.store(1, rl::mo_seq_cst);
    idle_mask.fetch_or(1, rl::mo_seq_cst);
    if (kBarrier) full_barrier();
    if (ring.size() == 0) slept = true;  // in the poller, until the eventfd is written
  }
  void thread(unsigned index) { index == 0 ? push() : park(); }
  void after() { RL_ASSERT(!slept || woken); }
};

}  // namespace

int main() {
  bool good = model::check<PushAgainstPark<true>>("parking: a pushed task is seen or its worker woken", 60000);
  good &= model::check<PushAgainstPark<false>>("parking: without the barrier a wakeup is lost", 60000);
  return good ? 0 : 1;
}
