// Inside of the TLS layer: one connection's SSL object over its socket. Nobody but net's own sources includes this.
//
// OpenSSL reads and writes through a BIO of ours, which calls the SocketSystem, so nothing is copied through memory
// BIOs and the simulator stands in below. Each call makes one attempt and says what it waits for. An SSL object is not
// safe for two threads, and a stream's reader and writer may be on two workers, so each call holds a lock; none waits
// for the network with it.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>

#include "net/stream.h"
#include "net/tls_info.h"
#include "runtime/futex_lock.h"

namespace banyan {

class TlsSession {
 public:
  enum class Step : unsigned char { kDone, kWantRead, kWantWrite, kEnd, kFailed };

  // Takes `ssl`. `keeps_alive` is the context, which must live as long.
  TlsSession(SSL* ssl, detail::Socket& socket, std::shared_ptr<const void> keeps_alive);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  Step handshake();
  // kEnd: close_notify was received.
  Step read(std::span<std::byte> into, std::size_t* count);
  // Whether a read would give something, decrypting a record if need be. kDone: yes, or the end.
  Step peek();
  // Bytes came from the socket that no read has given yet. They may be an incomplete record.
  bool holds_input() const;
  // The last read or peek waits for room to write.
  bool read_wants_write() const { return read_wants_write_; }
  // Takes some of `bytes`. After kWantRead or kWantWrite the next call must begin with the same bytes.
  Step write(std::span<const std::byte> bytes, std::size_t* count);
  // Sends close_notify; does not wait for the peer's.
  Step shutdown();

  // After kFailed. `doing` as in "reading from".
  Error error(std::string_view doing) const;
  // After the handshake.
  void collect_info();
  const TlsInfo& info() const { return info_; }
  SSL* ssl() const { return ssl_; }

 private:
  Step step_of(int result);
  Error handshake_error(std::string_view doing, const std::string& reason) const;
  static const BIO_METHOD* bio_method();
  static int bio_write(BIO* bio, const char* data, std::size_t size, std::size_t* written);
  static int bio_read(BIO* bio, char* data, std::size_t size, std::size_t* count);
  static long bio_ctrl(BIO* bio, int command, long number, void* pointer);

  mutable FutexLock lock_;
  SSL* ssl_;
  detail::Socket& socket_;
  std::shared_ptr<const void> keeps_alive_;
  std::ptrdiff_t socket_error_ = 0;  // the negated errno that ended it, if one did
  bool established_ = false;         // the handshake was completed
  bool input_ended_ = false;         // the socket's stream has ended
  bool read_wants_write_ = false;
  bool broken_ = false;       // a fatal error: no close_notify may follow
  unsigned long reason_ = 0;  // OpenSSL's error code
  TlsInfo info_;
};

}  // namespace banyan
