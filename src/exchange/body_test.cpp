#include "exchange/body.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

TEST(TeeBody, KeepsACopyAndIsCompleteAtTheLastByteOfAKnownLength) {
  StringBody source("hello");
  TeeBody tee(source, 16);
  EXPECT_FALSE(tee.complete());
  BodyFrame frame;
  ASSERT_TRUE(tee.try_next(&frame));
  EXPECT_EQ(frame.data, "hello");
  EXPECT_TRUE(tee.complete());  // a writer that knows the length does not ask for the end
  ASSERT_TRUE(tee.try_next(&frame));
  EXPECT_EQ(frame.kind, BodyFrame::Kind::kEnd);
  EXPECT_TRUE(tee.complete());
  EXPECT_EQ(tee.take_copy(), "hello");
}

TEST(TeeBody, GivesUpTheCopyOverTheLimitAndPassesTheBodyOn) {
  StringBody source("hello");
  TeeBody tee(source, 4);
  BodyFrame frame;
  ASSERT_TRUE(tee.try_next(&frame));
  EXPECT_EQ(frame.data, "hello");
  ASSERT_TRUE(tee.try_next(&frame));
  EXPECT_TRUE(tee.overflowed());
  EXPECT_FALSE(tee.complete());
}

TEST(StringBody, SaysHowMuchIsLeft) {
  auto body = StringBody::owned("abc");
  EXPECT_EQ(body->bytes_left(), 3U);
  BodyFrame frame;
  ASSERT_TRUE(body->try_next(&frame));
  EXPECT_EQ(body->bytes_left(), 0U);
  ASSERT_TRUE(body->try_next(&frame));
  EXPECT_EQ(frame.kind, BodyFrame::Kind::kEnd);
}

}  // namespace
}  // namespace banyan
