#include "php_lsp/text_document.h"

#include <algorithm>

#include "base/utf8.h"

namespace banyan::php {

namespace {

struct Character {
  std::size_t bytes = 1;
  std::uint32_t units = 1;
};

Character character_at(std::string_view text, std::size_t at, PositionEncoding encoding) {
  const std::size_t bytes = std::max<std::size_t>(1, utf8_sequence_bytes(text, at));
  if (encoding == PositionEncoding::kUtf8) return {bytes, static_cast<std::uint32_t>(bytes)};
  return {bytes, bytes == 4 ? 2U : 1U};
}

}  // namespace

TextDocument::TextDocument(std::string text, PositionEncoding encoding) : text_(std::move(text)), encoding_(encoding) {
  find_lines();
}

void TextDocument::find_lines() {
  starts_ = {0};
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n' || (text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n')))
      starts_.push_back(i + 1);
  }
}

std::size_t TextDocument::line_end(std::size_t line) const {
  std::size_t end = line + 1 < starts_.size() ? starts_[line + 1] : text_.size();
  while (end > starts_[line] && (text_[end - 1] == '\n' || text_[end - 1] == '\r')) --end;
  return end;
}

std::size_t TextDocument::offset(TextPosition position) const {
  if (position.line >= starts_.size()) return text_.size();
  std::size_t at = starts_[position.line];
  const std::size_t end = line_end(position.line);
  for (std::uint32_t units = 0; at < end;) {
    const Character one = character_at(text_, at, encoding_);
    units += one.units;
    if (units > position.character) break;
    at += one.bytes;
  }
  return std::min(at, end);
}

TextPosition TextDocument::position(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<std::size_t>(after - starts_.begin()) - 1;
  TextPosition position{.line = static_cast<std::uint32_t>(line)};
  for (std::size_t at = starts_[line]; at < offset;) {
    const Character one = character_at(text_, at, encoding_);
    if (at + one.bytes > offset) break;  // inside of a character: its start
    position.character += one.units;
    at += one.bytes;
  }
  return position;
}

void TextDocument::replace(TextPosition start, TextPosition end, std::string_view with) {
  const std::size_t from = offset(start);
  const std::size_t to = std::max(from, offset(end));
  text_.replace(from, to - from, with);
  find_lines();
}

}  // namespace banyan::php
