// A PHP file as a program in the middle representation.
#pragma once

#include <string>
#include <string_view>

#include "php_check/facts.h"
#include "php_convert/convert.h"
#include "php_convert/program.h"
#include "php_parse/parse.h"

namespace banyan::php {

// Reads and lowers one file. `path` is what __FILE__ and messages say. What cannot be converted faithfully is named in
// the reasons of the function it stands in; a file PHP refuses has the reason "syntax" in its first function.
hir::Program lower_program(std::string path, std::string_view source, const ConvertOptions& options);

}  // namespace banyan::php
