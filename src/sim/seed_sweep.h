// Runs a test over many seeds and says how to run the one that failed again.
//
// BANYAN_SIM_SEEDS=10000 asks for more seeds than a test does by itself; BANYAN_SIM_SEED=123 for that one alone. When
// the process dies under a seed (a broken invariant, a sanitizer), the seed is printed too.
#pragma once

#include <cstdint>

namespace banyan {

// Calls `run_one` with each seed from 1 on, `count` of them unless the environment asks otherwise, and stops at the
// first for which it gives false. True if all were well.
bool sweep_seeds(const char* test, std::uint64_t count, bool (*run_one)(std::uint64_t seed));

}  // namespace banyan
