// Where a message's body ends, whether the connection lives on, and what must not be passed on: RFC 9112 sections 6, 9
// and RFC 9110 sections 7.6.1, 7.8, 10.1.1, decided in one place.
//
// Where the RFC lets a recipient repair a doubtful message, this refuses it: two lengths (equal or not), a length
// beside a transfer coding, a list in Content-Length, any transfer coding but exactly "chunked", Transfer-Encoding in
// HTTP/1.0. Each of these has been a way to smuggle a request past a proxy.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "http/request_head.h"
#include "http/response_head.h"
#include "http/status.h"

namespace banyan {

struct BodyFraming {
  enum class Kind : std::uint8_t {
    kNone,        // no body
    kLength,      // exactly `length` bytes; may be 0
    kChunked,     // chunked_body.h
    kUntilClose,  // responses alone: up to the end of the connection
    kTunnel,      // not a body: after this head both directions carry bytes of another protocol
  };

  Kind kind = Kind::kNone;
  std::uint64_t length = 0;

  bool operator==(const BodyFraming&) const = default;
  // Whether body bytes may follow the head.
  bool has_body() const {
    return kind == Kind::kChunked || kind == Kind::kUntilClose || (kind == Kind::kLength && length > 0);
  }
};

struct RequestFraming {
  BodyFraming body;              // never kUntilClose or kTunnel: CONNECT has no body, its tunnel begins with the answer
  bool keep_alive = false;       // what the client asks for; the server may still close
  bool expect_continue = false;  // the client waits for 100 (Continue) before it sends its body
  // The one protocol the client asks to change to ("websocket"), or "". Only of an HTTP/1.1 request without a body
  // whose Connection names Upgrade; "h2c" is never offered, since a tunnel of HTTP/2 would pass every rule of the
  // gateway by.
  std::string_view upgrade;
};

// Errors: 400; 417 for an expectation other than 100-continue; 501 for a transfer coding other than chunked.
std::expected<RequestFraming, Refusal> frame_request(const RequestHead& head);

struct ResponseFraming {
  BodyFraming body;
  bool keep_alive = false;  // whether the connection to the upstream may carry another request
};

// What the response answers.
struct AnsweredRequest {
  Method method = Method::kGet;
  bool upgrade = false;  // an Upgrade was passed on with it: only then may 101 come
};

// Errors: 502.
std::expected<ResponseFraming, Refusal> frame_response(const ResponseHead& head, const AnsweredRequest& request);

// Removes what concerns one connection alone: Connection and what it names, Keep-Alive, Proxy-Connection, TE,
// Transfer-Encoding, Upgrade, HTTP2-Settings. A name known to this program (field_id.h) as end-to-end stays even where
// Connection names it, or a client could make the gateway drop X-Forwarded-For, Host or Content-Length.
void remove_hop_by_hop(Fields& fields);

// Whether a comma-separated list field, over all of its lines, holds `token` in any case.
bool list_contains(const Fields& fields, FieldId id, std::string_view token);

// Content-Length's value: 1 to 19 digits, at most 2^63 - 1. False where it is anything else.
bool parse_content_length(std::string_view value, std::uint64_t& length);

}  // namespace banyan
