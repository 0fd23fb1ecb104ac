#include "ledger_report/report_words.h"

#include <algorithm>
#include <cstdio>

namespace banyan {

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g %%", share * 100);
  return text;
}

std::string position_text(const Position& position) {
  std::string text(stage_name(position.stage));
  if (position.stage == Stage::kShifted) text += ", " + percent(position.hundredths / 10'000.0);
  return text;
}

std::string known(const std::string& build) { return build.empty() ? "not known" : build; }

std::string noise_sentence(const RouteReport& report) {
  const std::string since = "since " + rfc3339(report.epoch_began);
  if (report.places.replays() == 0)
    return "No request was asked of the old side twice " + since + ": no noise is known.";
  return "The old side was asked twice for " + std::to_string(report.places.replays()) + " requests " + since +
         ". A place that differs then as well, and not less often than against the new side, is noise: it is no "
         "difference.";
}

std::string twice_text(const RouteReport& report, const FieldNoise::Field& seen) {
  const auto replays = static_cast<double>(std::max<std::uint64_t>(report.places.replays(), 1));
  return std::to_string(seen.replayed) + " (" + percent(static_cast<double>(seen.replayed) / replays) + ")";
}

}  // namespace banyan
