// PHP's sort, step by step: a comparison that is no order gives the same result only if the same algorithm runs.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "php_runtime/value.h"

namespace banyan::php_runtime {

// How sort flags compare two values: negative, 0 or positive.
using Comparison = int (*)(const Value& a, const Value& b);
Comparison comparison(Int flags);

// The order of n elements, sorted stably by compare over their first places.
std::vector<std::size_t> sorted_order(std::size_t n, const std::function<int(std::size_t, std::size_t)>& compare);

}  // namespace banyan::php_runtime
