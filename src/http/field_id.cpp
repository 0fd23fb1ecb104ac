#include "http/field_id.h"

#include <array>
#include <cstddef>
#include <cstring>

#include "http/byte_scan.h"

namespace banyan {

namespace {

// Indexed by FieldId.
constexpr std::array<std::string_view, kFieldIdCount> kFieldNames = {"",
                                                                     "Host",
                                                                     "Content-Length",
                                                                     "Transfer-Encoding",
                                                                     "Connection",
                                                                     "Upgrade",
                                                                     "Expect",
                                                                     "TE",
                                                                     "Trailer",
                                                                     "Keep-Alive",
                                                                     "Proxy-Connection",
                                                                     "Content-Type",
                                                                     "Cookie",
                                                                     "Authorization",
                                                                     "X-Forwarded-For",
                                                                     "X-Forwarded-Proto",
                                                                     "X-Forwarded-Host",
                                                                     "Forwarded",
                                                                     "X-Request-Id",
                                                                     "traceparent",
                                                                     "tracestate",
                                                                     "baggage",
                                                                     "X-Gray-Tag",
                                                                     "User-Agent",
                                                                     "Referer",
                                                                     "Accept",
                                                                     "Accept-Encoding",
                                                                     "Accept-Language",
                                                                     "Origin",
                                                                     "ETag",
                                                                     "Last-Modified",
                                                                     "If-None-Match",
                                                                     "If-Modified-Since",
                                                                     "If-Match",
                                                                     "If-Unmodified-Since",
                                                                     "Range",
                                                                     "If-Range",
                                                                     "Content-Range",
                                                                     "Accept-Ranges",
                                                                     "Date",
                                                                     "Server",
                                                                     "Location",
                                                                     "Set-Cookie",
                                                                     "Content-Encoding",
                                                                     "Cache-Control",
                                                                     "Vary",
                                                                     "Expires",
                                                                     "Age",
                                                                     "Allow",
                                                                     "Retry-After",
                                                                     "WWW-Authenticate",
                                                                     "Proxy-Authenticate",
                                                                     "Proxy-Authorization",
                                                                     "Via",
                                                                     "X-Real-IP",
                                                                     "Proxy",
                                                                     "Status",
                                                                     "HTTP2-Settings",
                                                                     "Sec-WebSocket-Key",
                                                                     "Sec-WebSocket-Accept",
                                                                     "Sec-WebSocket-Version",
                                                                     "Sec-WebSocket-Protocol",
                                                                     "Content-Disposition",
                                                                     "Pragma"};

constexpr std::size_t kNameBytesMax = 32;
constexpr std::uint64_t kLowerBits = 0x2020202020202020;
// Found by trying odd multipliers until no two names fell into one slot of 256.
constexpr std::uint64_t kMultiplier = 0x4a628799a2cefb;

constexpr std::uint64_t byte_at(const char* p, std::size_t i) { return static_cast<unsigned char>(p[i]); }

template <class Word>
constexpr Word load(const char* p) {
  Word word = 0;
  if consteval {
    for (std::size_t i = 0; i < sizeof(Word); ++i) word |= static_cast<Word>(byte_at(p, i) << (8 * i));
  } else {
    std::memcpy(&word, p, sizeof word);
  }
  return word;
}

// `size` is at least 2. Setting bit 5 folds the case of letters; what else it confuses, the comparison tells apart.
constexpr std::size_t slot_of(const char* p, std::size_t size) {
  std::uint64_t key = 0;
  if (size >= 4) {
    key = std::uint64_t{load<std::uint32_t>(p + size - 4)} << 32 | load<std::uint32_t>(p);
  } else {
    key = byte_at(p, 0) | byte_at(p, 1) << 8 | byte_at(p, size - 1) << 16;
  }
  return static_cast<std::size_t>((((key | kLowerBits) + size) * kMultiplier) >> 56);
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

struct Table {
  std::array<std::uint8_t, 256> ids{};
  std::array<std::uint8_t, kFieldIdCount> sizes{};
  char lower_names[kFieldIdCount][kNameBytesMax]{};
  bool perfect = true;
};

constexpr Table kTable = [] {
  Table table;
  for (std::size_t id = 1; id < kFieldIdCount; ++id) {
    const std::string_view name = kFieldNames[id];
    std::uint8_t& slot = table.ids[slot_of(name.data(), name.size())];
    if (slot != 0) table.perfect = false;
    slot = static_cast<std::uint8_t>(id);
    table.sizes[id] = static_cast<std::uint8_t>(name.size());
    for (std::size_t i = 0; i < name.size(); ++i) table.lower_names[id][i] = lower(name[i]);
  }
  return table;
}();
static_assert(kTable.perfect, "two field names share a slot: look for another kMultiplier");

// Bytes of `word` that are ASCII capitals get bit 5.
std::uint64_t lower_word(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  const std::uint64_t low7 = word & (0x7f * kOnes);
  const std::uint64_t from_a = low7 + (0x80 - 'A') * kOnes;
  const std::uint64_t beyond_z = low7 + (0x80 - 'Z' - 1) * kOnes;
  const std::uint64_t capitals = (from_a & ~beyond_z & ~word) & (0x80 * kOnes);
  return word | (capitals >> 2);
}

template <class Word>
bool same(const char* text, const char* lower_text) {
  return lower_word(load<Word>(text)) == load<Word>(lower_text);
}

// Two loads that overlap cover each size class, so that no byte outside the name is read.
bool equals_lower(const char* text, const char* lower_text, std::size_t size) {
  if (size < 4) {
    for (std::size_t i = 0; i < size; ++i) {
      if (lower(text[i]) != lower_text[i]) return false;
    }
    return true;
  }
  if (size < 8) {
    return same<std::uint32_t>(text, lower_text) && same<std::uint32_t>(text + size - 4, lower_text + size - 4);
  }
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    if (!same<std::uint64_t>(text + i, lower_text + i)) return false;
  }
  return same<std::uint64_t>(text + size - 8, lower_text + size - 8);
}

}  // namespace

FieldId field_id(std::string_view name) {
  if (name.size() < 2) return FieldId::kOther;
  const std::size_t id = kTable.ids[slot_of(name.data(), name.size())];
  if (kTable.sizes[id] != name.size() || !equals_lower(name.data(), kTable.lower_names[id], name.size())) {
    return FieldId::kOther;
  }
  return static_cast<FieldId>(id);
}

std::string_view field_name(FieldId id) { return kFieldNames[static_cast<std::size_t>(id)]; }

std::string_view lower_field_name(FieldId id) {
  const auto index = static_cast<std::size_t>(id);
  return {kTable.lower_names[index], kTable.sizes[index]};
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool is_token(std::string_view text) {
  const char* end = text.data() + text.size();
  return !text.empty() && byte_scan::skip_token(text.data(), end) == end;
}

bool is_field_value(std::string_view text) {
  const char* end = text.data() + text.size();
  return byte_scan::skip_value(text.data(), end) == end;
}

}  // namespace banyan
