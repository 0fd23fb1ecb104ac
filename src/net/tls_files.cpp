#include "net/tls_files.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>

#include "base/ascii.h"
#include "base/log.h"
#include "runtime/env.h"

namespace banyan {
namespace {

constexpr auto kWarnBeforeExpiry = std::chrono::hours(14 * 24);

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using GeneralNames = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

Error file_error(const std::string& file, const std::string& what) {
  return Error(ErrorCode::kInvalidArgument, file + ": " + what);
}

Result<Bio> open_file(const std::string& file) {
  std::FILE* opened = std::fopen(file.c_str(), "re");
  if (opened == nullptr) return Error::from_errno(errno, file);
  return Bio(BIO_new_fp(opened, BIO_CLOSE));
}

Result<std::vector<Certificate>> read_chain(const std::string& file) {
  BANYAN_TRY(Bio bio, open_file(file));
  std::vector<Certificate> chain;
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) chain.emplace_back(one);
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string reason = openssl_reason();
  if (!at_end) return file_error(file, "certificate " + std::to_string(chain.size() + 1) + " is damaged: " + reason);
  if (chain.empty()) return file_error(file, "holds no PEM certificate (-----BEGIN CERTIFICATE-----)");
  return chain;
}

Result<Key> read_key(const std::string& file) {
  BANYAN_TRY(Bio bio, open_file(file));
  bool asked_for_password = false;
  const auto refuse = [](char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
  };
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse, &asked_for_password));
  if (key != nullptr) return key;
  // Whose cipher OpenSSL does not have is refused before the password is asked for.
  const bool encrypted = asked_for_password || ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_UNSUPPORTED_ENCRYPTION;
  const std::string reason = openssl_reason();
  if (encrypted) {
    return file_error(file, "the private key is encrypted; decrypt it with: openssl pkey -in FILE -out FILE.plain");
  }
  return file_error(file, "holds no readable PEM private key (" + reason + ")");
}

WallTime wall_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return WallTime::max();
  // Durations are nanoseconds, which end in the year 2262.
  const std::int64_t seconds = std::min<std::int64_t>(timegm(&parts), 9'000'000'000);
  return WallTime(std::chrono::seconds(seconds));
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> names;
  const GeneralNames alternatives(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; alternatives != nullptr && i < sk_GENERAL_NAME_num(alternatives.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives.get(), i);
    if (name->type != GEN_DNS) continue;
    const ASN1_IA5STRING* text = name->d.dNSName;
    names.push_back(ascii_lower({reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                                 static_cast<std::size_t>(ASN1_STRING_length(text))}));
  }
  if (!names.empty()) return names;
  char common[256];
  const int bytes =
      X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, common, sizeof common);
  if (bytes > 0) names.push_back(ascii_lower({common, static_cast<std::size_t>(bytes)}));
  return names;
}

void warn_of_expiry(const std::string& file, WallTime expires) {
  const WallTime today{Duration(current_env().wall_nanoseconds())};
  if (expires > today + kWarnBeforeExpiry) return;
  log_warn(expires <= today ? "certificate_expired" : "certificate_expires_soon",
           {{"file", file}, {"expires", rfc3339(expires)}});
}

}  // namespace

std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "unknown reason" : reason;
}

Result<CertificateFacts> load_certificate(SSL_CTX* context, const TlsFiles& files) {
  ERR_clear_error();
  BANYAN_TRY(const std::vector<Certificate> chain, read_chain(files.certificate));
  BANYAN_TRY(const Key key, read_key(files.key));
  X509* leaf = chain.front().get();
  if (X509_check_private_key(leaf, key.get()) != 1) {
    ERR_clear_error();
    return file_error(files.key, "does not match the certificate " + files.certificate);
  }
  if (SSL_CTX_use_certificate(context, leaf) != 1) {
    return file_error(files.certificate, "cannot be used: " + openssl_reason());
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return file_error(files.key, "cannot be used: " + openssl_reason());
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) {
      return file_error(files.certificate, "the chain cannot be used: " + openssl_reason());
    }
  }
  CertificateFacts facts{names_of(leaf), wall_time(X509_get0_notAfter(leaf))};
  warn_of_expiry(files.certificate, facts.expires);
  return facts;
}

Result<void> load_authorities(SSL_CTX* context, const std::string& file) {
  BANYAN_TRY(const std::vector<Certificate> authorities, read_chain(file));
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const Certificate& authority : authorities) {
    if (X509_STORE_add_cert(store, authority.get()) != 1)
      return file_error(file, "cannot be used: " + openssl_reason());
    // Told to clients, so that they pick the right certificate; harmless in a client's context.
    if (SSL_CTX_add_client_CA(context, authority.get()) != 1) ERR_clear_error();
  }
  return {};
}

Result<SslContext> make_ssl_context(const SSL_METHOD* method, TlsVersion version_min) {
  SslContext context(SSL_CTX_new(method));
  if (context == nullptr) return Error(ErrorCode::kInternal, "making a TLS context: " + openssl_reason());
  SSL_CTX* c = context.get();
  SSL_CTX_set_min_proto_version(c, version_min == TlsVersion::kTls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Idle connections hold no record buffers; a write may take part of the bytes, and be repeated from elsewhere.
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(c, 1);  // a record's head and body in one system call
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
    return Error(ErrorCode::kInternal, "choosing TLS ciphers: " + openssl_reason());
  }
  return context;
}

Result<std::string> alpn_wire(const std::vector<std::string>& names) {
  std::string wire;
  for (const std::string& name : names) {
    if (name.empty() || name.size() > 255) {
      return Error(ErrorCode::kInvalidArgument, "ALPN name \"" + name + "\": must have 1 to 255 bytes");
    }
    wire.push_back(static_cast<char>(name.size()));
    wire += name;
  }
  return wire;
}

}  // namespace banyan
