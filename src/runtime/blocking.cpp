#include "runtime/blocking.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <climits>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace banyan {

class BlockingPool {
  using BlockingJob = detail::BlockingJob;

 public:
  BlockingPool(const char* name, unsigned threads_max, unsigned calls_max)
      : name_(name), threads_max_(threads_max), calls_max_(calls_max) {}

  void submit(BlockingJob* job) {
    if (calls_.fetch_add(1, std::memory_order_relaxed) >= calls_max_) {
      end(job->token);
      return;
    }
    std::lock_guard guard(lock_);
    job->next = nullptr;
    (tail_ == nullptr ? head_ : tail_->next) = job;
    tail_ = job;
    ++queued_;
    if (idle_ >= queued_) {
      work_.notify_one();
    } else if (threads_ < threads_max_) {
      ++threads_;
      std::thread([this] { serve(); }).detach();
    }
  }

 private:
  // The job may be gone from here on.
  void end(const WakeToken token) {
    calls_.fetch_sub(1, std::memory_order_relaxed);
    token.wake(WakeReason::kReady);
  }

  void serve() {
    pthread_setname_np(pthread_self(), name_);
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
        end(token);
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

  const char* const name_;
  const unsigned threads_max_;
  const unsigned calls_max_;
  std::atomic<unsigned> calls_{0};  // under way or waiting
  std::mutex lock_;
  std::condition_variable work_;
  BlockingJob* head_ = nullptr;
  BlockingJob* tail_ = nullptr;
  unsigned queued_ = 0;
  unsigned idle_ = 0;
  unsigned threads_ = 0;
};

// The threads of a pool may outlive static objects.
BlockingPool& make_blocking_pool(const char* name, unsigned threads_max, unsigned calls_max) {
  return *new BlockingPool(name, threads_max, calls_max);
}

void detail::submit_blocking(BlockingPool* pool, BlockingJob* job) {
  static BlockingPool& of_all = make_blocking_pool("banyan-block", kBlockingThreadsMax, UINT_MAX);
  (pool == nullptr ? of_all : *pool).submit(job);
}

}  // namespace banyan
