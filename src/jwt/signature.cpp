#include "jwt/signature.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>

namespace banyan::jwt {
namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

const EVP_MD* hash_of(Algorithm algorithm) {
  switch (hash_bytes_of(algorithm)) {
    case 32:
      return EVP_sha256();
    case 48:
      return EVP_sha384();
    case 64:
      return EVP_sha512();
    default:
      return nullptr;  // EdDSA hashes by itself
  }
}

bool is_pss(Algorithm algorithm) { return algorithm >= Algorithm::kPs256 && algorithm <= Algorithm::kPs512; }

// The signature in the form OpenSSL reads (a SEQUENCE of two INTEGERs), "" where it has the wrong length.
std::string der_of_ecdsa(std::string_view signature, std::size_t number_bytes) {
  if (signature.size() != 2 * number_bytes) return "";
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> numbers(ECDSA_SIG_new(), &ECDSA_SIG_free);
  BIGNUM* r = BN_bin2bn(bytes_of(signature), static_cast<int>(number_bytes), nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(signature) + number_bytes, static_cast<int>(number_bytes), nullptr);
  if (numbers == nullptr || ECDSA_SIG_set0(numbers.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return "";
  }
  unsigned char* der = nullptr;
  const int bytes = i2d_ECDSA_SIG(numbers.get(), &der);
  if (bytes <= 0) return "";
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(bytes));
  OPENSSL_free(der);
  return text;
}

}  // namespace

bool verify_hmac(Algorithm algorithm, std::string_view secret, std::string_view text, std::string_view signature) {
  unsigned char expected[EVP_MAX_MD_SIZE];
  unsigned int bytes = 0;
  if (HMAC(hash_of(algorithm), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(), expected,
           &bytes) == nullptr) {
    return false;
  }
  return signature.size() == bytes && CRYPTO_memcmp(expected, signature.data(), bytes) == 0;
}

bool verify_signature(Algorithm algorithm, evp_pkey_st* key, std::string_view text, std::string_view signature) {
  std::string der;
  if (const KeyKind kind = key_kind_of(algorithm); kind == KeyKind::kP256 || kind == KeyKind::kP384) {
    der = der_of_ecdsa(signature, hash_bytes_of(algorithm));
    if (der.empty()) return false;
    signature = der;
  }
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_PKEY_CTX* options = nullptr;
  bool good =
      context != nullptr && EVP_DigestVerifyInit(context.get(), &options, hash_of(algorithm), nullptr, key) == 1;
  if (good && is_pss(algorithm)) {
    good = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  good =
      good && EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace banyan::jwt
