#include "nginx_import/nginx_text.h"

#include <utility>

#include "base/utf8.h"

namespace banyan::nginx {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

class Parser {
 public:
  Parser(std::string_view text, std::uint32_t file, Diagnostics& diagnostics)
      : text_(text), file_(file), diagnostics_(diagnostics) {}

  std::optional<std::vector<Directive>> parse() {
    if (text_.size() > kTextBytesMax) return refuse({}, "the file is longer than 4 MiB", "split it by includes");
    if (text_.find('\0') != text_.npos) return refuse({}, "the file holds NUL bytes", "is it a text file?");
    std::vector<Directive> directives;
    if (!read_block(directives, 0, {})) return std::nullopt;
    return directives;
  }

 private:
  std::nullopt_t refuse(SourcePosition position, std::string what, std::string hint = {}) {
    diagnostics_.error(position, std::move(what), std::move(hint));
    return std::nullopt;
  }
  bool fail(SourcePosition position, std::string what, std::string hint = {}) {
    refuse(position, std::move(what), std::move(hint));
    return false;
  }

  bool at_end() const { return at_ >= text_.size(); }
  char here() const { return text_[at_]; }
  SourcePosition position() const { return {line_, static_cast<int>(at_ - line_start_) + 1}; }
  void advance() {
    if (text_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    }
    ++at_;
  }

  void skip_blank() {
    while (!at_end()) {
      if (is_space(here())) {
        advance();
      } else if (here() == '#') {
        while (!at_end() && here() != '\n') advance();
      } else {
        return;
      }
    }
  }

  // Directives up to the brace that closes the block opened at `opened`, or to the end of the file at depth 0.
  bool read_block(std::vector<Directive>& into, std::size_t depth, SourcePosition opened) {
    if (depth > kDepthMax) return fail(opened, "blocks are nested deeper than 32 levels");
    for (;;) {
      skip_blank();
      if (at_end()) {
        return depth == 0 || fail(opened, "this block is never closed", "add '}' at its end");
      }
      if (here() == '}') {
        if (depth == 0) return fail(position(), "'}' closes no block", "delete it");
        advance();
        return true;
      }
      if (++count_ > kDirectivesMax) return fail(position(), "more than 100,000 directives");
      into.emplace_back();
      if (!read_directive(into.back(), depth)) return false;
    }
  }

  bool read_directive(Directive& directive, std::size_t depth) {
    directive.place = {file_, position()};
    const SourcePosition start = directive.place.position;
    for (bool first = true;; first = false) {
      skip_blank();
      if (at_end()) return fail(start, "the directive '" + directive.name + "' has no end", "add ';'");
      const SourcePosition here_position = position();
      if (here() == ';') {
        advance();
        return !first || fail(here_position, "';' ends no directive", "delete it");
      }
      if (here() == '}') return fail(here_position, "'}' before the end of '" + directive.name + "'", "add ';'");
      if (here() == '{') {
        if (first) return fail(here_position, "'{' without a name before it");
        advance();
        directive.has_block = true;
        if (directive.name.ends_with("_by_lua_block")) return skip_lua(here_position);
        return read_block(directive.block, depth + 1, here_position);
      }
      std::string word;
      if (!read_word(word)) return false;
      if (utf8_valid_prefix(word) != word.size() || word.find('\x7f') != word.npos) {
        return fail(here_position, "this word is not UTF-8", "only comments may be in another encoding");
      }
      if (first) {
        directive.name = std::move(word);
      } else {
        directive.arguments.push_back(std::move(word));
      }
    }
  }

  bool read_word(std::string& word) {
    const SourcePosition start = position();
    const char quote = here() == '"' || here() == '\'' ? here() : '\0';
    if (quote != 0) advance();
    for (;; advance()) {
      if (word.size() > kWordBytesMax) return fail(start, "a word is longer than 4096 bytes", "is a quote missing?");
      if (at_end()) return quote == 0 || fail(start, "the quote is never closed", std::string("add ") + quote);
      const char c = here();
      if (c == '\\') {
        if (!read_escape(word)) return fail(start, "a backslash at the end of the file");
      } else if (quote != 0) {
        if (c == quote) return end_quote();
        if (static_cast<unsigned char>(c) < ' ' && !is_space(c))
          return fail(position(), "a control character", "delete it");
        word += c;
      } else if (c == '$' && at_ + 1 < text_.size() && text_[at_ + 1] == '{') {
        word += "${";
        advance();
      } else if (is_space(c) || c == ';' || c == '{') {
        return true;
      } else if (static_cast<unsigned char>(c) < ' ') {
        return fail(position(), "a control character", "delete it");
      } else {
        word += c;
      }
    }
  }

  // Leaves the last character of the escape to the caller's advance().
  bool read_escape(std::string& word) {
    if (at_ + 1 >= text_.size()) return false;
    advance();
    switch (const char c = here()) {
      case '"':
      case '\'':
      case '\\':
        word += c;
        break;
      case 't':
        word += '\t';
        break;
      case 'r':
        word += '\r';
        break;
      case 'n':
        word += '\n';
        break;
      default:
        word += '\\';
        word += c;
    }
    return true;
  }

  bool end_quote() {
    advance();
    if (at_end() || is_space(here()) || here() == ';' || here() == '{' || here() == ')') return true;
    return fail(position(), std::string("'") + here() + "' directly behind a closing quote",
                "put a space between them");
  }

  // Lua is not read; its braces are counted outside of its strings and comments.
  bool skip_lua(SourcePosition opened) {
    for (std::size_t depth = 1; !at_end(); advance()) {
      const char c = here();
      if (c == '-' && text_.substr(at_).starts_with("--")) {
        while (!at_end() && here() != '\n') advance();
        if (at_end()) break;
      } else if (c == '"' || c == '\'') {
        for (advance(); !at_end() && here() != c; advance()) {
          if (here() == '\\' && at_ + 1 < text_.size()) advance();
        }
        if (at_end()) break;
      } else if (c == '{') {
        ++depth;
      } else if (c == '}' && --depth == 0) {
        advance();
        return true;
      }
    }
    return fail(opened, "this block of Lua is never closed", "add '}' at its end");
  }

  std::string_view text_;
  std::uint32_t file_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::size_t line_start_ = 0;
  std::size_t count_ = 0;
};

}  // namespace

std::string_view Directive::argument(std::size_t index) const {
  return index < arguments.size() ? std::string_view(arguments[index]) : std::string_view();
}

std::string Directive::text() const {
  std::string out = name;
  for (const std::string& word : arguments) out.append(" ").append(word);
  constexpr std::size_t kBytesMax = 120;
  if (out.size() > kBytesMax) {
    out.resize(kBytesMax - 3);
    out.resize(utf8_valid_prefix(out));
    out += "...";
  }
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  }
  return out;
}

std::optional<std::vector<Directive>> parse_text(std::string_view text, std::uint32_t file, Diagnostics& diagnostics) {
  return Parser(text, file, diagnostics).parse();
}

}  // namespace banyan::nginx
