#include "rollout/transition_json.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

Transition sample() {
  Transition made;
  made.sequence = 7;
  made.epoch = 2;
  made.key = {.old_build = "php-7", .new_build = "native \"3\"", .rules = "json ignore $.at"};
  made.from = {.stage = Stage::kMirrored, .hundredths = 0};
  made.to = {.stage = Stage::kShifted, .hundredths = 500};
  made.hold = Hold{.by_alarm = true, .reason = "it differs"};
  made.by = "anna";
  made.why = "because\nof it";
  made.evidence.answers = {.compared = 3'327, .different = 1};
  made.evidence.eligible = 3'330;
  made.evidence.dropped = 3;
  made.evidence.races = 2;
  made.evidence.pairs = 9;
  made.evidence.failures = {.new_bad = 1, .old_bad = 2};
  made.evidence.slow = {.new_bad = 11, .old_bad = 35};
  made.at = WallTime(Duration(1'764'374'400'123'456'789));
  return made;
}

std::string text_of(const Transition& transition) {
  std::string text;
  append_transition(text, transition);
  return text;
}

TEST(TransitionJson, ComesBackAsItWas) {
  const std::string text = text_of(sample());
  const Result<Transition> read = parse_transition(text);
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ((*read).evidence, sample().evidence);
  EXPECT_EQ((*read).key, sample().key);
  EXPECT_EQ((*read).hold, sample().hold);
  EXPECT_EQ((*read).to, sample().to);
  EXPECT_EQ((*read).at, sample().at);
  EXPECT_EQ(text_of(*read), text);
}

TEST(TransitionJson, EveryMemberIsNeeded) {
  const std::string text = text_of(sample());
  for (const std::string_view name : {"sequence", "epoch", "key", "new", "stage", "hundredths", "hold", "reason", "by",
                                      "why", "at_ns", "compared", "races", "pairs", "failures", "slow"}) {
    std::string damaged = text;
    const std::size_t at = damaged.find("\"" + std::string(name) + "\":");
    ASSERT_NE(at, std::string::npos) << name;
    damaged[at + 1] = 'X';
    const Result<Transition> read = parse_transition(damaged);
    ASSERT_FALSE(read.ok()) << name;
    EXPECT_EQ(read.error().code(), ErrorCode::kDataLoss);
  }
}

TEST(TransitionJson, SaysWhichMemberIsWrong) {
  std::string text = text_of(sample());
  text.replace(text.find("\"shifted\""), 9, "\"moved\"");
  EXPECT_NE(parse_transition(text).error().message().find("'to.stage'"), std::string::npos);
  text = text_of(sample());
  text.replace(text.find(":500"), 4, ":10001");
  EXPECT_NE(parse_transition(text).error().message().find("'to.hundredths'"), std::string::npos);
  text = text_of(sample());
  text.replace(text.find("\"different\":1"), 13, "\"different\":4000");
  EXPECT_NE(parse_transition(text).error().message().find("'evidence.different'"), std::string::npos);
  EXPECT_FALSE(parse_transition("[]").ok());
  EXPECT_FALSE(parse_transition(text.substr(0, 40)).ok());
}

}  // namespace
}  // namespace banyan
