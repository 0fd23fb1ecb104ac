// What the models share: the atomics of the model checker in the shape that steal_ring.h and park_word.h expect, and a
// runner that says what was checked.
//
// Relacy runs the threads of a model in one OS thread, tries interleavings and lets relaxed loads see old values as the
// C++ memory model allows. Its header redefines common names, so it must come after every other; a model therefore
// includes this header last, and is built as C++14.
#pragma once

#include <cstdint>
#include <cstdio>

#include <relacy/relacy.hpp>

namespace model {

// An std::atomic as far as the runtime uses it.
template <class T>
class Atomic {
 public:
  Atomic() { value_.store(T(), rl::mo_relaxed, $); }
  Atomic(T initial) { value_.store(initial, rl::mo_relaxed, $); }  // NOLINT: as std::atomic
  T load(rl::memory_order order) const { return value_.load(order, $); }
  void store(T value, rl::memory_order order) { value_.store(value, order, $); }
  bool compare_exchange_strong(T& expected, T desired, rl::memory_order order, rl::memory_order failure) {
    return value_.compare_exchange_strong(expected, desired, order, $, failure, $);
  }
  T fetch_or(T bits, rl::memory_order order) { return value_.fetch_or(bits, order, $); }
  T fetch_and(T bits, rl::memory_order order) { return value_.fetch_and(bits, order, $); }
  T exchange(T value, rl::memory_order order) { return value_.exchange(value, order, $); }

 private:
  rl::atomic<T> value_;
};

struct Atomics {
  template <class T>
  using Atomic = model::Atomic<T>;
  static constexpr rl::memory_order relaxed = rl::mo_relaxed;
  static constexpr rl::memory_order acquire = rl::mo_acquire;
  static constexpr rl::memory_order release = rl::mo_release;
  static constexpr rl::memory_order acq_rel = rl::mo_acq_rel;
  static constexpr rl::memory_order seq_cst = rl::mo_seq_cst;
};

// Runs one suite; true if it ended as it declares it must. `iterations` of random interleavings.
template <class Suite>
bool check(const char* what, unsigned iterations) {
  rl::test_params params;
  std::ostringstream log;
  params.output_stream = &log;
  params.progress_stream = &log;
  params.iteration_count = iterations;
  const bool good = rl::simulate<Suite>(params);
  std::printf("%s: %s\n", what, good ? "ok" : log.str().c_str());
  return good;
}

}  // namespace model
