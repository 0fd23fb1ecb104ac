// base64url without padding (RFC 4648 section 5), the only form in which JOSE writes bytes (RFC 7515 section 2).
//
// Strict: one text for each string of bytes. Padding, white space, letters of plain base64 and bits left over at the
// end that are not zero are refused, so that a signature cannot be written in two ways.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace banyan::jwt {

// The bytes, or nothing where `text` is not base64url.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace banyan::jwt
