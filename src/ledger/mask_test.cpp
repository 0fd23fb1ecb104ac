#include "ledger/mask.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

Mask mask_of(const std::vector<std::string>& places) {
  Result<Mask> mask = Mask::parse(places);
  EXPECT_TRUE(mask.ok()) << mask.error().text();
  return mask.ok() ? *std::move(mask) : Mask();
}

TEST(Mask, HidesCredentialsWithoutBeingTold) {
  const Mask mask;
  EXPECT_EQ(mask.header("Authorization", "Bearer secret"), "***");
  EXPECT_EQ(mask.header("COOKIE", "sid=1"), "***");
  EXPECT_EQ(mask.header("set-cookie", "sid=1"), "***");
  EXPECT_EQ(mask.header("accept", "*/*"), "*/*");
  EXPECT_EQ(mask.header("location", "/next?token=abc&x=1"), "/next?token=***&x=1");
}

TEST(Mask, HidesFieldsAndParametersByName) {
  const Mask mask = mask_of({"header:X-Session", "query:code"});
  EXPECT_EQ(mask.header("x-session", "1"), "***");
  EXPECT_EQ(mask.target("/a?code=1&b=2&code=3#x"), "/a?code=***&b=2&code=***#x");
  EXPECT_EQ(mask.target("/a?%63ode=1;password=2&c"), "/a?%63ode=***;password=***&c");
  EXPECT_EQ(mask.target("/a?&=&barcode=1"), "/a?&=&barcode=1");
  EXPECT_EQ(mask.target("/code=1"), "/code=1");
}

TEST(Mask, KeepsCredentialsWhereItIsToldTo) {
  const Result<Mask> mask = Mask::parse({"header:cookie"}, Credentials::kKept);
  ASSERT_TRUE(mask.ok());
  EXPECT_EQ(mask->header("authorization", "Bearer x"), "Bearer x");
  EXPECT_EQ(mask->header("cookie", "a=1"), "***");
  EXPECT_EQ(mask->target("/a?token=1"), "/a?token=1");
}

TEST(Mask, HidesPlacesOfABodyAndWhatLiesBelow) {
  const Mask mask = mask_of({"$.email", "$..token", "$.cards[*].number", "$.inner"});
  EXPECT_EQ(mask.body(R"({"email":"a@b.c","id":1.50,"x":{"token":{"a":[1]}},"cards":[{"number":4,"n":5}],)"
                      R"("inner":{"email":1},"email":2})",
                      1'000),
            R"({"email":"***","id":1.50,"x":{"token":"***"},"cards":[{"number":"***","n":5}],"inner":"***",)"
            R"("email":"***"})");
  EXPECT_EQ(mask_of({"$"}).body("[1]", 100), R"("***")");
}

TEST(Mask, ABodyThatCannotBeReadIsNotKeptWhereSomethingWasToBeHidden) {
  EXPECT_EQ(mask_of({"$.email"}).body(R"({"email":"a@b.c")", 100), R"("***")");
  EXPECT_EQ(Mask().body("<p>\"hi\"</p>", 100), R"("<p>\"hi\"</p>")");
  EXPECT_EQ(Mask().body("", 100), R"("")");
}

TEST(Mask, ALongBodyIsCutAfterItWasMasked) {
  const std::string body = R"({"email":"secret","x":")" + std::string(500, 'y') + "\"}";
  const std::string kept = mask_of({"$.email"}).body(body, 100);
  EXPECT_LE(kept.size(), 100u);
  EXPECT_EQ(kept.find("secret"), std::string::npos);
  EXPECT_NE(kept.find("***"), std::string::npos);
  EXPECT_LE(Mask().body(std::string(1'000, '\x01'), 64).size(), 64u);
}

TEST(Mask, RefusesWhatIsNoPlace) {
  for (const char* place : {"email", "header:", "query:", "$.", "$[", ""}) {
    const Result<Mask> mask = Mask::parse({place});
    ASSERT_FALSE(mask.ok()) << place;
    EXPECT_NE(mask.error().text().find(place), std::string::npos) << mask.error().text();
  }
}

}  // namespace
}  // namespace banyan
