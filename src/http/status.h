// Status codes of HTTP (RFC 9110 section 15), and why a message was refused.
#pragma once

#include <string_view>

namespace banyan {

// Why bytes from a peer were refused: the status code to answer a client with, and one sentence without a final stop.
// Where the peer is an upstream the status is 502. `sentence` is static text, so a refusal costs no allocation and can
// outlive the message. Status 0 means "not refused".
struct Refusal {
  int status = 0;
  std::string_view sentence;

  explicit operator bool() const { return status != 0; }
  bool operator==(const Refusal&) const = default;
};

// The registered reason phrase ("Not Found"), or "" for a code nobody registered. Static text.
std::string_view reason_phrase(int status);

// True where RFC 9110 section 6.4.1 says that a response of this status never has content: 1xx, 204, 304.
constexpr bool status_forbids_body(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace banyan
