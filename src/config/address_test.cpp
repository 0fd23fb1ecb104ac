#include "config/address.h"

#include <arpa/inet.h>

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

bool contains(const char* network, const char* address) {
  std::uint8_t bytes[16];
  const bool ipv6 = std::string_view(address).find(':') != std::string_view::npos;
  EXPECT_EQ(inet_pton(ipv6 ? AF_INET6 : AF_INET, address, bytes), 1);
  return parse_network(network)->contains(bytes, ipv6);
}

TEST(IpNetwork, ContainsItsAddressesOnly) {
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(contains("192.168.16.0/20", "192.168.31.255"));
  EXPECT_FALSE(contains("192.168.16.0/20", "192.168.32.0"));
  EXPECT_TRUE(contains("0.0.0.0/0", "1.2.3.4"));
  EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(contains("fd00::/8", "fdff::1"));
  EXPECT_FALSE(contains("fd00::/8", "fe00::1"));
  EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.1.1.1")) << "IPv4 inside IPv6";
  EXPECT_FALSE(contains("::/0", "1.2.3.4"));
  EXPECT_TRUE(contains("::/0", "::1"));
}

TEST(IpNetwork, PrintsWhatItRead) {
  for (const char* text : {"10.0.0.0/8", "0.0.0.0/0", "192.0.2.1/32", "fd00::/8", "::1/128"}) {
    EXPECT_EQ(parse_network(text)->text(), text);
  }
  for (const char* text : {"", "10/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "10.0.0.1/31"}) {
    EXPECT_FALSE(parse_network(text).ok()) << text;
  }
}

}  // namespace
}  // namespace banyan
