// What one client may cost a server, whatever the protocol on the wire.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "http/head_lines.h"

namespace banyan {

struct ServerLimits {
  HeadLimits head;
  std::uint64_t body_bytes_max = 64ULL * 1024 * 1024;
  Duration header_timeout = std::chrono::seconds(10);  // for a head to be whole, from its first byte
  Duration idle_timeout = std::chrono::seconds(75);    // of a connection without a request
  Duration body_timeout = std::chrono::seconds(30);    // for each wait for body bytes, or for a client that must read
};

}  // namespace banyan
