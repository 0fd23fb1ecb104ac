#include "net/buffer_pool.h"

#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace banyan {
namespace {

TEST(Buffers, AreCountedWhileLeasedAndRefusedAtTheLimit) {
  MemoryBudget budget(20 * 1024, 48 * 1024);
  BufferLease first = *BufferLease::take(budget);
  EXPECT_EQ(first.size(), 16U * 1024);
  EXPECT_FALSE(budget.above_soft_limit());
  BufferLease second = *BufferLease::take(budget);
  EXPECT_TRUE(budget.above_soft_limit());
  Result<BufferLease> large = BufferLease::take(budget, BufferSize::kLarge);
  EXPECT_EQ(large.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(budget.used(), 32U * 1024);
  EXPECT_EQ(budget.refused(), 1U);
  BufferLease third = *BufferLease::take(budget);
  EXPECT_FALSE(BufferLease::take(budget).ok());
  std::memset(third.data(), 7, third.size());
  first = std::move(second);
  EXPECT_EQ(budget.used(), 32U * 1024);
  EXPECT_FALSE(static_cast<bool>(second));  // NOLINT: moved from on purpose
  third.release();
  third.release();
  EXPECT_EQ(budget.used(), 16U * 1024);
  first.release();
  EXPECT_EQ(budget.used(), 0U);
}

TEST(Buffers, AHardLimitBelowWhatIsUsedRefusesAndDoesNotWrap) {
  MemoryBudget budget;
  EXPECT_TRUE(budget.try_take(1000));
  budget.set_limits(10, 100);
  EXPECT_FALSE(budget.try_take(1));
  EXPECT_TRUE(budget.above_soft_limit());
  budget.give_back(1000);
  EXPECT_TRUE(budget.try_take(100));
  EXPECT_FALSE(budget.try_take(SIZE_MAX));
  EXPECT_EQ(budget.used(), 100U);
  budget.give_back(100);
}

TEST(Buffers, WhatTheProcessHoldsBesidesCounts) {
  MemoryBudget budget(700, 1000);
  EXPECT_TRUE(budget.try_take(100));
  budget.measured(600);  // 500 beside
  EXPECT_EQ(budget.used(), 600U);
  EXPECT_TRUE(budget.try_take(400));
  EXPECT_FALSE(budget.try_take(1)) << "500 and 500 are all there is";
  EXPECT_TRUE(budget.above_soft_limit());
  budget.measured(700);  // of the 500 counted 300 are not yet touched: what was there before them still is
  EXPECT_EQ(budget.used(), 1000U);
  budget.measured(1'320);  // past the limit by what was never counted
  EXPECT_EQ(budget.used(), 1'320U);
  EXPECT_FALSE(budget.try_take(1));
  budget.measured(1'000);  // it is gone, or hidden: known only after a while
  EXPECT_EQ(budget.used(), 1'300U);
  for (int i = 0; i < 1000; ++i) budget.measured(1'000);
  EXPECT_EQ(budget.used(), 1'000U);
  budget.give_back(500);
  EXPECT_EQ(budget.refused(), 2U);
}

TEST(Buffers, AChargeGivesBackAllItTook) {
  MemoryBudget budget(100, 100);
  {
    MemoryCharge charge(budget);
    EXPECT_TRUE(charge.take(60).ok());
    EXPECT_TRUE(charge.take(40).ok());
    EXPECT_EQ(charge.take(1).error().code(), ErrorCode::kResourceExhausted);
    EXPECT_EQ(budget.used(), 100U);
  }
  EXPECT_EQ(budget.used(), 0U);
  budget.set_limits(60, 100);
  MemoryCharge charge(budget);
  EXPECT_FALSE(charge.take(91).ok()) << "a quarter of 40 is left to buffers";
  EXPECT_TRUE(charge.take(90).ok());
  EXPECT_TRUE(budget.try_take(10));
  budget.give_back(10);
  charge.give_back(50);
  EXPECT_EQ(budget.used(), 40U);
}

TEST(Buffers, MayBeReleasedOnAnotherThread) {
  MemoryBudget budget;
  std::vector<BufferLease> leases;
  for (int i = 0; i < 200; ++i) {
    leases.push_back(*BufferLease::take(budget, i % 2 == 0 ? BufferSize::kSmall : BufferSize::kLarge));
  }
  std::thread([&leases] { leases.clear(); }).join();
  EXPECT_EQ(budget.used(), 0U);
}

}  // namespace
}  // namespace banyan
