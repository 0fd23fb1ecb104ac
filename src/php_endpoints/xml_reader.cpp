#include "php_endpoints/xml_reader.h"

#include <algorithm>
#include <charconv>

namespace banyan::php {

namespace {

constexpr std::size_t kBytesMax = std::size_t{1} << 20;
constexpr std::size_t kDepthMax = 64;
constexpr std::size_t kElementsMax = 50'000;
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view without_prefix(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return add(code);
  if (code >= 0x10000) {
    add(0xF0 | code >> 18);
    add(0x80 | (code >> 12 & 0x3F));
  } else if (code >= 0x800) {
    add(0xE0 | code >> 12);
  }
  add(code >= 0x800 ? 0x80 | (code >> 6 & 0x3F) : 0xC0 | code >> 6);
  add(0x80 | (code & 0x3F));
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<XmlElement> run() {
    if (text_.size() > kBytesMax) return std::nullopt;
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    XmlElement top;  // holds the root
    open_ = {&top};
    while (at_ < text_.size()) {
      const bool read = text_[at_] == '<' ? read_markup() : read_text();
      if (!read) return std::nullopt;
    }
    if (open_.size() != 1 || top.children.size() != 1 || !trimmed(top.text).empty()) return std::nullopt;
    return std::move(top.children.front());
  }

 private:
  bool starts_with(std::string_view mark) const { return text_.substr(at_).starts_with(mark); }

  bool skip_to(std::string_view end) {
    const std::size_t found = text_.find(end, at_);
    if (found == text_.npos) return false;
    at_ = found + end.size();
    return true;
  }

  bool read_markup() {
    if (starts_with("<!--")) return skip_to("-->");
    if (starts_with("<?")) return skip_to("?>");
    if (starts_with("<![CDATA[")) {
      const std::size_t begin = at_ + 9;
      if (!skip_to("]]>")) return false;
      open_.back()->text += text_.substr(begin, at_ - 3 - begin);
      return true;
    }
    if (starts_with("<!")) return false;
    return starts_with("</") ? close_element() : open_element();
  }

  std::string_view read_name() {
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n/>=<", at_), text_.size());
    const std::string_view name = text_.substr(at_, end - at_);
    at_ = end;
    return name;
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  bool open_element() {
    if (open_.size() > kDepthMax || ++count_ > kElementsMax) return false;
    XmlElement made;
    made.line = line();
    ++at_;
    made.name = without_prefix(read_name());
    if (made.name.empty()) return false;
    while (true) {
      skip_blanks();
      if (at_ == text_.size()) return false;
      if (text_[at_] == '>' || starts_with("/>")) break;
      if (!read_attribute(made)) return false;
    }
    const bool is_empty = text_[at_] == '/';
    at_ += is_empty ? 2 : 1;
    open_.back()->children.push_back(std::move(made));
    if (!is_empty) open_.push_back(&open_.back()->children.back());
    return true;
  }

  bool read_attribute(XmlElement& element) {
    const std::string_view name = read_name();
    skip_blanks();
    if (name.empty() || at_ == text_.size() || text_[at_] != '=') return false;
    ++at_;
    skip_blanks();
    if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return false;
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == text_.npos) return false;
    std::string value;
    if (!append_decoded(value, text_.substr(at_ + 1, end - at_ - 1))) return false;
    element.attributes.emplace_back(without_prefix(name), std::move(value));
    at_ = end + 1;
    return true;
  }

  bool close_element() {
    at_ += 2;
    const std::string_view name = without_prefix(read_name());
    skip_blanks();
    if (open_.size() < 2 || open_.back()->name != name || at_ == text_.size() || text_[at_] != '>') return false;
    ++at_;
    open_.back()->text = trimmed(open_.back()->text);
    open_.pop_back();
    return true;
  }

  bool read_text() {
    const std::size_t end = std::min(text_.find('<', at_), text_.size());
    const bool decoded = append_decoded(open_.back()->text, text_.substr(at_, end - at_));
    at_ = end;
    return decoded;
  }

  static bool append_decoded(std::string& out, std::string_view text) {
    while (true) {
      const std::size_t mark = std::min(text.find('&'), text.size());
      out += text.substr(0, mark);
      if (mark == text.size()) return true;
      const std::size_t end = text.find(';', mark);
      if (end == text.npos || !append_entity(out, text.substr(mark + 1, end - mark - 1))) return false;
      text.remove_prefix(end + 1);
    }
  }

  static bool append_entity(std::string& out, std::string_view name) {
    static constexpr std::pair<std::string_view, char> kEntities[] = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (const auto& [known, c] : kEntities) {
      if (known != name) continue;
      out += c;
      return true;
    }
    if (!name.starts_with('#')) return false;
    const bool hexadecimal = name.starts_with("#x");
    name.remove_prefix(hexadecimal ? 2 : 1);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, hexadecimal ? 16 : 10);
    const bool is_character = code > 0 && code < 0x110000 && (code < 0xD800 || code > 0xDFFF);
    if (error != std::errc() || end != name.data() + name.size() || !is_character) return false;
    append_utf8(out, code);
    return true;
  }

  std::uint32_t line() {
    line_ += static_cast<std::uint32_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                                   text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
    counted_ = at_;
    return line_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;
  std::uint32_t line_ = 1;
  std::size_t count_ = 0;
  // The elements that are open, from the outside in. Only the innermost gains children, so these stay where they are.
  std::vector<XmlElement*> open_;
};

}  // namespace

std::string_view XmlElement::attribute(std::string_view wanted) const {
  for (const auto& [key, value] : attributes) {
    if (key == wanted) return value;
  }
  return {};
}

std::optional<XmlElement> parse_xml(std::string_view text) { return Reader(text).run(); }

}  // namespace banyan::php
