#include "jwt/key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "json/parse.h"
#include "jwt/public_key.h"
#include "jwt/signature.h"

namespace banyan::jwt {
namespace {

constexpr std::size_t kSecretBytesMin = 32;
constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;

Error wrong(std::string what) { return {ErrorCode::kInvalidArgument, std::move(what)}; }
Error unsupported(std::string what) { return {ErrorCode::kUnsupported, std::move(what)}; }

std::optional<KeyKind> kind_of(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA")) return KeyKind::kRsa;
  if (EVP_PKEY_is_a(key, "ED25519")) return KeyKind::kEd25519;
  if (!EVP_PKEY_is_a(key, "EC")) return std::nullopt;
  char curve[32] = {};
  if (EVP_PKEY_get_group_name(key, curve, sizeof curve, nullptr) != 1) return std::nullopt;
  if (std::string_view(curve) == "prime256v1") return KeyKind::kP256;
  if (std::string_view(curve) == "secp384r1") return KeyKind::kP384;
  return std::nullopt;
}

Result<KeyKind> check_public(const EVP_PKEY* key) {
  const std::optional<KeyKind> kind = kind_of(key);
  if (!kind) return unsupported("only RSA, P-256, P-384 and Ed25519 keys are known here");
  const int bits = EVP_PKEY_get_bits(key);
  if (*kind == KeyKind::kRsa && (bits < kRsaBitsMin || bits > kRsaBitsMax)) {
    return wrong("an RSA key must have 2048 to 8192 bits, this one has " + std::to_string(bits));
  }
  return *kind;
}

PublicKey read_pem(std::string_view text) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> input(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                                                        &BIO_free);
  if (input == nullptr) return nullptr;
  if (text.find("-----BEGIN CERTIFICATE-----") == text.npos) {
    PublicKey key(PEM_read_bio_PUBKEY(input.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    if (key != nullptr || text.find("-----BEGIN RSA PUBLIC KEY-----") == text.npos) return key;
    return read_rsa_public_key(text);
  }
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(input.get(), nullptr, nullptr, nullptr), &X509_free);
  if (certificate == nullptr) return nullptr;
  return {X509_get_pubkey(certificate.get()), &EVP_PKEY_free};
}

}  // namespace

Result<Key> Key::from_secret(std::string_view bytes) {
  if (bytes.size() < kSecretBytesMin) {
    return wrong("the secret has " + std::to_string(bytes.size()) + " bytes, HMAC needs at least 32");
  }
  Key key;
  key.secret_ = Secret(std::string(bytes));
  return key;
}

Result<Key> Key::from_pem(std::string_view text) {
  if (text.size() > kKeySetBytesMax) return wrong("the key is too long to be one");
  if (text.find("PRIVATE KEY-----") != text.npos) {
    return wrong("this is a private key; give the public one (openssl pkey -in FILE -pubout)");
  }
  Key key;
  key.public_key_ = read_pem(text);
  ERR_clear_error();
  if (key.public_key_ == nullptr) return wrong("this is neither a public key nor a certificate in PEM");
  BANYAN_TRY(key.kind_, check_public(key.public_key_.get()));
  return key;
}

Result<Key> Key::from_jwk(json::Value jwk) {
  if (!jwk.is_object() || !jwk["kty"].is_string()) return wrong("a key is an object with a text 'kty'");
  if (const json::Value use = jwk["use"]; !use.absent() && use.to_string() != "sig") {
    return unsupported("the key is not for signatures");
  }
  Key key;
  if (const auto name = jwk["alg"].to_string()) {
    key.only_ = algorithm_named(*name);
    if (!key.only_) return unsupported("the key's algorithm is not known here");
  }
  if (jwk["kty"].to_string() == "oct") {
    BANYAN_TRY(std::string bytes, jwk_bytes(jwk, "k"));
    BANYAN_TRY(Key secret, from_secret(bytes));
    key.secret_ = std::move(secret.secret_);
  } else {
    BANYAN_TRY(key.public_key_, public_key_of_jwk(jwk));
    BANYAN_TRY(key.kind_, check_public(key.public_key_.get()));
  }
  key.id_ = jwk["kid"].to_string().value_or("");
  return key;
}

bool Key::fits(Algorithm algorithm) const {
  if (key_kind_of(algorithm) != kind_ || (only_ && *only_ != algorithm)) return false;
  return kind_ != KeyKind::kSecret || secret_.reveal().size() >= hash_bytes_of(algorithm);
}

bool Key::verifies(Algorithm algorithm, std::string_view text, std::string_view signature) const {
  if (!fits(algorithm)) return false;
  if (kind_ == KeyKind::kSecret) {
    return verify_hmac(algorithm, secret_.reveal(), text, signature);  // the secret's one use
  }
  return verify_signature(algorithm, public_key_.get(), text, signature);
}

Result<KeySet> KeySet::from_jwks(std::string_view text) {
  BANYAN_TRY(const json::Document document, json::parse(text, {.bytes_max = kKeySetBytesMax, .depth_max = 32}));
  const json::Value root = document.root();
  const json::Value list = root["keys"];
  if (!root.is_object() || !(list.absent() || list.is_array())) {
    return wrong("a key set is an object with a list 'keys'");
  }
  if (list.size() > kKeysMax) return Error(ErrorCode::kResourceExhausted, "a key set may have 64 keys");
  if (list.absent()) {
    BANYAN_TRY(Key key, Key::from_jwk(root));
    return KeySet(std::vector<Key>{std::move(key)});
  }
  std::vector<Key> keys;
  for (const json::Value jwk : list.elements()) {
    Result<Key> key = Key::from_jwk(jwk);
    if (!key.ok() && key.error().code() == ErrorCode::kUnsupported) continue;
    if (!key.ok()) return std::move(key).error().add_context("key " + std::to_string(keys.size() + 1));
    keys.push_back(*std::move(key));
  }
  if (keys.empty()) return Error(ErrorCode::kNotFound, "the key set has no key that signatures can be checked with");
  return KeySet(std::move(keys));
}

}  // namespace banyan::jwt
