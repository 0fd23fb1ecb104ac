// One request and its answer on an HTTP/1.1 connection.
#pragma once

#include <string>

#include "exchange/exchange.h"
#include "http1/body_reader.h"
#include "http1/message_writer.h"
#include "http1/read_buffer.h"
#include "http1/server.h"

namespace banyan {

class Http1Exchange final : public Exchange, public Tunnel {
 public:
  // `draining` is read when an answer begins: from then on each is the last one of its connection.
  Http1Exchange(Stream& stream, ReadBuffer& buffer, const ServerLimits& options, const bool& draining);

  // Serves another connection from now on, whose stream has taken the place of the former. `local` is where that
  // connection keeps its own address from one request to the next.
  void attach(bool secure, SocketAddress* local) {
    secure_ = secure;
    local_ = local;
  }
  // By the connection: before a request and after it.
  void begin();
  HeadOutcome parse(std::string_view bytes) { return parser_.parse(bytes, head_); }
  void head_moved(const char* from, std::size_t length, const char* to) { head_.rebase(from, length, to); }
  // The head is whole. A refusal is to be answered by refuse().
  Refusal accept();
  Task<void> refuse(Refusal refusal);
  // Deals with what is left of the request's body. False: the connection must close.
  Task<bool> finish();
  bool answered() const { return status_ != 0; }
  // Whether it holds no more memory than is worth keeping for the next request.
  bool is_lean() const { return out_.capacity() <= kOutBytesKept; }
  void set_started(TimePoint time) { started_ = time; }

  RequestHead& head() override { return head_; }
  const RequestFraming& framing() const override { return framing_; }
  BodySource& body() override { return body_; }
  const SocketAddress& peer() const override { return stream_.peer(); }
  // Asked of the system once for each connection.
  const SocketAddress& local() const override {
    if (local_->family == SocketAddress::Family::kNone) *local_ = stream_.local();
    return *local_;
  }
  bool secure() const override { return secure_; }
  const TlsInfo* tls_info() const override { return stream_.is_open() ? stream_.tls_info() : nullptr; }
  std::string_view protocol() const override { return head_.version == HttpVersion::k10 ? "HTTP/1.0" : "HTTP/1.1"; }
  TimePoint started() const override { return started_; }
  ClientState client() const override;
  std::uint64_t progress() const override { return writer_.body_bytes(); }
  Task<Result<void>> respond(int status, Fields& fields, std::string_view body) override;
  Task<Result<void>> respond_stream(int status, Fields& fields, BodySource& body) override;
  Task<Result<void>> respond_file(int status, Fields& fields, FilePart part) override;
  Task<Result<void>> interim(int status, const Fields& fields) override;
  Task<Result<Tunnel*>> upgrade(Fields& fields) override;
  void abort() override;

  BodySource& incoming() override { return body_; }
  Task<Result<void>> write(std::string_view data) override;
  Task<Result<void>> close_write() override;

 private:
  static constexpr std::size_t kOutBytesKept = 16 * 1024;
  static Task<Result<void>> send_continue(void* self);
  bool is_head_request() const { return head_.method == Method::kHead; }
  void write_head(int status, Fields& fields, BodyCoding coding, std::uint64_t length);
  Result<void> note(Result<void> sent);
  TimePoint write_deadline() const;

  Stream& stream_;
  ReadBuffer& buffer_;
  const ServerLimits& options_;
  const bool& draining_;
  RequestHeadParser parser_;
  RequestHead head_;
  RequestFraming framing_;
  Http1Body body_;
  MessageWriter writer_;
  SocketAddress* local_ = nullptr;
  std::string out_;
  TimePoint started_{};
  bool secure_ = false;
  bool keep_alive_ = false;
  bool broken_ = false;
};

}  // namespace banyan
