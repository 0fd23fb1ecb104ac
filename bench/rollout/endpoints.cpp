// Endpoints whose truth is known, judged by the code the gateway judges with, in virtual time.
//
//   endpoints bound RUNS BOUND SEED           the new side differs exactly as often as the bound says
//   endpoints clean BOUND                     nothing ever differs
//   endpoints rollback FAULT RUNS BOUND SEED  a new side that answers everything gets a fault: mismatch, slow,
//                                             slow-tail, errors; or none: loaded
//
// Standard output has one number a line: for `bound` the comparison at which the new side got a share, 0 for never; for
// `clean` that and the one at which it answered everything; for `rollback` the comparisons from the fault to the way
// back, 0 for never. One request comes every 10 ms, and each is followed by a look at whether a step is due: a gateway
// looks every 20 ms, and less often can only be promoted less often.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>
#include <utility>

#include "rollout/rollout.h"

namespace {

using namespace std::chrono_literals;
using namespace banyan;

constexpr Duration kBetweenRequests = 10ms;

RolloutPolicy policy_of(double bound) {
  RolloutPolicy policy;
  policy.mismatch_bound = bound;
  policy.hold = 1s;
  return policy;
}

class Endpoint {
 public:
  explicit Endpoint(double bound) : rollout_(policy_of(bound)) {
    (void)rollout_.use({"old-1", "new-1", "rules"}, now_, WallTime{});
  }

  // Both sides were timed. False where it made the endpoint go back.
  bool time(const TimedPair& pair) { return !rollout_.observe(pair, now_, WallTime{}); }
  // One request that both sides answered. False where it made the endpoint go back.
  bool see(Comparison comparison, const AnswerPair& pair = {}) {
    now_ += kBetweenRequests;
    ++compared_;
    const bool back = rollout_.observe(pair, now_, WallTime{}).has_value();
    return !rollout_.observe(comparison, now_, WallTime{}) && !back;
  }
  void take_due_steps() {
    while (const auto step = rollout_.propose(WallTime{}, now_)) (void)rollout_.commit(*step, now_);
  }
  std::uint64_t compared() const { return compared_; }
  bool has_share() const { return rollout_.position().hundredths > 0; }
  bool has_all() const { return rollout_.position().stage == Stage::kNative; }

 private:
  TimePoint now_{1h};
  Rollout rollout_;
  std::uint64_t compared_ = 0;
};

// Far beyond 30 expected differences the evidence is so low that it hardly ever comes back.
std::uint64_t promoted_at_bound(double bound, std::mt19937_64& random) {
  const auto most = static_cast<std::uint64_t>(30 / bound);
  std::bernoulli_distribution differs(bound);
  Endpoint endpoint(bound);
  while (endpoint.compared() < most && !endpoint.has_share()) {
    (void)endpoint.see(differs(random) ? Comparison::kDifferent : Comparison::kEqual);
    endpoint.take_due_steps();
  }
  return endpoint.has_share() ? endpoint.compared() : 0;
}

void clean(double bound) {
  Endpoint endpoint(bound);
  std::uint64_t first_share = 0;
  while (!endpoint.has_all()) {
    (void)endpoint.see(Comparison::kEqual);
    endpoint.take_due_steps();
    if (first_share == 0 && endpoint.has_share()) first_share = endpoint.compared();
  }
  std::printf("%llu\n%llu\n", static_cast<unsigned long long>(first_share),
              static_cast<unsigned long long>(endpoint.compared()));
}

// One of 100 answers of the new side differs.
class Mismatch {
 public:
  bool next(Endpoint& endpoint, std::mt19937_64& random) {
    return endpoint.see(differs_(random) ? Comparison::kDifferent : Comparison::kEqual);
  }

 private:
  std::bernoulli_distribution differs_{0.01};
};

// One of 20 answers of the new side is 500, which differs as well.
class Errors {
 public:
  bool next(Endpoint& endpoint, std::mt19937_64& random) {
    const bool failed = fails_(random);
    return endpoint.see(failed ? Comparison::kDifferent : Comparison::kEqual, {.new_failed = failed});
  }

 private:
  std::bernoulli_distribution fails_{0.05};
};

Duration milliseconds(double count) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(count));
}

// Both sides are timed for one of four requests, as the gateway does, and take times of one law. `Times` gives those
// of a pair in milliseconds.
template <class Times>
class Timed {
 public:
  bool next(Endpoint& endpoint, std::mt19937_64& random) {
    const bool compared = endpoint.see(Comparison::kEqual);
    if (!compared || timed_one_of_four_(random) != 0) return compared;
    const auto [old_ms, new_ms] = times_(random);
    return endpoint.time({.old_took = milliseconds(old_ms), .new_took = milliseconds(new_ms)});
  }

 private:
  std::uniform_int_distribution<int> timed_one_of_four_{0, 3};
  Times times_;
};

// Log-normal with a median of 20 ms and a 99th percentile of 60 ms.
struct UsualTimes {
  double draw(std::mt19937_64& random) { return law(random); }
  std::lognormal_distribution<double> law{std::log(20.0), std::log(3.0) / 2.326};
};
struct SlowTimes : UsualTimes {
  std::pair<double, double> operator()(std::mt19937_64& random) { return {draw(random), 1.5 * draw(random)}; }
};
// The new side's times beyond the 95th percentile are half as long again, all others as they were.
struct TailTimes : UsualTimes {
  std::pair<double, double> operator()(std::mt19937_64& random) {
    const double new_ms = draw(random);
    return {draw(random), new_ms > 43.5 ? 1.5 * new_ms : new_ms};
  }
};
// Both sides alike, on a machine whose load wanders: Pareto times of infinite variance, stretched by a factor that is
// the same for both of a pair, usually between a tenth and ten, and hardly another one in the next.
struct LoadedTimes {
  std::pair<double, double> operator()(std::mt19937_64& random) {
    load = 0.99 * load + 0.3 * normal(random);
    return {draw(random), draw(random)};
  }
  double draw(std::mt19937_64& random) { return std::exp(load) * 2 * std::pow(1 - uniform(random), -1 / 1.5); }
  double load = 0;
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
};

template <class Fault>
std::uint64_t until_back(double bound, std::mt19937_64& random) {
  constexpr std::uint64_t kMost = 200'000;
  Endpoint endpoint(bound);
  while (!endpoint.has_all()) {
    (void)endpoint.see(Comparison::kEqual);
    endpoint.take_due_steps();
  }
  Fault fault;
  for (std::uint64_t seen = 1; seen <= kMost; ++seen) {
    if (!fault.next(endpoint, random)) return seen;
  }
  return 0;
}

std::uint64_t run_once(std::string_view what, double bound, std::mt19937_64& random) {
  if (what == "mismatch") return until_back<Mismatch>(bound, random);
  if (what == "slow") return until_back<Timed<SlowTimes>>(bound, random);
  if (what == "slow-tail") return until_back<Timed<TailTimes>>(bound, random);
  if (what == "loaded") return until_back<Timed<LoadedTimes>>(bound, random);
  if (what == "errors") return until_back<Errors>(bound, random);
  return promoted_at_bound(bound, random);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "clean" && argc == 3) {
    clean(std::strtod(argv[2], nullptr));
    return 0;
  }
  const int first = what == "rollback" ? 2 : 1;
  if (argc != first + 4 || (what != "bound" && what != "rollback")) {
    std::fputs("usage: endpoints bound RUNS BOUND SEED | clean BOUND | rollback FAULT RUNS BOUND SEED\n", stderr);
    return 2;
  }
  const unsigned long runs = std::strtoul(argv[first + 1], nullptr, 10);
  std::mt19937_64 random(std::strtoull(argv[first + 3], nullptr, 10));
  for (unsigned long i = 0; i < runs; ++i) {
    const std::uint64_t at = run_once(argv[first], std::strtod(argv[first + 2], nullptr), random);
    std::printf("%llu\n", static_cast<unsigned long long>(at));
  }
  return 0;
}
