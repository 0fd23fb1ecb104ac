// Heredocs and nowdocs: <<<LABEL ... LABEL.
//
// Since PHP 7.3 the closing label may be indented, and every line of the body must then be indented at least as much
// and with the same kind of blank. The closing label is known only at the end, so the parts of the body are remembered
// and judged there.
#include "php_lex/lexer_state.h"
#include "php_lex/scan.h"

namespace banyan::php {

namespace {

const char* skip_blanks(const char* from, const char* end) {
  while (from < end && (*from == ' ' || *from == '\t')) ++from;
  return from;
}

// Past the line end at `from`; `from` itself where there is none.
const char* skip_line_end(const char* from, const char* end) {
  if (from < end && *from == '\r') return from + (from + 1 < end && from[1] == '\n' ? 2 : 1);
  return from < end && *from == '\n' ? from + 1 : from;
}

}  // namespace

// `start` is at "<<<" or at a "b" before it. False, with nothing done, where no heredoc begins there.
bool Lexer::lex_heredoc_start(const char* start) {
  const char* p = *start == '<' ? start : start + 1;
  if (end_ - p < 5 || p[0] != '<' || p[1] != '<' || p[2] != '<') return false;
  p = skip_blanks(p + 3, end_);
  const char quote = p < end_ && (*p == '\'' || *p == '"') ? *p++ : '\0';
  if (p == end_ || !byte_is(*p, kLabelStart)) return false;
  const char* const label_end = skip_label(p);
  const std::string_view label(p, static_cast<std::size_t>(label_end - p));
  p = label_end;
  if (quote != '\0' && (p == end_ || *p++ != quote)) return false;
  const char* const body = skip_line_end(p, end_);
  if (body == p) return false;
  cursor_ = body;
  emit(TokenKind::kHeredocStart, start);
  Heredoc heredoc{.label = label, .first_text = static_cast<std::uint32_t>(heredoc_texts_.size())};
  heredoc.starts_with_variable = quote != '\'' && starts_interpolation(body);
  heredocs_.push_back(heredoc);
  mode_ = quote == '\'' ? Mode::kNowdoc : Mode::kHeredoc;
  if (closes_heredoc(body, &heredocs_.back().indentation)) mode_ = Mode::kHeredocEnd;
  return true;
}

// Whether the line at `line` begins with the closing label, and how far that is indented.
bool Lexer::closes_heredoc(const char* line, std::uint32_t* indentation) {
  const bool flexible = has(Feature::kFlexibleHeredoc);
  const char* const word = flexible ? skip_blanks(line, end_) : line;
  const std::string_view label = heredocs_.back().label;
  if (static_cast<std::size_t>(end_ - word) < label.size() || std::string_view(word, label.size()) != label)
    return false;
  const char* after = word + label.size();
  if (after < end_ && byte_is(*after, kLabelByte)) return false;
  if (!flexible) {
    if (after < end_ && *after == ';') ++after;
    return after == end_ || *after == '\n' || *after == '\r';
  }
  const std::string_view blanks(line, static_cast<std::size_t>(word - line));
  if (blanks.find(' ') != std::string_view::npos && blanks.find('\t') != std::string_view::npos) {
    complain(line, blanks.size(), "lex.heredoc-indentation", "Invalid indentation: tabs and spaces cannot be mixed");
  }
  *indentation = static_cast<std::uint32_t>(blanks.size());
  return true;
}

// The end of the text that begins at `from`: an interpolation, the closing label's line, or the end of the file.
const char* Lexer::find_heredoc_part_end(const char* from, bool interpolates, bool* closed) {
  while (true) {
    from = interpolates ? find_byte_of<'\n', '\r', '\\', '$', '{'>(from, end_) : find_byte_of<'\n', '\r'>(from, end_);
    if (from == end_) return end_;
    if (*from == '\n' || *from == '\r') {
      from = skip_line_end(from, end_);
      if (closes_heredoc(from, &heredocs_.back().indentation)) {
        *closed = true;
        return from;
      }
    } else if (*from == '\\') {
      ++from;
      if (from < end_ && *from != '\n' && *from != '\r') ++from;
    } else if (starts_interpolation(from)) {
      return from;
    } else {
      ++from;
    }
  }
}

void Lexer::lex_heredoc_part() {
  if (lex_interpolation()) return;
  const char* const start = cursor_;
  bool closed = false;
  cursor_ = find_heredoc_part_end(cursor_, true, &closed);
  if (closed) mode_ = Mode::kHeredocEnd;
  heredoc_texts_.push_back({start, cursor_});
  check_escapes(start, cursor_);
  emit(TokenKind::kStringText, start);
}

void Lexer::lex_nowdoc() {
  const char* const start = cursor_;
  bool closed = false;
  cursor_ = find_heredoc_part_end(cursor_, false, &closed);
  if (closed) mode_ = Mode::kHeredocEnd;
  heredoc_texts_.push_back({start, cursor_});
  emit(TokenKind::kStringText, start);
}

// The closing label with its indentation.
void Lexer::lex_heredoc_end() {
  const Heredoc heredoc = heredocs_.back();
  mode_ = Mode::kScripting;
  emit_bytes(TokenKind::kHeredocEnd, heredoc.indentation + heredoc.label.size());
  if (heredoc.indentation != 0) check_heredoc_indentation(heredoc);
  heredoc_texts_.resize(heredoc.first_text);
  heredocs_.pop_back();
}

void Lexer::check_heredoc_indentation(const Heredoc& heredoc) {
  if (heredoc.starts_with_variable) {
    return complain(cursor_, 0, "lex.heredoc-indentation",
                    "The heredoc's body is indented less than its closing label");
  }
  for (std::size_t i = heredoc.first_text; i < heredoc_texts_.size(); ++i) {
    const TextRange text = heredoc_texts_[i];
    const char* const label_line = cursor_ - heredoc.label.size() - heredoc.indentation;
    if (!check_text_indentation(text.from, text.to, heredoc, text.to == label_line)) return;
  }
}

// One part of the body. `last` says that the closing label follows it, so that its last line end is not its own.
bool Lexer::check_text_indentation(const char* from, const char* to, const Heredoc& heredoc, bool last) {
  if (last) {
    if (to[-1] == '\n' && to - from >= 2 && to[-2] == '\r') --to;
    --to;
  }
  const char* line = from;
  if (from[-1] != '\n' && from[-1] != '\r') {
    line = find_byte_of<'\n', '\r'>(from, to);
    if (line == to) return true;
    line = skip_line_end(line, to);
  }
  while (true) {
    const char* const line_end = find_byte_of<'\n', '\r'>(line, to);
    const bool blank_allowed = line_end < to || last;
    if (check_line_indentation(line, line_end, heredoc, blank_allowed) == nullptr) return false;
    if (line_end == to) return true;
    line = skip_line_end(line_end, to);
  }
}

// Null after a complaint. A line of blanks only may be shorter than the indentation.
const char* Lexer::check_line_indentation(const char* line, const char* to, const Heredoc& heredoc,
                                          bool blank_allowed) {
  const char blank = cursor_[-static_cast<std::ptrdiff_t>(heredoc.label.size() + heredoc.indentation)];
  for (std::uint32_t skipped = 0; skipped < heredoc.indentation; ++skipped, ++line) {
    if (line == to && blank_allowed) return line;
    if (line == to || (*line != ' ' && *line != '\t')) {
      complain(line, 0, "lex.heredoc-indentation", "The heredoc's body is indented less than its closing label");
      return nullptr;
    }
    if (*line != blank) {
      complain(line, 1, "lex.heredoc-indentation", "Invalid indentation: tabs and spaces cannot be mixed");
      return nullptr;
    }
  }
  return line;
}

}  // namespace banyan::php
