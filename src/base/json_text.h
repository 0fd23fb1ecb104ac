// Writing a string as JSON (RFC 8259), for lines that are put together by hand: logs and diagnostics. Reading JSON, and
// writing whole documents, is the module json.
#pragma once

#include <string>
#include <string_view>

namespace banyan {

// Appends `text` in double quotes. What is not UTF-8 becomes U+FFFD, so that the output is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

// The same into a plain buffer: writes at most end - out bytes and returns where it stopped. Text that does not fit is
// cut at a whole character, `cut` becomes true and the closing quote is still written; with fewer than 2 bytes of room
// nothing is.
char* write_json_string(char* out, const char* end, std::string_view text, bool& cut);

}  // namespace banyan
