// Inside of the TLS layer: certificates and keys from PEM files, with errors that name the file.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/tls.h"

namespace banyan {

struct SslContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslContextDeleter>;

// What has to be known of a certificate that is in use.
struct CertificateFacts {
  std::vector<std::string> dns_names;  // lower case; the common name where it has no DNS names
  WallTime expires;
};

// Puts the certificate, its chain and its key into `context`.
Result<CertificateFacts> load_certificate(SSL_CTX* context, const TlsFiles& files);

// Trusts the certificates of a PEM file.
Result<void> load_authorities(SSL_CTX* context, const std::string& file);

// A context with the protocol versions, cipher suites and modes that servers and clients share.
Result<SslContext> make_ssl_context(const SSL_METHOD* method, TlsVersion version_min);

// Protocol names as the wire has them (RFC 7301): each after a byte with its length. kInvalidArgument: a name that is
// empty or longer than 255 bytes.
Result<std::string> alpn_wire(const std::vector<std::string>& names);

// The sentence of OpenSSL's last error, which is thereby cleared.
std::string openssl_reason();

}  // namespace banyan
