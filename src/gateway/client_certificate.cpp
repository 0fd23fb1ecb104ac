#include "gateway/client_certificate.h"

#include <string>

#include "net/tls_info.h"

namespace banyan {
namespace {

// A value as a quoted string; what would end the element or the list is inside of the quotes.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

// Names that need no quotes are written bare, as Envoy does.
std::string value_of(std::string_view text) {
  return text.find_first_of(",;=\"\\ ") == std::string_view::npos ? std::string(text) : quoted(text);
}

}  // namespace

void forward_client_certificate(const Exchange& exchange, Fields& fields, bool trusted_peer) {
  const TlsInfo* tls = exchange.tls_info();
  const bool shown = tls != nullptr && tls->peer_verified;
  if (shown || !trusted_peer) fields.remove(kClientCertField);
  if (!shown) return;
  std::string text = "Hash=" + tls->peer_hash + ";Subject=" + quoted(tls->peer_subject);
  for (const std::string& uri : tls->peer_uris) text += ";URI=" + value_of(uri);
  for (const std::string& name : tls->peer_dns_names) text += ";DNS=" + value_of(name);
  (void)fields.add_copy(kClientCertField, text);
}

}  // namespace banyan
