#include "mariadb/password_proof.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sodium/crypto_core_ed25519.h>
#include <sodium/crypto_scalarmult_ed25519.h>

#include <memory>

namespace banyan::maria {
namespace {

constexpr std::size_t kScrambleBytes = 20;  // of the nonce of the first two plugins
constexpr std::size_t kEd25519NonceBytes = 32;
constexpr std::size_t kScalarBytes = crypto_core_ed25519_SCALARBYTES;

const unsigned char* raw(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// Wipes what could be used in the password's place.
struct Wiped {
  std::string text;
  ~Wiped() { OPENSSL_cleanse(text.data(), text.size()); }
};

Result<std::string> digest(const EVP_MD* method, std::string_view first, std::string_view second = {}) {
  Wiped data{std::string(first).append(second)};
  std::string hash(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (EVP_Digest(data.text.data(), data.text.size(), raw(hash), &size, method, nullptr) != 1) {
    return Error(ErrorCode::kUnsupported, "the server's plugin needs a hash that OpenSSL does not make here");
  }
  hash.resize(size);
  return hash;
}

std::string exclusive_or(std::string_view left, std::string_view right) {
  std::string result(left);
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<char>(result[i] ^ right[i % right.size()]);
  }
  return result;
}

// SHA1(password) XOR SHA1(nonce + SHA1(SHA1(password))).
Result<std::string> native_proof(std::string_view password, std::string_view nonce) {
  BANYAN_TRY(const std::string once, digest(EVP_sha1(), password));
  BANYAN_TRY(const std::string twice, digest(EVP_sha1(), once));
  BANYAN_TRY(const std::string mask, digest(EVP_sha1(), nonce, twice));
  return exclusive_or(once, mask);
}

// SHA256(password) XOR SHA256(SHA256(SHA256(password)) + nonce).
Result<std::string> sha2_proof(std::string_view password, std::string_view nonce) {
  BANYAN_TRY(const std::string once, digest(EVP_sha256(), password));
  BANYAN_TRY(const std::string twice, digest(EVP_sha256(), once));
  BANYAN_TRY(const std::string mask, digest(EVP_sha256(), twice, nonce));
  return exclusive_or(once, mask);
}

// A number modulo the order of the curve, from 64 bytes of hash.
std::string reduced(const std::string& hash) {
  std::string scalar(kScalarBytes, '\0');
  crypto_core_ed25519_scalar_reduce(raw(scalar), raw(hash));
  return scalar;
}

Result<std::string> times_base(const std::string& scalar) {
  std::string point(crypto_core_ed25519_BYTES, '\0');
  if (crypto_scalarmult_ed25519_base_noclamp(raw(point), raw(scalar)) != 0) {
    return Error(ErrorCode::kInternal, "client_ed25519: a scalar is zero");
  }
  return point;
}

// RFC 8032, 5.1.6, where h is the hash of the password.
Result<std::string> ed25519_proof(std::string_view password, std::string_view nonce) {
  BANYAN_TRY(std::string hash, digest(EVP_sha512(), password));
  const Wiped h{std::move(hash)};
  Wiped secret{h.text.substr(0, kScalarBytes)};
  secret.text[0] = static_cast<char>(secret.text[0] & 248);
  secret.text[31] = static_cast<char>((secret.text[31] & 63) | 64);
  BANYAN_TRY(std::string random_hash, digest(EVP_sha512(), std::string_view(h.text).substr(kScalarBytes), nonce));
  const Wiped random{reduced(random_hash)};
  OPENSSL_cleanse(random_hash.data(), random_hash.size());
  BANYAN_TRY(const std::string commitment, times_base(random.text));
  BANYAN_TRY(const std::string public_key, times_base(secret.text));
  BANYAN_TRY(const std::string challenge_hash, digest(EVP_sha512(), commitment + public_key, nonce));
  std::string answer(kScalarBytes, '\0');
  crypto_core_ed25519_scalar_mul(raw(answer), raw(reduced(challenge_hash)), raw(secret.text));
  crypto_core_ed25519_scalar_add(raw(answer), raw(answer), raw(random.text));
  return commitment + answer;
}

}  // namespace

Result<std::string> proof_of(std::string_view plugin, std::string_view password, std::string_view nonce) {
  const std::size_t wanted = plugin == kEd25519Plugin ? kEd25519NonceBytes : kScrambleBytes;
  if (nonce.size() == wanted + 1 && nonce.back() == '\0') nonce.remove_suffix(1);
  if (nonce.size() != wanted) {
    return Error(ErrorCode::kPermissionDenied,
                 "the server's nonce for " + std::string(plugin) + " has " + std::to_string(nonce.size()) + " bytes");
  }
  if (plugin == kEd25519Plugin) return ed25519_proof(password, nonce);
  if (password.empty()) return std::string(plugin == kSha2Plugin ? 1 : 0, '\0');
  return plugin == kSha2Plugin ? sha2_proof(password, nonce) : native_proof(password, nonce);
}

Result<std::string> encrypted_password(std::string_view password, std::string_view nonce, std::string_view public_key) {
  const auto bad = [] {
    return Error(ErrorCode::kInvalidArgument, "the server's public key is no RSA key in PEM that fits the password");
  };
  if (nonce.empty()) return bad();
  Wiped hidden{exclusive_or(std::string(password) + '\0', nonce.substr(0, kScrambleBytes))};
  const std::unique_ptr<BIO, decltype(&BIO_free)> source(
      BIO_new_mem_buf(public_key.data(), static_cast<int>(public_key.size())), BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (key == nullptr) return bad();
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(key.get(), nullptr),
                                                                            EVP_PKEY_CTX_free);
  std::string encrypted(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())), '\0');
  std::size_t size = encrypted.size();
  if (EVP_PKEY_encrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_encrypt(context.get(), raw(encrypted), &size, raw(hidden.text), hidden.text.size()) != 1) {
    return bad();
  }
  encrypted.resize(size);
  return encrypted;
}

}  // namespace banyan::maria
