// One request on an HTTP/2 connection to a server, and its answer.
//
// Shared by the answer, which its reader may give up at any time, and by the task that sends the request's body.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "exchange/upstream.h"
#include "http2/client_connection.h"
#include "http2/response_text.h"
#include "http2/stream_bodies.h"

namespace banyan {

// What a stream keeps of its connection. A base of its own, as the bodies, which are a base too, need it to their end.
struct Http2ClientHold {
  std::shared_ptr<Http2ClientConnection> connection_;
};

class Http2ClientStream final : private Http2ClientHold,
                                public Http2Bodies,
                                public std::enable_shared_from_this<Http2ClientStream> {
 public:
  Http2ClientStream(std::shared_ptr<Http2ClientConnection> connection, const UpstreamRequest& request);
  Http2ClientStream(const Http2ClientStream&) = delete;
  Http2ClientStream& operator=(const Http2ClientStream&) = delete;

  // Sends the request and waits for the answer's head. Errors as Http2Upstream::send.
  Task<Result<void>> ask(UpstreamRequest& request);
  ResponseHead& head() { return head_; }
  // Nobody wants the rest of the answer, or of the request to be sent.
  void abandon();

  // Of a failed request: whether the server may have seen any of it.
  bool may_have_been_seen() const { return sent_ && !refused_; }
  bool answer_begun() const { return head_whole_; }
  // Its body was read, and cannot be read again.
  bool body_consumed() const { return body_consumed_; }

  // By the connection.
  void field(std::string_view name, std::string_view value);
  void fields_ended(bool stream_ends);
  void set_sent() { sent_ = true; }
  void closed(std::uint32_t error_code);
  void failed(const Error& error);

 private:
  Result<void> submit(UpstreamRequest& request, bool has_body, std::optional<std::uint64_t> length);
  Result<void> begin(UpstreamRequest& request);
  Task<Result<void>> wait_for_head();
  static Task<Result<void>> upload(std::shared_ptr<Http2ClientStream> stream, BodySource* body);
  void keep_interim();
  Task<void> pass_interims();
  Refusal accept_head(bool stream_ends);
  void note(const Error& error);
  void end();
  void reset(std::uint32_t error_code);

  struct Interim {
    int status = 0;
    Fields fields;
  };
  static constexpr std::size_t kInterimsMax = 16;  // that wait to be passed on; what comes besides is left out

  const Method method_;
  const Duration read_timeout_;
  Exchange* const interim_to_;
  std::vector<Interim> interims_;
  std::int32_t id_ = -1;
  Http2ResponseText text_;
  ResponseHead head_;
  std::optional<std::uint64_t> upload_length_;
  std::string_view begun_;  // of the body, what was taken from it before its task began
  bool uploads_ = false;    // the body is longer than what came with the request
  bool head_whole_ = false;
  bool sent_ = false;
  bool refused_ = false;
  bool closed_ = false;
  bool body_consumed_ = false;
  std::optional<Error> error_;
  TimePoint sent_at_{};
  Event news_;
};

}  // namespace banyan
