// Which sinks a text cannot harm because a regular expression has said of which characters it is made. Private.
//
// preg_replace('/[^a-z0-9_-]/i', '', $x) leaves nothing but those characters, and a text that preg_match('/^\w+$/D',
// $x) has taken is made of them. Only expressions that are one class are understood; any other proves nothing.
#pragma once

#include <string_view>

#include "php_check/taint.h"

namespace banyan::php {

// For what is left when everything the pattern finds is taken out, or replaced by `replacement`.
SinkMask harmless_after_replacing(std::string_view pattern, std::string_view replacement);
// For what the pattern takes as a whole.
SinkMask harmless_after_matching(std::string_view pattern);

}  // namespace banyan::php
