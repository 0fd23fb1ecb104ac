// Whole requests for somebody who records them, while that lasts (GET /capture, docs/replay.md).
//
// Nobody recording costs a request one relaxed load. While somebody does, requests that went to a cluster are masked
// and kept as lines of a capture until they are taken: at most kQueueBytesMax of them, and kUnderWayMax requests at
// once. What is more, or cannot be kept as text, is counted and never holds up traffic.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/recorded_exchange.h"
#include "ledger/mask.h"
#include "runtime/futex_lock.h"

namespace banyan {

struct CaptureRules {
  std::string route;  // "": every route
  Mask mask;          // fields that it hides are left out
};

// The request as docs/replay.md has it, one line without its end, which says where something was masked; "" where it
// cannot be kept: its body was not read whole, is not text, or should have been masked and is not JSON.
std::string capture_line(RecordedExchange& request, const Mask& mask);

class CaptureTap {
 public:
  static constexpr std::size_t kQueueBytesMax = std::size_t{8} << 20;
  static constexpr unsigned kUnderWayMax = 256;

  // The one who records; recording ends with it. The tap outlives it.
  class Listener {
   public:
    explicit Listener(CaptureTap& tap) : tap_(tap) {}
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    // The lines since the last call, oldest first; and how many requests were not kept, since the beginning.
    std::deque<std::string> take(std::uint64_t* skipped);

   private:
    CaptureTap& tap_;
  };

  // Null where somebody records already.
  std::unique_ptr<Listener> listen(CaptureRules rules);
  bool wanted() const { return wanted_.load(std::memory_order_relaxed); }
  // In front of the client, for as long as the request lasts. Null where nobody records or too much is under way.
  std::unique_ptr<RecordedExchange> record(Exchange& client);
  // A request of that route is over. From any worker.
  void offer(std::string_view route, RecordedExchange& request);

 private:
  void skip_one();

  std::atomic<bool> wanted_{false};
  std::atomic<unsigned> under_way_{0};
  FutexLock lock_;
  std::shared_ptr<const CaptureRules> rules_;  // null while nobody records
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;  // of `lines_`
  std::uint64_t skipped_ = 0;
};

}  // namespace banyan
