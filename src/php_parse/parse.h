// PHP source to a tree, for PHP 5.6 to 8.5: start here.
//
// The contract: `lint` gives one diagnostic or more if and only if `php -l` of that version refuses the file. For 5.6,
// 7.0 and 7.1 no PHP was at hand to hold it against: those are read, but unverified.
// Source: Zend/zend_language_parser.y and zend_compile.c of PHP 8.2, and the UPGRADING notes around it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "php_lex/lexer.h"
#include "php_parse/ast.h"

namespace banyan::php {

struct ParseOptions {
  Features features = Features();
  bool short_tags = false;         // the ini setting short_open_tag
  std::uint32_t depth_max = 1000;  // of nested statements, expressions and types; beyond it is an error, not a crash
};

// A file as it was understood. Holds views of nothing: the source stays with the caller, who passes it where text is
// asked for.
struct SyntaxTree {
  TokenStream stream;                   // its diagnostics are moved into `diagnostics`
  Ast ast;                              // always a whole tree: ast.root() is kFile and spans every token
  std::vector<Diagnostic> diagnostics;  // in order of offset
  Features features = Features();

  std::string_view token_text(std::string_view source, std::uint32_t token) const { return stream.text(source, token); }
  // From the node's first token to its last, without the trivia after it.
  std::string_view node_text(std::string_view source, NodeId node) const;
};

// Lexes and parses; diagnostics are what the grammar refuses. Never fails. `source` has fewer than 2^32 - 1 bytes.
SyntaxTree parse(std::string_view source, const ParseOptions& options);

// Parses and, where the grammar is content, looks for what PHP's compiler refuses in one file on its own.
SyntaxTree lint(std::string_view source, const ParseOptions& options);

}  // namespace banyan::php
