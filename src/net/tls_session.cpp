#include "net/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <string>

namespace banyan {

// ---- the BIO: OpenSSL's view of the socket ----

const BIO_METHOD* TlsSession::bio_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "banyan socket");
    BANYAN_CHECK(made != nullptr);
    BIO_meth_set_write_ex(made, [](BIO* bio, const char* data, std::size_t size, std::size_t* written) {
      return bio_write(bio, data, size, written);
    });
    BIO_meth_set_read_ex(made, [](BIO* bio, char* data, std::size_t size, std::size_t* count) {
      return bio_read(bio, data, size, count);
    });
    BIO_meth_set_ctrl(made, [](BIO* bio, int command, long number, void* pointer) {
      return bio_ctrl(bio, command, number, pointer);
    });
    return made;
  }();
  return method;
}

int TlsSession::bio_write(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
  auto* self = static_cast<TlsSession*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const iovec part{const_cast<char*>(data), size};
  const std::ptrdiff_t n = self->socket_.system.send(self->socket_.fd, {&part, 1});
  if (n > 0) {
    *written = static_cast<std::size_t>(n);
    return 1;
  }
  if (n == -EAGAIN) {
    BIO_set_retry_write(bio);
  } else {
    self->socket_error_ = n;
  }
  return 0;
}

int TlsSession::bio_read(BIO* bio, char* data, std::size_t size, std::size_t* count) {
  auto* self = static_cast<TlsSession*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const std::ptrdiff_t n =
      self->socket_.system.receive(self->socket_.fd, std::as_writable_bytes(std::span(data, size)));
  self->socket_.drained = n < static_cast<std::ptrdiff_t>(size);
  if (n > 0) {
    *count = static_cast<std::size_t>(n);
    return 1;
  }
  if (n == -EAGAIN) {
    BIO_set_retry_read(bio);
  } else if (n == 0) {
    self->input_ended_ = true;
  } else {
    self->socket_error_ = n;
  }
  return 0;
}

long TlsSession::bio_ctrl(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) return static_cast<const TlsSession*>(BIO_get_data(bio))->input_ended_ ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

// ---- the session ----

TlsSession::TlsSession(SSL* ssl, detail::Socket& socket, std::shared_ptr<const void> keeps_alive)
    : ssl_(ssl), socket_(socket), keeps_alive_(std::move(keeps_alive)) {
  BIO* bio = BIO_new(bio_method());
  BANYAN_CHECK(bio != nullptr);
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

TlsSession::Step TlsSession::step_of(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_NONE:
      return Step::kDone;
    case SSL_ERROR_WANT_READ:
      return Step::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return Step::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Step::kEnd;
    default:
      break;
  }
  broken_ = true;
  reason_ = ERR_get_error();
  ERR_clear_error();
  return Step::kFailed;
}

TlsSession::Step TlsSession::handshake() {
  std::lock_guard guard(lock_);
  ERR_clear_error();
  const Step step = step_of(SSL_do_handshake(ssl_));
  established_ = step == Step::kDone;
  return step;
}

TlsSession::Step TlsSession::read(std::span<std::byte> into, std::size_t* count) {
  std::lock_guard guard(lock_);
  ERR_clear_error();
  const Step step = step_of(SSL_read_ex(ssl_, into.data(), into.size(), count));
  read_wants_write_ = step == Step::kWantWrite;
  return step;
}

TlsSession::Step TlsSession::peek() {
  std::lock_guard guard(lock_);
  ERR_clear_error();
  char byte = 0;
  std::size_t count = 0;
  const Step step = step_of(SSL_peek_ex(ssl_, &byte, 1, &count));
  read_wants_write_ = step == Step::kWantWrite;
  return step;
}

bool TlsSession::holds_input() const {
  std::lock_guard guard(lock_);
  return SSL_has_pending(ssl_) == 1;
}

TlsSession::Step TlsSession::write(std::span<const std::byte> bytes, std::size_t* count) {
  std::lock_guard guard(lock_);
  ERR_clear_error();
  return step_of(SSL_write_ex(ssl_, bytes.data(), bytes.size(), count));
}

TlsSession::Step TlsSession::shutdown() {
  std::lock_guard guard(lock_);
  if (broken_ || SSL_in_init(ssl_) == 1) return Step::kDone;
  if ((SSL_get_shutdown(ssl_) & SSL_SENT_SHUTDOWN) != 0 && SSL_want(ssl_) != SSL_WRITING) return Step::kDone;
  ERR_clear_error();
  const int result = SSL_shutdown(ssl_);
  return result >= 0 ? Step::kDone : step_of(result);
}

Error TlsSession::error(std::string_view doing) const {
  std::lock_guard guard(lock_);
  if (socket_error_ < 0) return socket_.io_error(socket_error_, doing);
  const std::string where = std::string(doing) + " " + socket_.peer.text() + ": ";
  if (input_ended_ && established_) {
    return Error(ErrorCode::kDataLoss, where + "the TLS stream ended without close_notify, so it may have been cut");
  }
  if (input_ended_)
    return Error(ErrorCode::kUnavailable, where + "the peer closed the connection in the TLS handshake");
  if (const long verified = SSL_get_verify_result(ssl_);
      verified != X509_V_OK && ERR_GET_REASON(reason_) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    return Error(ErrorCode::kPermissionDenied,
                 where + "its certificate is not trusted: " + X509_verify_cert_error_string(verified));
  }
  const char* reason = ERR_reason_error_string(reason_);
  return handshake_error(where, reason == nullptr ? "TLS failed" : reason);
}

Error TlsSession::handshake_error(std::string_view where, const std::string& reason) const {
  const int code = ERR_GET_REASON(reason_);
  const bool about_certificate =
      code == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE || code == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED ||
      (code >= SSL_R_SSLV3_ALERT_BAD_CERTIFICATE && code <= SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN) ||
      code == SSL_R_TLSV1_ALERT_UNKNOWN_CA || code == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE;
  return Error(about_certificate ? ErrorCode::kPermissionDenied : ErrorCode::kInvalidArgument,
               std::string(where) + "TLS: " + reason);
}

// ---- what was agreed ----

namespace {

std::string subject_of(const X509* certificate) {
  BIO* memory = BIO_new(BIO_s_mem());
  if (memory == nullptr) return {};
  X509_NAME_print_ex(memory, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string subject(data, size > 0 ? static_cast<std::size_t>(size) : 0);
  BIO_free(memory);
  return subject;
}

std::string hash_of(const X509* certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned bytes = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &bytes) != 1) return {};
  std::string text;
  for (unsigned i = 0; i < bytes; ++i) {
    text += "0123456789abcdef"[digest[i] >> 4];
    text += "0123456789abcdef"[digest[i] & 0xf];
  }
  return text;
}

void collect_names(const X509* certificate, TlsInfo& info) {
  constexpr std::size_t kNamesMax = 16;
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DNS && name->type != GEN_URI) continue;
    const ASN1_IA5STRING* text = name->d.ia5;
    std::vector<std::string>& list = name->type == GEN_DNS ? info.peer_dns_names : info.peer_uris;
    if (list.size() >= kNamesMax) continue;
    list.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                      static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  GENERAL_NAMES_free(names);
}

std::string text_or_empty(const char* text) { return text == nullptr ? std::string() : std::string(text); }

}  // namespace

void TlsSession::collect_info() {
  info_.protocol = SSL_get_version(ssl_);
  info_.cipher = text_or_empty(SSL_get_cipher_name(ssl_));
  const unsigned char* alpn = nullptr;
  unsigned alpn_bytes = 0;
  SSL_get0_alpn_selected(ssl_, &alpn, &alpn_bytes);
  if (alpn != nullptr) info_.alpn.assign(reinterpret_cast<const char*>(alpn), alpn_bytes);
  info_.server_name = text_or_empty(SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name));
  info_.session_resumed = SSL_session_reused(ssl_) == 1;
  if (const X509* certificate = SSL_get0_peer_certificate(ssl_); certificate != nullptr) {
    info_.peer_subject = subject_of(certificate);
    info_.peer_verified = SSL_get_verify_mode(ssl_) != SSL_VERIFY_NONE && SSL_get_verify_result(ssl_) == X509_V_OK;
    if (info_.peer_verified) {
      info_.peer_hash = hash_of(certificate);
      collect_names(certificate, info_);
    }
  }
}

}  // namespace banyan
