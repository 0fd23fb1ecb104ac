#include "runtime/blocking.h"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace banyan::detail {
namespace {

class BlockingPool {
 public:
  void submit(BlockingJob* job) {
    std::lock_guard guard(lock_);
    job->next = nullptr;
    (tail_ == nullptr ? head_ : tail_->next) = job;
    tail_ = job;
    ++queued_;
    if (idle_ >= queued_) {
      work_.notify_one();
    } else if (threads_ < kBlockingThreadsMax) {
      ++threads_;
      std::thread([this] { serve(); }).detach();
    }
  }

 private:
  void serve() {
    pthread_setname_np(pthread_self(), "banyan-block");
    std::unique_lock guard(lock_);
    for (;;) {
      while (head_ != nullptr) {
        BlockingJob* job = head_;
        head_ = job->next;
        if (head_ == nullptr) tail_ = nullptr;
        --queued_;
        guard.unlock();
        const WakeToken token = job->token;
        job->run(job);
        token.wake(WakeReason::kReady);  // the job is gone from here on
        guard.lock();
      }
      ++idle_;
      const bool timed_out = work_.wait_for(guard, std::chrono::seconds(10)) == std::cv_status::timeout;
      --idle_;
      if (timed_out && head_ == nullptr) {
        --threads_;
        return;
      }
    }
  }

  std::mutex lock_;
  std::condition_variable work_;
  BlockingJob* head_ = nullptr;
  BlockingJob* tail_ = nullptr;
  unsigned queued_ = 0;
  unsigned idle_ = 0;
  unsigned threads_ = 0;
};

}  // namespace

void submit_blocking(BlockingJob* job) {
  static auto* pool = new BlockingPool;  // its threads may outlive static objects
  pool->submit(job);
}

}  // namespace banyan::detail
