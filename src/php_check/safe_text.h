// Which sinks a text cannot harm because of what was asked about it, or how it was made. Private.
//
// preg_replace('/[^a-z0-9_-]/i', '', $x) leaves nothing but those characters, and a text that preg_match('/^\w+$/D',
// $x) has taken is made of them. Only expressions that are one class are understood; any other proves nothing.
#pragma once

#include <string_view>
#include <vector>

#include "php_check/taint.h"

namespace banyan::php {

// For what is left when everything the pattern finds is taken out, or replaced by `replacement`.
SinkMask harmless_after_replacing(std::string_view pattern, std::string_view replacement);
// For what the pattern takes as a whole.
SinkMask harmless_after_matching(std::string_view pattern);
// Whether what the function (its key) says yes to can harm nothing: ctype_digit(), is_int() and their like.
bool proves_harmless(std::string_view function);
// For a literal format of sprintf(): takes the mark off those of its arguments, the format itself being the first, that
// stand in the text as a number or not at all.
void mark_texts(std::string_view format, std::vector<bool>& is_text);

}  // namespace banyan::php
