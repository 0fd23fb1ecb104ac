// Network addresses as a configuration writes them: "127.0.0.1:8080", "[::1]:8080", "app.internal:9001",
// "unix:run/php.sock". Networks are base/ip_network.h's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ip_network.h"
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

}  // namespace banyan
