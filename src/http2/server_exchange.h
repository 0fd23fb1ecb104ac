// One stream of an HTTP/2 connection: a request, its body and its answer.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "exchange/exchange.h"
#include "http2/request_text.h"
#include "http2/server.h"
#include "runtime/sync.h"

namespace banyan {

class Http2Connection;

// The request's body: chunks as they came, until the reader has done with them.
class Http2Body final : public BodySource {
 public:
  Http2Body(Http2Connection& connection, std::int32_t stream) : connection_(connection), stream_(stream) {}
  ~Http2Body() override;

  // By the connection.
  void start(std::optional<std::uint64_t> length, std::uint64_t bytes_max, Duration wait_max);
  // False: the memory budget has no room for it.
  bool arrived(std::string_view data);
  void arrived_trailer(std::string_view name, std::string_view value);
  void ended();
  void broke(Error error);
  bool is_whole() const { return whole_; }
  // Bytes whose window has not been given back.
  std::size_t unreturned() const { return waiting_bytes_ + given_bytes_; }
  // Before the first wait for bytes.
  void on_first_wait(void (*call)(void* context), void* context);

  Task<Result<BodyFrame>> next() override;
  bool try_next(BodyFrame* frame) override;
  std::optional<std::uint64_t> bytes_left() const override;

 private:
  void give_back();

  Http2Connection& connection_;
  const std::int32_t stream_;
  std::deque<std::string> waiting_;
  std::deque<std::string> given_;  // handed out, perhaps still read
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

class Http2Exchange final : public Exchange {
 public:
  Http2Exchange(Http2Connection& connection, std::int32_t stream);

  // By the connection.
  std::int32_t stream() const { return stream_; }
  Http2RequestText& text() { return text_; }
  Http2Body& incoming() { return body_; }
  // The head has come; `no_body` as its END_STREAM flag says.
  Refusal accept(bool no_body);
  void closed(std::uint32_t error_code);
  bool is_closed() const { return closed_; }
  // Its head is whole and a task deals with it.
  void set_running() { running_ = true; }
  bool is_running() const { return running_; }
  Task<void> refuse(Refusal refusal);
  Task<void> finish();
  // Copies up to `size` bytes of the answer's body; nothing where there are none yet.
  std::optional<std::size_t> produce(std::uint8_t* out, std::size_t size, bool* end);
  // How nghttp2 is told of the end: trailers are submitted first where there are any.
  std::uint32_t end_flags();

  RequestHead& head() override { return head_; }
  const RequestFraming& framing() const override { return framing_; }
  BodySource& body() override { return body_; }
  const SocketAddress& peer() const override;
  const SocketAddress& local() const override;
  bool secure() const override;
  TimePoint started() const override { return started_; }
  Task<Result<void>> respond(int status, Fields& fields, std::string_view body) override;
  Task<Result<void>> respond_stream(int status, Fields& fields, BodySource& body) override;
  Task<Result<void>> respond_file(int status, Fields& fields, FilePart part) override;
  Task<Result<void>> interim(int status, const Fields& fields) override;
  Task<Result<Tunnel*>> upgrade(Fields& fields) override;
  void abort() override;
  ClientState client() const override;
  std::uint64_t progress() const override { return body_bytes_sent_; }

 private:
  static void send_continue(void* self);
  void submit_interim(int status, const Fields& fields);
  bool is_head_request() const { return head_.method == Method::kHead; }
  bool begin_answer(int status, Fields& fields, std::optional<std::uint64_t> length, bool has_body);
  Task<Result<void>> send_data(std::string_view data, bool last);
  Error gone() const;

  Http2Connection& connection_;
  const std::int32_t stream_;
  TimePoint started_;
  Http2RequestText text_;
  RequestHead head_;
  RequestFraming framing_;
  Http2Body body_;
  std::string_view out_;  // of the frame being sent, what is not yet taken
  bool out_last_ = false;
  bool out_ended_ = false;  // END_STREAM has been made
  const Fields* trailers_ = nullptr;
  Event taken_;
  bool closed_ = false;
  bool running_ = false;
};

}  // namespace banyan
