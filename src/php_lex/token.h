// A token: what it is and where it begins. Eight bytes, because a large file has millions of them.
//
// Tokens cover the source without a gap: white space and comments are tokens too, a token ends where the next begins,
// and the last one is always kEndOfFile, at the size of the source. Printing every token gives the file back byte for
// byte.
#pragma once

#include <cstdint>
#include <string_view>

namespace banyan::php {

enum class TokenKind : std::uint8_t {
#define X(name, text) name,
#include "php_lex/token_kinds.def"
#undef X
};

inline constexpr TokenKind kLastTrivia = TokenKind::kHaltedData;
inline constexpr TokenKind kFirstKeyword = TokenKind::kAbstract;
inline constexpr TokenKind kLastModifier = TokenKind::kReadonly;
inline constexpr TokenKind kLastKeyword = TokenKind::kTraitConstant;

struct Token {
  std::uint32_t offset = 0;
  TokenKind kind = TokenKind::kEndOfFile;
};
static_assert(sizeof(Token) == 8);

// White space, comments, opening tags and data behind __halt_compiler: what a parser steps over.
constexpr bool is_trivia(TokenKind kind) { return kind <= kLastTrivia; }
// A word of the language that may name a constant, method or enum case (PHP 7.0 and later).
constexpr bool is_semi_reserved(TokenKind kind) { return kind >= kFirstKeyword && kind <= kLastKeyword; }
// A compile-time constant such as __LINE__.
constexpr bool is_magic_constant(TokenKind kind) {
  return kind >= TokenKind::kClassConstant && kind <= TokenKind::kTraitConstant;
}
constexpr bool is_assignment(TokenKind kind) {
  return kind >= TokenKind::kAssign && kind <= TokenKind::kCoalesceAssign;
}
constexpr bool is_cast(TokenKind kind) { return kind >= TokenKind::kIntCast && kind <= TokenKind::kVoidCast; }

// How the kind is called in messages: its own text where it has one.
std::string_view token_kind_text(TokenKind kind);

}  // namespace banyan::php
