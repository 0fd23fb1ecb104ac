// What PHP's compiler refuses in a file whose grammar is right. See parse.h for the contract.
#pragma once

#include <string_view>

#include "php_parse/parse.h"

namespace banyan::php {

// Appends to tree.diagnostics, which must be empty, in order of offset. The tree itself stays as it is.
void compile_checks(SyntaxTree& tree, std::string_view source);

}  // namespace banyan::php
