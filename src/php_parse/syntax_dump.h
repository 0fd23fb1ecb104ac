// A tree as text: for people and tests, as JSON for programs, and as the file it came from.
//
// All three walk with a list of their own, so that a tree as deep as the file is long does no harm.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "php_parse/parse.h"

namespace banyan::php {

// One node a line, two blanks per level: "name: kind op [flags] text". Text is shown for nodes without children.
std::string dump_text(const SyntaxTree& tree, std::string_view source);

// The tree as one JSON object: {"kind", "start", "end" (byte offsets), and where there is one "op", "flags", "text",
// "children"}. Children are an array where the kind is a list and an object by slot else; absent ones are left out.
std::string dump_json(const SyntaxTree& tree, std::string_view source);

// The source again, put together from the spans of the nodes: every token printed once, by the innermost node that
// holds it. Nothing where the spans do not nest, which would be a fault of the parser.
std::optional<std::string> print_tree(const SyntaxTree& tree, std::string_view source);

}  // namespace banyan::php
