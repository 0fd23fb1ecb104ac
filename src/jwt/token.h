// A JSON Web Token taken apart (RFC 7519; JWS compact serialisation, RFC 7515 section 7.1). Pure, and trusts nothing:
// what decode() gives has the right form and is signed by nobody in particular. jwt/verify.h says whether to believe
// it.
//
// Refused besides what the RFCs forbid: duplicate members, which two programs may read differently; `crit`, since no
// extension is understood here (RFC 7515 section 4.1.11); tokens over kTokenBytesMax. Encrypted tokens (five parts) are
// not taken.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace banyan::jwt {

inline constexpr std::size_t kTokenBytesMax = 16 * 1024;

struct Token {
  std::string_view signed_text;  // header and claims as they were signed: a view into what was decoded
  std::string signature;         // bytes
  json::Document header;         // an object with a text `alg`
  json::Document claims;         // an object

  std::string_view algorithm() const { return *header.root()["alg"].to_string(); }
  // `kid`, "" where there is none.
  std::string_view key_id() const { return header.root()["kid"].to_string().value_or(""); }
};

// `text` must outlive the token's `signed_text`. Errors: kInvalidArgument, kResourceExhausted (too long); the message
// never quotes the token.
Result<Token> decode(std::string_view text);

// A claim as the text of a key: a string as it is, an integer as written. Nothing for other kinds, and where it is
// absent or empty.
std::optional<std::string_view> claim_text(const Token& token, std::string_view name);

// The token of "Bearer TOKEN" (RFC 6750 section 2.1; the scheme in any case), or nothing.
std::optional<std::string_view> bearer_token(std::string_view authorization);

}  // namespace banyan::jwt
