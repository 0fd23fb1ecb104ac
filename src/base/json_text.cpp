#include "base/json_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include "base/utf8.h"

namespace banyan {
namespace {

// Bytes that stand for themselves inside a JSON string. Those above 0x7f do so as well-formed sequences only.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

// What stands in the output for the character at text[at], and how many bytes of text it takes.
struct Piece {
  char text[6];
  unsigned char size;
  unsigned char taken;
};

Piece next_piece(std::string_view text, std::size_t at) {
  const char c = text[at];
  const auto escape = [](char letter) { return Piece{{'\\', letter}, 2, 1}; };
  switch (c) {
    case '"':
    case '\\':
      return escape(c);
    case '\n':
      return escape('n');
    case '\r':
      return escape('r');
    case '\t':
      return escape('t');
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x20) {
    return {{'\\', 'u', '0', '0', c < 0x10 ? '0' : '1', "0123456789abcdef"[c & 15]}, 6, 1};
  }
  const std::size_t bytes = utf8_sequence_bytes(text, at);
  if (bytes == 0) return {{'\xef', '\xbf', '\xbd'}, 3, 1};
  Piece piece{{}, static_cast<unsigned char>(bytes), static_cast<unsigned char>(bytes)};
  std::memcpy(piece.text, text.data() + at, bytes);
  return piece;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  for (std::size_t at = 0; at < text.size();) {
    std::size_t run = at;
    while (run < text.size() && is_plain(text[run])) ++run;
    out.append(text, at, run - at);
    at = run;
    if (at == text.size()) break;
    const Piece piece = next_piece(text, at);
    out.append(piece.text, piece.size);
    at += piece.taken;
  }
  out.push_back('"');
}

char* write_json_string(char* out, const char* end, std::string_view text, bool& cut) {
  if (end - out < 2) {
    cut = true;
    return out;
  }
  const char* const last = end - 1;  // room for the closing quote
  *out++ = '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t room = static_cast<std::size_t>(last - out);
    const std::size_t limit = at + std::min(room, text.size() - at);
    std::size_t run = at;
    while (run < limit && is_plain(text[run])) ++run;
    std::memcpy(out, text.data() + at, run - at);
    out += run - at;
    at = run;
    if (at == text.size()) break;
    const Piece piece = next_piece(text, at);
    if (piece.size > last - out) {
      cut = true;
      break;
    }
    std::memcpy(out, piece.text, piece.size);
    out += piece.size;
    at += piece.taken;
  }
  *out++ = '"';
  return out;
}

}  // namespace banyan
