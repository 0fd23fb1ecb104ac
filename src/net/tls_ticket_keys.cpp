#include "net/tls_ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstring>
#include <mutex>

#include "runtime/env.h"

namespace banyan {

std::shared_ptr<TlsTicketKeys> make_tls_ticket_keys() { return std::make_shared<TlsTicketKeys>(); }

TlsTicketKeys::~TlsTicketKeys() { OPENSSL_cleanse(keys_.data(), sizeof keys_); }

bool TlsTicketKeys::rotate(TimePoint now) {
  if (keys_[0].valid && now - made_ < kPeriod) return true;
  Key fresh;
  if (RAND_bytes(fresh.name.data(), static_cast<int>(fresh.name.size())) != 1 ||
      RAND_priv_bytes(fresh.cipher.data(), static_cast<int>(fresh.cipher.size())) != 1 ||
      RAND_priv_bytes(fresh.mac.data(), static_cast<int>(fresh.mac.size())) != 1) {
    return false;
  }
  fresh.valid = true;
  // A pause of more than one period makes the older keys older still, not valid for longer.
  const bool skipped = keys_[0].valid && now - made_ >= 2 * kPeriod;
  keys_[2] = skipped ? Key() : keys_[1];
  keys_[1] = keys_[0];
  keys_[0] = fresh;
  made_ = now;
  OPENSSL_cleanse(&fresh, sizeof fresh);
  return true;
}

const TlsTicketKeys::Key* TlsTicketKeys::find(const unsigned char* name, bool* current) const {
  for (const Key& key : keys_) {
    if (!key.valid || std::memcmp(key.name.data(), name, key.name.size()) != 0) continue;
    *current = &key == keys_.data();
    return &key;
  }
  return nullptr;
}

int TlsTicketKeys::prepare(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                           bool encrypts) {
  std::lock_guard guard(lock_);
  if (!rotate(current_env().now())) return -1;
  bool current = true;
  const Key* key = keys_.data();
  if (encrypts) {
    if (RAND_bytes(iv, EVP_MAX_IV_LENGTH) != 1) return -1;
    std::memcpy(name, key->name.data(), key->name.size());
  } else {
    key = find(name, &current);
    if (key == nullptr) return 0;
  }
  char digest[] = "SHA256";
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_octet_string(
                                 OSSL_MAC_PARAM_KEY, const_cast<unsigned char*>(key->mac.data()), key->mac.size()),
                             OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                             OSSL_PARAM_construct_end()};
  if (EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), iv, encrypts ? 1 : 0) != 1 ||
      EVP_MAC_CTX_set_params(mac, parameters) != 1) {
    return -1;
  }
  return current ? 1 : 2;
}

}  // namespace banyan
