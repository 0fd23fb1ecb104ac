#include "telemetry/trace_context.h"

#include <algorithm>
#include <array>
#include <vector>

namespace banyan {
namespace {

constexpr std::size_t kLongMemberBytes = 128;

constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;  // upper case is invalid
}

// At most 16 digits. False, with nothing known of `value`, where one of them is none.
bool read_hex(std::string_view digits, std::uint64_t& value) {
  value = 0;
  int wrong = 0;
  for (const char c : digits) {
    const int digit = hex_digit(c);
    wrong |= digit;
    value = value << 4 | static_cast<std::uint64_t>(digit & 15);
  }
  return wrong >= 0;
}

void write_hex(std::uint64_t value, char* out) {
  for (int i = 15; i >= 0; --i, value >>= 4) out[i] = "0123456789abcdef"[value & 15];
}

std::string_view without_white_space(std::string_view text) {
  const auto white = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && white(text.front())) text.remove_prefix(1);
  while (!text.empty() && white(text.back())) text.remove_suffix(1);
  return text;
}

bool starts_key(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// The part of a key before, after or without "@".
bool is_key_part(std::string_view part, std::size_t bytes_max) {
  return !part.empty() && part.size() <= bytes_max && starts_key(part[0]) &&
         std::all_of(part.begin(), part.end(),
                     [](char c) { return starts_key(c) || c == '_' || c == '-' || c == '*' || c == '/'; });
}

bool is_key(std::string_view key) {
  const std::size_t at = key.find('@');
  if (at == std::string_view::npos) return is_key_part(key, 256);
  const std::string_view system = key.substr(at + 1);
  return is_key_part(key.substr(0, at), 241) && is_key_part(system, 14) && system[0] >= 'a';
}

// Trailing spaces are gone already; leading ones belong to the value.
bool is_value(std::string_view value) {
  return !value.empty() && value.size() <= 256 &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~' && c != '=' && c != ','; });
}

// The members of a tracestate in their order, with what the standard's limits need.
class Members {
 public:
  // False where the line has a mistake in it, or there are too many.
  bool add_line(std::string_view line) {
    for (;;) {
      const std::size_t comma = line.find(',');
      const std::string_view member = without_white_space(line.substr(0, comma));
      if (!member.empty() && !add(member)) return false;
      if (comma == std::string_view::npos) return true;
      line.remove_prefix(comma + 1);
    }
  }

  void shorten() {
    for (std::size_t i = count_; i-- > 0 && bytes() > kTracestateBytesMax;) {
      if (members_[i].size() > kLongMemberBytes) remove(i);
    }
    while (bytes() > kTracestateBytesMax) remove(count_ - 1);
  }

  void write(std::string& out) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (i > 0) out += ',';
      out += members_[i];
    }
  }

 private:
  bool add(std::string_view member) {
    const std::size_t equals = member.find('=');
    if (equals == std::string_view::npos || count_ == members_.size()) return false;
    const std::string_view key = member.substr(0, equals);
    if (!is_key(key) || !is_value(member.substr(equals + 1)) || has(key)) return false;
    members_[count_++] = member;
    text_bytes_ += member.size();
    return true;
  }
  bool has(std::string_view key) const {
    return std::any_of(members_.begin(), members_.begin() + static_cast<std::ptrdiff_t>(count_),
                       [&](std::string_view m) { return m.starts_with(key) && m[key.size()] == '='; });
  }
  void remove(std::size_t index) {
    text_bytes_ -= members_[index].size();
    std::copy(members_.begin() + static_cast<std::ptrdiff_t>(index) + 1,
              members_.begin() + static_cast<std::ptrdiff_t>(count_),
              members_.begin() + static_cast<std::ptrdiff_t>(index));
    --count_;
  }
  std::size_t bytes() const { return count_ == 0 ? 0 : text_bytes_ + count_ - 1; }

  std::array<std::string_view, kTracestateMembersMax> members_;
  std::size_t count_ = 0;
  std::size_t text_bytes_ = 0;
};

}  // namespace

std::optional<TraceParent> parse_traceparent(std::string_view text) {
  if (text.size() < kTraceparentBytes || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  std::uint64_t version = 0;
  std::uint64_t flags = 0;
  TraceParent parent;
  if (!read_hex(text.substr(0, 2), version) || !read_hex(text.substr(3, 16), parent.trace_high) ||
      !read_hex(text.substr(19, 16), parent.trace_low) || !read_hex(text.substr(36, 16), parent.span) ||
      !read_hex(text.substr(53, 2), flags)) {
    return std::nullopt;
  }
  if (version == 0xff || (parent.trace_high | parent.trace_low) == 0 || parent.span == 0) return std::nullopt;
  const bool longer = text.size() > kTraceparentBytes;
  if (longer && (version == 0 || text[kTraceparentBytes] != '-')) return std::nullopt;
  parent.flags = static_cast<std::uint8_t>(flags & (TraceParent::kSampled | TraceParent::kRandom));
  return parent;
}

void write_trace_id(const TraceParent& parent, std::span<char, kTraceIdBytes> out) {
  write_hex(parent.trace_high, out.data());
  write_hex(parent.trace_low, out.data() + 16);
}

void write_span_id(std::uint64_t span, std::span<char, kSpanIdBytes> out) { write_hex(span, out.data()); }

void write_traceparent(const TraceParent& parent, std::span<char, kTraceparentBytes> out) {
  char* const at = out.data();
  at[0] = at[1] = '0';
  at[2] = at[35] = at[52] = '-';
  write_hex(parent.trace_high, at + 3);
  write_hex(parent.trace_low, at + 19);
  write_hex(parent.span, at + 36);
  at[53] = '0';
  at[54] = static_cast<char>('0' + (parent.flags & (TraceParent::kSampled | TraceParent::kRandom)));
}

bool combine_tracestate(std::span<const std::string_view> lines, std::string& out) {
  out.clear();
  Members members;
  for (const std::string_view line : lines) {
    if (!members.add_line(line)) return false;
  }
  members.shorten();
  members.write(out);
  return true;
}

std::optional<TraceContext> read_trace(const Fields& fields) {
  if (!fields.has(FieldId::kTraceparent) || fields.repeated(FieldId::kTraceparent)) return std::nullopt;
  const auto parent = parse_traceparent(without_white_space(fields.value(FieldId::kTraceparent)));
  if (!parent) return std::nullopt;
  TraceContext trace;
  trace.self = *parent;
  if (!fields.has(FieldId::kTracestate)) return trace;
  std::vector<std::string_view> lines;
  for (const Fields::Entry& entry : fields) {
    if (entry.id == FieldId::kTracestate) lines.push_back(entry.value);
  }
  (void)combine_tracestate(lines, trace.state);  // a bad state is left behind, the trace goes on
  return trace;
}

void put_trace(const TraceContext& trace, Fields& fields) {
  char text[kTraceparentBytes];
  write_traceparent(trace.self, text);
  fields.set_copy(FieldId::kTraceparent, {text, sizeof text});
  if (trace.state.empty()) {
    fields.remove(FieldId::kTracestate);
  } else {
    fields.set_copy(FieldId::kTracestate, trace.state);
  }
}

}  // namespace banyan
