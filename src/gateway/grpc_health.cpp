#include "gateway/grpc_health.h"

#include <cstdint>
#include <optional>

namespace banyan {
namespace {

constexpr std::size_t kFrameBytes = 5;  // compressed or not, and the length in four bytes
constexpr char kServiceTag = 1 << 3 | 2;
constexpr std::uint64_t kStatusTag = 1 << 3 | 0;
constexpr std::uint64_t kServing = 1;

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

std::optional<std::uint64_t> take_varint(std::string_view& text) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !text.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

// The value of a field that is not known here; false where it is none.
bool skip_value(std::string_view& text, std::uint64_t tag) {
  std::optional<std::uint64_t> bytes;
  switch (tag & 7) {
    case 0:
      return take_varint(text).has_value();
    case 1:
      bytes = 8;
      break;
    case 2:
      bytes = take_varint(text);
      break;
    case 5:
      bytes = 4;
      break;
    default:
      break;
  }
  if (!bytes || *bytes > text.size()) return false;
  text.remove_prefix(*bytes);
  return true;
}

std::size_t framed_bytes(std::string_view frame) {
  std::size_t bytes = 0;
  for (const char byte : frame.substr(1, 4)) bytes = bytes << 8 | static_cast<unsigned char>(byte);
  return bytes;
}

}  // namespace

std::string grpc_health_question(std::string_view service) {
  std::string message;
  if (!service.empty()) {
    message += kServiceTag;
    append_varint(message, service.size());
    message += service;
  }
  std::string framed(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) framed += static_cast<char>(message.size() >> shift & 0xFF);
  return framed + message;
}

bool grpc_says_serving(std::string_view body) {
  if (body.size() < kFrameBytes || body.front() != '\0' || framed_bytes(body) != body.size() - kFrameBytes)
    return false;
  std::string_view message = body.substr(kFrameBytes);
  std::uint64_t status = 0;  // UNKNOWN, which is not sent
  while (!message.empty()) {
    const std::optional<std::uint64_t> tag = take_varint(message);
    if (!tag) return false;
    if (*tag != kStatusTag) {
      if (!skip_value(message, *tag)) return false;
      continue;
    }
    const std::optional<std::uint64_t> said = take_varint(message);
    if (!said) return false;
    status = *said;
  }
  return status == kServing;
}

}  // namespace banyan
