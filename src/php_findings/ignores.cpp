#include "php_findings/ignores.h"

#include <algorithm>

namespace banyan::php {

namespace {

constexpr std::string_view kMark = "@banyan-ignore";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '*'; }
bool is_code_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_' || c == ':';
}

// The words behind the mark, without the end of a block comment.
std::string_view words_behind(std::string_view comment, std::size_t mark) {
  std::string_view words = comment.substr(mark + kMark.size());
  if (comment.starts_with("/*") && words.ends_with("*/")) words.remove_suffix(2);
  return words.substr(0, words.find_first_of("\r\n"));
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

// "a.b, c.d because" gives both codes and whether anything stands behind them. Without a blank behind the mark there
// are none.
void read_words(std::string_view words, Ignore& ignore) {
  if (!words.empty() && !is_blank(words.front())) return;
  while (true) {
    skip_blanks(words);
    std::size_t length = 0;
    while (length < words.size() && is_code_character(words[length])) ++length;
    if (length == 0) break;
    ignore.codes.emplace_back(words.substr(0, length));
    words.remove_prefix(length);
    skip_blanks(words);
    if (!words.starts_with(',')) break;
    words.remove_prefix(1);
  }
  ignore.has_reason = std::any_of(words.begin(), words.end(), [](char c) { return !is_blank(c); });
}

bool is_code(TokenKind kind) {
  return !is_trivia(kind) && kind != TokenKind::kInlineHtml && kind != TokenKind::kEndOfFile;
}

// The line a comment counts for: its own where code begins before it on that line, else that of the code behind it.
std::uint32_t line_of_ignore(const TokenStream& stream, const LineTable& lines, std::size_t comment) {
  const std::uint32_t own = lines.at(stream.tokens[comment].offset).line;
  for (std::size_t i = comment; i-- > 0 && lines.at(stream.tokens[i + 1].offset).line == own;) {
    if (is_code(stream.tokens[i].kind) && lines.at(stream.tokens[i + 1].offset - 1).line == own) return own;
  }
  for (std::size_t i = comment + 1; i < stream.tokens.size(); ++i) {
    if (is_code(stream.tokens[i].kind)) return lines.at(stream.tokens[i].offset).line;
  }
  return own;
}

Finding complaint(const Ignore& ignore, const std::string& file, const Locator& locator) {
  Finding finding;
  finding.file = file;
  finding.severity = FindingSeverity::kWarning;
  finding.level = 1;
  finding.region = locator.region(ignore.offset, ignore.length);
  finding.excerpt = locator.excerpt(finding.region);
  return finding;
}

Finding malformed(const Ignore& ignore, const std::string& file, const Locator& locator) {
  Finding finding = complaint(ignore, file, locator);
  finding.code = kIgnoreMalformed;
  finding.message = ignore.codes.empty() ? "@banyan-ignore names no code" : "@banyan-ignore gives no reason";
  finding.hint = "Write @banyan-ignore CODE and then why the finding is accepted";
  return finding;
}

Finding unused(const Ignore& ignore, const std::string& code, const std::string& file, const Locator& locator) {
  Finding finding = complaint(ignore, file, locator);
  finding.code = kIgnoreUnused;
  finding.message = "@banyan-ignore " + code + " matches no finding on line " + std::to_string(ignore.line);
  finding.hint = "Delete the comment";
  return finding;
}

}  // namespace

std::vector<Ignore> find_ignores(const TokenStream& stream, std::string_view source) {
  std::vector<Ignore> ignores;
  if (source.find(kMark) == std::string_view::npos) return ignores;
  const LineTable lines(source);
  for (std::size_t i = 0; i < stream.tokens.size(); ++i) {
    const Token& token = stream.tokens[i];
    if (token.kind != TokenKind::kComment && token.kind != TokenKind::kDocComment) continue;
    const std::string_view comment = stream.text(source, static_cast<std::uint32_t>(i));
    const std::size_t mark = comment.find(kMark);
    if (mark == std::string_view::npos) continue;
    Ignore ignore{.offset = token.offset, .length = static_cast<std::uint32_t>(comment.size())};
    read_words(words_behind(comment, mark), ignore);
    ignore.line = line_of_ignore(stream, lines, i);
    ignores.push_back(std::move(ignore));
  }
  return ignores;
}

std::size_t apply_ignores(const std::vector<Ignore>& ignores, const std::string& file, const Locator& locator,
                          std::vector<Finding>& findings,
                          const std::function<bool(std::string_view code)>& was_checked) {
  std::vector<Finding> complaints;
  std::size_t taken = 0;
  for (const Ignore& ignore : ignores) {
    if (ignore.codes.empty() || !ignore.has_reason) {
      complaints.push_back(malformed(ignore, file, locator));
      continue;
    }
    for (const std::string& code : ignore.codes) {
      const std::size_t matched = std::erase_if(
          findings, [&](const Finding& finding) { return finding.code == code && finding.region.line == ignore.line; });
      taken += matched;
      if (matched == 0 && was_checked(code)) complaints.push_back(unused(ignore, code, file, locator));
    }
  }
  findings.insert(findings.end(), std::make_move_iterator(complaints.begin()),
                  std::make_move_iterator(complaints.end()));
  return taken;
}

}  // namespace banyan::php
