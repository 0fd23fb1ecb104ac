// Any bytes: the pieces hold nothing that was not there, and a page compared with itself is the same.
#include <cstdint>
#include <string_view>

#include "answers/html_text.h"
#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  const std::string_view page(reinterpret_cast<const char*>(data), size);
  const std::vector<HtmlPiece> pieces = html_pieces(page);
  std::size_t line = 1;
  for (const HtmlPiece& piece : pieces) {
    BANYAN_CHECK(!piece.text.empty() && piece.line >= line);
    line = piece.line;
  }
  BANYAN_CHECK(pieces == html_pieces(page));
  return 0;
}
