// What the name under the cursor means: where it is declared, and what to say about it.
//
// Functions, classes, methods, properties and constants are looked up in the facts of the whole workspace; the class of
// an object is known for $this, self, static, parent, ClassName::, new'd locals, typed parameters and typed properties.
// Local variables lead to their first mention in the function, includes of a known path to the file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "php_check/facts.h"
#include "php_lsp/source_view.h"

namespace banyan::php {

struct SymbolLocation {
  std::string path;  // as the facts name it; empty: the file asked about
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct SymbolAnswer {
  std::vector<SymbolLocation> locations;
  std::string signature;    // PHP, for a hover; empty where there is nothing to say
  std::string doc;          // the docblock's text without its stars; may be empty
  std::string note;         // "One of PHP's own functions."; may be empty
  std::uint32_t begin = 0;  // of the name asked about
  std::uint32_t end = 0;
};

// Nothing where no name stands there, or nothing is known of it. `path` is the file's among the facts.
std::optional<SymbolAnswer> query_symbol(const Facts& facts, const std::string& path, const SourceView& view,
                                         std::uint32_t offset);

// The expression a cursor at the offset means: a variable, a literal, or the access or call whose name stands there.
// None where it stands in no expression.
NodeId expression_at(const SourceView& view, std::uint32_t offset);

// "/** Adds.\n * @return int */" to "Adds.\n@return int".
std::string doc_text(std::string_view comment);

}  // namespace banyan::php
