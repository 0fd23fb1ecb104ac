// IP addresses and networks as people write them: "192.0.2.1", "fd00::1"; "10.0.0.0/8", "fd00::/8".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace banyan {

struct IpAddress {
  bool ipv6 = false;
  std::array<std::uint8_t, 16> bytes{};  // network order; the first 4 for IPv4
};

// Without port, brackets and zone; nothing where it is no address. Does not allocate.
std::optional<IpAddress> parse_ip(std::string_view text);

struct IpNetwork {
  bool ipv6 = false;
  int prefix_bits = 0;
  std::array<std::uint8_t, 16> bytes{};  // network order; the first 4 for IPv4; bits beyond the prefix are zero

  // `address` holds 4 or 16 bytes in network order. An IPv4 address inside IPv6 (::ffff:1.2.3.4) counts as IPv4.
  bool contains(const std::uint8_t* address, bool address_is_ipv6) const;
  bool contains(const IpAddress& address) const { return contains(address.bytes.data(), address.ipv6); }
  std::string text() const;
  bool operator==(const IpNetwork&) const = default;
};

// "10.0.0.0/8", or a single address. Refuses bits set beyond the prefix, naming the network that was meant.
Result<IpNetwork> parse_network(std::string_view text);

}  // namespace banyan
