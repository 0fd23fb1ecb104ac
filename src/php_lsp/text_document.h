// A text an editor has open: its bytes, and the positions the editor names them by.
//
// Editors count lines from 0 and columns in UTF-16 code units, unless both sides agree on UTF-8 bytes. A byte that is
// no UTF-8 counts as one unit. Positions beyond the end of a line or of the text mean that end, as LSP 3.17 has it.
// A line ends with \n, \r\n or \r.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace banyan::php {

enum class PositionEncoding : std::uint8_t { kUtf8, kUtf16 };

struct TextPosition {
  std::uint32_t line = 0;
  std::uint32_t character = 0;
  friend auto operator<=>(const TextPosition&, const TextPosition&) = default;
};

class TextDocument {
 public:
  TextDocument(std::string text, PositionEncoding encoding);

  const std::string& text() const { return text_; }
  std::size_t offset(TextPosition position) const;
  // Of any offset up to and including the size.
  TextPosition position(std::size_t offset) const;
  // Replaces what lies between the positions; an end before the start is taken as the start.
  void replace(TextPosition start, TextPosition end, std::string_view with);

 private:
  void find_lines();
  std::size_t line_end(std::size_t line) const;  // without its line break

  std::string text_;
  PositionEncoding encoding_;
  std::vector<std::size_t> starts_;
};

}  // namespace banyan::php
