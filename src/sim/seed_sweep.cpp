#include "sim/seed_sweep.h"

#include <signal.h>

#include <cstdio>
#include <cstdlib>

// Where a sanitizer is linked in, it calls back before it ends the process.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace banyan {
namespace {

const char* running_test = "";
std::uint64_t running_seed = 0;

void say_how_to_replay() {
  std::fprintf(stderr, "%s: seed %llu failed; to run it again: BANYAN_SIM_SEED=%llu\n", running_test,
               static_cast<unsigned long long>(running_seed), static_cast<unsigned long long>(running_seed));
}

void on_death(int signal_number) {
  say_how_to_replay();
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

std::uint64_t number_from_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
}

bool run(std::uint64_t seed, bool (*run_one)(std::uint64_t seed)) {
  running_seed = seed;
  if (run_one(seed)) return true;
  say_how_to_replay();
  return false;
}

}  // namespace

bool sweep_seeds(const char* test, std::uint64_t count, bool (*run_one)(std::uint64_t seed)) {
  running_test = test;
  const auto previous = signal(SIGABRT, &on_death);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(&say_how_to_replay);
  bool good = true;
  if (const std::uint64_t one = number_from_environment("BANYAN_SIM_SEED"); one != 0) {
    good = run(one, run_one);
  } else {
    if (const std::uint64_t asked = number_from_environment("BANYAN_SIM_SEEDS"); asked != 0) count = asked;
    for (std::uint64_t seed = 1; seed <= count && good; ++seed) good = run(seed, run_one);
  }
  signal(SIGABRT, previous);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback([] {});
  return good;
}

}  // namespace banyan
