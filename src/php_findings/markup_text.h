// Any bytes as text inside of XML 1.0 or HTML, between tags or in an attribute's double quotes.
#pragma once

#include <string>
#include <string_view>

namespace banyan::php {

// Appends `text` escaped. Bytes that are not UTF-8, and the characters XML 1.0 has no way to write, become U+FFFD; line
// ends and tabs become references, so that attributes keep them.
void append_markup(std::string& out, std::string_view text);
std::string markup_text(std::string_view text);

}  // namespace banyan::php
