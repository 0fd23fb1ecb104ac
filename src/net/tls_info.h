// What a TLS handshake agreed on.
#pragma once

#include <string>
#include <vector>

namespace banyan {

struct TlsInfo {
  std::string protocol;        // "TLSv1.3"
  std::string cipher;          // "TLS_AES_128_GCM_SHA256"
  std::string alpn;            // "h2"; empty: none agreed
  std::string server_name;     // SNI as the client sent it; empty: none
  std::string peer_subject;    // of the peer's certificate, RFC 2253 form; empty: it showed none
  bool peer_verified = false;  // the peer's certificate was verified against trusted authorities
  bool session_resumed = false;
  // Of a certificate that was verified.
  std::string peer_hash;               // SHA-256 of its DER form, in hexadecimal
  std::vector<std::string> peer_uris;  // subject alternative names, at most 16 of each kind
  std::vector<std::string> peer_dns_names;
};

}  // namespace banyan
