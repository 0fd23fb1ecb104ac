#include "evidence/paired_comparison.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"

namespace banyan {
namespace {

// log of P(the new side is the bad one) and of its opposite, for odds.
double log_share(double odds) { return -std::log1p(1 / odds); }

double log_ratio(const DiscordantPairs& pairs, double odds, double against) {
  return static_cast<double>(pairs.new_bad) * (log_share(odds) - log_share(against)) +
         static_cast<double>(pairs.old_bad) * (log_share(1 / odds) - log_share(1 / against));
}

// The mean of the likelihood ratios for odds that lie off the margin by these factors: any mean of e-processes is one.
double log_mean_ratio(const DiscordantPairs& pairs, double margin, bool worse) {
  BANYAN_CHECK(margin > 0);
  constexpr std::array<double, 4> kFactors = {1.5, 2, 4, 16};
  std::array<double, kFactors.size()> logs;
  for (std::size_t i = 0; i < kFactors.size(); ++i) {
    logs[i] = log_ratio(pairs, worse ? margin * kFactors[i] : margin / kFactors[i], margin);
  }
  const double most = *std::max_element(logs.begin(), logs.end());
  double sum = 0;
  for (const double one : logs) sum += std::exp(one - most);
  return most + std::log(sum / kFactors.size());
}

}  // namespace

double log_evidence_worse(const DiscordantPairs& pairs, double margin) { return log_mean_ratio(pairs, margin, true); }

double log_evidence_not_worse(const DiscordantPairs& pairs, double margin) {
  return log_mean_ratio(pairs, margin, false);
}

}  // namespace banyan
