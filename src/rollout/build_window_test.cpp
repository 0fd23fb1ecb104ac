#include "rollout/build_window.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kStart{1h};

void see(BuildWindow& window, std::string_view build, TimePoint now, int times) {
  for (int i = 0; i < times; ++i) window.see(build, now);
}

TEST(BuildWindow, BuildsSideBySideAreOneName) {
  BuildWindow window;
  EXPECT_EQ(window.label(), "");
  window.see("b", kStart);
  EXPECT_EQ(window.label(), "b");
  window.see("a", kStart);
  EXPECT_EQ(window.label(), "a, b");
  window.see("b", kStart);
  EXPECT_EQ(window.label(), "a, b");
}

TEST(BuildWindow, ABuildIsGoneAfterItsTimeAndEnoughAnswersOfOthers) {
  BuildWindow window;
  window.see("a", kStart);
  see(window, "b", kStart + 900ms, 300);
  EXPECT_EQ(window.label(), "a, b");  // not long enough
  see(window, "b", kStart + 1100ms, 1);
  EXPECT_EQ(window.label(), "b");
  window.see("a", kStart + 20s);
  see(window, "b", kStart + 1h, 199);
  EXPECT_EQ(window.label(), "a, b");  // it is hardly asked
  see(window, "b", kStart + 1h, 1);
  EXPECT_EQ(window.label(), "b");
}

TEST(BuildWindow, ARestartKeepsThem) {
  BuildWindow window("a, b", kStart);
  EXPECT_EQ(window.label(), "a, b");
  window.see("b", kStart);
  EXPECT_EQ(window.label(), "a, b");
  see(window, "b", kStart + 11s, 200);
  EXPECT_EQ(window.label(), "b");
  EXPECT_EQ(BuildWindow("", kStart).label(), "");
}

TEST(BuildWindow, ANameOfItsOwnForEachAnswerIsNoBuild) {
  BuildWindow window;
  for (int i = 0; i < 1'000; ++i) window.see("request " + std::to_string(i), kStart);
  EXPECT_EQ(window.label(), "");
  see(window, "a", kStart + 11s, 200);
  EXPECT_EQ(window.label(), "a");
}

}  // namespace
}  // namespace banyan
