#include "gateway/answer_sample.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

ComparedAnswer answer_of(std::string_view type, std::string_view body) {
  return {.status = 200, .headers = {{"content-type", type}}, .body = body};
}

// Both answers and their differences as they would be kept.
std::string kept(const ComparedAnswer& old_side, const ComparedAnswer& new_side) {
  const Mask mask;
  bool body_hidden = false;
  std::string text = sample_of(old_side, mask, &body_hidden) + sample_of(new_side, mask, &body_hidden);
  const AnswerComparison found = AnswerComparer::open({})->compare(old_side, new_side);
  EXPECT_FALSE(found.equal());
  return text + sample_differences(found.differences, mask, body_hidden);
}

TEST(AnswerSample, ShowsASecretNeitherInAnswersNorInDifferences) {
  const std::string json = kept(answer_of("application/json", R"({"user":{"name":"ann","token":"s3cret1"},"n":1})"),
                                answer_of("application/json", R"({"user":{"name":"bob","token":"s3cret2"}})"));
  EXPECT_EQ(json.find("s3cret"), std::string::npos) << json;
  EXPECT_NE(json.find(R"({"path":"$.user.token","kind":"value","old":"***","new":"***"})"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("old":"\"ann\"","new":"\"bob\"")"), std::string::npos) << json;
  // A member that is missing shows what would be in it.
  const std::string missing =
      kept(answer_of("application/json", R"({"user":{"password":"s3cret"}})"), answer_of("application/json", "{}"));
  EXPECT_EQ(missing.find("s3cret"), std::string::npos) << missing;
}

// The first difference of bytes begins behind the name of the secret.
TEST(AnswerSample, ShowsNoPieceOfABodyThatGivesASecret) {
  const std::string text = kept(answer_of("text/plain", "token=1s3cret"), answer_of("text/plain", "token=2s3cret"));
  EXPECT_EQ(text.find("s3cret"), std::string::npos) << text;
  const std::string plain = kept(answer_of("text/plain", "name=1ann"), answer_of("text/plain", "name=2bob"));
  EXPECT_NE(plain.find("2bob"), std::string::npos) << plain;
}

TEST(AnswerSample, ShowsOfACookieItsAttributesAndNotItsValue) {
  const std::string text = kept({.status = 200, .headers = {{"set-cookie", "sid=s3cret; path=/; secure"}}},
                                {.status = 200, .headers = {{"set-cookie", "sid=s3cret; path=/"}}});
  EXPECT_EQ(text.find("s3cret"), std::string::npos) << text;
  const std::string_view shown = R"({"path":"cookie sid","kind":"header","old":"path=/; secure","new":"path=/"})";
  EXPECT_NE(text.find(shown), std::string::npos) << text;
}

}  // namespace
}  // namespace banyan
