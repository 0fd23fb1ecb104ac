#include "php_pdo/pdo_placeholders.h"

#include "base/ascii.h"

namespace banyan::php_runtime {

namespace {

bool is_name(char c) { return is_ascii_alnum(c) || c == '_'; }

// The length of what begins a text: a quoted text, a comment, a placeholder or other bytes. 0: it ends.
class PdoScanner {
 public:
  enum class Token : unsigned char { kText, kNamed, kPositional, kEscaped };
  explicit PdoScanner(std::string_view text) : text_(text.substr(0, text.find('\0'))) {}

  bool next(Token& token, std::size_t& begin, std::size_t& size) {
    at_ += size_;
    begin = at_;
    if (at_ >= text_.size()) return false;
    token = Token::kText;
    size_ = measure(token);
    size = size_;
    return size != 0;
  }

 private:
  char at(std::size_t i) const { return at_ + i < text_.size() ? text_[at_ + i] : '\0'; }
  std::size_t run(std::size_t from, auto belongs) const {
    while (at_ + from < text_.size() && belongs(text_[at_ + from])) ++from;
    return from;
  }

  std::size_t measure(Token& token) const {
    const char c = at(0);
    if (c == '"' || c == '\'') return quoted(c);
    if (c == ':') {
      if (at(1) == ':') return run(2, [](char one) { return one == ':'; });
      if (!is_name(at(1))) return 1;
      token = Token::kNamed;
      return run(1, is_name);
    }
    if (c == '?') {
      token = at(1) == '?' ? Token::kEscaped : Token::kPositional;
      return at(1) == '?' ? 2 : 1;
    }
    if (c == '-' && at(1) == '-') return run(2, [](char one) { return one != '\r' && one != '\n'; });
    if (c == '/' && at(1) == '*') {
      const std::size_t end = text_.find("*/", at_ + 2);
      return end == std::string_view::npos ? 0 : end + 2 - at_;
    }
    if (is_special(c)) return 1;
    return run(1, [](char one) { return !is_special(one); });
  }
  // One that does not end is a quote alone.
  std::size_t quoted(char quote) const {
    for (std::size_t i = 1; at_ + i < text_.size(); ++i) {
      if (at(i) == quote) return i + 1;
      if (at(i) == '\\') ++i;
    }
    return 1;
  }
  static bool is_special(char c) { return c == ':' || c == '?' || c == '"' || (c >= '\'' && c <= '/'); }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t size_ = 0;
};

}  // namespace

PdoPlaceholders find_pdo_placeholders(std::string_view text, bool escapes) {
  using Token = PdoScanner::Token;
  PdoPlaceholders out;
  PdoScanner scanner(text);
  Token token = Token::kText;
  std::size_t begin = 0;
  std::size_t size = 0;
  while (scanner.next(token, begin, size)) {
    if (token == Token::kText || (token == Token::kEscaped && !escapes)) continue;
    if (token == Token::kEscaped) {
      out.list.push_back({begin, size, -1});
      continue;
    }
    // "12:34" has none.
    if (token == Token::kNamed && begin > 0 && is_ascii_alnum(text[begin - 1])) continue;
    (token == Token::kNamed ? out.named : out.positional) = true;
    out.list.push_back({begin, size, static_cast<int>(out.count++)});
  }
  return out;
}

std::string replace_pdo_placeholders(std::string_view text, const PdoPlaceholders& found,
                                     const std::function<std::string(const PdoPlaceholder&)>& replacement) {
  std::string out;
  std::size_t at = 0;
  for (const PdoPlaceholder& one : found.list) {
    out.append(text.substr(at, one.begin - at)).append(one.number < 0 ? "?" : replacement(one));
    at = one.begin + one.size;
  }
  return out.append(text.substr(at));
}

}  // namespace banyan::php_runtime
