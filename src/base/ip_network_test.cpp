#include "base/ip_network.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

bool contains(const char* network, const char* address) {
  const std::optional<IpAddress> parsed = parse_ip(address);
  EXPECT_TRUE(parsed) << address;
  return parsed && parse_network(network)->contains(*parsed);
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

TEST(IpAddress, TakesAddressesAlone) {
  for (const char* text : {"", "1.2.3", "1.2.3.4:80", "[::1]", "fe80::1%eth0", "localhost", "1.2.3.4 "}) {
    EXPECT_FALSE(parse_ip(text)) << text;
  }
  EXPECT_FALSE(parse_ip(std::string(100, '1')));
  EXPECT_FALSE(parse_ip("1.2.3.4")->ipv6);
  EXPECT_TRUE(parse_ip("::ffff:1.2.3.4")->ipv6);
}

}  // namespace
}  // namespace banyan
