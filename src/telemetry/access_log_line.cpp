#include "telemetry/access_log_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/json_text.h"

namespace banyan {
namespace {

// What the values may take in a line, escaped: together with keys and numbers less than the buffer.
constexpr std::size_t kTargetBytesMax = 8192;
constexpr std::size_t kHostBytesMax = 1024;
constexpr std::size_t kErrorBytesMax = 1024;
constexpr std::size_t kNameBytesMax = 512;
constexpr std::size_t kNames = 7;
constexpr std::size_t kRestBytesMax = 1024;  // keys, punctuation, time, numbers, ids
static_assert(kTargetBytesMax + kHostBytesMax + kErrorBytesMax + kNames * kNameBytesMax + kRestBytesMax <=
              AccessLogLine::kBytesMax);

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = 0x80 * kOnes;

// The high bit of some byte is set where one of the eight bytes is `c`.
constexpr std::uint64_t has(std::uint64_t word, char c) {
  const std::uint64_t zero_where_equal = word ^ (static_cast<unsigned char>(c) * kOnes);
  return (zero_where_equal - kOnes) & ~zero_where_equal & kHighs;
}

// Eight bytes at once: printable ASCII from `first` on, without quote, backslash and `never`.
constexpr bool word_stands_as_is(std::uint64_t word, char first, char never) {
  const std::uint64_t low = (word - static_cast<unsigned char>(first) * kOnes) & ~word & kHighs;
  return (low | (word & kHighs) | has(word, '\x7f') | has(word, '"') | has(word, '\\') | has(word, never)) == 0;
}

template <class Word>
std::uint64_t load(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Whether a value can be copied as it is: inside of quotes as JSON, bare as text, where nobody could then mistake where
// it ends. Most values are a few bytes: two loads that overlap cover each size class.
bool stands_as_is(std::string_view value, LogFormat format) {
  const char first = format == LogFormat::kJson ? ' ' : '!';
  const char never = format == LogFormat::kJson ? '"' : '=';
  const char* const from = value.data();
  const std::size_t size = value.size();
  if (size < 4) {
    const char middle = from[size / 2];
    const std::uint64_t rest = static_cast<unsigned char>(from[size - 1]) * (kOnes << 16);
    const std::uint64_t begin = static_cast<unsigned char>(from[0]) | std::uint64_t{static_cast<unsigned char>(middle)}
                                                                          << 8;
    return word_stands_as_is(rest | begin, first, never);
  }
  if (size < 8) {
    const std::uint64_t both = load<std::uint32_t>(from) | load<std::uint32_t>(from + size - 4) << 32;
    return word_stands_as_is(both, first, never);
  }
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    if (!word_stands_as_is(load<std::uint64_t>(from + i), first, never)) return false;
  }
  return word_stands_as_is(load<std::uint64_t>(from + size - 8), first, never);
}

// Two digits at a time.
constexpr auto kHexPairs = [] {
  std::array<char, 512> pairs{};
  for (std::size_t i = 0; i < 256; ++i) {
    pairs[2 * i] = "0123456789abcdef"[i >> 4];
    pairs[2 * i + 1] = "0123456789abcdef"[i & 15];
  }
  return pairs;
}();

void write_hex(std::uint64_t value, char* out) {
  for (int i = 14; i >= 0; i -= 2, value >>= 8) std::memcpy(out + i, &kHexPairs[2 * (value & 255)], 2);
}

}  // namespace

std::string_view AccessLogLine::write(const AccessRecord& record) {
  out_ = buffer_;
  truncated_ = false;
  append(format_ == LogFormat::kJson ? "{\"time\":\"" : "");
  append(time_.format(record.time));
  append(format_ == LogFormat::kJson ? "\"" : "");
  text("client", record.client, kNameBytesMax);
  text("protocol", record.protocol, kNameBytesMax);
  text("method", record.method, kNameBytesMax);
  text("host", record.host, kHostBytesMax);
  const bool drop = query_ == QueryInLog::kDropped;
  text("target", drop ? record.target.substr(0, record.target.find('?')) : record.target, kTargetBytesMax);
  number("status", static_cast<std::uint64_t>(record.status));
  number("request_bytes", record.request_bytes);
  number("response_bytes", record.response_bytes);
  milliseconds("duration_ms", record.duration);
  text("route", record.route, kNameBytesMax);
  text("cluster", record.cluster, kNameBytesMax);
  text("endpoint", record.endpoint, kNameBytesMax);
  if (record.upstream) milliseconds("upstream_ms", *record.upstream);
  text("colour", record.colour, kNameBytesMax);
  text("filter", record.filter, kNameBytesMax);
  text("cache", record.cache, kNameBytesMax);
  if (record.mirrored) flag("mirrored");
  ids(record);
  text("error", record.error, kErrorBytesMax);
  if (truncated_) flag("truncated");
  append(format_ == LogFormat::kJson ? "}" : "");
  return {buffer_, static_cast<std::size_t>(out_ - buffer_)};
}

void AccessLogLine::append(std::string_view text) {
  std::memcpy(out_, text.data(), text.size());
  out_ += text.size();
}

void AccessLogLine::begin(std::string_view key) {
  if (format_ == LogFormat::kText) {
    *out_++ = ' ';
    append(key);
    *out_++ = '=';
    return;
  }
  append(",\"");
  append(key);
  append("\":");
}

void AccessLogLine::text(std::string_view key, std::string_view value, std::size_t bytes_max) {
  if (value.empty()) return;
  begin(key);
  const bool json = format_ == LogFormat::kJson;
  if (value.size() + 2 <= bytes_max && stands_as_is(value, format_)) {
    if (json) *out_++ = '"';
    append(value);
    if (json) *out_++ = '"';
    return;
  }
  out_ = write_json_string(out_, out_ + bytes_max, value, truncated_);
}

void AccessLogLine::number(std::string_view key, std::uint64_t value) {
  begin(key);
  out_ = std::to_chars(out_, buffer_ + kBytesMax, value).ptr;
}

void AccessLogLine::milliseconds(std::string_view key, Duration value) {
  begin(key);
  const std::int64_t ns = std::max<std::int64_t>(value.count(), 0);
  const std::int64_t microseconds = ns / 1000 + (ns % 1000 >= 500 ? 1 : 0);
  out_ = std::to_chars(out_, buffer_ + kBytesMax, microseconds / 1000).ptr;
  const int rest = static_cast<int>(microseconds % 1000);
  *out_++ = '.';
  *out_++ = static_cast<char>('0' + rest / 100);
  *out_++ = static_cast<char>('0' + rest / 10 % 10);
  *out_++ = static_cast<char>('0' + rest % 10);
}

void AccessLogLine::flag(std::string_view key) {
  begin(key);
  append("true");
}

void AccessLogLine::id(std::string_view key, std::initializer_list<std::uint64_t> words) {
  begin(key);
  append(format_ == LogFormat::kJson ? "\"" : "");
  for (const std::uint64_t word : words) {
    write_hex(word, out_);
    out_ += 16;
  }
  append(format_ == LogFormat::kJson ? "\"" : "");
}

void AccessLogLine::ids(const AccessRecord& record) {
  text("request_id", record.request_id, kNameBytesMax);
  if ((record.trace_high | record.trace_low) == 0) return;
  id("trace_id", {record.trace_high, record.trace_low});
  if (record.span != 0) id("span_id", {record.span});
}

}  // namespace banyan
