// What PHP says of a class whose methods lack the types of results that those of PHP's own classes have: the
// deprecation that the attribute ReturnTypeWillChange keeps silent. Private.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "php_convert/lowering.h"

namespace banyan::php {

// Lines and messages in PHP's order: methods of the parent class first, then those of each interface that the parent
// does not have. One whose message has something in it that is not known here has the code `result-type` in its place.
std::vector<std::pair<std::uint32_t, std::string>> result_type_deprecations(const FileLowering& shared,
                                                                            std::int32_t class_index);

}  // namespace banyan::php
