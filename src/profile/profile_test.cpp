#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "profile/cpu_profile.h"
#include "profile/cpu_sampler.h"
#include "profile/elf_symbols.h"

namespace banyan::profile {

// Outside of the unnamed namespace, so that they have symbols; not inlined, so that they have frames.
__attribute__((noinline)) std::uint64_t profile_test_inner(std::uint64_t from) {
  volatile std::uint64_t sum = from;
  for (int i = 0; i < 100'000; ++i) sum = sum * 6364136223846793005u + 1442695040888963407u;
  return sum;
}
__attribute__((noinline)) std::uint64_t profile_test_outer(std::uint64_t from) {
  volatile std::uint64_t sum = profile_test_inner(from);
  return sum + 1;  // no tail call
}

namespace {

TEST(Pprof, TheMessageIsAsTheFormatSays) {
  Profile profile;
  profile.kinds = {{"a", "b"}};
  profile.samples = {{{{.address = 300, .mapping = 0, .function = "f"}}, {7}}};
  profile.mappings = {{.start = 256, .end = 512, .file = "x", .build_id = "ab", .has_functions = true}};
  profile.period = 5;
  // Written out by hand from profile.proto.
  constexpr char kExpected[] =
      "\x0a\x04\x08\x01\x10\x02"                                          // sample_type: type 1, unit 2
      "\x12\x06\x0a\x01\x01\x12\x01\x07"                                  // sample: location 1, value 7
      "\x1a\x0e\x08\x01\x10\x80\x02\x18\x80\x04\x28\x03\x30\x04\x38\x01"  // mapping
      "\x22\x0b\x08\x01\x10\x01\x18\xac\x02\x22\x02\x08\x01"              // location, line with function 1
      "\x2a\x06\x08\x01\x10\x05\x18\x05"                                  // function f
      "\x60\x05"                                                          // period
      "\x32\x00\x32\x01"
      "a\x32\x01"
      "b\x32\x01x\x32\x02"
      "ab\x32\x01"
      "f";
  const std::string expected(kExpected, sizeof kExpected - 1);
  EXPECT_EQ(encode(profile), expected);
}

TEST(Pprof, TopCountsRecursionOnce) {
  Profile profile;
  profile.kinds = {{"cpu", "nanoseconds"}};
  profile.samples = {{{{.function = "leaf"}, {.function = "f"}, {.function = "f"}}, {3'000'000'000}},
                     {{{.function = "f"}}, {1'000'000'000}}};
  EXPECT_EQ(top_text(profile, 0, 10),
            "Total: 4.00s in 2 different stacks\n"
            "      flat  flat%        cum   cum%\n"
            "     3.00s  75.0%      3.00s  75.0%  leaf\n"
            "     1.00s  25.0%      4.00s 100.0%  f\n");
}

TEST(MemoryMap, LinesAsTheKernelWritesThem) {
  const auto ranges = parse_memory_map(
      "1000-2000 r-xp 00000500 fd:00 12    /usr/bin/a b\n7fff0000-7fff8000 rw-p 00000000 00:00 0 \nnonsense\n");
  ASSERT_EQ(ranges.size(), 2u);
  EXPECT_EQ(ranges[0].path, "/usr/bin/a b");
  EXPECT_EQ(ranges[0].offset, 0x500u);
  EXPECT_TRUE(ranges[0].executable && !ranges[0].writable);
  EXPECT_TRUE(ranges[1].path.empty() && ranges[1].writable);
  EXPECT_GT(read_memory_map().size(), 5u);
}

TEST(ElfSymbols, OwnProgramAndWhatIsNone) {
  const Result<ElfSymbols> own = ElfSymbols::read("/proc/self/exe");
  ASSERT_TRUE(own.ok()) << own.error().text();
  EXPECT_TRUE(own->has_functions());
  EXPECT_EQ(own->build_id().size(), 40u);
  EXPECT_FALSE(ElfSymbols::read("/proc/self/status").ok());
  EXPECT_FALSE(ElfSymbols::read("/nonexistent").ok());
  EXPECT_EQ(demangled("_ZN6banyan7profile5parseEv"), "banyan::profile::parse()");
  EXPECT_EQ(demangled("main"), "main");
}

// Burns CPU on two threads, one of which starts after the sampling, and looks for both in the profile.
TEST(CpuSampler, SeesTheFunctionsThatWork) {
  auto sampler = CpuSampler::start();
  ASSERT_TRUE(sampler.ok()) << sampler.error().text();
  EXPECT_FALSE(CpuSampler::start().ok()) << "one at a time";
  std::atomic<bool> stop{false};
  std::thread other([&stop] {
    for (std::uint64_t x = 1; !stop;) x = profile_test_outer(x);
  });
  const auto enough = [&] { return (*sampler)->samples().size() >= 400; };
  const TimePoint deadline = steady_now() + std::chrono::minutes(5);
  for (std::uint64_t x = 2; !enough() && steady_now() < deadline;) {
    x = profile_test_outer(x);
    (*sampler)->refresh();
  }
  stop = true;
  other.join();
  (*sampler)->stop();
  const Profile profile = make_cpu_profile((*sampler)->samples(), read_memory_map());
  std::int64_t inner_below_outer = 0;
  std::int64_t all = 0;
  for (const Sample& sample : profile.samples) {
    all += sample.values[0];
    for (std::size_t i = 0; i + 1 < sample.stack.size(); ++i) {
      if (sample.stack[i].function.find("profile_test_inner") == std::string::npos) continue;
      if (sample.stack[i + 1].function.find("profile_test_outer") != std::string::npos) {
        inner_below_outer += sample.values[0];
        break;
      }
    }
  }
  EXPECT_GT(inner_below_outer, 5) << top_text(profile, 1, 20);
  EXPECT_GT(all, 20);
  EXPECT_EQ((*sampler)->lost(), 0u);
  EXPECT_FALSE(profile.mappings.empty());
}

TEST(CpuSampler, CanStartAgain) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(CpuSampler::start().ok());
}

}  // namespace
}  // namespace banyan::profile
