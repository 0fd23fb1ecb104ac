#include "php_lex/token.h"

namespace banyan::php {

std::string_view token_kind_text(TokenKind kind) {
  static constexpr std::string_view kTexts[] = {
#define X(name, text) text,
#include "php_lex/token_kinds.def"
#undef X
  };
  return kTexts[static_cast<unsigned>(kind)];
}

}  // namespace banyan::php
