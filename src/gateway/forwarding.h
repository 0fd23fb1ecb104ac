// What the gateway tells the next server about the client, and what it believes of what the client says.
//
// X-Forwarded-For, -Proto and -Host are believed only from trusted proxies; from anybody else they are replaced, since
// applications take decisions by them. The request gets an id (X-Request-Id), and a W3C trace context in which the
// gateway is one span.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/address.h"
#include "exchange/exchange.h"
#include "telemetry/trace_context.h"

namespace banyan {

struct ClientIdentity {
  std::string address;  // the nearest one that is not a trusted proxy; "unix:" for a unix socket
  bool trusted_peer = false;
};

// Who the client is, by the peer's address and, behind trusted proxies, by X-Forwarded-For from its right end on.
ClientIdentity identify_client(const Exchange& exchange, const Fields& fields, const std::vector<IpNetwork>& trusted);

// A peer that is believed, by its network or because it came through a unix socket.
bool is_trusted(const SocketAddress& address, const std::vector<IpNetwork>& trusted);

// Sets the X-Forwarded fields for the next server.
void forward_client(Exchange& exchange, Fields& fields, const ClientIdentity& client);

// Takes Connection away, and what it names of fields not known to this program (http/message_framing.h): before the
// gateway's own filters add theirs, or a client could name those and have them taken away.
void remove_named_by_connection(Fields& fields);

// Passes the request id on if it is usable (1 to 128 visible characters), else sets a new one. Gives the id.
std::string_view forward_request_id(Fields& fields, std::uint64_t random_high, std::uint64_t random_low);

// The request's target in the form that goes to a server: path and query as received.
std::string origin_form(const RequestHead& head);

}  // namespace banyan
