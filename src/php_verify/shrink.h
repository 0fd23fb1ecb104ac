// Inputs made smaller: the steps from one list of arguments to simpler ones, of which the caller keeps what still shows
// the difference, until none does. Every step has less weight than what it came from, so this ends.
#pragma once

#include <vector>

#include "php_verify/value.h"

namespace banyan::php {

// Simpler than `arguments`, the boldest steps first, at most `count_max` of them. Those from number `required` on may
// be left out.
std::vector<std::vector<InputValue>> simpler(const std::vector<InputValue>& arguments, std::size_t required,
                                             std::size_t count_max);

}  // namespace banyan::php
