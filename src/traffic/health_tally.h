// When the results of regular checks make an endpoint well or unwell: so many in a row, as one alone may be chance.
#pragma once

#include <cstdint>

namespace banyan {

class HealthTally {
 public:
  explicit HealthTally(bool healthy = true) : healthy_(healthy), last_(healthy) {}

  // True: this result has changed healthy(). `healthy_after`, `unhealthy_after`: at least 1.
  bool add(bool good, std::uint32_t healthy_after, std::uint32_t unhealthy_after) {
    in_row_ = good == last_ ? in_row_ + 1 : 1;
    last_ = good;
    if (good == healthy_ || in_row_ < (good ? healthy_after : unhealthy_after)) return false;
    healthy_ = good;
    return true;
  }
  bool healthy() const { return healthy_; }

 private:
  bool healthy_;
  bool last_;
  std::uint32_t in_row_ = 0;
};

}  // namespace banyan
