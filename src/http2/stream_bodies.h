// The two bodies of an HTTP/2 stream: the one that comes and the one that goes, at either end of a connection.
//
// Flow control reaches from end to end: the peer gets its window back only for bytes the reader has done with, and the
// next frame of what is sent is asked for only when the last one is in DATA frames.
#pragma once

#include <nghttp2/nghttp2.h>

#include <list>
#include <optional>
#include <string>

#include "exchange/body.h"
#include "http2/session.h"
#include "runtime/sync.h"

namespace banyan {

// The body that comes: chunks as they came, small ones together, until the reader has done with them.
class Http2Body final : public BodySource {
 public:
  // The stream's number may be set later, before anything arrives.
  explicit Http2Body(Http2Session& session) : session_(session) {}
  ~Http2Body() override;

  // By the connection.
  void set_stream(std::int32_t stream) { stream_ = stream; }
  void start(std::optional<std::uint64_t> length, std::uint64_t bytes_max, Duration wait_max);
  // It may be as long and as slow as it likes.
  void lift_limits() {
    bytes_max_ = UINT64_MAX;
    wait_max_ = std::chrono::hours(24);
  }
  // False: the memory budget has no room for it.
  bool arrived(std::string_view data);
  // Left out where it is none (http/chunked_body.h).
  void arrived_trailer(std::string_view name, std::string_view value);
  void ended();
  void broke(Error error);
  bool is_whole() const { return whole_; }
  // Nobody will read on: the connection's window for what is here is given back.
  void give_up();
  // Before the first wait for bytes.
  void on_first_wait(void (*call)(void* context), void* context);

  Task<Result<BodyFrame>> next() override;
  bool try_next(BodyFrame* frame) override;
  std::optional<std::uint64_t> bytes_left() const override;

 private:
  void give_back();

  Http2Session& session_;
  std::int32_t stream_ = -1;
  std::list<std::string> waiting_;  // lists, for bytes handed out must not move and most streams have none
  std::list<std::string> given_;    // handed out, perhaps still read
  std::size_t waiting_bytes_ = 0;
  std::size_t given_bytes_ = 0;
  std::optional<std::uint64_t> length_;
  std::uint64_t received_ = 0;  // handed out
  std::uint64_t bytes_max_ = UINT64_MAX;
  Duration wait_max_{};
  bool whole_ = true;
  std::optional<Error> error_;
  Fields trailers_;
  Event news_;
  void (*first_wait_)(void* context) = nullptr;
  void* first_wait_context_ = nullptr;
};

// The body that goes.
class Http2Sender {
 public:
  explicit Http2Sender(Http2Session& session) : session_(session) {}
  Http2Sender(const Http2Sender&) = delete;
  Http2Sender& operator=(const Http2Sender&) = delete;

  void set_stream(std::int32_t stream) { stream_ = stream; }
  // What each wait for the peer's window may take.
  void set_wait_max(Duration wait_max) { wait_max_ = wait_max; }
  // By the connection: the stream is closed, whatever of the body is left.
  void closed();

  // Comes back when all of it is in frames, so that `data` may go. `last` ends the stream, with `trailers` unless null.
  // Errors: kUnavailable (the stream is closed), kDeadlineExceeded, kCancelled.
  Task<Result<void>> send(std::string_view data, bool last, const Fields* trailers = nullptr);
  // The same, without waiting for it: `data` must live until the stream is closed. Nothing may follow it.
  void send_last(std::string_view data);
  // Sends all of `body` with its trailers; of `length` bytes where that is given, else kDataLoss. Errors besides: the
  // body's own, and then body_failed().
  // `begun` are bytes taken from it already.
  Task<Result<void>> send_all(BodySource& body, std::optional<std::uint64_t> length, std::string_view begun = {});
  bool body_failed() const { return body_failed_; }
  std::uint64_t bytes_sent() const { return bytes_sent_; }

  // For nghttp2: copies up to `size` bytes; nothing where there are none yet.
  std::optional<std::size_t> produce(std::uint8_t* out, std::size_t size, bool* end);
  // How nghttp2 is told of the end: trailers are submitted first where there are any.
  std::uint32_t end_flags();

 private:
  void offer(std::string_view data, bool last, const Fields* trailers);

  Http2Session& session_;
  std::int32_t stream_ = -1;
  Duration wait_max_{};
  std::string_view out_;  // of the frame being sent, what is not yet taken
  bool out_last_ = false;
  bool out_ended_ = false;  // END_STREAM has been made
  const Fields* trailers_ = nullptr;
  std::uint64_t bytes_sent_ = 0;
  bool body_failed_ = false;
  bool closed_ = false;
  Event taken_;
};

// What nghttp2 knows a stream by (its user data), at either end.
struct Http2Bodies {
  explicit Http2Bodies(Http2Session& session) : incoming(session), outgoing(session) {}
  Http2Body incoming;
  Http2Sender outgoing;
};

// Reads from the `outgoing` of a stream's user data.
nghttp2_data_provider http2_data_provider();

}  // namespace banyan
