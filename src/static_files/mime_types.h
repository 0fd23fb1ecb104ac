// Media types by file extension: those of nginx's stock mime.types, so that no client sees a type change when the
// server before a site does, and what has come into use since.
#pragma once

#include <string_view>

namespace banyan::static_files {

// The type of a file of that name or path, without charset; "application/octet-stream" where the extension is not
// known or missing. The extension's case does not count. Static text.
std::string_view mime_type(std::string_view path);

// Whether a type is text to which a charset may be added. Not JSON: it is UTF-8 by definition (RFC 8259 section 8.1).
bool is_text(std::string_view type);

}  // namespace banyan::static_files
