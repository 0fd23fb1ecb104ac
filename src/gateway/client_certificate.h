// What the next server is told of the certificate a client has shown: X-Forwarded-Client-Cert, in the form Envoy gives
// it.
//
//   Hash=<SHA-256 of the certificate>;Subject="CN=shop,O=Example";URI=spiffe://example/shop;DNS=shop.example
//
// Applications take decisions by it, so a client's own field is removed; that of a trusted proxy is kept where the
// proxy shows no certificate itself.
#pragma once

#include "exchange/exchange.h"

namespace banyan {

inline constexpr std::string_view kClientCertField = "X-Forwarded-Client-Cert";

void forward_client_certificate(const Exchange& exchange, Fields& fields, bool trusted_peer);

}  // namespace banyan
