// The server side of net/tls.h.
#include <openssl/err.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/ascii.h"
#include "net/tls.h"
#include "net/tls_files.h"
#include "net/tls_handshake.h"
#include "net/tls_ticket_keys.h"

namespace banyan {

struct TlsServerContext::State {
  std::vector<SslContext> contexts;  // one for each certificate; connections begin with the first
  std::unordered_map<std::string, SSL_CTX*> by_name;
  std::unordered_map<std::string, SSL_CTX*> by_parent;  // "*.example.org" under "example.org"
  std::string alpn;
  std::shared_ptr<TlsTicketKeys> ticket_keys;
  WallTime expires = WallTime::max();

  Result<void> add_certificate(const TlsFiles& files, const TlsServerOptions& options);
  Result<void> set_up(SSL_CTX* context, const TlsServerOptions& options);
  void remember_names(SSL_CTX* context, const std::vector<std::string>& names);
  SSL_CTX* find(std::string_view name) const;
};

namespace {

// Ties a session to this program; needed where client certificates are asked for.
constexpr unsigned char kSessionIdContext[] = "banyan";

int verify_mode(TlsServerOptions::ClientCertificate wanted) {
  switch (wanted) {
    case TlsServerOptions::ClientCertificate::kNone:
      break;
    case TlsServerOptions::ClientCertificate::kOptional:
      return SSL_VERIFY_PEER;
    case TlsServerOptions::ClientCertificate::kRequired:
      return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_NONE;
}

// The first of our names that the client has too. A client that offers only others is refused (RFC 7301 section 3.2).
int choose_alpn(const std::string& ours, std::string_view theirs, const unsigned char** out, unsigned char* out_bytes) {
  for (std::size_t i = 0; i < ours.size(); i += 1 + static_cast<unsigned char>(ours[i])) {
    const std::string_view mine = std::string_view(ours).substr(i, 1 + static_cast<unsigned char>(ours[i]));
    for (std::size_t j = 0; j < theirs.size(); j += 1 + static_cast<unsigned char>(theirs[j])) {
      if (!theirs.substr(j).starts_with(mine)) continue;
      *out = reinterpret_cast<const unsigned char*>(theirs.data()) + j + 1;
      *out_bytes = static_cast<unsigned char>(mine.size() - 1);
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

Result<void> TlsServerContext::State::set_up(SSL_CTX* c, const TlsServerOptions& options) {
  SSL_CTX_set_app_data(c, this);
  SSL_CTX_set_session_id_context(c, kSessionIdContext, sizeof kSessionIdContext - 1);
  SSL_CTX_set_tlsext_servername_callback(
      c, +[](SSL* ssl, int*, void* state) {
        const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
        SSL_set_SSL_CTX(ssl, static_cast<TlsServerContext::State*>(state)->find(name));
        return SSL_TLSEXT_ERR_OK;
      });
  SSL_CTX_set_tlsext_servername_arg(c, this);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(
      c, +[](SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypts) {
        auto* state = static_cast<TlsServerContext::State*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
        return state->ticket_keys->prepare(name, iv, cipher, mac, encrypts == 1);
      });
  if (!alpn.empty()) {
    SSL_CTX_set_alpn_select_cb(
        c,
        +[](SSL*, const unsigned char** out, unsigned char* out_bytes, const unsigned char* in, unsigned in_bytes,
            void* state) {
          return choose_alpn(static_cast<TlsServerContext::State*>(state)->alpn,
                             {reinterpret_cast<const char*>(in), in_bytes}, out, out_bytes);
        },
        this);
  }
  if (options.client_certificate == TlsServerOptions::ClientCertificate::kNone) return {};
  SSL_CTX_set_verify(c, verify_mode(options.client_certificate), nullptr);
  return load_authorities(c, options.client_authorities);
}

Result<void> TlsServerContext::State::add_certificate(const TlsFiles& files, const TlsServerOptions& options) {
  BANYAN_TRY(SslContext context, make_ssl_context(TLS_server_method(), options.version_min));
  BANYAN_TRY(const CertificateFacts facts, load_certificate(context.get(), files));
  BANYAN_TRY_VOID(set_up(context.get(), options));
  remember_names(context.get(), facts.dns_names);
  expires = std::min(expires, facts.expires);
  contexts.push_back(std::move(context));
  return {};
}

// Of two certificates for one name the first wins.
void TlsServerContext::State::remember_names(SSL_CTX* context, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (name.starts_with("*.")) {
      by_parent.emplace(name.substr(2), context);
    } else {
      by_name.emplace(name, context);
    }
  }
}

SSL_CTX* TlsServerContext::State::find(std::string_view asked) const {
  std::string name = ascii_lower(asked);
  if (name.ends_with('.')) name.pop_back();
  if (const auto exact = by_name.find(name); exact != by_name.end()) return exact->second;
  if (const std::size_t dot = name.find('.'); dot != std::string::npos) {
    if (const auto parent = by_parent.find(name.substr(dot + 1)); parent != by_parent.end()) return parent->second;
  }
  return contexts.front().get();
}

TlsServerContext::TlsServerContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsServerContext::~TlsServerContext() = default;
WallTime TlsServerContext::expires() const { return state_->expires; }

Result<std::shared_ptr<const TlsServerContext>> TlsServerContext::load(const TlsServerOptions& options) {
  if (options.certificates.empty()) return Error(ErrorCode::kInvalidArgument, "TLS: no certificate is given");
  if (options.client_certificate != TlsServerOptions::ClientCertificate::kNone && options.client_authorities.empty()) {
    return Error(ErrorCode::kInvalidArgument, "TLS: client certificates need client_authorities to verify them with");
  }
  auto state = std::make_unique<State>();
  BANYAN_TRY(state->alpn, alpn_wire(options.alpn));
  state->ticket_keys = options.ticket_keys == nullptr ? make_tls_ticket_keys() : options.ticket_keys;
  for (const TlsFiles& files : options.certificates) BANYAN_TRY_VOID(state->add_certificate(files, options));
  return std::shared_ptr<const TlsServerContext>(new TlsServerContext(std::move(state)));
}

std::shared_ptr<const TlsServerContext> TlsServerSlot::load() const {
  std::lock_guard guard(lock_);
  return context_;
}

void TlsServerSlot::store(std::shared_ptr<const TlsServerContext> context) {
  std::lock_guard guard(lock_);
  context_.swap(context);  // what was there is destroyed after the lock is given up
}

Task<Result<Stream>> accept_tls(Stream plain, std::shared_ptr<const TlsServerContext> context, TimePoint deadline) {
  SSL* ssl = SSL_new(context->state_->contexts.front().get());
  if (ssl == nullptr) co_return Error(ErrorCode::kResourceExhausted, "starting TLS: " + openssl_reason());
  SSL_set_accept_state(ssl);
  co_return co_await shake_hands(std::move(plain), ssl, std::move(context), deadline);
}

}  // namespace banyan
