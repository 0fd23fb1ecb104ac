#include "jwt/algorithm.h"

#include <array>

namespace banyan::jwt {
namespace {

struct Facts {
  std::string_view name;
  KeyKind key;
  std::size_t hash_bytes;
};

constexpr std::array<Facts, kAlgorithmCount> kFacts = {{
    {"HS256", KeyKind::kSecret, 32},
    {"HS384", KeyKind::kSecret, 48},
    {"HS512", KeyKind::kSecret, 64},
    {"RS256", KeyKind::kRsa, 32},
    {"RS384", KeyKind::kRsa, 48},
    {"RS512", KeyKind::kRsa, 64},
    {"PS256", KeyKind::kRsa, 32},
    {"PS384", KeyKind::kRsa, 48},
    {"PS512", KeyKind::kRsa, 64},
    {"ES256", KeyKind::kP256, 32},
    {"ES384", KeyKind::kP384, 48},
    {"EdDSA", KeyKind::kEd25519, 0},
}};

const Facts& facts_of(Algorithm algorithm) { return kFacts[static_cast<std::size_t>(algorithm)]; }

}  // namespace

std::string_view algorithm_name(Algorithm algorithm) { return facts_of(algorithm).name; }
KeyKind key_kind_of(Algorithm algorithm) { return facts_of(algorithm).key; }
std::size_t hash_bytes_of(Algorithm algorithm) { return facts_of(algorithm).hash_bytes; }

std::optional<Algorithm> algorithm_named(std::string_view name) {
  for (std::size_t i = 0; i < kFacts.size(); ++i) {
    if (kFacts[i].name == name) return static_cast<Algorithm>(i);
  }
  return std::nullopt;
}

}  // namespace banyan::jwt
