// One HTTP/2 connection: nghttp2's session between a socket and the tasks of its streams.
#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <unordered_map>

#include "http2/server_exchange.h"
#include "runtime/scope.h"

namespace banyan {

class Http2Connection {
 public:
  Http2Connection(Http2Server& server, Stream stream, bool secure);
  Http2Connection(const Http2Connection&) = delete;
  Http2Connection& operator=(const Http2Connection&) = delete;
  ~Http2Connection();

  Task<void> run(std::string read);
  void drain();

  // For its exchanges.
  nghttp2_session* session() const { return session_; }
  const ServerLimits& options() const { return options_; }
  Stream& stream() { return stream_; }
  const SocketAddress& local();
  bool secure() const { return secure_; }
  MemoryBudget& memory() const;
  // There may be something to write.
  void wake_writer() { output_.set(); }

 private:
  struct Callbacks;
  friend struct Callbacks;

  Task<Result<void>> read_all();
  Task<Result<void>> write_all();
  Task<Result<void>> run_stream(Http2Exchange* exchange, Refusal refusal);
  TimePoint read_deadline() const;
  bool take_input(std::span<const std::byte> bytes);
  void head_is_whole(Http2Exchange& exchange, bool no_body);
  void forget(Http2Exchange* exchange);
  bool spend_cheap_frame();
  void end_with(std::uint32_t error_code);
  bool finished() const;
  // Ends the reader's wait, so that it sees what has changed.
  void wake_reader();

  Http2Server& server_;
  const ServerLimits options_;
  Stream stream_;
  const bool secure_;
  std::size_t index_;
  nghttp2_session* session_ = nullptr;
  Scope* scope_ = nullptr;
  std::unordered_map<std::int32_t, std::unique_ptr<Http2Exchange>> exchanges_;
  std::size_t heads_begun_ = 0;  // whose end has not come
  TimePoint head_deadline_ = kNever;
  TimePoint idle_since_;
  int cheap_frames_ = Http2Server::kCheapFrames;
  TimePoint cheap_since_;
  bool failed_ = false;  // the connection cannot be written to any more
  bool drained_ = false;
  bool ending_ = false;  // nothing more is read; the writer stops when all is written
  Event output_;
  std::string read_before_;  // by whoever found out that this is HTTP/2
  SocketAddress local_;
};

}  // namespace banyan
