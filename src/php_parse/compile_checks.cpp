#include "php_parse/compile_checks.h"

#include "php_parse/checker.h"

namespace banyan::php {

void compile_checks(SyntaxTree& tree, std::string_view source) { Checker(tree, source).run(); }

}  // namespace banyan::php
