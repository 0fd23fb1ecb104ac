// The client side of net/tls.h.
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <string>

#include "net/connect.h"
#include "net/tls_files.h"
#include "net/tls_handshake.h"

namespace banyan {
namespace {

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
                               TimePoint deadline) {
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
  co_return co_await shake_hands(std::move(plain), ssl, std::move(context), deadline);
}

Task<Result<Stream>> connect_tls(SocketAddress address, std::shared_ptr<const TlsClientContext> context,
                                 std::string server_name, TimePoint deadline) {
  Stream plain = co_await try_(connect(std::move(address), deadline));
  co_return co_await start_tls(std::move(plain), std::move(context), std::move(server_name), deadline);
}

}  // namespace banyan
