// One HTTP/2 connection to a server: nghttp2's client session between a socket and the streams of requests.
//
// Two tasks serve it, a reader and a writer, for as long as it is wanted; streams belong to whoever sends a request.
#pragma once

#include <memory>
#include <unordered_map>

#include "http2/client.h"
#include "http2/session.h"

namespace banyan {

class Http2ClientStream;
class Http2Pool;

class Http2ClientConnection final : public Http2Session {
 public:
  Http2ClientConnection(Stream stream, MemoryBudget& memory, const Http2ClientOptions& options,
                        std::weak_ptr<Http2Pool> pool);

  // To its end. A pinned task.
  static Task<void> run(std::shared_ptr<Http2ClientConnection> self);

  // Another stream may be opened now.
  bool has_room() const;
  // It takes no further streams, ever.
  bool is_ending() const { return ending_ || failed_; }
  // It ends when its streams have.
  void retire();
  // A request that was sent at `sent` has run out of time: without a sign of life since it is not used again.
  void timed_out(TimePoint sent);

  // By streams.
  const Http2ClientOptions& options() const { return options_; }
  const SocketAddress& address() const { return address_; }
  // It has served before.
  bool has_answered() const { return has_answered_; }
  void add(std::int32_t id, Http2ClientStream* stream) { streams_[id] = stream; }
  void remove(std::int32_t id);

 private:
  struct Callbacks;
  friend struct Callbacks;

  Task<Result<void>> serve();
  Task<Result<void>> read_all();
  TimePoint read_deadline() const;
  bool finished() const { return is_over() || (ending_ && streams_.empty()); }
  void fail_streams(const Error& error);
  void tell_pool();

  const Http2ClientOptions options_;
  const SocketAddress address_;
  std::weak_ptr<Http2Pool> pool_;
  std::unordered_map<std::int32_t, Http2ClientStream*> streams_;
  TimePoint idle_since_;
  bool ending_ = false;
  bool has_answered_ = false;
};

}  // namespace banyan
