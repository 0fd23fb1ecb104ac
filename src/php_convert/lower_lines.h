// The lines of objects that are made within a head of several lines, of a loop or of a switch. Private.
#pragma once

#include <cstdint>
#include <functional>

#include "php_convert/program.h"

namespace banyan::php {

// What runs there has the line of its statement; an exception names the line on which its own `new` stands, so one that
// is made on another line of the statement is told. `line_of` gives the line of an offset.
void tell_lines_of_new(hir::Program& program, const std::function<std::uint32_t(std::uint32_t)>& line_of);

}  // namespace banyan::php
