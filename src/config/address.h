// Network addresses as a configuration writes them: "127.0.0.1:8080", "[::1]:8080", "app.internal:9001",
// "unix:run/php.sock"; and networks: "10.0.0.0/8", "fd00::/8".
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace banyan {

struct Address {
  enum class Kind : unsigned char { kIp, kName, kUnix };
  Kind kind = Kind::kIp;
  std::string host;        // an IP address without brackets, or a DNS name; empty for kUnix
  std::uint16_t port = 0;  // 1 to 65535; 0 for kUnix
  std::string path;        // of the socket, for kUnix

  // The spelling that parse_address() takes: "[::1]:8080", "unix:/run/php.sock".
  std::string text() const;
  // Reachable from this machine alone: 127.0.0.0/8, ::1, a unix socket, or the name "localhost".
  bool is_local() const;
  bool operator==(const Address&) const = default;
};

// Errors say what is wrong and what to write. Pure: names are not looked up, paths not touched.
Result<Address> parse_address(std::string_view text);

// The longest path a unix socket can have, in bytes.
inline constexpr std::size_t kSocketPathBytesMax = 107;

struct IpNetwork {
  bool ipv6 = false;
  int prefix_bits = 0;
  std::array<std::uint8_t, 16> bytes{};  // network order; the first 4 for IPv4; bits beyond the prefix are zero

  // `address` holds 4 or 16 bytes in network order. An IPv4 address inside IPv6 (::ffff:1.2.3.4) counts as IPv4.
  bool contains(const std::uint8_t* address, bool address_is_ipv6) const;
  std::string text() const;
  bool operator==(const IpNetwork&) const = default;
};

// "10.0.0.0/8", or a single address. Refuses bits set beyond the prefix, naming the network that was meant.
Result<IpNetwork> parse_network(std::string_view text);

}  // namespace banyan
