#include "evidence/mismatch_bound.h"

#include <cmath>

#include "base/check.h"

namespace banyan {
namespace {

// What one equal answer adds to log E(bound).
double log_of_equal(double bound) { return std::log1p(-bound / 10) - std::log1p(-bound); }

const double kLogNeeded = std::log(kEvidenceNeeded);

}  // namespace

double log_mismatch_evidence(const MismatchCounts& counts, double bound) {
  BANYAN_CHECK(bound > 0 && bound < 1 && counts.different <= counts.compared);
  const auto different = static_cast<double>(counts.different);
  const auto equal = static_cast<double>(counts.compared - counts.different);
  return equal * log_of_equal(bound) - different * std::log(10.0);
}

double shown_mismatch_bound(const MismatchCounts& counts) {
  constexpr double kHighest = 1 - 1e-12;
  if (counts.compared == 0 || log_mismatch_evidence(counts, kHighest) < kLogNeeded) return 1;
  double below = 0;  // not shown
  double shown = kHighest;
  while (shown - below > shown * 1e-9) {
    const double middle = (below + shown) / 2;
    (log_mismatch_evidence(counts, middle) >= kLogNeeded ? shown : below) = middle;
  }
  return shown;
}

std::uint64_t comparisons_left(const MismatchCounts& counts, double bound) {
  const double lacking = kLogNeeded - log_mismatch_evidence(counts, bound);
  return lacking <= 0 ? 0 : static_cast<std::uint64_t>(std::ceil(lacking / log_of_equal(bound)));
}

}  // namespace banyan
