#include "jwt/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "jwt/base64url.h"

namespace banyan::jwt {
namespace {

constexpr std::size_t kRsaBytesMax = 8192 / 8;

template <class T, void (*kFree)(T*)>
struct Freed {
  void operator()(T* object) const { kFree(object); }
};
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM, OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BIGNUM, BN_free>>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Error wrong(const std::string& kind) {
  return {ErrorCode::kInvalidArgument, "the " + kind + " key is not a valid one"};
}

PublicKey build(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (params != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1) {
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get());
  }
  ERR_clear_error();
  return key == nullptr ? nullptr : PublicKey(key, &EVP_PKEY_free);
}

Result<PublicKey> rsa_key(json::Value jwk) {
  BANYAN_TRY(const std::string modulus, jwk_bytes(jwk, "n"));
  BANYAN_TRY(const std::string exponent, jwk_bytes(jwk, "e"));
  if (modulus.size() > kRsaBytesMax || exponent.size() > 8) return wrong("RSA");
  const Number n(BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr));
  const Number e(BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr));
  // An even modulus is no product of two large primes, and an even exponent or 1 no exponent.
  if (!BN_is_odd(n.get()) || !BN_is_odd(e.get()) || BN_is_one(e.get())) return wrong("RSA");
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  PublicKey key = build("RSA", builder.get());
  if (key == nullptr) return wrong("RSA");
  return key;
}

Result<PublicKey> ec_key(json::Value jwk) {
  const std::string_view curve = jwk["crv"].to_string().value_or("");
  const bool p256 = curve == "P-256";
  if (!p256 && curve != "P-384") return Error(ErrorCode::kUnsupported, "only the curves P-256 and P-384 are known");
  BANYAN_TRY(const std::string x, jwk_bytes(jwk, "x"));
  BANYAN_TRY(const std::string y, jwk_bytes(jwk, "y"));
  const std::size_t field_bytes = p256 ? 32 : 48;
  if (x.size() != field_bytes || y.size() != field_bytes) return wrong("EC");
  const std::string point = '\x04' + x + y;  // uncompressed
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, p256 ? "prime256v1" : "secp384r1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  PublicKey key = build("EC", builder.get());
  if (key == nullptr) return wrong("EC");
  return key;
}

Result<PublicKey> ed25519_key(json::Value jwk) {
  if (jwk["crv"].to_string() != "Ed25519") return Error(ErrorCode::kUnsupported, "only the curve Ed25519 is known");
  BANYAN_TRY(const std::string x, jwk_bytes(jwk, "x"));
  if (x.size() != 32) return wrong("Ed25519");
  EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(x), x.size());
  if (key == nullptr) return wrong("Ed25519");
  return PublicKey(key, &EVP_PKEY_free);
}

}  // namespace

Result<std::string> jwk_bytes(json::Value jwk, std::string_view member) {
  const std::optional<std::string_view> text = jwk[member].to_string();
  std::optional<std::string> bytes;
  if (text && !text->empty()) bytes = decode_base64url(*text);
  if (!bytes) return Error(ErrorCode::kInvalidArgument, "'" + std::string(member) + "' is missing or not base64url");
  return *std::move(bytes);
}

Result<PublicKey> public_key_of_jwk(json::Value jwk) {
  const std::string_view kind = jwk["kty"].to_string().value_or("");
  if (kind == "RSA") return rsa_key(jwk);
  if (kind == "EC") return ec_key(jwk);
  if (kind == "OKP") return ed25519_key(jwk);
  return Error(ErrorCode::kUnsupported, "only the kinds RSA, EC, OKP and oct are known");
}

PublicKey read_rsa_public_key(std::string_view pem) {
  EVP_PKEY* key = nullptr;
  const std::unique_ptr<OSSL_DECODER_CTX, Freed<OSSL_DECODER_CTX, OSSL_DECODER_CTX_free>> context(
      OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", nullptr, "RSA", EVP_PKEY_PUBLIC_KEY, nullptr, nullptr));
  const unsigned char* data = bytes_of(pem);
  std::size_t bytes = pem.size();
  if (context != nullptr) OSSL_DECODER_from_data(context.get(), &data, &bytes);
  ERR_clear_error();
  return key == nullptr ? nullptr : PublicKey(key, &EVP_PKEY_free);
}

}  // namespace banyan::jwt
