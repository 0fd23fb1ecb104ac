#include "nginx_import/traffic_ranking.h"

#include <gtest/gtest.h>

namespace banyan::nginx {
namespace {

TEST(TrafficRanking, ValuesBecomeNames) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"/", "/"},
      {"/user/42?x=1", "/user/:id"},
      {"/user/42/posts/7", "/user/:id/posts/:id2"},
      {"/order/0b4e8a52-4b4a-4a67-9d2c-8d1a4f1e2a77", "/order/:uuid"},
      {"/blob/d41d8cd98f00b204e9800998ecf8427e", "/blob/:hash"},
      {"/t/AbCdEfGh1234IjKlMnOpQr", "/t/:token"},
      {"/v2/users/", "/v2/users/"},
      {"http://host/a/1", "/a/:id"},
      {"*", "/"},
  };
  for (const auto& [target, path] : cases) EXPECT_EQ(path_template(target), path) << target;
}

TEST(TrafficRanking, TheMostFrequentComesFirst) {
  TrafficRanking ranking;
  for (int i = 0; i < 30; ++i) ranking.add({"GET", "/user/" + std::to_string(i), 200, std::chrono::milliseconds(20)});
  for (int i = 0; i < 5; ++i) ranking.add({"POST", "/login", i == 0 ? 503 : 302, std::nullopt});
  ranking.add({"GET", "/app.js?v=3", 200, std::nullopt});
  const std::vector<EndpointTraffic> ranked = ranking.ranked(10);
  ASSERT_EQ(ranked.size(), 2u);
  EXPECT_EQ(ranked[0].method + " " + ranked[0].path, "GET /user/:id");
  EXPECT_EQ(ranked[0].count, 30u);
  ASSERT_TRUE(ranked[0].latency.quantile(0.5));
  EXPECT_NEAR(static_cast<double>(ranked[0].latency.quantile(0.5)->count()), 20e6, 2e6);
  EXPECT_EQ(ranked[1].by_class[5], 1u);
  EXPECT_EQ(ranking.asset_count(), 1u);
  EXPECT_EQ(ranking.request_count(), 36u);
}

TEST(TrafficRanking, SegmentsThatDifferOftenAreValues) {
  TrafficRanking ranking;
  for (char c = 'a'; c < 'a' + 20; ++c) ranking.add({"GET", std::string("/posts/title-") + c + "/comments", 200, {}});
  for (std::string_view page : {"about", "contact", "terms"}) ranking.add({"GET", "/" + std::string(page), 200, {}});
  const std::vector<EndpointTraffic> ranked = ranking.ranked(10);
  ASSERT_EQ(ranked.size(), 4u);
  EXPECT_EQ(ranked[0].path, "/posts/:value/comments");
  EXPECT_EQ(ranked[0].count, 20u);
  EXPECT_EQ(ranked[1].path, "/about");
}

TEST(TrafficRanking, MemoryIsBounded) {
  TrafficRanking ranking;
  for (std::size_t i = 0; i < TrafficRanking::kEndpointsMax + 50; ++i) {
    std::string word;
    for (std::size_t rest = i, k = 0; k < 5; ++k, rest /= 26) word += static_cast<char>('a' + rest % 26);
    ranking.add({"GET", "/" + word, 200, {}});
  }
  EXPECT_EQ(ranking.other_count(), 50u);
  EXPECT_EQ(ranking.ranked(10).size(), 1u);  // they differ in one segment alone
}

}  // namespace
}  // namespace banyan::nginx
