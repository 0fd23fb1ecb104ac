#include "postgres/password_proof.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <optional>

namespace banyan::pg {
namespace {

constexpr std::size_t kHashBytes = 32;
using Hash = std::array<unsigned char, kHashBytes>;

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
std::string_view text_of(const Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

Hash hmac(std::string_view key, std::string_view data) {
  Hash hash{};
  unsigned size = 0;
  BANYAN_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(data), data.size(), hash.data(),
                    &size) != nullptr);
  return hash;
}

Hash sha256(std::string_view data) {
  Hash hash{};
  unsigned size = 0;
  BANYAN_CHECK(EVP_Digest(data.data(), data.size(), hash.data(), &size, EVP_sha256(), nullptr) == 1);
  return hash;
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  text.resize(static_cast<std::size_t>(
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), raw(bytes), static_cast<int>(bytes.size()))));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > 4096) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), raw(text), static_cast<int>(text.size())) < 0) {
    return std::nullopt;
  }
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

// Takes "NAME=value" and the comma after it from the front of `rest`.
std::optional<std::string_view> take_attribute(std::string_view& rest, char name) {
  if (rest.size() < 2 || rest[0] != name || rest[1] != '=') return std::nullopt;
  const std::size_t comma = rest.find(',');
  const std::string_view value = rest.substr(2, comma == std::string_view::npos ? comma : comma - 2);
  rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  return value;
}

Error refuse(std::string_view what) {
  return Error(ErrorCode::kPermissionDenied, "the server's side of SCRAM-SHA-256: " + std::string(what));
}

struct Challenge {
  std::string_view nonce;
  std::string salt;
  unsigned iterations = 0;
};

Result<Challenge> read_challenge(std::string_view message, std::string_view own_nonce) {
  const auto nonce = take_attribute(message, 'r');
  const auto salt_text = take_attribute(message, 's');
  const auto count = take_attribute(message, 'i');
  if (!nonce || !salt_text || !count) return refuse("its challenge is malformed");
  if (nonce->size() <= own_nonce.size() || !nonce->starts_with(own_nonce)) return refuse("it answers somebody else");
  std::optional<std::string> salt = from_base64(*salt_text);
  Challenge challenge{*nonce, std::move(salt).value_or(""), 0};
  const auto [end, failed] = std::from_chars(count->data(), count->data() + count->size(), challenge.iterations);
  if (challenge.salt.empty() || failed != std::errc() || end != count->data() + count->size()) {
    return refuse("its challenge is malformed");
  }
  if (challenge.iterations < 1 || challenge.iterations > ScramClient::kIterationsMax) {
    return refuse("it asks for " + std::to_string(challenge.iterations) + " iterations; 1 to " +
                  std::to_string(ScramClient::kIterationsMax) + " are done");
  }
  return challenge;
}

}  // namespace

// The user's name was told before, in the startup message; PostgreSQL ignores the one here.
std::string ScramClient::bare_first() const { return "n=,r=" + nonce_; }
std::string ScramClient::first_message() const { return "n,," + bare_first(); }

Result<std::string> ScramClient::final_message(std::string_view server_first, std::string_view password) {
  BANYAN_TRY(const Challenge challenge, read_challenge(server_first, nonce_));
  Hash salted{};
  BANYAN_CHECK(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), raw(challenge.salt),
                                 static_cast<int>(challenge.salt.size()), static_cast<int>(challenge.iterations),
                                 EVP_sha256(), static_cast<int>(salted.size()), salted.data()) == 1);
  const std::string unproven = "c=biws,r=" + std::string(challenge.nonce);
  const std::string signed_text = bare_first() + "," + std::string(server_first) + "," + unproven;
  const Hash client_key = hmac(text_of(salted), "Client Key");
  const Hash signature = hmac(text_of(sha256(text_of(client_key))), signed_text);
  Hash proof{};
  for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = client_key[i] ^ signature[i];
  const Hash server_key = hmac(text_of(salted), "Server Key");
  server_signature_ = text_of(hmac(text_of(server_key), signed_text));
  OPENSSL_cleanse(salted.data(), salted.size());
  return unproven + ",p=" + base64(text_of(proof));
}

Result<void> ScramClient::verify(std::string_view server_final) const {
  const auto signature_text = take_attribute(server_final, 'v');
  const auto signature = signature_text ? from_base64(*signature_text) : std::nullopt;
  if (!signature || server_signature_.empty() || signature->size() != server_signature_.size() ||
      CRYPTO_memcmp(signature->data(), server_signature_.data(), signature->size()) != 0) {
    return refuse("it does not know the password itself");
  }
  return {};
}

namespace {

Result<std::string> md5_hex(std::string_view data) {
  unsigned char hash[16];
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), hash, &size, EVP_md5(), nullptr) != 1) {
    return Error(ErrorCode::kUnsupported, "the server wants an MD5 hash, which OpenSSL does not make here");
  }
  std::string hex;
  for (const unsigned char byte : hash) {
    hex.push_back("0123456789abcdef"[byte >> 4]);
    hex.push_back("0123456789abcdef"[byte & 15]);
  }
  return hex;
}

}  // namespace

Result<std::string> md5_proof(std::string_view user, std::string_view password, std::string_view salt) {
  BANYAN_TRY(const std::string inner, md5_hex(std::string(password).append(user)));
  BANYAN_TRY(const std::string outer, md5_hex(inner + std::string(salt)));
  return "md5" + outer;
}

}  // namespace banyan::pg
