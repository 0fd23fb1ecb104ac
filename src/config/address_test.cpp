#include "config/address.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

TEST(Address, GoesThereAndBack) {
  for (const char* text : {"127.0.0.1:80", "0.0.0.0:65535", "[::1]:8080", "[fd00::1%eth0]:80", "app.internal:9001",
                           "php_1:9000", "localhost:80", "unix:run/php.sock", "unix:/run/php.sock"}) {
    const Result<Address> address = parse_address(text);
    if (std::string_view(text).find('%') != std::string_view::npos) {
      EXPECT_FALSE(address.ok()) << "zones belong to one machine";
      continue;
    }
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address->text(), text);
  }
}

TEST(Address, KnowsItsKindAndReach) {
  EXPECT_EQ(parse_address("127.0.0.1:80")->kind, Address::Kind::kIp);
  EXPECT_EQ(parse_address("[::1]:80")->kind, Address::Kind::kIp);
  EXPECT_EQ(parse_address("one.two:80")->kind, Address::Kind::kName);
  for (const char* text : {"127.9.9.9:80", "[::1]:80", "unix:x", "localhost:80"}) {
    EXPECT_TRUE(parse_address(text)->is_local()) << text;
  }
  for (const char* text : {"0.0.0.0:80", "[::]:80", "10.0.0.1:80", "example.com:80"}) {
    EXPECT_FALSE(parse_address(text)->is_local()) << text;
  }
}

}  // namespace
}  // namespace banyan
