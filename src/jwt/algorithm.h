// The signature algorithms of RFC 7518 section 3 and RFC 8037 section 3.1 that tokens are checked with.
//
// There is no value for "none", and none for algorithms with SHA-1: a token that names one cannot be expressed, let
// alone accepted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace banyan::jwt {

enum class Algorithm : std::uint8_t {
  kHs256,  // HMAC with a shared secret
  kHs384,
  kHs512,
  kRs256,  // RSA, PKCS #1 version 1.5
  kRs384,
  kRs512,
  kPs256,  // RSA-PSS, salt as long as the hash
  kPs384,
  kPs512,
  kEs256,  // ECDSA on P-256
  kEs384,  // ECDSA on P-384
  kEdDsa,  // Ed25519
};
inline constexpr std::size_t kAlgorithmCount = 12;

// The names of `alg`, in the order above: "HS256" and so on.
std::string_view algorithm_name(Algorithm algorithm);
// Exact, case counts (RFC 7515 section 4.1.1).
std::optional<Algorithm> algorithm_named(std::string_view name);

// What kind of key an algorithm takes, and the bytes of its hash (0 for EdDSA, which has its own).
enum class KeyKind : std::uint8_t { kSecret, kRsa, kP256, kP384, kEd25519 };
KeyKind key_kind_of(Algorithm algorithm);
std::size_t hash_bytes_of(Algorithm algorithm);

}  // namespace banyan::jwt
