// Tells that something happens more often than it may, as soon as possible and hardly ever without cause.
//
// The problem: a service that was right a million times is deployed anew with a fault. A test that adds everything up
// has to unlearn the million first. The idea: a sum that never falls below where it began (the CUSUM of Page, 1954),
// one for each of a few rates that the fault might have, and their mean. Each is an e-detector (Shin, Ramdas, Rinaldo,
// "E-detectors", 2023): as long as the true rate is `tolerated` or less, the alarm comes on average not before
// `threshold` observations, whatever their order and whenever somebody looks; and it goes on counting for ever, so
// that when the fault comes does not matter.
//
// Pure; a few multiplications an observation. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace banyan {

struct ChangeAlarmSettings {
  double tolerated = 0.0001;  // of observations, above 0 and below 1/2
  double harmful = 0.001;     // the smallest rate worth an alarm; above `tolerated` and below 1
  double threshold = 1000;    // observations, on average, until an alarm without cause; at least 2
  double factor = 10;         // from the odds of one rate that is watched for to those of the next; above 1
};

class ChangeAlarm {
 public:
  explicit ChangeAlarm(const ChangeAlarmSettings& settings);

  // One observation more. True from the first alarm on, until reset().
  bool observe(bool event);
  // The same for many in a row without the event.
  bool observe_quiet(std::uint64_t times);
  bool alarmed() const { return alarmed_; }
  // How far it is: 1 is the alarm.
  double level() const;
  void reset();

 private:
  static constexpr std::size_t kRates = 3;  // harmful, and two that are worse

  struct Rate {
    double log_event = 0;
    double log_quiet = 0;
    double log_sum = 0;  // since its last start; at least that of one observation
  };
  bool look();

  double log_threshold_;
  bool alarmed_ = false;
  std::array<Rate, kRates> rates_;
};

}  // namespace banyan
