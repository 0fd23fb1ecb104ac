// Fixes of several findings put into one source at once.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "php_findings/finding.h"

namespace banyan::php {

struct FixedSource {
  std::string text;
  std::size_t applied = 0;  // fixes
};

// Takes of each finding, in order, its first fix that is safe (or any, with `with_unsafe`), and leaves out those that
// overlap or touch one taken before: they may be found again in the result. `findings` are sorted and of this source.
FixedSource apply_fixes(std::string_view source, std::span<const Finding> findings, bool with_unsafe);

}  // namespace banyan::php
