#include "gray/gray_program.h"

#include <map>

#include <gtest/gtest.h>

namespace banyan {
namespace {

class Values final : public RequestValues {
 public:
  Values(std::initializer_list<std::pair<const std::string, std::string>> values) : values_(values) {}
  std::optional<std::string_view> find(const ValueName& name, std::string&) const override {
    const auto found = values_.find(name.text());
    if (found == values_.end()) return std::nullopt;
    return found->second;
  }

 private:
  std::map<std::string, std::string> values_;
};

// The route of a configuration whose clusters are legacy, native and third, with these keys.
GatewayConfig config_of(const std::string& keys) {
  Diagnostics diagnostics("test.yaml");
  std::vector<FileReference> files;
  GatewayConfig config = parse_gateway_config(
      "version: 1\ngateway: {listen: [\"127.0.0.1:80\"]}\nclusters:\n"
      "  legacy: {protocol: http1, endpoints: [\"127.0.0.1:1\"]}\n"
      "  native: {protocol: http1, endpoints: [\"127.0.0.1:2\"]}\n"
      "  third: {protocol: http1, endpoints: [\"127.0.0.1:3\"]}\n"
      "routes:\n  - {id: shop, match: {prefix: /}, " +
          keys + "}\n",
      diagnostics.file(), diagnostics, files);
  EXPECT_FALSE(diagnostics.has_errors()) << diagnostics_text(diagnostics.sorted());
  return config;
}

constexpr const char* kHalves =
    "sticky: {keys: [\"header:x-user-id\", \"cookie:uid\"]}, "
    "split: [{cluster: legacy, percent: 50}, {cluster: native, percent: 50, colour: green}]";

class Decider {
 public:
  explicit Decider(const std::string& keys) : config_(config_of(keys)), program_(config_.routes.front()) {}
  GrayDecision operator()(const Values& values, GrayInput input = {}) const { return program_.decide(values, input); }
  const GrayProgram& program() const { return program_; }

 private:
  GatewayConfig config_;
  GrayProgram program_;
};

std::string with(const std::string& more) { return more + ", " + kHalves; }

TEST(GrayProgram, TakesTheFirstKeyPresent) {
  const Decider decide(kHalves);
  const GrayDecision by_header = decide({{"header:x-user-id", "7"}, {"cookie:uid", "8"}});
  EXPECT_EQ(by_header.by, DecidedBy::kKey);
  EXPECT_EQ(by_header.key, 0U);
  EXPECT_EQ(by_header.bucket, split_bucket("shop", "7"));
  const GrayDecision by_cookie = decide({{"cookie:uid", "8"}});
  EXPECT_EQ(by_cookie.key, 1U);
  EXPECT_EQ(by_cookie.bucket, split_bucket("shop", "8"));
  EXPECT_EQ(by_cookie.target, by_cookie.bucket < 5000 ? 1U : 0U);
}

TEST(GrayProgram, LeavesARequestWithoutAKeyToChance) {
  const Decider decide(kHalves);
  EXPECT_EQ(decide({}, {.random = 4999}).by, DecidedBy::kChance);
  EXPECT_EQ(decide({}, {.random = 4999}).target, 1U);
  EXPECT_EQ(decide({}, {.random = 5000}).target, 0U);
  EXPECT_EQ(decide({}, {.random = 24999}).target, 1U);
}

TEST(GrayProgram, HashesWithTheSaltOfTheRoute) {
  const Decider own(
      "sticky: {keys: [ip], salt: other}, split: [{cluster: legacy, percent: 99.99}, "
      "{cluster: native, percent: 0.01}]");
  EXPECT_EQ(own.program().salt(), "other");
  EXPECT_EQ(own({{"ip", "192.0.2.1"}}).bucket, split_bucket("other", "192.0.2.1"));
  EXPECT_EQ(own.program().buckets_of(1), 1U);
}

TEST(GrayProgram, ObeysTheColourOfTheRequest) {
  const Decider decide(
      with("rules: [{when: {cidr: 0.0.0.0/0}, to: legacy}], always: {legacy: [\"7\"]}, "
           "never: {green: [\"7\"]}"));
  const Values values({{"header:x-user-id", "7"}, {"ip", "192.0.2.1"}});
  EXPECT_EQ(decide(values, {.colour = "green"}).by, DecidedBy::kColour);
  EXPECT_EQ(decide(values, {.colour = "green"}).target, 1U);
  EXPECT_EQ(decide(values, {.colour = "blue"}).by, DecidedBy::kAlways) << "no target has it";
  EXPECT_EQ(decide(values, {.colour = "native"}).by, DecidedBy::kAlways) << "its colour is green";
}

TEST(GrayProgram, TriesRulesInOrder) {
  const Decider decide(
      with("rules: [{when: {header: {x-beta: \"1\"}}, to: green}, "
           "{when: {cookie: {beta: \"*\"}, query: {v: \"2\"}}, to: third}, "
           "{when: {jwt: {tenant: acme}}, to: legacy}, {when: {cidr: [10.0.0.0/8]}, to: native}]"));
  EXPECT_EQ(decide({{"header:x-beta", "1"}, {"jwt:tenant", "acme"}}).rule, 0U);
  EXPECT_EQ(decide({{"header:x-beta", "1"}}).target, 1U);
  const GrayDecision both = decide({{"header:x-beta", "2"}, {"cookie:beta", "x"}, {"query:v", "2"}});
  EXPECT_EQ(both.rule, 1U);
  EXPECT_EQ(both.target, 2U) << "a target without a share";
  EXPECT_EQ(decide({{"cookie:beta", "x"}}).by, DecidedBy::kChance) << "one of two conditions";
  EXPECT_EQ(decide({{"jwt:tenant", "acme"}}).rule, 2U);
  EXPECT_EQ(decide({{"ip", "10.1.2.3"}}).rule, 3U);
  EXPECT_EQ(decide({{"ip", "11.1.2.3"}}).by, DecidedBy::kChance);
  EXPECT_EQ(decide({{"ip", "not an address"}}).by, DecidedBy::kChance);
}

TEST(GrayProgram, AsksExpressionsAndTheClock) {
  const Decider decide(
      with("rules: [{when: {time: {from: \"1970-01-01\", until: \"1970-01-02\"}, "
           "expression: 'header(\"x-version\") >= 2'}, to: green}]"));
  EXPECT_TRUE(decide.program().looks_at_time());
  const Values values({{"header:x-version", "2.5"}});
  EXPECT_EQ(decide(values, {.unix_seconds = 86'399}).by, DecidedBy::kRule);
  EXPECT_EQ(decide(values, {.unix_seconds = 86'400}).by, DecidedBy::kChance);
  EXPECT_EQ(decide({{"header:x-version", "1"}}).by, DecidedBy::kChance);
}

TEST(GrayProgram, ListsUsersWhoAlwaysOrNeverGetATarget) {
  const Decider decide(
      with("always: {green: [\"1\", 2], third: [\"3\"]}, never: {green: [\"4\", \"5\"], legacy: [\"5\"]}, "
           "rules: [{when: {header: {x-beta: \"1\"}}, to: green}]"));
  for (const char* user : {"1", "2"}) {
    EXPECT_EQ(decide({{"header:x-user-id", user}}).by, DecidedBy::kAlways) << user;
    EXPECT_EQ(decide({{"header:x-user-id", user}}).target, 1U) << user;
  }
  EXPECT_EQ(decide({{"cookie:uid", "3"}}).target, 2U);
  const GrayDecision kept = decide({{"header:x-user-id", "4"}, {"header:x-beta", "1"}});
  EXPECT_EQ(kept.by, DecidedBy::kKey) << "the rule leads to what the user never gets";
  EXPECT_TRUE(kept.kept_away);
  EXPECT_EQ(kept.target, 0U);
  EXPECT_EQ(decide({{"header:x-user-id", "5"}}).target, 2U) << "the only target left";
  EXPECT_EQ(decide({{"header:x-beta", "1"}}).by, DecidedBy::kRule) << "nobody in particular";
}

TEST(GrayProgram, KeepsThoseWhoAreInAsASharesGrows) {
  const auto split = [](int percent) {
    return "sticky: {keys: [ip]}, split: [{cluster: legacy, percent: " + std::to_string(100 - percent) +
           "}, {cluster: native, percent: " + std::to_string(percent) + "}]";
  };
  const Decider five(split(5));
  const Decider ten(split(10));
  int in = 0;
  for (int user = 0; user < 20'000; ++user) {
    const Values values({{"ip", std::to_string(user)}});
    in += five(values).target == 1;
    if (five(values).target == 1) ASSERT_EQ(ten(values).target, 1U) << user;
  }
  EXPECT_NEAR(in, 1'000, 200);
}

TEST(GrayProgram, CountsInHundredsForTeamsThatDid) {
  const Decider decide(
      "sticky: {keys: [\"header:x-user-id\", ip], mod100: {hash: numeric}}, split: "
      "[{cluster: legacy, percent: 70}, {cluster: native, percent: 20}, {cluster: third, percent: 10}]");
  EXPECT_EQ(decide({{"header:x-user-id", "119"}}).target, 1U);
  EXPECT_EQ(decide({{"header:x-user-id", "120"}}).target, 2U);
  EXPECT_EQ(decide({{"header:x-user-id", "129"}}).target, 2U);
  EXPECT_EQ(decide({{"header:x-user-id", "130"}}).target, 0U);
  EXPECT_EQ(decide({{"header:x-user-id", "119"}}).bucket, 19U);
  EXPECT_EQ(decide.program().buckets_of(2), 10U);
  const GrayDecision not_a_number = decide({{"header:x-user-id", "abc"}, {"ip", "5"}});
  EXPECT_EQ(not_a_number.key, 1U);
}

TEST(GrayProgram, DividesOneClusterByColour) {
  const Decider decide(
      "sticky: {keys: [ip]}, split: [{cluster: native, percent: 90}, "
      "{cluster: native, percent: 10, colour: green}]");
  EXPECT_EQ(decide({}, {.colour = "green"}).target, 1U);
  EXPECT_EQ(decide({}, {.colour = "native"}).target, 0U);
}

}  // namespace
}  // namespace banyan
