// The PROXY protocol: what a load balancer says, before anything else on a connection, about who is at its far end.
//
// Version 1 is a line of text ("PROXY TCP4 192.0.2.1 192.0.2.9 40000 443\r\n"), version 2 a binary block. Both are read
// strictly: whoever may send one speaks it right, and anything else is refused rather than guessed at. What a sender
// adds in version 2 (TLVs) is read past; families other than TCP over IPv4 or IPv6 say nothing of addresses we could
// use, so the connection keeps its own.
//
// Limits: 107 bytes of a line; kProxyHeaderBytesMax of a block.
// Source: https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/stream.h"
#include "runtime/env.h"
#include "runtime/task.h"

namespace banyan {

enum class ProxyProtocol : std::uint8_t { kNone, kV1, kV2 };

inline constexpr std::size_t kProxyHeaderBytesMax = 4096;

struct ProxyHeader {
  // Families kNone where the sender tells nothing: a connection of its own (LOCAL), or UNKNOWN.
  SocketAddress source;
  SocketAddress destination;
  bool tells() const { return source.family != SocketAddress::Family::kNone; }
  bool operator==(const ProxyHeader&) const = default;
};

struct ProxyOutcome {
  // Exactly one of three: an error; at least `missing` further bytes that all belong to the header; or done.
  std::string_view error;  // a static sentence
  std::size_t missing = 0;
  std::size_t consumed = 0;
  bool done() const { return error.empty() && missing == 0; }
};

// Reads a header from its beginning. Whoever reads exactly `missing` more bytes each time never reads past the header.
ProxyOutcome parse_proxy_header(std::string_view bytes, ProxyHeader& header);

// A header that tells of both addresses, or, where they are not of one IP family, that nothing is known. `version` is
// not kNone.
std::string write_proxy_header(ProxyProtocol version, const SocketAddress& source, const SocketAddress& destination);

// Reads the header of a connection just accepted and, where it tells of addresses, gives the stream these. Errors:
// kInvalidArgument (there is none), kUnavailable, kDeadlineExceeded, kCancelled.
Task<Result<void>> accept_proxy_header(Stream& stream, TimePoint deadline);

}  // namespace banyan
