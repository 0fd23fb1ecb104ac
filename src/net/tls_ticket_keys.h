// Inside of the TLS layer: the keys of session tickets (RFC 5077 section 4, RFC 8446 section 4.6.1).
#pragma once

#include <openssl/ssl.h>

#include <array>

#include "base/clock.h"
#include "net/tls.h"
#include "runtime/futex_lock.h"

namespace banyan {

class TlsTicketKeys {
 public:
  static constexpr Duration kPeriod = std::chrono::hours(12);

  TlsTicketKeys() = default;
  TlsTicketKeys(const TlsTicketKeys&) = delete;
  TlsTicketKeys& operator=(const TlsTicketKeys&) = delete;
  ~TlsTicketKeys();

  // What OpenSSL asks of the callback of SSL_CTX_set_tlsext_ticket_key_evp_cb: prepares the cipher and the MAC for a
  // new ticket, or for one that a client shows. 1: done, 2: done and the client should get a new ticket, 0: unknown
  // key, so a full handshake; -1: failed.
  int prepare(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, bool encrypts);
  // Makes a new current key if the one there is has done its time. By prepare(); for tests with another `now`.
  bool rotate(TimePoint now);

 private:
  struct Key {
    std::array<unsigned char, 16> name{};
    std::array<unsigned char, 32> cipher{};
    std::array<unsigned char, 32> mac{};
    bool valid = false;
  };
  const Key* find(const unsigned char* name, bool* current) const;

  FutexLock lock_;
  std::array<Key, 3> keys_;  // newest first
  TimePoint made_{};
};

}  // namespace banyan
