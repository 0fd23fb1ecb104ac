// TLS 1.2 and 1.3 (RFC 5246, RFC 8446) by OpenSSL 3, for servers and clients.
//
// A context is what many connections share: certificates, keys, trusted authorities, ALPN. It is immutable. A server
// that changes its certificates loads a new context and stores it in its TlsServerSlot; connections keep the one they
// began with. Handshakes suspend like any other operation and obey deadlines. Cipher suites: those of TLS 1.3, and for
// TLS 1.2 ECDHE with AEAD only. No compression, no renegotiation, no early data.
//
// Files are PEM. Every mistake is an error that names the file: a key that does not belong to its certificate, an
// encrypted key (refused: nobody could type the password), an empty or unreadable file. A certificate that has expired,
// or will within two weeks, is logged as a warning, since serving it beats serving nothing.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/stream.h"
#include "runtime/futex_lock.h"

struct ssl_ctx_st;

namespace banyan {

enum class TlsVersion : unsigned char { kTls12, kTls13 };

// A certificate with its chain, leaf first, and its private key. Paths.
struct TlsFiles {
  std::string certificate;
  std::string key;
};

// The keys that encrypt session tickets, with which a client resumes a session without a full handshake. A new key is
// made every kPeriod; tickets of the two before it are still understood, so a stolen key opens at most about a day and
// a half of resumed traffic. Shared by the contexts that follow each other in a slot, so that a change of certificates
// does not end sessions. Any thread.
class TlsTicketKeys;

struct TlsServerOptions {
  // Chosen by the name the client asks for (SNI) among the DNS names of each certificate, exact before wildcard; the
  // first is for clients that ask for none or for an unknown one. At least one.
  std::vector<TlsFiles> certificates;
  std::vector<std::string> alpn;  // most wanted first; empty: none is agreed
  TlsVersion version_min = TlsVersion::kTls12;
  enum class ClientCertificate : unsigned char { kNone, kOptional, kRequired };
  ClientCertificate client_certificate = ClientCertificate::kNone;
  std::string client_authorities;              // PEM file; needed unless kNone
  std::shared_ptr<TlsTicketKeys> ticket_keys;  // null: keys of its own
};

class TlsServerContext {
 public:
  static Result<std::shared_ptr<const TlsServerContext>> load(const TlsServerOptions& options);
  ~TlsServerContext();
  TlsServerContext(const TlsServerContext&) = delete;
  TlsServerContext& operator=(const TlsServerContext&) = delete;

  // Of the certificates, the time the first one to expire does so.
  WallTime expires() const;

 private:
  friend Task<Result<Stream>> accept_tls(Stream, std::shared_ptr<const TlsServerContext>, TimePoint);
  struct State;
  explicit TlsServerContext(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

std::shared_ptr<TlsTicketKeys> make_tls_ticket_keys();

// Where a listener finds the context for its next connection. Any thread.
class TlsServerSlot {
 public:
  explicit TlsServerSlot(std::shared_ptr<const TlsServerContext> context) : context_(std::move(context)) {}
  std::shared_ptr<const TlsServerContext> load() const;
  void store(std::shared_ptr<const TlsServerContext> context);

 private:
  mutable FutexLock lock_;
  std::shared_ptr<const TlsServerContext> context_;
};

// The handshake as a server, on a plain stream that was just accepted. Run it in the connection's own task, not in the
// accept loop, and with a deadline. Errors: kInvalidArgument (the peer does not speak TLS, or none in common),
// kPermissionDenied (its certificate was refused), kUnavailable (it went away), kCancelled, kDeadlineExceeded; the
// stream is then closed.
Task<Result<Stream>> accept_tls(Stream plain, std::shared_ptr<const TlsServerContext> context,
                                TimePoint deadline = kNever);

struct TlsClientOptions {
  // False: any certificate is accepted, so whoever is in between can read and change everything.
  bool verify = true;
  std::string authorities;  // PEM file of trusted authorities; empty: the system's
  std::vector<std::string> alpn;
  TlsFiles certificate;  // our own; empty: none is shown
  TlsVersion version_min = TlsVersion::kTls12;
};

// The last session a server gave, with which the next handshake with it is short. Only for one context and one server.
// Of one worker.
class TlsClientSessions;
std::shared_ptr<TlsClientSessions> make_tls_client_sessions();

class TlsClientContext {
 public:
  static Result<std::shared_ptr<const TlsClientContext>> load(const TlsClientOptions& options);
  ~TlsClientContext();
  TlsClientContext(const TlsClientContext&) = delete;
  TlsClientContext& operator=(const TlsClientContext&) = delete;

 private:
  friend Task<Result<Stream>> start_tls(Stream, std::shared_ptr<const TlsClientContext>, std::string, TimePoint,
                                        std::shared_ptr<TlsClientSessions>);
  explicit TlsClientContext(ssl_ctx_st* context, bool verify) : context_(context), verify_(verify) {}
  ssl_ctx_st* context_;
  bool verify_;
};

// The handshake as a client. `server_name` is sent as SNI and the certificate must be for it; it may be an IP address,
// which is not sent but must be in the certificate. `sessions` may be null: no session is resumed. Errors as
// accept_tls.
Task<Result<Stream>> start_tls(Stream plain, std::shared_ptr<const TlsClientContext> context, std::string server_name,
                               TimePoint deadline = kNever, std::shared_ptr<TlsClientSessions> sessions = nullptr);

}  // namespace banyan
