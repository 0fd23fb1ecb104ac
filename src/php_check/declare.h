// A file's tree to what the file says on its own (declarations.h).
#pragma once

#include <string_view>

#include "php_check/declarations.h"
#include "php_parse/parse.h"

namespace banyan::php {

// Never fails: of a file with errors, what was understood. Linear in the size of the tree.
FileDeclarations declare(const SyntaxTree& tree, std::string_view source);

}  // namespace banyan::php
