// The one source of chance in a simulation, and the record of what it decided.
//
// Everything that could go one way or another asks SeededRandom; every decision and every event is folded into a hash.
// Two runs of one seed that differ anywhere give different hashes, so a test can hold "replays bit for bit" to account.
#pragma once

#include <cstdint>

namespace banyan {

// splitmix64 (Steele, Lea and Flood, 2014): small, fast, and good enough to choose faults with.
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
  }
  // In [0, bound); 0 when bound is 0. The bias of the remainder is far below what any test could see.
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
  // True with `probability`. Draws nothing for 0, so a fault that is off costs nothing.
  bool chance(double probability) {
    return probability > 0 && static_cast<double>(next() >> 11) * 0x1p-53 < probability;
  }

 private:
  std::uint64_t state_;
};

// FNV-1a over 64-bit words.
class TraceHash {
 public:
  void note(std::uint64_t what, std::uint64_t a = 0, std::uint64_t b = 0) {
    for (const std::uint64_t word : {what, a, b}) hash_ = (hash_ ^ word) * 0x100000001b3U;
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace banyan
