// The client side of net/tls.h.
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <string>

#include "net/connect.h"
#include "net/tls_files.h"
#include "net/tls_handshake.h"

namespace banyan {

class TlsClientSessions {
 public:
  TlsClientSessions() = default;
  TlsClientSessions(const TlsClientSessions&) = delete;
  TlsClientSessions& operator=(const TlsClientSessions&) = delete;
  ~TlsClientSessions() { SSL_SESSION_free(last_); }
  SSL_SESSION* last() const { return last_; }
  // Takes `session`.
  void keep(SSL_SESSION* session) {
    SSL_SESSION_free(last_);
    last_ = session;
  }

 private:
  SSL_SESSION* last_ = nullptr;
};

std::shared_ptr<TlsClientSessions> make_tls_client_sessions() { return std::make_shared<TlsClientSessions>(); }

namespace {

// What a client's connection needs as long as it lives.
struct KeptAlive {
  std::shared_ptr<const TlsClientContext> context;
  std::shared_ptr<TlsClientSessions> sessions;
};

// Where an SSL object keeps the TlsClientSessions it belongs to.
int sessions_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// Servers of TLS 1.3 give sessions after the handshake, within a read.
int on_new_session(SSL* ssl, SSL_SESSION* session) {
  auto* sessions = static_cast<TlsClientSessions*>(SSL_get_ex_data(ssl, sessions_index()));
  // A copy: a connection that is cut spoils its own session.
  if (sessions != nullptr) sessions->keep(SSL_SESSION_dup(session));
  return 0;
}

bool is_ip_address(const std::string& name) {
  unsigned char ignored[16];
  return inet_pton(AF_INET, name.c_str(), ignored) == 1 || inet_pton(AF_INET6, name.c_str(), ignored) == 1;
}

// What is expected of the server's certificate, and what the server is told.
bool name_the_server(SSL* ssl, const std::string& name, bool verify) {
  if (is_ip_address(name)) {
    return !verify || X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  }
  if (!name.empty() && SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) return false;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return !verify || SSL_set1_host(ssl, name.c_str()) == 1;
}

}  // namespace

Result<std::shared_ptr<const TlsClientContext>> TlsClientContext::load(const TlsClientOptions& options) {
  BANYAN_TRY(SslContext context, make_ssl_context(TLS_client_method(), options.version_min));
  SSL_CTX* c = context.get();
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(c, &on_new_session);
  if (options.verify) {
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER, nullptr);
    if (options.authorities.empty()) {
      if (SSL_CTX_set_default_verify_paths(c) != 1) {
        return Error(ErrorCode::kFailedPrecondition, "the system's trusted authorities: " + openssl_reason());
      }
    } else {
      BANYAN_TRY_VOID(load_authorities(c, options.authorities));
    }
  }
  if (!options.certificate.certificate.empty()) {
    BANYAN_TRY([[maybe_unused]] const CertificateFacts facts, load_certificate(c, options.certificate));
  }
  BANYAN_TRY(const std::string alpn, alpn_wire(options.alpn));
  if (!alpn.empty() && SSL_CTX_set_alpn_protos(c, reinterpret_cast<const unsigned char*>(alpn.data()),
                                               static_cast<unsigned>(alpn.size())) != 0) {
    return Error(ErrorCode::kInternal, "setting ALPN names: " + openssl_reason());
  }
  return std::shared_ptr<const TlsClientContext>(new TlsClientContext(context.release(), options.verify));
}

TlsClientContext::~TlsClientContext() { SSL_CTX_free(context_); }

Task<Result<Stream>> start_tls(Stream plain, std::shared_ptr<const TlsClientContext> context, std::string server_name,
                               TimePoint deadline, std::shared_ptr<TlsClientSessions> sessions) {
  if (context->verify_ && server_name.empty()) {
    co_return Error(ErrorCode::kInvalidArgument,
                    "TLS to " + plain.peer().text() + ": a server's name is needed to verify its certificate");
  }
  SSL* ssl = SSL_new(context->context_);
  if (ssl == nullptr) co_return Error(ErrorCode::kResourceExhausted, "starting TLS: " + openssl_reason());
  if (!name_the_server(ssl, server_name, context->verify_)) {
    SSL_free(ssl);
    co_return Error(ErrorCode::kInvalidArgument, "TLS server name \"" + server_name + "\": " + openssl_reason());
  }
  SSL_set_connect_state(ssl);
  if (sessions != nullptr) {
    SSL_set_ex_data(ssl, sessions_index(), sessions.get());
    if (sessions->last() != nullptr && SSL_set_session(ssl, sessions->last()) != 1) ERR_clear_error();
  }
  auto kept_alive = std::make_shared<const KeptAlive>(std::move(context), std::move(sessions));
  co_return co_await shake_hands(std::move(plain), ssl, std::move(kept_alive), deadline);
}

Task<Result<Stream>> connect_tls(SocketAddress address, std::shared_ptr<const TlsClientContext> context,
                                 std::string server_name, TimePoint deadline) {
  Stream plain = co_await try_(connect(std::move(address), deadline));
  co_return co_await start_tls(std::move(plain), std::move(context), std::move(server_name), deadline);
}

}  // namespace banyan
