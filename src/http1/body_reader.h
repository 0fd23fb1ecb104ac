// The body of a message on an HTTP/1.1 connection, as the framing says (RFC 9112 section 6).
#pragma once

#include "exchange/body.h"
#include "http/chunked_body.h"
#include "http/message_framing.h"
#include "http1/read_buffer.h"
#include "net/stream.h"

namespace banyan {

class Http1Body final : public BodySource {
 public:
  Http1Body(Stream& stream, ReadBuffer& buffer) : stream_(stream), buffer_(buffer) {}

  // Begins the body of the next message. Each wait for bytes may take `wait_max`, and all of it `bytes_max` bytes.
  void start(const BodyFraming& framing, std::uint64_t bytes_max, Duration wait_max);
  // Called once before the first wait: a server sends 100 (Continue) there. May be null.
  void on_first_wait(Task<Result<void>> (*call)(void* context), void* context) {
    first_wait_ = call;
    first_wait_context_ = context;
  }

  Task<Result<BodyFrame>> next() override;
  bool try_next(BodyFrame* frame) override;
  Task<Result<std::size_t>> next_spliced(SplicePipe& pipe) override;
  std::optional<std::uint64_t> bytes_left() const override;

  // Of less than this a pipe costs more than the copies it saves.
  static constexpr std::uint64_t kSpliceBytesMin = 64 * 1024;

  // The end was reached: what follows on the connection is the next message.
  bool ended() const { return ended_; }
  // The end was reached, or what is left of it has been read from the connection already.
  bool has_come() const {
    return ended_ || (framing_.kind == BodyFraming::Kind::kLength && left_ <= buffer_.unread().size());
  }
  // It broke off: nothing can be read from the connection any more.
  bool failed() const { return failed_; }
  // Bytes of body given out so far.
  std::uint64_t received() const { return received_; }

 private:
  Task<Result<BodyFrame>> read_frame();
  Task<Result<std::size_t>> splice(SplicePipe& pipe);
  bool take(BodyFrame* frame);
  bool take_raw(BodyFrame* frame, std::uint64_t limit);
  bool take_chunked(BodyFrame* frame);
  bool end(BodyFrame* frame);
  Error closed_early() const;

  Stream& stream_;
  ReadBuffer& buffer_;
  BodyFraming framing_;
  ChunkedDecoder chunked_;
  std::uint64_t left_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t bytes_max_ = UINT64_MAX;
  Duration wait_max_{};
  Refusal refusal_;
  bool too_long_ = false;
  bool failed_ = false;
  bool ended_ = true;
  bool spliceable_ = true;  // as far as is known
  Task<Result<void>> (*first_wait_)(void* context) = nullptr;
  void* first_wait_context_ = nullptr;
};

}  // namespace banyan
