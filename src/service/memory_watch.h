// Keeps a budget informed of what the whole process holds (VmRSS), from a thread of its own: where all workers are
// busy, nobody else would look. Above the soft limit free memory is given back to the system, at most once a second:
// malloc keeps what bursts leave between objects that live on, and a service would refuse requests for it for ever.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "net/buffer_pool.h"

namespace banyan::service {

// Resident bytes of this process; 0 where /proc does not tell.
std::uint64_t resident_bytes();

class MemoryWatch {
 public:
  // Looks once before it returns, so that what is asked next is already true. `budget` must outlive this.
  MemoryWatch(MemoryBudget& budget, std::uint64_t limit_bytes);
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;
  ~MemoryWatch();

 private:
  void run();
  void look();

  MemoryBudget& budget_;
  const std::uint64_t limit_bytes_;
  bool over_ = false;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace banyan::service
