// What a FastCGI program answers: records in, head, body spans, error lines and end out.
//
// The program writes a CGI response (RFC 3875 section 6) to one stream and complaints to another, cut into records as
// it pleases. The reader undoes this without buffering bodies: body bytes are given as views of the input. Kept are the
// head (bounded) and error lines not yet taken (bounded).
//
// Refused with 502, as every lie of an upstream is: bytes that are no record, records of another request, records only
// a server may send, a head that is malformed or too long, single-valued fields given twice, a body longer or shorter
// than its Content-Length, an end before the head. Record types nobody knows, and those about the connection, are
// passed over, as section 4.2 of the FastCGI specification lets a server do.
//
// Location without Status is answered as 302, whatever it holds, as nginx does: local redirects of RFC 3875 section
// 6.2.2 go to the client instead of being followed here. PHP always sends a Status with Location.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fastcgi/record.h"
#include "http/fields.h"
#include "http/status.h"

namespace banyan::fastcgi {

struct ResponseLimits {
  std::size_t head_bytes_max = 32 * 1024;
  std::size_t fields_max = 100;
  std::size_t error_line_bytes_max = 4 * 1024;  // longer lines are cut
  std::size_t error_lines_max = 64;             // waiting to be taken; further ones are counted and dropped
};

// The head as it is to be sent on: hop-by-hop fields, Status and Content-Length are taken out. Views live as long as
// the reader.
struct CgiHead {
  int status = 200;         // 200..599
  std::string_view reason;  // of the Status field, "" where it had none
  Fields fields;            // in the order received; several Set-Cookie stay several
  std::optional<std::uint64_t> content_length;
};

class ResponseReader {
 public:
  // `head_request`: the answer is to HEAD, so it has no body whatever its Content-Length says.
  ResponseReader(std::uint16_t request_id, bool head_request, const ResponseLimits& limits = {})
      : request_id_(request_id), head_request_(head_request), limits_(limits) {}
  ResponseReader(const ResponseReader&) = delete;  // the head's views point into it
  ResponseReader& operator=(const ResponseReader&) = delete;

  struct Step {
    enum class Kind : std::uint8_t {
      kNeedMore,  // all of the input was consumed
      kHead,      // head() is complete
      kBody,      // `body` is a run of body bytes, never empty, inside the input
      kEnd,       // the request ended well; end() is filled; what follows `consumed` is not of this request
      kError,     // refused; the connection is not to be used again
    };
    Kind kind = Kind::kNeedMore;
    std::size_t consumed = 0;
    std::string_view body;
    Refusal refusal;  // 502, or 503 where the program has no capacity
  };

  // Takes from the front of `bytes` up to the next event. Call again with what is left. kHead comes once, before any
  // kBody, kBody before kEnd. After kEnd or kError nothing is consumed any more.
  Step next(std::string_view bytes);

  // The connection ended. Nothing where the answer was complete even so (a body of declared length that has all come);
  // else why it is not. The connection is never to be used again.
  Refusal connection_closed();

  const CgiHead& head() const { return head_; }
  CgiHead& head() { return head_; }
  // PHP's exit status and the like, after kEnd.
  const EndRequest& end() const { return end_; }

  // Complete lines of the error stream since the last call, without line ends; after kEnd, kError or
  // connection_closed() also an unfinished last one. Ask after every call of next().
  std::vector<std::string> take_error_lines();
  std::size_t error_lines_dropped() const { return error_lines_dropped_; }

 private:
  enum class State : std::uint8_t { kHead, kBody, kEnded, kFailed };

  Step take_content(std::size_t consumed, std::string_view content);
  Step take_output(std::size_t consumed, std::string_view content);
  Step take_body(std::size_t consumed, std::string_view content);
  Step take_record_end(std::size_t consumed);
  Step take_end_request(std::size_t consumed);
  bool is_ours() const { return records_.header().request_id == request_id_; }
  void take_errors(std::string_view content);
  void finish_error_line();
  Refusal parse_head(std::size_t length);
  Refusal incomplete() const;
  Step fail(std::size_t consumed, Refusal refusal);

  std::uint16_t request_id_;
  bool head_request_;
  ResponseLimits limits_;
  RecordReader records_;
  State state_ = State::kHead;
  Refusal failure_;
  std::string head_bytes_;
  std::size_t head_checked_ = 0;  // no end of the head before it
  CgiHead head_;
  std::uint64_t body_bytes_ = 0;
  bool output_ended_ = false;
  std::string end_bytes_;
  EndRequest end_;
  std::string error_line_;
  std::vector<std::string> error_lines_;
  std::size_t error_lines_dropped_ = 0;
};

// Parses the head of a CGI response, its empty line included: lines end in CRLF or LF. Gives a refusal of status 0
// where it is well formed. Views of `head` point into `bytes`.
Refusal parse_cgi_head(std::string_view bytes, std::size_t fields_max, CgiHead& head);

}  // namespace banyan::fastcgi
