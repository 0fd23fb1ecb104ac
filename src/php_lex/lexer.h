// Bytes to tokens, for PHP 5.6 to 8.5.
//
// The problem: PHP's lexer has modes (text outside the tags, code, and the insides of "...", `...`, heredocs and of
// "$a[...]"), nests them, and what is a word depends on the version. The idea: one pass over the bytes with a stack of
// modes, tables for the classes of bytes and for words, and every byte in exactly one token, so that nothing is lost.
// Bytes are not decoded: invalid UTF-8, a byte order mark (it is inline HTML) and all three line ends are fine.
// Limits: a file of 4 GiB or more is refused by the caller (offsets have 32 bits). Memory: 8 bytes per token.
// Source: Zend/zend_language_scanner.l of PHP 8.2 and the UPGRADING notes around it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "php_lex/diagnostic.h"
#include "php_lex/token.h"
#include "php_lex/version.h"

namespace banyan::php {

struct LexOptions {
  Features features = Features();
  bool short_tags = false;  // the ini setting short_open_tag: "<?" opens code
};

struct TokenStream {
  std::vector<Token> tokens;            // never empty: the last is kEndOfFile
  std::vector<Diagnostic> diagnostics;  // what no grammar would notice, such as an octal digit 9

  // The bytes of a token. `source` is what the stream was made from.
  std::string_view text(std::string_view source, std::uint32_t index) const {
    if (index + 1 >= tokens.size()) return {};
    return source.substr(tokens[index].offset, tokens[index + 1].offset - tokens[index].offset);
  }
};

// Never fails: bytes that are no token become kBadCharacter. `source` has fewer than 2^32 - 1 bytes.
TokenStream lex(std::string_view source, const LexOptions& options);

}  // namespace banyan::php
