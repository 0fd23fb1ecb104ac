// Public keys for OpenSSL, made of what a JWK says (RFC 7518 section 6, RFC 8037 section 2). For key.cpp.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

struct evp_pkey_st;

namespace banyan::jwt {

using PublicKey = std::shared_ptr<evp_pkey_st>;

// The bytes of a base64url member. Errors: kInvalidArgument.
Result<std::string> jwk_bytes(json::Value jwk, std::string_view member);

// Errors: kInvalidArgument for a known kind that is malformed (a point that is not on its curve is), kUnsupported for
// any other kind or curve.
Result<PublicKey> public_key_of_jwk(json::Value jwk);

// "BEGIN RSA PUBLIC KEY" (PKCS #1), null where it is none.
PublicKey read_rsa_public_key(std::string_view pem);

}  // namespace banyan::jwt
