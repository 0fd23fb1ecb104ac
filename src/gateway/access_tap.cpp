#include "gateway/access_tap.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "http/field_id.h"

namespace banyan {

bool TapFilter::lets_through(const AccessRecord& record) const {
  if (!route.empty() && record.route != route) return false;
  if (!cluster.empty() && record.cluster != cluster) return false;
  if (!method.empty() && !equals_ignoring_case(record.method, method)) return false;
  if (status_from != 0 && record.status < status_from) return false;
  if (status_to != 0 && record.status > status_to) return false;
  return text.empty() || record.target.substr(0, record.target.find('?')).find(text) != std::string_view::npos;
}

AccessTap::Listener::~Listener() {
  const std::scoped_lock guard(tap_.lock_);
  std::erase(tap_.listeners_, this);
  tap_.count_.store(tap_.listeners_.size(), std::memory_order_relaxed);
}

std::deque<std::string> AccessTap::Listener::take(std::uint64_t* skipped) {
  const std::scoped_lock guard(tap_.lock_);
  *skipped = skipped_;
  return std::exchange(lines_, {});
}

std::unique_ptr<AccessTap::Listener> AccessTap::listen(TapFilter filter) {
  auto listener = std::make_unique<Listener>(*this, std::move(filter));
  const std::scoped_lock guard(lock_);  // released before the listener goes away, whose destructor takes it
  if (listeners_.size() >= kListenersMax) return nullptr;
  listeners_.push_back(listener.get());
  count_.store(listeners_.size(), std::memory_order_relaxed);
  return listener;
}

void AccessTap::offer(const AccessRecord& record, AccessLogLine& line) {
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(record.time.time_since_epoch()).count();
  std::string_view text;
  const std::scoped_lock guard(lock_);
  for (Listener* listener : listeners_) {
    if (!listener->filter_.lets_through(record)) continue;
    if (listener->second_ != second) {
      listener->second_ = second;
      listener->in_second_ = 0;
    }
    if (++listener->in_second_ > kLinesPerSecond || listener->lines_.size() >= kQueueMax) {
      ++listener->skipped_;
      continue;
    }
    if (text.empty()) text = line.write(record);
    listener->lines_.emplace_back(text);
  }
}

}  // namespace banyan
