// One signature checked through OpenSSL. For key.cpp, which has made sure that the key is of the algorithm's kind.
#pragma once

#include <string_view>

#include "jwt/algorithm.h"

struct evp_pkey_st;

namespace banyan::jwt {

// In time that does not depend on how much of the signature is right.
bool verify_hmac(Algorithm algorithm, std::string_view secret, std::string_view text, std::string_view signature);

// ECDSA signatures are the two numbers side by side (RFC 7518 section 3.4), as long as the curve's; any other length is
// refused, so that there is one text for each.
bool verify_signature(Algorithm algorithm, evp_pkey_st* key, std::string_view text, std::string_view signature);

}  // namespace banyan::jwt
