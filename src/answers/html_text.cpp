#include "answers/html_text.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "base/ascii.h"
#include "base/html_entities.h"

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
  if (const HtmlEntity* known = find_html_entity(name); known != nullptr) {
    append_utf8(out, known->code);
    return true;
  }
  if (name == "apos") {  // HTML 5 alone has it
    out.push_back('\'');
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

// What an element does to the white space around it, as style sheets have it where nothing else is said (CSS Text 3
// section 4.1.1, HTML section 15.3).
enum class Flow : std::uint8_t {
  kInline,  // none: of the spaces inside and outside of it one is left
  kBlock,   // stands in lines of its own: there is none at its edges
  kAtom,    // shows something itself, like a letter
  kHidden,  // as if it were not there
};

Flow flow_of(std::string_view element) {
  // Each sorted.
  constexpr std::string_view kBlocks[] = {
      "address", "article",  "aside",  "blockquote", "body",  "br",     "caption", "center",   "col",        "colgroup",
      "dd",      "details",  "dialog", "dir",        "div",   "dl",     "dt",      "fieldset", "figcaption", "figure",
      "footer",  "form",     "frame",  "frameset",   "h1",    "h2",     "h3",      "h4",       "h5",         "h6",
      "head",    "header",   "hgroup", "hr",         "html",  "legend", "li",      "main",     "menu",       "nav",
      "ol",      "optgroup", "option", "p",          "pre",   "search", "section", "summary",  "table",      "tbody",
      "td",      "tfoot",    "th",     "thead",      "title", "tr",     "ul"};
  constexpr std::string_view kAtoms[] = {"audio", "button", "canvas",   "embed",  "iframe", "img",      "input",
                                         "meter", "object", "progress", "select", "svg",    "textarea", "video"};
  constexpr std::string_view kUnseen[] = {"base", "link", "meta", "noscript", "script", "style", "template"};
  if (std::ranges::binary_search(kBlocks, element)) return Flow::kBlock;
  if (std::ranges::binary_search(kAtoms, element)) return Flow::kAtom;
  return std::ranges::binary_search(kUnseen, element) ? Flow::kHidden : Flow::kInline;
}

// Elements without an end tag that show something.
bool is_empty_atom(std::string_view element) { return element == "img" || element == "input" || element == "embed"; }

// Attributes that are there or not, whatever their value (HTML section 2.3.2).
bool is_boolean(std::string_view attribute) {
  constexpr std::string_view kNames[] = {
      "allowfullscreen", "async",          "autofocus", "autoplay",    "checked",   "controls", "default",  "defer",
      "disabled",        "formnovalidate", "inert",     "ismap",       "itemscope", "loop",     "multiple", "muted",
      "nomodule",        "novalidate",     "open",      "playsinline", "readonly",  "required", "reversed", "selected"};
  return std::ranges::binary_search(kNames, attribute);
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
  void add(std::string text, bool markup) {
    pieces_.push_back({std::move(text), markup, line_});
    text_goes_on_ = false;
  }
  // A text that only a comment parts from the one before is the same text.
  void add_text(std::string text) {
    if (text.empty()) return;
    if (std::exchange(text_goes_on_, true)) {
      pieces_.back().text += text;
    } else {
      pieces_.push_back({std::move(text), false, line_});
    }
  }
  // The space that stands before what is shown next: one for all of them, and none where a line begins.
  bool take_space() { return std::exchange(space_, false) && !begins_; }
  void begin_line() {
    space_ = false;
    begins_ = true;
  }
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
      begin_line();
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
    std::string text = space_around(tag) ? " " + tag : tag;
    for (const auto& [name, value] : attributes) {
      text.append(" ").append(name).append("=\"");
      // Both, or `&quot;` and what was escaped twice would be one.
      for (const char c : value) c == '"' ? text.append("&quot;") : c == '&' ? text.append("&amp;") : text.append(1, c);
      text.push_back('"');
    }
    add(text + '>', true);
    if (tag == "<script" || tag == "<style" || tag == "<pre" || tag == "<textarea") read_raw(tag.substr(1));
  }

  // What the tag does to white space; whether one stands before it.
  bool space_around(std::string_view tag) {
    const bool ends = tag.starts_with("</");
    const std::string_view element = tag.substr(ends ? 2 : 1);
    const Flow flow = flow_of(element);
    if (flow == Flow::kBlock) begin_line();
    if (flow != Flow::kAtom) return false;
    const bool before = !ends && take_space();
    space_ = false;
    begins_ = !ends && !is_empty_atom(element);  // what it holds is laid out by itself
    return before;
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
      if (is_boolean(name)) value.clear();
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
    for (const char c : resolved(page_.substr(begin, at_ - begin))) {
      if (is_space(c)) {
        space_ = true;
        continue;
      }
      if (take_space()) text.push_back(' ');
      text.push_back(c);
      begins_ = false;
    }
    add_text(std::move(text));
  }

  std::string_view page_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  bool space_ = false;         // white space came since something was shown
  bool begins_ = true;         // nothing is shown in this line yet
  bool text_goes_on_ = false;  // nothing but comments since the last piece, a text
  std::vector<HtmlPiece> pieces_;
};

}  // namespace

std::vector<HtmlPiece> html_pieces(std::string_view page) { return HtmlReader(page).read(); }

}  // namespace banyan
