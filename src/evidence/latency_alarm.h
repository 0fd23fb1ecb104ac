// Tells that the new side has become slow, from pairs of times: one answer of each side to the same request, asked for
// under the same conditions (gateway/comparison.h).
//
// The problem: how long answers take follows no known law, has a heavy tail, and changes with the load from minute to
// minute, for both sides alike. Quantiles of one side held against quantiles of the other call the side slow that was
// measured at the worse time. The idea: within a pair both sides had the same load. The new side may take a quarter
// longer than the old one, and kFreeTime longer at least; which of the two is the slower one is then a coin that is
// fair at worst, whatever the law, the tail and the load, as sides that are alike can be exchanged. It stays fair among
// the pairs of which the slower one lies beyond a limit, as that is known before it is said which one it was. So two
// coins are watched (change_alarm.h): of all pairs, which finds a side that is slower altogether, and of those beyond
// the 99th percentile of the old side's latest times, which finds one that has only the worse tail.
//
// Cost: a few multiplications a pair, and a selection among kKept times every kRefreshed pairs. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "evidence/change_alarm.h"

namespace banyan {

class LatencyAlarm {
 public:
  static constexpr std::size_t kKept = 512;      // times of the old side
  static constexpr std::size_t kNeeded = 100;    // of them, before any answer is in the tail
  static constexpr std::size_t kRefreshed = 32;  // pairs between two looks at the limit
  static constexpr Duration kFreeTime = std::chrono::milliseconds(2);

  // Which side was the slower one, where it was in the tail.
  enum class Slow : std::uint8_t { kNeither, kOld, kNew };

  LatencyAlarm();
  // One pair more: times from the first byte of the request to the head of the answer.
  Slow observe(Duration old_took, Duration new_took);
  // Whether the new side is slow as far as it is known now: another good time may end that.
  bool alarmed() const { return all_.level() >= 1 || tail_.level() >= 1; }
  // Forgets what was seen of the new side.
  void reset();

 private:
  void keep(Duration old_took);

  std::vector<Duration> old_times_;  // a ring once it is full
  std::size_t seen_ = 0;
  Duration limit_{};  // zero: not known yet
  ChangeAlarm all_;
  ChangeAlarm tail_;
};

}  // namespace banyan
