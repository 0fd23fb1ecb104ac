#include "net/proxy_header.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace banyan {
namespace {

using Family = SocketAddress::Family;

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::string_view kLineStart = "PROXY ";
constexpr std::size_t kLineBytesMax = 107;
constexpr std::size_t kBlockHeadBytes = 16;

ProxyOutcome refused(std::string_view why) { return {why, 0, 0}; }
ProxyOutcome needs(std::size_t bytes) { return {{}, bytes, 0}; }
ProxyOutcome done(std::size_t bytes) { return {{}, 0, bytes}; }

// ---- version 1 ----

// Addresses in the one spelling inet_ntop(3) gives are not asked for, but nothing beyond what inet_pton(3) takes.
bool read_address(std::string_view text, int family, SocketAddress& out) {
  char buffer[INET6_ADDRSTRLEN + 1] = {};
  if (text.empty() || text.size() >= sizeof buffer) return false;
  std::memcpy(buffer, text.data(), text.size());
  out.family = family == AF_INET ? Family::kIpv4 : Family::kIpv6;
  return inet_pton(family, buffer, out.ip) == 1;
}

bool read_port(std::string_view text, SocketAddress& out) {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text[0] == '0')) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.port);
  return error == std::errc() && end == text.data() + text.size();
}

// The least that must still come of a line that has not ended.
std::size_t missing_of_line(std::string_view line) {
  if (line.ends_with('\r')) return 1;
  constexpr std::string_view kUnknown = "PROXY UNKNOWN";
  if (line.size() < kUnknown.size() && kUnknown.starts_with(line)) return kUnknown.size() + 2 - line.size();
  if (line.starts_with(kUnknown)) return 2;
  const auto spaces = static_cast<std::size_t>(std::count(line.begin(), line.end(), ' '));
  const std::size_t fields = spaces < 5 ? 5 - spaces : 0;  // each at least a space and a character
  return 2 * fields + 2;
}

ProxyOutcome parse_line(std::string_view bytes, ProxyHeader& header) {
  const std::size_t end = bytes.substr(0, kLineBytesMax).find('\n');
  if (end == std::string_view::npos) {
    if (bytes.size() >= kLineBytesMax) return refused("the PROXY line is longer than 107 bytes");
    return needs(std::min(missing_of_line(bytes), kLineBytesMax - bytes.size()));
  }
  if (bytes[end - 1] != '\r') return refused("the PROXY line does not end with CRLF");
  std::string_view rest = bytes.substr(kLineStart.size(), end - 1 - kLineStart.size());
  if (rest == "UNKNOWN" || rest.starts_with("UNKNOWN ")) return done(end + 1);
  std::array<std::string_view, 5> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t space = rest.find(' ');
    if ((space == std::string_view::npos) != (i == 4)) return refused("the PROXY line does not have six parts");
    parts[i] = rest.substr(0, space);
    rest = i == 4 ? std::string_view() : rest.substr(space + 1);
  }
  if (parts[0] != "TCP4" && parts[0] != "TCP6") return refused("the PROXY line names no family that is known");
  const int family = parts[0] == "TCP4" ? AF_INET : AF_INET6;
  ProxyHeader read;
  if (!read_address(parts[1], family, read.source) || !read_address(parts[2], family, read.destination)) {
    return refused("the PROXY line has an address that is none of its family");
  }
  if (!read_port(parts[3], read.source) || !read_port(parts[4], read.destination)) {
    return refused("the PROXY line has a port that is none");
  }
  header = std::move(read);
  return done(end + 1);
}

// ---- version 2 ----

std::size_t number16(std::string_view bytes, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])) << 8 |
         static_cast<unsigned char>(bytes[at + 1]);
}

// `bytes` begin with the block of addresses: both addresses, both ports.
void take_addresses(std::string_view bytes, Family family, ProxyHeader& header) {
  const std::size_t size = family == Family::kIpv4 ? 4 : 16;
  header.source.family = header.destination.family = family;
  std::memcpy(header.source.ip, bytes.data(), size);
  std::memcpy(header.destination.ip, bytes.data() + size, size);
  header.source.port = static_cast<std::uint16_t>(number16(bytes, 2 * size));
  header.destination.port = static_cast<std::uint16_t>(number16(bytes, 2 * size + 2));
}

ProxyOutcome parse_block(std::string_view bytes, ProxyHeader& header) {
  if (bytes.size() < kBlockHeadBytes) return needs(kBlockHeadBytes - bytes.size());
  const auto command = static_cast<unsigned char>(bytes[12]);
  const auto kind = static_cast<unsigned char>(bytes[13]);
  const std::size_t length = number16(bytes, 14);
  if (command >> 4 != 2) return refused("the PROXY header is of a version that is not known");
  if ((command & 0xf) > 1) return refused("the PROXY header has a command that is not known");
  const bool proxied = (command & 0xf) == 1;  // of LOCAL, all that follows is ignored (section 2.2)
  if (proxied && (kind >> 4 > 3 || (kind & 0xf) > 2)) {
    return refused("the PROXY header names a family that is not known");
  }
  const std::size_t whole = kBlockHeadBytes + length;
  if (whole > kProxyHeaderBytesMax) return refused("the PROXY header is longer than 4096 bytes");
  const bool ipv4 = kind == 0x11;
  const bool ipv6 = kind == 0x21;
  if (proxied && ((ipv4 && length < 12) || (ipv6 && length < 36))) {
    return refused("the PROXY header is too short for its addresses");
  }
  if (bytes.size() < whole) return needs(whole - bytes.size());
  if (proxied && (ipv4 || ipv6)) {
    take_addresses(bytes.substr(kBlockHeadBytes), ipv4 ? Family::kIpv4 : Family::kIpv6, header);
  }
  return done(whole);
}

bool is_ip(Family family) { return family == Family::kIpv4 || family == Family::kIpv6; }

void append16(std::string& out, std::size_t number) {
  out += static_cast<char>(number >> 8);
  out += static_cast<char>(number);
}

}  // namespace

ProxyOutcome parse_proxy_header(std::string_view bytes, ProxyHeader& header) {
  header = {};
  const std::size_t shared = std::min(bytes.size(), kSignature.size());
  if (bytes.empty()) return needs(kSignature.size());
  if (bytes.substr(0, shared) == kSignature.substr(0, shared)) {
    return shared < kSignature.size() ? needs(kBlockHeadBytes - shared) : parse_block(bytes, header);
  }
  const std::size_t begun = std::min(bytes.size(), kLineStart.size());
  if (bytes.substr(0, begun) == kLineStart.substr(0, begun)) return parse_line(bytes, header);
  return refused("the connection does not begin with a PROXY header");
}

std::string write_proxy_header(ProxyProtocol version, const SocketAddress& source, const SocketAddress& destination) {
  const bool known = source.family == destination.family && is_ip(source.family);
  const bool ipv4 = source.family == Family::kIpv4;
  if (version == ProxyProtocol::kV1) {
    if (!known) return "PROXY UNKNOWN\r\n";
    const auto bare = [](const SocketAddress& address) {
      char text[INET6_ADDRSTRLEN];
      return std::string(
          inet_ntop(address.family == Family::kIpv4 ? AF_INET : AF_INET6, address.ip, text, sizeof text));
    };
    return std::string(ipv4 ? "PROXY TCP4 " : "PROXY TCP6 ") + bare(source) + " " + bare(destination) + " " +
           std::to_string(source.port) + " " + std::to_string(destination.port) + "\r\n";
  }
  std::string out(kSignature);
  out += '\x21';
  const std::size_t size = ipv4 ? 4 : 16;
  out += static_cast<char>(!known ? 0x00 : ipv4 ? 0x11 : 0x21);
  append16(out, known ? 2 * size + 4 : 0);
  if (!known) return out;
  out.append(reinterpret_cast<const char*>(source.ip), size);
  out.append(reinterpret_cast<const char*>(destination.ip), size);
  append16(out, source.port);
  append16(out, destination.port);
  return out;
}

Task<Result<void>> accept_proxy_header(Stream& stream, TimePoint deadline) {
  std::string read;
  ProxyHeader header;
  for (;;) {
    const ProxyOutcome outcome = parse_proxy_header(read, header);
    if (!outcome.error.empty()) co_return Error(ErrorCode::kInvalidArgument, std::string(outcome.error));
    if (outcome.done()) break;
    const std::size_t before = read.size();
    read.resize(before + outcome.missing);
    const std::size_t n =
        co_await try_(co_await stream.read(std::as_writable_bytes(std::span(read)).subspan(before), deadline));
    if (n == 0) co_return Error(ErrorCode::kUnavailable, "the connection ended within its PROXY header");
    read.resize(before + n);
  }
  if (header.tells()) stream.set_addresses(std::move(header.source), std::move(header.destination));
  co_return {};
}

}  // namespace banyan
