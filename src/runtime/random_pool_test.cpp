#include "runtime/random_pool.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <set>
#include <thread>
#include <vector>

namespace banyan {
namespace {

std::uint64_t number() {
  std::uint64_t bits = 0;
  fill_from_pool(std::as_writable_bytes(std::span(&bits, 1)));
  return bits;
}

TEST(RandomPool, GivesNoNumberTwiceOnTwoThreads) {
  constexpr int kEach = 10'000;
  std::array<std::vector<std::uint64_t>, 2> given;
  {
    std::vector<std::jthread> threads;
    for (auto& numbers : given) {
      threads.emplace_back([&numbers] {
        for (int i = 0; i < kEach; ++i) numbers.push_back(number());
      });
    }
  }
  std::set<std::uint64_t> distinct(given[0].begin(), given[0].end());
  distinct.insert(given[1].begin(), given[1].end());
  EXPECT_EQ(distinct.size(), 2U * kEach);  // of 64 bits: a pair alike has a chance of 1 in 10^11
}

TEST(RandomPool, FillsAllBytesOfAnySize) {
  for (const std::size_t size : {1U, 7U, 63U, 64U, 65U, 1000U}) {
    std::vector<std::byte> seen(size);  // the bits that were ever 1
    for (int round = 0; round < 64; ++round) {
      std::vector<std::byte> bytes(size + 1, std::byte{0});
      fill_from_pool(std::span(bytes).first(size));
      for (std::size_t i = 0; i < size; ++i) seen[i] |= bytes[i];
      EXPECT_EQ(bytes[size], std::byte{0});
    }
    for (const std::byte bits : seen) EXPECT_EQ(bits, std::byte{0xff}) << size;
  }
}

TEST(RandomPool, AForkedChildGetsOtherNumbersThanItsParent) {
  number();  // so that both have bytes left that were taken before
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const std::uint64_t mine = number();
    ::_exit(::write(ends[1], &mine, sizeof mine) == sizeof mine ? 0 : 1);
  }
  const std::uint64_t mine = number();
  std::uint64_t its = 0;
  EXPECT_EQ(::read(ends[0], &its, sizeof its), static_cast<ssize_t>(sizeof its));
  int status = -1;
  ::waitpid(child, &status, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(status, 0);
  EXPECT_NE(mine, its);
}

}  // namespace
}  // namespace banyan
