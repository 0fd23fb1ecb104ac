#include "http/grpc.h"

#include <cstdint>

namespace banyan {

bool is_grpc(const Fields& fields) {
  constexpr std::string_view kType = "application/grpc";
  const std::string_view type = fields.value(FieldId::kContentType);
  if (type.size() < kType.size() || !equals_ignoring_case(type.substr(0, kType.size()), kType)) return false;
  const char next = type.size() == kType.size() ? ';' : type[kType.size()];
  return next == ';' || next == '+' || next == ' ';  // grpc-web is another protocol
}

std::optional<Duration> parse_grpc_timeout(std::string_view value) {
  if (value.size() < 2 || value.size() > 9) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : value.substr(0, value.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  switch (value.back()) {
    case 'H':
      // Nanoseconds in 64 bits hold 292 years, which is long enough.
      return number > 2'000'000 ? Duration::max() / 2 : Duration(std::chrono::hours(number));
    case 'M':
      return Duration(std::chrono::minutes(number));
    case 'S':
      return Duration(std::chrono::seconds(number));
    case 'm':
      return Duration(std::chrono::milliseconds(number));
    case 'u':
      return Duration(std::chrono::microseconds(number));
    case 'n':
      return Duration(std::chrono::nanoseconds(number));
    default:
      return std::nullopt;
  }
}

int grpc_status_of(int http_status) {
  constexpr int kCancelled = 1, kUnknown = 2, kDeadlineExceeded = 4, kPermissionDenied = 7, kResourceExhausted = 8,
                kUnimplemented = 12, kInternal = 13, kUnavailable = 14, kUnauthenticated = 16;
  switch (http_status) {
    case 400:
    case 431:
      return kInternal;
    case 401:
      return kUnauthenticated;
    case 403:
      return kPermissionDenied;
    case 404:
    case 405:
    case 501:
      return kUnimplemented;
    case 408:
    case 504:
      return kDeadlineExceeded;
    case 413:
      return kResourceExhausted;
    case 429:
    case 502:
    case 503:
      return kUnavailable;
    case 499:
      return kCancelled;
    default:
      return kUnknown;
  }
}

std::string grpc_message(std::string_view sentence) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const char c : sentence) {
    if (c >= ' ' && c <= '~' && c != '%') {
      text += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    text += '%';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

}  // namespace banyan
