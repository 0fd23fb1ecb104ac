// How large the share of differing answers can still be, after so many comparisons, whenever somebody looks.
//
// The problem: an endpoint may move when its new side differs in less than, say, 0.1 % of requests. A confidence
// interval answers for one look planned in advance; a gateway looks after every answer, and a 95 % interval that is
// looked at again and again promotes a service that is exactly at the bound in a quarter of all cases.
//
// The idea: for each bound p the likelihood ratio of a rate of p/10 against one of p,
//
//   E(p) = (1/10)^different * ((1 - p/10) / (1 - p))^(compared - different)
//
// is a supermartingale whenever the true rate is p or more, so it ever reaches 20 with probability at most 1/20
// (Ville's inequality): the sequential test of Wald (1945), read as an e-process (Ramdas et al., "Game-theoretic
// statistics and safe anytime-valid inference", 2023). E grows with p, so the smallest p with E(p) >= 20 is what is
// shown; it may be looked at after every comparison and stays right 19 times of 20. With nothing different it takes
// 3,327 comparisons to show 0.1 % and 332 to show 1 %.
//
// Pure functions of two counts. Counts up to 2^53.
#pragma once

#include <cstdint>

namespace banyan {

// What E must reach: wrong in at most one of this many cases.
inline constexpr double kEvidenceNeeded = 20;

struct MismatchCounts {
  std::uint64_t compared = 0;
  std::uint64_t different = 0;  // of them
  bool operator==(const MismatchCounts&) const = default;
};

// The natural logarithm of E(bound). `bound` above 0 and below 1.
double log_mismatch_evidence(const MismatchCounts& counts, double bound);

// The smallest rate that is shown not to be reached, above 0; 1 where nothing is shown yet. Exact to one in 10^9.
double shown_mismatch_bound(const MismatchCounts& counts);

// How many comparisons more, all equal, would show `bound`; 0 if it is shown. For "time to promotion".
std::uint64_t comparisons_left(const MismatchCounts& counts, double bound);

}  // namespace banyan
