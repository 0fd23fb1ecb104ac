#include "php_clients/pg_message.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace banyan::php_runtime {

namespace {

constexpr std::size_t kDisplaySize = 60;
constexpr std::size_t kRightCutMin = 10;

std::size_t length_of_char(std::string_view text, bool utf8) {
  const auto lead = static_cast<unsigned char>(text[0]);
  std::size_t length = 1;
  if (utf8 && lead >= 0xc0) length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  return length < text.size() ? length : text.size();
}

// The columns that a character takes on a screen: two for those of East Asia.
std::size_t width_of_char(std::string_view text, bool utf8) {
  if (!utf8 || length_of_char(text, true) < 3) return 1;
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) & 0x3f : 0;
  };
  const bool four = static_cast<unsigned char>(text[0]) >= 0xf0;
  const std::uint32_t lead = static_cast<unsigned char>(text[0]) & (four ? 0x07 : 0x0f);
  const std::uint32_t c =
      four ? lead << 18 | byte(1) << 12 | byte(2) << 6 | byte(3) : lead << 12 | byte(1) << 6 | byte(2);
  constexpr std::pair<std::uint32_t, std::uint32_t> kWide[] = {
      {0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0xa4cf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},  {0xfe30, 0xfe6f},
      {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
  for (const auto& [first, last] : kWide) {
    if (c >= first && c <= last) return 2;
  }
  return 1;
}

// Where each character of a text begins, in bytes and in columns; one more than there are characters.
struct Layout {
  std::vector<std::size_t> bytes, columns;
  std::size_t line = 1;   // of the character that is meant
  std::size_t begin = 0;  // of that line: numbers of characters
  std::size_t end = 0;
};

Layout layout_of(std::string& text, std::size_t meant, bool utf8) {
  Layout out;
  std::size_t at = 0;
  std::size_t column = 0;
  std::size_t number = 0;
  bool ended = false;
  for (; at < text.size() && !ended; ++number) {
    out.bytes.push_back(at);
    out.columns.push_back(column);
    const char c = text[at];
    if (c == '\t') text[at] = ' ';
    if (c == '\r' || c == '\n') {
      if (number >= meant) {
        ended = true;
        break;
      }
      if (c == '\r' || number == 0 || text[out.bytes[number - 1]] != '\r') ++out.line;
      out.begin = number + 1;
    }
    const std::string_view rest = std::string_view(text).substr(at);
    column += width_of_char(rest, utf8);
    at += length_of_char(rest, utf8);
  }
  out.end = number;
  if (!ended) {
    out.bytes.push_back(at);
    out.columns.push_back(column);
  }
  return out;
}

// "LINE 1: select * from nope\n                      ^\n".
void add_place(std::string& out, std::string_view query, std::size_t position, bool utf8) {
  const std::size_t meant = position - 1;
  std::string text(query);
  const Layout where = layout_of(text, meant, utf8);
  if (meant > where.end) return;
  const auto& columns = where.columns;
  std::size_t begin = where.begin;
  std::size_t end = where.end;
  bool cut_left = false;
  bool cut_right = false;
  if (columns[end] - columns[begin] > kDisplaySize) {
    if (columns[begin] + kDisplaySize >= columns[meant] + kRightCutMin) {
      while (columns[end] - columns[begin] > kDisplaySize) --end;
      cut_right = true;
    } else {
      for (; columns[meant] + kRightCutMin < columns[end]; --end) cut_right = true;
      for (; columns[end] - columns[begin] > kDisplaySize; ++begin) cut_left = true;
    }
  }
  const std::string prefix = "LINE " + std::to_string(where.line) + ": " + (cut_left ? "..." : "");
  out += prefix;
  out.append(text, where.bytes[begin], where.bytes[end] - where.bytes[begin]);
  out += cut_right ? "...\n" : "\n";
  out.append(prefix.size() + columns[meant] - columns[begin], ' ');
  out += "^\n";
}

std::size_t number_in(std::string_view text) {
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void add_line(std::string& out, std::string_view name, std::string_view text) {
  if (!text.empty()) out.append(name).append(":  ").append(text).append("\n");
}

}  // namespace

std::string pg_message(const pg::ServerReport& report, std::string_view query, bool utf8) {
  std::string out;
  const std::string_view severity = report.spoken_severity.empty() ? report.severity : report.spoken_severity;
  out.append(severity).append(":  ").append(report.message);
  const bool inner = report.position.empty();
  const std::string_view position = inner ? report.inner_position : report.position;
  const std::string_view text = inner ? report.inner_query : query;
  if (!position.empty() && text.empty()) out.append(" at character ").append(position);
  out += '\n';
  if (!text.empty() && number_in(position) > 0) add_place(out, text, number_in(position), utf8);
  add_line(out, "DETAIL", report.detail);
  add_line(out, "HINT", report.hint);
  add_line(out, "QUERY", report.inner_query);
  add_line(out, "CONTEXT", report.context);
  return out;
}

}  // namespace banyan::php_runtime
