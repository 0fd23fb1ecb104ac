// One HTTP/2 connection: nghttp2's session between a socket and the tasks of its streams.
#pragma once

#include <memory>
#include <unordered_map>

#include "http2/client_frames.h"
#include "http2/server_exchange.h"
#include "http2/session.h"
#include "runtime/scope.h"

namespace banyan {

class Http2Connection : public Http2Session {
 public:
  Http2Connection(Http2Server& server, Stream stream, bool secure);
  Http2Connection(const Http2Connection&) = delete;
  Http2Connection& operator=(const Http2Connection&) = delete;
  ~Http2Connection();

  Task<void> run(std::string read);
  void drain();

  // For its exchanges.
  const ServerLimits& options() const { return options_; }
  const SocketAddress& local();
  bool secure() const { return secure_; }

 private:
  struct Callbacks;
  friend struct Callbacks;

  Task<Result<void>> read_all();
  Task<Result<void>> run_stream(Http2Exchange* exchange, Refusal refusal);
  TimePoint read_deadline() const;
  void head_is_whole(Http2Exchange& exchange, bool no_body);
  void forget(Http2Exchange* exchange);
  bool spend_cheap_frame();
  // False: nothing more is to be read.
  bool take_frames(std::span<const std::byte> bytes);
  void end_with(std::uint32_t error_code);
  bool finished() const;

  Http2Server& server_;
  const ServerLimits options_;
  const bool secure_;
  std::size_t index_;
  Scope* scope_ = nullptr;
  std::unordered_map<std::int32_t, std::unique_ptr<Http2Exchange>> exchanges_;
  std::size_t heads_begun_ = 0;  // whose end has not come
  TimePoint head_deadline_ = kNever;
  TimePoint idle_since_;
  ClientFrames frames_;
  int cheap_frames_ = Http2Server::kCheapFrames;
  TimePoint cheap_since_;
  bool drained_ = false;
  std::string read_before_;  // by whoever found out that this is HTTP/2
  SocketAddress local_;
};

}  // namespace banyan
