#include "php_findings/markup_text.h"

#include "base/utf8.h"

namespace banyan::php {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

void append_ascii(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      return;
    case '<':
      out += "&lt;";
      return;
    case '>':
      out += "&gt;";
      return;
    case '"':
      out += "&quot;";
      return;
    case '\'':
      out += "&#39;";
      return;
    case '\t':
      out += "&#9;";
      return;
    case '\n':
      out += "&#10;";
      return;
    case '\r':
      out += "&#13;";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
    out += kReplacement;
  } else {
    out += c;
  }
}

// U+FFFE and U+FFFF are no characters of XML; U+0080 to U+009F are discouraged but are.
bool is_noncharacter(std::string_view sequence) { return sequence == "\xef\xbf\xbe" || sequence == "\xef\xbf\xbf"; }

}  // namespace

void append_markup(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t bytes = utf8_sequence_bytes(text, i);
    if (bytes <= 1) {
      if (bytes == 0) {
        out += kReplacement;
      } else {
        append_ascii(out, text[i]);
      }
      ++i;
      continue;
    }
    const std::string_view sequence = text.substr(i, bytes);
    out += is_noncharacter(sequence) ? kReplacement : sequence;
    i += bytes;
  }
}

std::string markup_text(std::string_view text) {
  std::string out;
  append_markup(out, text);
  return out;
}

}  // namespace banyan::php
