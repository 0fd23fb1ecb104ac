// The reserved words, looked up by their text without regard to case.
#pragma once

#include <string_view>

#include "php_lex/token.h"
#include "php_lex/version.h"

namespace banyan::php {

// The kind of the word, kIdentifier where it is none in this version. "enum" is never one here: whether it is depends
// on what follows, which the lexer knows. Costs one hash over the ends of the word and, where that hits, one
// comparison.
TokenKind keyword_kind(std::string_view word, Features features);

// ASCII letters only, as PHP compares names since 8.0 (and, but for locales, before).
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace banyan::php
