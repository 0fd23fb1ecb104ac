#include "gateway/requests_under_way.h"

namespace banyan {

RequestsUnderWay::Entry::Entry(RequestsUnderWay& all, const Exchange& exchange)
    : all_(all), next_(all.first_), exchange_(exchange) {
  if (next_ != nullptr) next_->previous_ = this;
  all_.first_ = this;
}

RequestsUnderWay::Entry::~Entry() {
  (previous_ == nullptr ? all_.first_ : previous_->next_) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
}

bool RequestsUnderWay::Entry::has_left(TimePoint time, Duration half_closed_timeout) {
  switch (exchange_.client()) {
    case ClientState::kThere:
      return false;
    case ClientState::kGone:
      return true;
    case ClientState::kSilent:
      break;
  }
  const std::uint64_t progress = exchange_.progress();
  if (silent_since_ == kNever || progress != progress_) {
    silent_since_ = time;
    progress_ = progress;
  }
  return time - silent_since_ >= half_closed_timeout;
}

void RequestsUnderWay::end_abandoned(TimePoint time, Duration half_closed_timeout) {
  for (Entry* entry = first_; entry != nullptr; entry = entry->next_) {
    if (!entry->watched_ || entry->client_left_ || !entry->has_left(time, half_closed_timeout)) continue;
    entry->client_left_ = true;
    entry->task_.cancel();
  }
}

void RequestsUnderWay::end_all() {
  for (Entry* entry = first_; entry != nullptr; entry = entry->next_) entry->task_.cancel();
}

}  // namespace banyan
