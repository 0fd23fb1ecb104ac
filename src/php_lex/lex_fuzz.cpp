// Any bytes, as any version: tokens without a gap that end at the end.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "php_lex/lexer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan::php;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  for (const PhpVersion version : kPhpVersions) {
    const TokenStream stream = lex(source, {.features = Features(version), .short_tags = size % 2 == 1});
    std::uint32_t end = 0;
    for (const Token& token : stream.tokens) {
      BANYAN_CHECK(token.offset >= end);
      end = token.offset;
    }
    BANYAN_CHECK(stream.tokens.front().offset == 0);
    BANYAN_CHECK(stream.tokens.back().kind == TokenKind::kEndOfFile && end == size);
  }
  return 0;
}
