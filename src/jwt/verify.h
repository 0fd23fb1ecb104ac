// Whether a token is to be believed: its signature and its registered claims (RFC 7519 sections 4.1 and 7.2, RFC 8725).
//
// The algorithms are the verifier's, never the token's choice: a token whose `alg` is not among them is refused before
// any key is looked at. Times are checked with a leeway, since clocks differ.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "jwt/algorithm.h"
#include "jwt/key.h"
#include "jwt/token.h"

namespace banyan::jwt {

struct Rules {
  std::vector<Algorithm> algorithms;   // at least one
  std::vector<std::string> issuers;    // `iss` must be one of them; empty: any
  std::vector<std::string> audiences;  // `aud` must hold one of them; empty: any
  Duration leeway = std::chrono::seconds(60);
  bool expiry_required = true;  // a token without `exp` is refused
};

// Tries the keys that fit: those named by the token's `kid` where it has one and any key does, else all. Errors:
// kPermissionDenied with a sentence that may be told to the client: it holds nothing of the token or the keys.
Result<void> verify(const Token& token, const KeySet& keys, const Rules& rules, WallTime now);

// The claims alone, of a token whose signature is known to be good.
Result<void> verify_claims(json::Value claims, const Rules& rules, WallTime now);

}  // namespace banyan::jwt
