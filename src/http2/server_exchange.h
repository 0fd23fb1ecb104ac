// One stream of an HTTP/2 connection: a request, its body and its answer.
#pragma once

#include <optional>
#include <string>

#include "exchange/exchange.h"
#include "http2/request_text.h"
#include "http2/server.h"
#include "http2/stream_bodies.h"
#include "runtime/pooled.h"

namespace banyan {

class Http2Connection;

class Http2Exchange final : public Exchange, public Http2Bodies, public Pooled {
 public:
  Http2Exchange(Http2Connection& connection, std::int32_t stream);

  // By the connection.
  std::int32_t stream() const { return stream_; }
  Http2RequestText& text() { return text_; }
  // The head has come; `no_body` as its END_STREAM flag says.
  Refusal accept(bool no_body);
  void closed(std::uint32_t error_code);
  bool is_closed() const { return closed_; }
  // Its head is whole and a task deals with it.
  void set_running() { running_ = true; }
  bool is_running() const { return running_; }
  Task<void> refuse(Refusal refusal);
  Task<void> finish();

  RequestHead& head() override { return head_; }
  const RequestFraming& framing() const override { return framing_; }
  BodySource& body() override { return incoming; }
  const SocketAddress& peer() const override;
  const SocketAddress& local() const override;
  bool secure() const override;
  const TlsInfo* tls_info() const override;
  std::string_view protocol() const override { return "HTTP/2"; }
  TimePoint started() const override { return started_; }
  Task<Result<void>> respond(int status, Fields& fields, std::string_view body) override;
  Task<Result<void>> respond_stream(int status, Fields& fields, BodySource& body) override;
  Task<Result<void>> respond_file(int status, Fields& fields, FilePart part) override;
  Task<Result<void>> interim(int status, const Fields& fields) override;
  Task<Result<Tunnel*>> upgrade(Fields& fields) override;
  void abort() override;
  void body_is_open_ended() override;
  ClientState client() const override;
  std::uint64_t progress() const override { return outgoing.bytes_sent(); }

 private:
  // The stream of an extended CONNECT.
  class Connected final : public Tunnel {
   public:
    explicit Connected(Http2Exchange& exchange) : exchange_(exchange) {}
    BodySource& incoming() override { return exchange_.incoming; }
    Task<Result<void>> write(std::string_view data) override;
    Task<Result<void>> close_write() override;

   private:
    Http2Exchange& exchange_;
  };

  static void send_continue(void* self);
  Refusal accept_websocket(bool no_body);
  void submit_interim(int status, const Fields& fields);
  bool is_head_request() const { return head_.method == Method::kHead; }
  bool begin_answer(int status, Fields& fields, std::optional<std::uint64_t> length, bool has_body);
  Result<void> note(Result<void> sent);
  Error gone() const;

  Http2Connection& connection_;
  const std::int32_t stream_;
  TimePoint started_;
  Http2RequestText text_;
  RequestHead head_;
  RequestFraming framing_;
  Connected connected_{*this};
  bool open_ended_ = false;  // the request's body has no end of its own
  bool closed_ = false;
  bool running_ = false;
  bool upgraded_ = false;
};

}  // namespace banyan
