#include "answers/html_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

#include "base/ascii.h"

namespace banyan {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

void append_utf8(std::string& out, std::uint32_t point) {
  const auto tail = [&](int shift) { out.push_back(static_cast<char>(0x80 | (point >> shift & 0x3f))); };
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xc0 | point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | point >> 12));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

// The character a reference stands for ("amp", "#39", "#x27"), or false.
bool append_reference(std::string& out, std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::uint32_t>, 6> kNames = {
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", 0xa0}}};
  for (const auto& [known, point] : kNames) {
    if (name != known) continue;
    append_utf8(out, point);
    return true;
  }
  if (name.size() < 2 || name.front() != '#') return false;
  const bool hexadecimal = ascii_lower(name[1]) == 'x';
  const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
  std::uint32_t point = 0;
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), point, hexadecimal ? 16 : 10);
  if (failed != std::errc() || end != digits.data() + digits.size() || point == 0 || point > 0x10ffff) return false;
  append_utf8(out, point);
  return true;
}

std::string resolved(std::string_view text) {
  constexpr std::size_t kReferenceMax = 10;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end = text[i] == '&' ? text.substr(i, kReferenceMax).find(';') : std::string_view::npos;
    if (end != std::string_view::npos && append_reference(out, text.substr(i + 1, end - 1))) {
      i += end;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

class HtmlReader {
 public:
  explicit HtmlReader(std::string_view page) : page_(page) {}

  std::vector<HtmlPiece> read() {
    while (at_ < page_.size() && pieces_.size() < kHtmlPiecesMax) {
      const std::size_t begin = at_;
      if (!read_markup()) read_text();
      line_ += static_cast<std::size_t>(std::count(page_.begin() + static_cast<std::ptrdiff_t>(begin),
                                                   page_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
    }
    if (at_ < page_.size()) add(std::string(page_.substr(at_)), false);
    return std::move(pieces_);
  }

 private:
  std::string_view rest() const { return page_.substr(at_); }
  void add(std::string text, bool markup) { pieces_.push_back({std::move(text), markup, line_}); }
  void skip_past(std::string_view end) {
    const std::size_t found = page_.find(end, at_);
    at_ = found == std::string_view::npos ? page_.size() : found + end.size();
  }
  void skip_space() {
    while (at_ < page_.size() && is_space(page_[at_])) ++at_;
  }

  // Whether a tag, comment or declaration begins here; any other '<' is text.
  bool begins_markup() const {
    if (page_[at_] != '<') return false;
    const std::string_view after = page_.substr(at_ + 1, 2);
    if (after.empty()) return false;
    return is_ascii_letter(after[0]) || after[0] == '!' || after[0] == '?' ||
           (after[0] == '/' && after.size() == 2 && is_ascii_letter(after[1]));
  }

  // A tag, comment or declaration where there is one.
  bool read_markup() {
    if (rest().starts_with("<!--")) {
      at_ += 4;
      skip_past("-->");
      return true;
    }
    if (rest().starts_with("<!") || rest().starts_with("<?")) {
      const std::size_t begin = at_;
      skip_past(">");
      std::string declaration(page_.substr(begin, at_ - begin));
      for (char& c : declaration) c = ascii_lower(c);
      add(std::move(declaration), true);
      return true;
    }
    if (!begins_markup()) return false;
    read_tag();
    return true;
  }

  void read_tag() {
    std::string tag;
    while (at_ < page_.size() && !is_space(page_[at_]) && page_[at_] != '>' && (page_[at_] != '/' || tag.size() < 2)) {
      tag.push_back(ascii_lower(page_[at_++]));
    }
    // By name; the first of equal names counts.
    const std::map<std::string, std::string> attributes = read_attributes();
    std::string text = tag;
    for (const auto& [name, value] : attributes) {
      text.append(" ").append(name).append("=\"");
      for (const char c : value) c == '"' ? text.append("&quot;") : text.append(1, c);
      text.push_back('"');
    }
    add(text + '>', true);
    if (tag == "<script" || tag == "<style" || tag == "<pre" || tag == "<textarea") read_raw(tag.substr(1));
  }

  std::map<std::string, std::string> read_attributes() {
    std::map<std::string, std::string> attributes;
    for (;;) {
      while (at_ < page_.size() && (is_space(page_[at_]) || page_[at_] == '/')) ++at_;
      if (at_ >= page_.size()) break;
      if (page_[at_] == '>') {
        ++at_;
        break;
      }
      std::string name;
      do {
        name.push_back(ascii_lower(page_[at_++]));
      } while (at_ < page_.size() && !is_space(page_[at_]) &&
               std::string_view("/>=").find(page_[at_]) == std::string_view::npos);
      skip_space();
      std::string value;
      if (at_ < page_.size() && page_[at_] == '=') {
        ++at_;
        value = read_value();
      }
      attributes.try_emplace(std::move(name), std::move(value));
    }
    return attributes;
  }

  std::string read_value() {
    skip_space();
    if (at_ >= page_.size()) return "";
    const std::size_t begin = at_;
    if (const char quote = page_[at_]; quote == '"' || quote == '\'') {
      ++at_;
      skip_past({&quote, 1});
      const bool closed = at_ > begin + 1 && page_[at_ - 1] == quote;
      return resolved(page_.substr(begin + 1, at_ - begin - (closed ? 2 : 1)));
    }
    while (at_ < page_.size() && !is_space(page_[at_]) && page_[at_] != '>') ++at_;
    return resolved(page_.substr(begin, at_ - begin));
  }

  // All up to the closing tag of `name`.
  void read_raw(std::string_view name) {
    const std::size_t begin = at_;
    while (at_ < page_.size() && !closes(name)) ++at_;
    if (at_ > begin) add(std::string(page_.substr(begin, at_ - begin)), false);
  }
  bool closes(std::string_view name) const {
    const std::string_view text = rest();
    return text.starts_with("</") && text.size() >= name.size() + 2 &&
           std::equal(name.begin(), name.end(), text.begin() + 2,
                      [](char left, char right) { return left == ascii_lower(right); });
  }

  void read_text() {
    const std::size_t begin = at_++;
    while (at_ < page_.size() && !begins_markup()) ++at_;
    std::string text;
    for (const char c : page_.substr(begin, at_ - begin)) {
      if (!is_space(c)) {
        text.push_back(c);
      } else if (!text.empty() && text.back() != ' ') {
        text.push_back(' ');
      }
    }
    if (!text.empty() && text.back() == ' ') text.pop_back();
    if (!text.empty()) add(resolved(text), false);
  }

  std::string_view page_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<HtmlPiece> pieces_;
};

}  // namespace

std::vector<HtmlPiece> html_pieces(std::string_view page) { return HtmlReader(page).read(); }

}  // namespace banyan
