#include "php_parse/compile_checks.h"

namespace banyan::php {

void compile_checks(SyntaxTree&, std::string_view) {}

}  // namespace banyan::php
