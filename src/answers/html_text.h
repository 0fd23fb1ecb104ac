// A page of HTML as a list of pieces that are equal where two pages mean the same.
//
// The problem: templates that were written anew put spaces, quotes and attributes elsewhere, and none of it matters to
// a browser. The idea: the page is cut into tags and texts as the tokenizer of the HTML standard (section 13.2.5) would
// in its plain states: names in small letters, attributes by name with their values unquoted and the character
// references of HTML 4 resolved, comments left out. White space is what a browser shows of it: one space within a line,
// also where it stands between inline elements, and none where a block begins or ends. What <script>, <style>, <pre>
// and <textarea> hold stays as it is.
//
// No tree is built: pages of which one relies on a browser mending it may differ here and look alike. Pure; linear; a
// page has kPiecesMax pieces at most, what follows is one last piece of plain bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace banyan {

struct HtmlPiece {
  std::string text;      // `<a href="/x">`, `</a>`, or a text
  bool markup = false;   // a text may look like a tag
  std::size_t line = 1;  // where it begins
  bool operator==(const HtmlPiece& other) const { return markup == other.markup && text == other.text; }
};

inline constexpr std::size_t kHtmlPiecesMax = 200'000;

std::vector<HtmlPiece> html_pieces(std::string_view page);

}  // namespace banyan
