#include "php_endpoints/path_pattern.h"

#include <algorithm>

namespace banyan::php {

namespace {

constexpr std::size_t kAlternativesMax = 8;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// The offset of the bracket that closes the one at `open`, stepping over escapes; npos where it is not closed.
std::size_t closing_bracket(std::string_view text, std::size_t open, char opening, char closing) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == opening) {
      ++depth;
    } else if (text[i] == closing && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

// "{id?}" of Laravel, and "{page<\d+>?1}" of Symfony, which has a value for what is left out; "{!page?1}" leaves
// nothing out.
bool is_optional(std::string_view name, std::string_view constraint) {
  if (name.starts_with('!')) return false;
  return constraint.ends_with('?') || constraint.starts_with('?') ||
         (constraint.starts_with('<') && constraint.find(">?") != constraint.npos);
}

bool takes_slashes(std::string_view constraint) {
  return constraint.find(".*") != std::string_view::npos || constraint.find(".+") != std::string_view::npos;
}

// "a[/{b}[/{c}]]" to the texts it may stand for; brackets inside of braces are constraints.
std::vector<std::string> expand_optional_parts(std::string_view text) {
  std::vector<std::string> results = {""};
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '{') ++depth;
    if (c == '}' && depth > 0) --depth;
    if (c != '[' || depth > 0) {
      for (std::string& result : results) result += c;
      continue;
    }
    const std::size_t end = closing_bracket(text, i, '[', ']');
    if (end == std::string_view::npos) break;
    std::vector<std::string> longer;
    for (const std::string& tail : expand_optional_parts(text.substr(i + 1, end - i - 1))) {
      for (const std::string& result : results) longer.push_back(result + tail);
    }
    for (std::string& one : longer) {
      if (results.size() < kAlternativesMax) results.push_back(std::move(one));
    }
    i = end;
  }
  return results;
}

// Reads one regular expression into one pattern.
class RegexReader {
 public:
  explicit RegexReader(std::string_view regex) : rest_(regex) {}

  std::optional<PathPattern> read() {
    if (rest_.starts_with('^')) {
      rest_.remove_prefix(1);
    } else if (!rest_.starts_with('/') && !rest_.starts_with("\\/")) {
      return std::nullopt;
    }
    while (!rest_.empty()) {
      if (rest_ == "$" || rest_ == "\\z" || rest_ == "\\Z") return pattern_;
      if (!read_atom()) return std::nullopt;
    }
    pattern_.append_rest();
    return pattern_;
  }

 private:
  bool read_atom() {
    const char c = rest_.front();
    if (c == '|' || c == ')' || c == '*' || c == '+' || c == '?' || c == '^') return false;
    if (c == '(') return read_group();
    if (c == '[') return read_class();
    if (c == '\\') return read_escape();
    if (c == '$') return false;
    rest_.remove_prefix(1);
    if (c == '.') return add_class(true);
    return add_literal(c);
  }

  bool read_group() {
    const std::size_t end = closing_bracket(rest_, 0, '(', ')');
    if (end == std::string_view::npos) return false;
    std::string_view inside = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    std::string name;
    if (inside.starts_with("?P<") || inside.starts_with("?<")) {
      const std::size_t from = inside.find('<') + 1;
      const std::size_t to = inside.find('>', from);
      if (to == std::string_view::npos || inside[from] == '=' || inside[from] == '!') return false;
      name = inside.substr(from, to - from);
      inside.remove_prefix(to + 1);
    } else if (inside.starts_with("?:")) {
      inside.remove_prefix(2);
    } else if (inside.starts_with('?')) {
      return false;
    }
    const bool optional = skip_quantifier();
    if (takes_slashes(inside) || (optional && inside.starts_with('/'))) {
      pattern_.append_rest();
    } else {
      pattern_.append_parameter(name.empty() ? std::to_string(++unnamed_) : name);
    }
    return true;
  }

  bool read_class() {
    const std::size_t end = rest_.find(']', rest_.starts_with("[^]") || rest_.starts_with("[]") ? 3 : 1);
    if (end == std::string_view::npos) return false;
    rest_.remove_prefix(end + 1);
    return add_class(false);
  }

  bool read_escape() {
    if (rest_.size() < 2) return false;
    const char c = rest_[1];
    rest_.remove_prefix(2);
    if (c == 'd' || c == 'w' || c == 'S') return add_class(false);
    if (is_word(c)) return false;
    return add_literal(c);
  }

  bool add_class(bool any_byte) {
    const bool repeated = !rest_.empty() && (rest_.front() == '*' || rest_.front() == '+');
    skip_quantifier();
    if (any_byte && repeated) {
      pattern_.append_rest();
    } else {
      pattern_.append_parameter(std::to_string(++unnamed_));
    }
    return true;
  }

  bool add_literal(char c) {
    if (!rest_.empty() && (rest_.front() == '*' || rest_.front() == '+' || rest_.front() == '{')) return false;
    const bool optional = skip_quantifier();
    if (optional) return c == '/';  // a slash at the end does not matter, another optional letter would
    pattern_.append_literal(std::string_view(&c, 1));
    return true;
  }

  // Steps over *, +, ?, {2,3}; true where nothing at all may stand there.
  bool skip_quantifier() {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    bool optional = c == '?' || c == '*';
    if (optional || c == '+') {
      rest_.remove_prefix(1);
    } else if (c == '{') {
      const std::size_t end = rest_.find('}');
      if (end == std::string_view::npos) return false;
      rest_.remove_prefix(end + 1);
    } else {
      return false;
    }
    if (!rest_.empty() && (rest_.front() == '?' || rest_.front() == '+')) rest_.remove_prefix(1);
    return optional;
  }

  std::string_view rest_;
  PathPattern pattern_;
  int unnamed_ = 0;
};

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

void PathPattern::append_piece(std::string_view text, bool is_parameter) {
  if (segments_.empty()) segments_.emplace_back();
  Segment& last = segments_.back();
  if (!is_parameter && !last.empty() && !last.back().is_parameter) {
    last.back().text += text;
  } else {
    last.push_back({std::string(text), is_parameter});
  }
}

void PathPattern::append_literal(std::string_view text) {
  if (rest_) return;
  while (!text.empty()) {
    if (text.front() == '/') {
      if (segments_.empty() || !segments_.back().empty()) segments_.emplace_back();
      text.remove_prefix(1);
      continue;
    }
    const std::size_t end = text.find_first_of("/\1");
    if (text.front() != kUnknownBegin) {
      append_piece(text.substr(0, end), false);
      text.remove_prefix(std::min(end, text.size()));
      continue;
    }
    const std::size_t close = std::min(text.find(kUnknownEnd), text.size());
    append_parameter(std::string(text.substr(1, close - 1)));
    text.remove_prefix(std::min(close + 1, text.size()));
  }
}

void PathPattern::append_parameter(std::string name) {
  if (rest_) return;
  std::replace_if(name.begin(), name.end(), [](char c) { return !is_word(c); }, '_');
  append_piece(name, true);
}

void PathPattern::append_rest() { rest_ = true; }

PathPattern PathPattern::from_literal(std::string_view text) {
  PathPattern pattern;
  pattern.append_literal(text);
  if (!pattern.segments_.empty() && pattern.segments_.back().empty()) pattern.segments_.pop_back();
  return pattern;
}

std::vector<PathPattern> PathPattern::from_braces(std::string_view text) {
  std::vector<PathPattern> results;
  for (const std::string& one : expand_optional_parts(text)) {
    std::vector<PathPattern> open(1);
    std::string_view rest = one;
    while (!rest.empty()) {
      const std::size_t brace = std::min(rest.find('{'), rest.size());
      for (PathPattern& pattern : open) pattern.append_literal(rest.substr(0, brace));
      rest.remove_prefix(brace);
      if (rest.empty()) break;
      const std::size_t end = std::min(closing_bracket(rest, 0, '{', '}'), rest.size());
      std::string_view inside = rest.substr(1, end - 1);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const std::size_t name_end = std::min(inside.find_first_of(":<?"), inside.size());
      const std::string_view constraint = inside.substr(name_end);
      std::string name(inside.substr(0, name_end));
      const bool optional = is_optional(name, constraint);
      if (optional && open.size() < kAlternativesMax) open.push_back(open.front());
      if (name.starts_with('!')) name.erase(0, 1);
      for (std::size_t i = 0; i + (optional ? 1 : 0) < open.size(); ++i) {
        if (takes_slashes(constraint)) {
          open[i].append_rest();
        } else {
          open[i].append_parameter(name);
        }
      }
    }
    for (PathPattern& pattern : open) {
      if (!pattern.segments_.empty() && pattern.segments_.back().empty()) pattern.segments_.pop_back();
      if (results.size() < kAlternativesMax) results.push_back(std::move(pattern));
    }
  }
  std::sort(results.begin(), results.end());
  results.erase(std::unique(results.begin(), results.end()), results.end());
  return results;
}

std::optional<PathPattern> PathPattern::from_regex(std::string_view regex) {
  std::optional<PathPattern> pattern = RegexReader(regex).read();
  if (pattern && !pattern->segments_.empty() && pattern->segments_.back().empty()) pattern->segments_.pop_back();
  return pattern;
}

PathPattern PathPattern::join(const PathPattern& tail) const {
  PathPattern result = *this;
  if (result.rest_) return result;
  result.segments_.insert(result.segments_.end(), tail.segments_.begin(), tail.segments_.end());
  result.rest_ = tail.rest_;
  return result;
}

std::string PathPattern::text() const {
  std::string out;
  for (const Segment& segment : segments_) {
    out += '/';
    for (const Piece& piece : segment) out += (piece.is_parameter ? ":" : "") + piece.text;
  }
  if (rest_) out += "/*";
  return out.empty() ? "/" : out;
}

bool segment_matches(const PathPattern::Segment& segment, std::string_view text) {
  // Fixed pieces are looked for from the left, the last one at the end; parameters take at least a byte.
  bool after_parameter = false;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const PathPattern::Piece& piece = segment[i];
    if (piece.is_parameter) {
      if (text.empty()) return false;
      text.remove_prefix(1);
      after_parameter = true;
      continue;
    }
    if (after_parameter && i + 1 == segment.size()) return text.ends_with(piece.text);
    const std::size_t at = after_parameter ? text.find(piece.text) : (text.starts_with(piece.text) ? 0 : text.npos);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + piece.text.size());
    after_parameter = false;
  }
  return after_parameter || text.empty();
}

std::string canonical_request_path(std::string_view target) {
  target = target.substr(0, target.find_first_of("?#"));
  if (const std::size_t scheme = target.find("://"); scheme != target.npos && !target.starts_with('/')) {
    const std::size_t slash = target.find('/', scheme + 3);
    target = slash == target.npos ? std::string_view("/") : target.substr(slash);
  }
  std::string path;
  for (const char c : percent_decoded(target)) {
    if (c != '/' || !path.ends_with('/')) path += c;
  }
  constexpr std::string_view kIndex = "/index.php";
  if (path.starts_with("/index.php/")) path.erase(0, kIndex.size());
  if (path.ends_with(kIndex)) path.resize(path.size() - kIndex.size());
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path.empty() ? "/" : path;
}

}  // namespace banyan::php
