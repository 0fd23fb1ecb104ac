#include "http/head_lines.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "http/byte_scan.h"

namespace banyan {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

// Cold: `at` is where the name's token ended without a colon, or the line's start.
std::string_view wrong_name(const char* line, const char* at, const char* end) {
  if (at == line && at != end && is_space(*at))
    return "a header line begins with white space (line folding is refused)";
  if (at == line) return "a header line has no field name";
  if (at != end && is_space(*at)) return "white space stands between a field name and its colon";
  if (at != end && (*at == '\r' || *at == '\n')) return "a header line has no colon";
  return "a field name holds a character that is not allowed";
}

// Cold: `at` is where a value ended without CRLF.
std::string_view wrong_value(const char* at, const char* end) {
  if (at != end && *at == '\n') return "a header line ends in LF without CR";
  if (at != end && *at == '\r') return "a header line holds a CR without LF";
  return "a field value holds a control character";
}

// Cold: `at` is a line that begins with CR but is not the empty line.
constexpr std::string_view kBareCr = "a line begins with a CR without LF";

const void* find_lf(const char* from, std::size_t size) { return size == 0 ? nullptr : std::memchr(from, '\n', size); }

}  // namespace

const char* parse_field_lines(const char* p, const char* end, std::size_t fields_max, Fields& fields, LineStop& stop) {
  const auto refuse = [&stop](int status, std::string_view sentence) {
    stop.refusal = {status, sentence};
    return nullptr;
  };
  for (;;) {
    stop.line = p;
    if (p == end) return refuse(0, {});
    if (*p == '\r') {
      if (end - p >= 2 && p[1] == '\n') return p + 2;
      return refuse(400, kBareCr);
    }
    if (fields.size() >= fields_max) [[unlikely]]
      return refuse(431, "there are too many header fields");
    const char* colon = byte_scan::skip_token(p, end);
    if (colon == end || *colon != ':' || colon == p) [[unlikely]]
      return refuse(400, wrong_name(p, colon, end));
    const char* value = colon + 1;
    while (value != end && is_space(*value)) ++value;
    const char* value_end = byte_scan::skip_value(value, end);
    if (end - value_end < 2 || value_end[0] != '\r' || value_end[1] != '\n') [[unlikely]] {
      return refuse(400, wrong_value(value_end, end));
    }
    const char* next = value_end + 2;
    while (value_end != value && is_space(value_end[-1])) --value_end;
    const std::string_view name(p, static_cast<std::size_t>(colon - p));
    fields.add_view(field_id(name), name, {value, static_cast<std::size_t>(value_end - value)});
    p = next;
  }
}

void rebase_view(std::string_view& view, const char* from, std::size_t length, const char* to) {
  const bool inside = !std::less<>()(view.data(), from) && std::less<>()(view.data(), from + length);
  if (inside) view = {to + (view.data() - from), view.size()};
}

bool HeadResume::worth_parsing(std::string_view bytes) const {
  return base_ == nullptr || find_lf(bytes.data() + checked_, bytes.size() - checked_) != nullptr;
}

HeadOutcome HeadResume::settle(std::string_view bytes, const LineStop& stop, std::size_t bytes_max, Refusal too_long) {
  base_ = bytes.data();
  line_ = static_cast<std::size_t>(stop.line - base_);
  const std::size_t limit = std::min(bytes.size(), bytes_max);
  const bool complete = find_lf(stop.line, limit - line_) != nullptr;
  if (complete) return {HeadOutcome::Kind::kError, line_, stop.refusal};
  if (bytes.size() >= bytes_max) return {HeadOutcome::Kind::kError, line_, too_long};
  checked_ = bytes.size();
  return {};
}

std::string_view HeadResume::moved_from(std::string_view bytes) const {
  if (base_ == nullptr || base_ == bytes.data()) return {};
  return {base_, checked_};
}

}  // namespace banyan
