#include "service/admission.h"

#include <gtest/gtest.h>

namespace banyan::service {
namespace {

using namespace std::chrono_literals;
using Outcome = ConcurrencyLimit::Outcome;

std::string metrics_of(const Admission& admission) {
  std::string out;
  MetricsText text(out);
  admission.write_metrics(text);
  return out;
}

TEST(Admission, RefusesWhatIsBeyondItsRequests) {
  MemoryBudget memory;
  Admission admission({.requests_max = 2, .concurrency_max = {}}, memory, TimePoint());
  EXPECT_EQ(admission.enter(Priority::kNormal), "");
  EXPECT_EQ(admission.enter(Priority::kLow), "");
  EXPECT_EQ(admission.enter(Priority::kHigh), "requests");
  admission.leave(Outcome::kAnswered, 1ms, TimePoint());
  EXPECT_EQ(admission.enter(Priority::kLow), "");
  EXPECT_NE(metrics_of(admission).find("banyan_service_requests_under_way 2\n"), std::string::npos);
  EXPECT_NE(metrics_of(admission).find("banyan_service_shed_total{reason=\"requests\"} 1\n"), std::string::npos);
}

TEST(Admission, AboveTheSoftLimitOnlyTheImportantGetIn) {
  MemoryBudget memory(100, 200);
  Admission admission({}, memory, TimePoint());
  memory.measured(50);
  memory.measured(101);
  EXPECT_EQ(admission.enter(Priority::kNormal), "memory");
  EXPECT_EQ(admission.enter(Priority::kHigh), "");
  memory.measured(50);
  EXPECT_EQ(admission.enter(Priority::kNormal), "");
}

// A service that does eight requests at a time in 10 ms each; more wait for each other. Twice as many want in.
TEST(Admission, FollowsWhatTheServiceCanDo) {
  MemoryBudget memory;
  Admission admission({.concurrency_max = 500}, memory, TimePoint());
  TimePoint time;
  std::uint32_t refused = 0, most = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::uint32_t entered = 0;
    for (int i = 0; i < 100; ++i) {
      if (admission.enter(Priority::kNormal).empty()) ++entered;
    }
    refused += 100 - entered;
    const Duration took = 10ms * std::max<std::uint32_t>(8, entered) / 8;
    time += took;
    for (std::uint32_t i = 0; i < entered; ++i) admission.leave(Outcome::kAnswered, took, time);
    if (round > 10'000) most = std::max(most, entered);
  }
  EXPECT_GT(refused, 0U);
  EXPECT_GE(most, 8U);
  EXPECT_LE(most, 24U) << "a queue of its own making";
}

}  // namespace
}  // namespace banyan::service
