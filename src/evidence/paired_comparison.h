// Whether the new side is bad more often than the old one: errors, or answers slower than a limit.
//
// The problem: nobody knows how often the old side is bad, it changes with the hour, and fixed limits ("P99 below
// 500 ms") are wrong for most endpoints. The idea: pairs, one answer of each side at about the same time. Where both or
// neither are bad a pair says nothing; among the others, if the new side is no worse, the old one is the bad one at
// least as often (McNemar, 1947). So a coin is tested, not two unknown rates, and the evidence is again a likelihood
// ratio that may be looked at after every pair (mismatch_bound.h), averaged over a few degrees of being worse.
//
// A margin says how much worse counts as equal: the odds that, of a pair of which one is bad, it is the new side. 1 is
// no worse at all; 2 lets the new side be bad about twice as often.
//
// Pure functions of two counts.
#pragma once

#include <cstdint>

namespace banyan {

// Pairs of which exactly one side was bad.
struct DiscordantPairs {
  std::uint64_t new_bad = 0;
  std::uint64_t old_bad = 0;
  bool operator==(const DiscordantPairs&) const = default;
};

// The natural logarithm of the evidence that the new side is worse than `margin` allows. log(20) is kEvidenceNeeded.
double log_evidence_worse(const DiscordantPairs& pairs, double margin);
// ... that it is not as bad as `margin` (above 1 for a promotion to be possible with both alike).
double log_evidence_not_worse(const DiscordantPairs& pairs, double margin);

}  // namespace banyan
