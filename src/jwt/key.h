// Keys that signatures are checked with, and sets of them: a secret, PEM, JSON Web Keys (RFC 7517, RFC 7518 section 6,
// RFC 8037).
//
// A key serves the algorithms of its own kind alone: an RSA key's text can never become an HMAC secret, which is how
// tokens have been forged. RSA keys under 2048 bits are refused, and over 8192, whose check would cost too much.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "json/value.h"
#include "jwt/algorithm.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace banyan::jwt {

inline constexpr std::size_t kKeySetBytesMax = 256 * 1024;
inline constexpr std::size_t kKeysMax = 64;

class Key {
 public:
  // For HMAC. RFC 7518 section 3.2 asks for at least as many bytes as the hash has: `fits` says for which it is long
  // enough. Errors: kInvalidArgument under 32 bytes.
  static Result<Key> from_secret(std::string_view bytes);
  // A public key ("BEGIN PUBLIC KEY", "BEGIN RSA PUBLIC KEY") or a certificate, whose dates are not looked at. A
  // private key is refused: a gateway has no use for it. Errors: kInvalidArgument, kUnsupported (a kind of key not
  // known here).
  static Result<Key> from_pem(std::string_view text);
  // Errors as above; kUnsupported too where the key says that it is not for signatures.
  static Result<Key> from_jwk(json::Value jwk);

  KeyKind kind() const { return kind_; }
  // `kid`, "" where there is none.
  const std::string& id() const { return id_; }
  // Whether the key may check this algorithm: its kind, its length and, where it names one, its `alg`.
  bool fits(Algorithm algorithm) const;
  // False too where the key does not fit. Some 2 us for HMAC, 20 to 200 us for the others. Thread-safe.
  bool verifies(Algorithm algorithm, std::string_view text, std::string_view signature) const;

 private:
  KeyKind kind_ = KeyKind::kSecret;
  std::string id_;
  std::optional<Algorithm> only_;
  Secret secret_;
  std::shared_ptr<evp_pkey_st> public_key_;  // shared by copies; never changed
};

class KeySet {
 public:
  KeySet() = default;
  explicit KeySet(std::vector<Key> keys) : keys_(std::move(keys)) {}

  // A JWK Set, or a single JWK. Keys of unknown kinds are left out, as RFC 7517 section 5 asks; a known kind that is
  // malformed is an error that says which. Errors: kInvalidArgument; kResourceExhausted over kKeysMax or
  // kKeySetBytesMax; kNotFound where no key is left.
  static Result<KeySet> from_jwks(std::string_view text);

  const std::vector<Key>& keys() const { return keys_; }

 private:
  std::vector<Key> keys_;
};

}  // namespace banyan::jwt
