#include "base/ip_network.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

namespace banyan {
namespace {

Error refuse(std::string_view text, const std::string& what) {
  return Error(ErrorCode::kInvalidArgument, std::string("'").append(text).append("' ").append(what));
}

void clear_host_bits(IpNetwork& network) {
  for (int bit = network.prefix_bits; bit < 128; ++bit) {
    auto& byte = network.bytes[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<std::uint8_t>(byte & ~(0x80 >> bit % 8));
  }
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof buffer) return std::nullopt;
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  IpAddress address;
  address.ipv6 = text.find(':') != text.npos;
  if (inet_pton(address.ipv6 ? AF_INET6 : AF_INET, buffer, address.bytes.data()) != 1) return std::nullopt;
  return address;
}

bool IpNetwork::contains(const std::uint8_t* address, bool address_is_ipv6) const {
  constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (address_is_ipv6 && !ipv6 && std::memcmp(address, kMapped, sizeof kMapped) == 0) {
    address += sizeof kMapped;
  } else if (address_is_ipv6 != ipv6) {
    return false;
  }
  const std::size_t whole = static_cast<std::size_t>(prefix_bits / 8);
  if (std::memcmp(address, bytes.data(), whole) != 0) return false;
  const int rest = prefix_bits % 8;
  return rest == 0 || (address[whole] ^ bytes[whole]) >> (8 - rest) == 0;
}

std::string IpNetwork::text() const {
  char buffer[INET6_ADDRSTRLEN] = {};
  inet_ntop(ipv6 ? AF_INET6 : AF_INET, bytes.data(), buffer, sizeof buffer);
  return std::string(buffer) + "/" + std::to_string(prefix_bits);
}

Result<IpNetwork> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string host(text.substr(0, slash));
  IpNetwork network;
  network.ipv6 = host.find(':') != host.npos;
  if (inet_pton(network.ipv6 ? AF_INET6 : AF_INET, host.c_str(), network.bytes.data()) != 1) {
    return refuse(text, "is not a network, write an address and a prefix length, like 10.0.0.0/8 or fd00::/8");
  }
  const int bits_max = network.ipv6 ? 128 : 32;
  network.prefix_bits = bits_max;
  if (slash != text.npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), network.prefix_bits);
    const bool valid = error == std::errc() && stop == digits.data() + digits.size();
    if (!valid || network.prefix_bits < 0 || network.prefix_bits > bits_max) {
      return refuse(text, "has no valid prefix length, write 0 to " + std::to_string(bits_max) + " after the '/'");
    }
  }
  const IpNetwork written = network;
  clear_host_bits(network);
  if (network != written) return refuse(text, "has bits set beyond its prefix, write " + network.text());
  return network;
}

}  // namespace banyan
