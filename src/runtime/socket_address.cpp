#include <arpa/inet.h>

#include <charconv>
#include <cstring>

#include "runtime/env.h"

namespace banyan {
namespace {

Error bad_address(std::string_view text, const char* why) {
  return Error(ErrorCode::kInvalidArgument, "address \"" + std::string(text) + "\": " + why +
                                                "; write 127.0.0.1:8080, [::1]:8080 or unix:path/to.sock");
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// inet_ntop goes through printf; this is asked for with every request.
std::string ipv4_text(const std::uint8_t* ip) {
  char text[16];
  char* end = text;
  for (int i = 0; i < 4; ++i) {
    if (i > 0) *end++ = '.';
    end = std::to_chars(end, text + sizeof text, static_cast<unsigned>(ip[i])).ptr;
  }
  return {text, end};
}

}  // namespace

Result<SocketAddress> SocketAddress::parse(std::string_view text) {
  SocketAddress address;
  if (text.starts_with("unix:")) {
    address.family = Family::kUnix;
    address.path = text.substr(5);
    if (address.path.empty()) return bad_address(text, "the path is missing");
    if (address.path.size() > 107) return bad_address(text, "a socket's path has at most 107 bytes");
    return address;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad_address(text, "the port is missing");
  if (!parse_port(text.substr(colon + 1), address.port))
    return bad_address(text, "the port is not a number up to 65535");
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const std::string ip(host);
  if (bracketed) {
    address.family = Family::kIpv6;
    if (inet_pton(AF_INET6, ip.c_str(), address.ip) != 1) return bad_address(text, "not an IPv6 address");
  } else {
    address.family = Family::kIpv4;
    if (inet_pton(AF_INET, ip.c_str(), address.ip) != 1) return bad_address(text, "not an IPv4 address");
  }
  return address;
}

std::string SocketAddress::host() const {
  char buffer[INET6_ADDRSTRLEN] = {};
  switch (family) {
    case Family::kIpv4:
      return ipv4_text(ip);
    case Family::kIpv6:
      return inet_ntop(AF_INET6, ip, buffer, sizeof buffer);
    case Family::kUnix:
      return "unix:";
    case Family::kNone:
      break;
  }
  return {};
}

std::string SocketAddress::text() const {
  if (family == Family::kUnix) return "unix:" + path;
  if (family == Family::kNone) return "(none)";
  const std::string address = host();
  return (family == Family::kIpv6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

}  // namespace banyan
