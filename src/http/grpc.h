// What a gateway must know of gRPC over HTTP/2: how a call is told from other requests, its deadline, and how an error
// is said so that a client of gRPC understands it. Pure.
//
// Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md and http-grpc-status-mapping.md beside it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/fields.h"

namespace banyan {

// Whether these are the fields of a call: a content type of application/grpc, whatever the messages are made of.
bool is_grpc(const Fields& fields);

// The value of grpc-timeout: up to eight digits and a unit (H M S m u n). Nothing where it is anything else.
std::optional<Duration> parse_grpc_timeout(std::string_view value);

// The code of gRPC that says what an HTTP status says, for an error that is the gateway's own. As the mapping for
// answers that say nothing of gRPC, but where the gateway knows more than that guesses: a time that ran out is no
// UNAVAILABLE, which clients take as leave to ask again what may have been done already.
int grpc_status_of(int http_status);

// A sentence as grpc-message has it: what is not printable ASCII, and '%', percent-encoded.
std::string grpc_message(std::string_view sentence);

}  // namespace banyan
