// The live tap: lines of the access log for those who watch, while they watch (GET /tap).
//
// Nobody listening costs a request one relaxed load. A listener gets the requests its filter lets through, up to
// kLinesPerSecond of them (the others of that second are counted, not kept) in a queue of at most kQueueMax lines, so a
// slow reader loses lines and never holds up traffic. A line is an access log line in JSON without the query, which
// may carry secrets; fields and bodies are not in it.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/futex_lock.h"
#include "telemetry/access_log_line.h"

namespace banyan {

// All that is given must hold; what is empty does not count.
struct TapFilter {
  std::string route;
  std::string cluster;
  std::string method;
  std::string text;     // somewhere in the path
  int status_from = 0;  // both included; 0 for no bound
  int status_to = 0;

  bool lets_through(const AccessRecord& record) const;
};

class AccessTap {
 public:
  static constexpr std::size_t kListenersMax = 8;
  static constexpr std::size_t kQueueMax = 256;
  static constexpr std::uint64_t kLinesPerSecond = 100;

  // One who watches. Unregisters when it is destroyed; the tap outlives it.
  class Listener {
   public:
    Listener(AccessTap& tap, TapFilter filter) : tap_(tap), filter_(std::move(filter)) {}
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // The lines since the last call, oldest first; and how many were not kept, since the beginning.
    std::deque<std::string> take(std::uint64_t* skipped);

   private:
    friend class AccessTap;
    AccessTap& tap_;
    const TapFilter filter_;
    std::deque<std::string> lines_;
    std::int64_t second_ = 0;
    std::uint64_t in_second_ = 0;
    std::uint64_t skipped_ = 0;
  };

  // Null where kListenersMax are there already.
  std::unique_ptr<Listener> listen(TapFilter filter);
  bool wanted() const { return count_.load(std::memory_order_relaxed) > 0; }
  // From any worker; `line` is that worker's own, and writes JSON without queries.
  void offer(const AccessRecord& record, AccessLogLine& line);

 private:
  std::atomic<std::size_t> count_{0};
  FutexLock lock_;
  std::vector<Listener*> listeners_;
};

}  // namespace banyan
