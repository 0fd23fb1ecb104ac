// The head of a response: bytes of an upstream -> structure (RFC 9112 section 4), and structure -> bytes for requests
// and responses alike.
//
// As strict as request_head.h; the reason phrase may be empty, and the space before it may be missing with it, since
// servers in use do that. Every refusal is a 502: the upstream is at fault, not the client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/fields.h"
#include "http/head_lines.h"
#include "http/method.h"

namespace banyan {

// Views point into the parsed bytes.
struct ResponseHead {
  HttpVersion version = HttpVersion::k11;
  int status = 0;  // 100..599
  std::string_view reason;
  Fields fields;

  void reset();
  void rebase(const char* from, std::size_t length, const char* to);
};

class ResponseHeadParser {
 public:
  explicit ResponseHeadParser(const HeadLimits& limits = {}) : limits_(limits) {}

  // As RequestHeadParser::parse. An interim response (1xx) is a head of its own: reset() and parse on.
  HeadOutcome parse(std::string_view bytes, ResponseHead& head);
  void reset();

 private:
  const char* parse_lines(std::string_view bytes, ResponseHead& head, LineStop& stop);
  HeadOutcome stopped(std::string_view bytes, const LineStop& stop);

  HeadLimits limits_;
  HeadResume resume_;
  bool in_fields_ = false;
};

// First lines, for writing.
struct RequestLine {
  std::string_view method;
  std::string_view target;
  HttpVersion version = HttpVersion::k11;
};
struct StatusLine {
  int status = 200;         // 100..999
  std::string_view reason;  // "" writes reason_phrase(status)
  HttpVersion version = HttpVersion::k11;
};

// Append the whole head, empty line included, to `out` in one pass, growing it once. Refused (kInvalidArgument, nothing
// appended): a method that is no token, a target that is empty or holds white space, control or non-ASCII characters, a
// reason with control characters, a status out of range. The fields are clean by construction (fields.h).
Result<void> write_request_head(const RequestLine& line, const Fields& fields, std::string& out);
Result<void> write_response_head(const StatusLine& line, const Fields& fields, std::string& out);

}  // namespace banyan
