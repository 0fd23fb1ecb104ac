#include "gateway/grpc_health.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

std::string framed(std::string_view message) {
  return std::string("\0\0\0\0", 4) + static_cast<char>(message.size()) + std::string(message);
}

// The bytes that protoc and its Python runtime give.
TEST(GrpcHealth, AsksForAServiceOrTheServer) {
  EXPECT_EQ(grpc_health_question(""), std::string("\0\0\0\0\0", 5));
  EXPECT_EQ(grpc_health_question("shop.Orders"), std::string("\0\0\0\0\x0d\x0a\x0b", 7) + "shop.Orders");
  const std::string name(300, 'x');
  EXPECT_EQ(grpc_health_question(name), std::string("\0\0\0\x01\x2f\x0a\xac\x02", 8) + name);
}

TEST(GrpcHealth, OnlyServingIsWell) {
  EXPECT_TRUE(grpc_says_serving(framed("\x08\x01")));
  for (const std::string_view other : {"\x08\x02", "\x08\x03", "", "\x08\x81\x02"}) {
    EXPECT_FALSE(grpc_says_serving(framed(other)));
  }
  EXPECT_FALSE(grpc_says_serving(framed(std::string_view("\x08\x00", 2))));
  EXPECT_FALSE(grpc_says_serving(framed("\x08\x01\x08\x02"))) << "the last one counts";
}

TEST(GrpcHealth, PassesOverFieldsItDoesNotKnow) {
  EXPECT_TRUE(
      grpc_says_serving(framed("\x12\x03"
                               "abc\x08\x01\x18\x85\x01\x25zzzz\x31zzzzzzzz")));
}

TEST(GrpcHealth, WhatIsNoAnswerIsNotWell) {
  const std::string good = framed(
      "\x12\x03"
      "abc\x08\x01");
  for (std::size_t bytes = 0; bytes < good.size(); ++bytes) EXPECT_FALSE(grpc_says_serving(good.substr(0, bytes)));
  EXPECT_FALSE(grpc_says_serving(good + "x"));
  EXPECT_FALSE(grpc_says_serving("\x01" + good.substr(1))) << "compressed, which was not offered";
  for (const std::string_view broken : {"\x08", "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x08\x01\x0b",
                                        "\x08\x01\x12\x7f", "\x08\x01\x25z", "\x08\x01\x12\xff"}) {
    EXPECT_FALSE(grpc_says_serving(framed(broken)));
  }
}

}  // namespace
}  // namespace banyan
