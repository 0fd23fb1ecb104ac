#include "base/ids.h"

namespace banyan {
namespace {

void write_hex(std::uint64_t number, char* out) {
  for (int i = 15; i >= 0; --i) {
    out[i] = "0123456789abcdef"[number & 15];
    number >>= 4;
  }
}

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  std::uint64_t number = 0;
  for (const char c : text) {
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
      digit = static_cast<unsigned>((c | 0x20) - 'a') + 10;
    } else {
      return std::nullopt;
    }
    number = number << 4 | digit;
  }
  return number;
}

}  // namespace

void RequestId::write(char* out) const {
  write_hex(high, out);
  write_hex(low, out + 16);
}

std::string RequestId::text() const {
  std::string text(kTextBytes, '\0');
  write(text.data());
  return text;
}

std::optional<RequestId> RequestId::parse(std::string_view text) {
  if (text.size() != kTextBytes) return std::nullopt;
  const auto high = parse_hex(text.substr(0, 16));
  const auto low = parse_hex(text.substr(16));
  if (!high || !low) return std::nullopt;
  return RequestId{*high, *low};
}

}  // namespace banyan
