#include "net/proxy_header.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

SocketAddress address(std::string_view text) { return *SocketAddress::parse(text); }

ProxyHeader read(std::string_view bytes) {
  ProxyHeader header;
  const ProxyOutcome outcome = parse_proxy_header(bytes, header);
  EXPECT_TRUE(outcome.done()) << outcome.error;
  EXPECT_EQ(outcome.consumed, bytes.size());
  return header;
}

std::string_view error_of(std::string_view bytes) {
  ProxyHeader header;
  return parse_proxy_header(bytes, header).error;
}

const std::string kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
std::string block(std::string_view rest) { return kSignature + std::string(rest); }

TEST(ProxyHeader, LinesOfVersion1) {
  const ProxyHeader ipv4 = read("PROXY TCP4 192.0.2.1 192.0.2.9 40000 443\r\n");
  EXPECT_EQ(ipv4.source, address("192.0.2.1:40000"));
  EXPECT_EQ(ipv4.destination, address("192.0.2.9:443"));
  EXPECT_EQ(read("PROXY TCP6 2001:db8::1 ::1 1 65535\r\n").source, address("[2001:db8::1]:1"));
  EXPECT_FALSE(read("PROXY UNKNOWN\r\n").tells());
  EXPECT_FALSE(read("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n").tells());
}

TEST(ProxyHeader, LinesThatAreRefused) {
  for (const std::string_view line :
       {"GET / HTTP/1.1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", "PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", "PROXY TCP4 ::1 ::1 1 2\r\n",
        "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n",
        "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY UNKNOWNS\r\n", "PROXY \r\n"}) {
    EXPECT_FALSE(error_of(line).empty()) << line;
  }
  EXPECT_FALSE(error_of("PROXY UNKNOWN " + std::string(100, 'x')).empty());
}

TEST(ProxyHeader, BlocksOfVersion2) {
  const std::string ipv4 = block(std::string_view("\x21\x11\0\x0c\x7f\0\0\x01\x0a\0\0\x02\x12\x34\0\x50", 16));
  EXPECT_EQ(read(ipv4).source, address("127.0.0.1:4660"));
  EXPECT_EQ(read(ipv4).destination, address("10.0.0.2:80"));
  // Additions are read past; LOCAL and families that are not TCP tell nothing.
  EXPECT_EQ(read(block(std::string_view("\x21\x11\0\x0f\x7f\0\0\x01\x0a\0\0\x02\x12\x34\0\x50"
                                        "abc",
                                        19)))
                .source,
            address("127.0.0.1:4660"));
  EXPECT_FALSE(read(block(std::string_view("\x20\x11\0\0", 4))).tells());
  EXPECT_FALSE(read(block(std::string_view("\x20\xff\0\x01x", 5))).tells());
  EXPECT_FALSE(read(block(std::string_view("\x21\x12\0\x01x", 5))).tells());
}

TEST(ProxyHeader, BlocksThatAreRefused) {
  for (const std::string_view rest :
       {std::string_view("\x11\x11\0\0", 4), std::string_view("\x22\x11\0\0", 4), std::string_view("\x21\x41\0\0", 4),
        std::string_view("\x21\x13\0\0", 4), std::string_view("\x21\x11\0\x0b", 4),
        std::string_view("\x21\x21\0\x23", 4), std::string_view("\x20\x00\xff\xff", 4)}) {
    EXPECT_FALSE(error_of(block(rest)).empty());
  }
}

TEST(ProxyHeader, NothingBeyondItIsRead) {
  for (const std::string& whole :
       {std::string("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"), std::string("PROXY UNKNOWN\r\n"),
        std::string("PROXY TCP6 ::1 ::1 1 2\r\n"),
        block(std::string_view("\x21\x11\0\x0c\x7f\0\0\x01\x0a\0\0\x02\x12\x34\0\x50", 16))}) {
    ProxyHeader header;
    std::string given;
    for (;;) {
      const ProxyOutcome outcome = parse_proxy_header(given, header);
      if (outcome.missing == 0) break;
      ASSERT_LE(given.size() + outcome.missing, whole.size()) << whole;
      given = whole.substr(0, given.size() + outcome.missing);
    }
    EXPECT_EQ(given, whole);
  }
}

TEST(ProxyHeader, WhatIsWrittenCanBeRead) {
  for (const ProxyProtocol version : {ProxyProtocol::kV1, ProxyProtocol::kV2}) {
    for (const auto& [from, to] : {std::pair{"1.2.3.4:5", "6.7.8.9:10"}, {"[::1]:1", "[2001:db8::1]:443"}}) {
      const ProxyHeader header = read(write_proxy_header(version, address(from), address(to)));
      EXPECT_EQ(header.source, address(from));
      EXPECT_EQ(header.destination, address(to));
    }
    EXPECT_FALSE(read(write_proxy_header(version, address("1.2.3.4:5"), address("[::1]:1"))).tells());
    EXPECT_FALSE(read(write_proxy_header(version, address("unix:/a"), address("unix:/b"))).tells());
  }
}

}  // namespace
}  // namespace banyan
