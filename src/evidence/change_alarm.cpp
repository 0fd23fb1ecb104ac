#include "evidence/change_alarm.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace banyan {

ChangeAlarm::ChangeAlarm(const ChangeAlarmSettings& settings) : log_threshold_(std::log(settings.threshold)) {
  BANYAN_CHECK(settings.tolerated > 0 && settings.tolerated < settings.harmful && settings.harmful < 1);
  BANYAN_CHECK(settings.threshold >= 2 && settings.factor > 1);
  // In equal steps of the odds towards certainty: what is worse is found faster.
  const double odds = settings.harmful / (1 - settings.harmful);
  double factor = 1;
  for (Rate& rate : rates_) {
    const double harmful = odds * factor / (1 + odds * factor);
    rate.log_event = std::log(harmful) - std::log(settings.tolerated);
    rate.log_quiet = std::log1p(-harmful) - std::log1p(-settings.tolerated);
    factor *= settings.factor;
  }
}

bool ChangeAlarm::observe(bool event) {
  for (Rate& rate : rates_) {
    rate.log_sum = std::max(rate.log_sum, 0.0) + (event ? rate.log_event : rate.log_quiet);
  }
  return look();
}

bool ChangeAlarm::observe_quiet(std::uint64_t times) {
  if (times == 0) return alarmed_;
  for (Rate& rate : rates_) {
    // After the first it falls by as much each time, until it would start anew with every observation.
    const double fallen = std::max(rate.log_sum, 0.0) + static_cast<double>(times) * rate.log_quiet;
    rate.log_sum = std::max(fallen, rate.log_quiet);
  }
  return alarmed_;
}

double ChangeAlarm::level() const {
  double mean = 0;
  for (const Rate& rate : rates_) mean += std::exp(rate.log_sum - log_threshold_) / kRates;
  return std::min(mean, 1.0);
}

bool ChangeAlarm::look() {
  if (!alarmed_ && level() >= 1) alarmed_ = true;
  return alarmed_;
}

void ChangeAlarm::reset() {
  alarmed_ = false;
  for (Rate& rate : rates_) rate.log_sum = 0;
}

}  // namespace banyan
