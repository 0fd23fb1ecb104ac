#include "config/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace banyan {
namespace {

Error refuse(std::string_view text, const std::string& what) {
  return Error(ErrorCode::kInvalidArgument, std::string("'").append(text).append("' ").append(what));
}

bool is_ipv4(const std::string& host) {
  in_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
  in6_addr address;
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// RFC 1123 names, plus '_', which container networks use.
bool is_name(std::string_view host) {
  if (host.empty() || host.size() > 253 || host.front() == '-' || host.front() == '.') return false;
  const bool letters = std::all_of(host.begin(), host.end(),
                                   [](char c) { return is_ascii_alnum(c) || c == '-' || c == '.' || c == '_'; });
  const bool digits_only = host.find_first_not_of("0123456789.") == host.npos;  // a mistyped IPv4 address
  return letters && !digits_only && host.find("..") == host.npos;
}

Result<Address> parse_unix(std::string_view text) {
  Address address;
  address.kind = Address::Kind::kUnix;
  address.path = text.substr(5);
  if (address.path.empty()) return refuse(text, "names no socket, write unix:PATH, like unix:run/php.sock");
  return address;
}

Result<std::uint16_t> parse_port(std::string_view text, std::string_view digits) {
  std::uint16_t port = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error == std::errc() && stop == digits.data() + digits.size() && port > 0) return port;
  return refuse(text, "has no valid port, write a number from 1 to 65535 after the last ':'");
}

}  // namespace

std::string Address::text() const {
  if (kind == Kind::kUnix) return "unix:" + path;
  const std::string suffix = ":" + std::to_string(port);
  return host.find(':') == host.npos ? host + suffix : "[" + host + "]" + suffix;
}

bool Address::is_local() const {
  return kind == Kind::kUnix || host.starts_with("127.") || host == "::1" || host == "localhost";
}

Result<Address> parse_address(std::string_view text) {
  if (text.starts_with("unix:")) return parse_unix(text);
  if (text.starts_with("/") || text.starts_with("./")) {
    return refuse(text, "looks like a path, write unix:" + std::string(text) + " for a unix socket");
  }
  if (text.find("://") != text.npos) return refuse(text, "is a URL, write only HOST:PORT");
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return refuse(text, "has no port, write HOST:PORT, like 127.0.0.1:8080, or unix:PATH");
  Address address;
  BANYAN_TRY(address.port, parse_port(text, text.substr(colon + 1)));
  const std::string host(text.substr(0, colon));
  if (host.empty() || host == "*") {
    return refuse(text, "has no host, write 0.0.0.0:" + std::to_string(address.port) +
                            " for every IPv4 address or [::]:" + std::to_string(address.port) + " for every address");
  }
  if (host.front() == '[' && host.back() == ']' && is_ipv6(host.substr(1, host.size() - 2))) {
    address.host = host.substr(1, host.size() - 2);
    return address;
  }
  if (is_ipv6(host))
    return refuse(text, "is an IPv6 address, write it in brackets, [" + host + "]:" + std::to_string(address.port));
  if (!is_ipv4(host) && !is_name(host))
    return refuse(text, "has no valid host, write an IP address or a DNS name before the ':'");
  address.kind = is_ipv4(host) ? Address::Kind::kIp : Address::Kind::kName;
  address.host = host;
  return address;
}

}  // namespace banyan
