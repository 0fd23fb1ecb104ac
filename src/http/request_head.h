// Bytes of a connection -> the head of a request (RFC 9112 sections 2, 3, 5; RFC 9110 section 7.2).
//
// Strict, because every leniency of a gateway is a way to make two programs disagree on where a request ends:
//   - lines end in CRLF; a bare CR, a bare LF, NUL or any other control character (HTAB in values aside) is refused;
//   - exactly one space between the parts of the request line; HTTP/1.0 and HTTP/1.1 only (505 for others);
//   - no white space before the colon, no empty field name, no line folding;
//   - HTTP/1.1 needs exactly one Host, with a valid value; HTTP/1.0 at most one;
//   - the target has one of the four forms that fits its method, and only characters that may stand there;
//   - one empty line (CRLF) before the request line is skipped, as RFC 9112 section 2.2 asks; a second one is refused.
// Left to others: framing (message_framing.h), percent-encoding and dot segments (target.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "http/fields.h"
#include "http/head_lines.h"
#include "http/method.h"

namespace banyan {

// RFC 9112 section 3.2. Authority: CONNECT alone. Asterisk: OPTIONS alone.
enum class TargetForm : std::uint8_t { kOrigin, kAbsolute, kAuthority, kAsterisk };

// All views point into the parsed bytes, except `path` where it is the static "/" or "*" of an absolute target that had
// none. `path` is as received: still percent-encoded, dot segments and all. `query` is without its '?'.
struct RequestHead {
  Method method = Method::kOther;
  HttpVersion version = HttpVersion::k11;
  TargetForm form = TargetForm::kOrigin;
  bool has_query = false;  // tells "/a?" from "/a"
  std::uint16_t port = 0;  // of the authority; 0 where it names none
  std::string_view method_name;
  std::string_view target;  // as received, whole
  std::string_view path;    // "" for authority-form, "*" for asterisk-form
  std::string_view query;
  std::string_view authority;  // of the target where it has one, else of Host; "" for HTTP/1.0 without Host
  std::string_view host;       // authority without port; an IPv6 literal keeps its brackets; case kept
  Fields fields;

  void reset();
  // After the buffer [from, from + length) the head was parsed from has moved to `to`.
  void rebase(const char* from, std::size_t length, const char* to);
};

class RequestHeadParser {
 public:
  explicit RequestHeadParser(const HeadLimits& limits = {}) : limits_(limits) {}

  // `bytes` begins at the request's first byte and holds all that has come so far: on a further call the same bytes (at
  // the same place or another) and more after them. `head` is the same object for all calls on one request; it is
  // filled once the outcome is done. Errors: 400, 414 (target or request line too long), 431, 501 never, 505.
  HeadOutcome parse(std::string_view bytes, RequestHead& head);

  // Before the next request.
  void reset();

 private:
  const char* parse_lines(std::string_view bytes, RequestHead& head, LineStop& stop);
  HeadOutcome stopped(std::string_view bytes, const LineStop& stop);

  HeadLimits limits_;
  HeadResume resume_;
  bool in_fields_ = false;
};

// "example.com:80" -> host and port; false where it is not a host this program accepts: letters, digits, "-._~", or an
// IPv6 literal in brackets; a port, where there is a colon, from 1 to 65535.
bool split_authority(std::string_view authority, std::string_view& host, std::uint16_t& port);

}  // namespace banyan
