// The connections to one server: which one the next request takes, and when another one is opened.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "http2/client.h"
#include "http2/client_connection.h"
#include "runtime/sync.h"

namespace banyan {

class Http2Pool : public std::enable_shared_from_this<Http2Pool> {
 public:
  Http2Pool(SocketAddress address, MemoryBudget& memory, Http2ClientOptions options)
      : dialer_(std::move(address), options.dial), memory_(memory), options_(std::move(options)) {}
  Http2Pool(const Http2Pool&) = delete;
  Http2Pool& operator=(const Http2Pool&) = delete;

  // A connection with room for one more stream, to be used before anything else runs. Waits for one to be opened, or
  // for a stream to end. Errors: why none could be opened; kDeadlineExceeded, kCancelled.
  Task<Result<std::shared_ptr<Http2ClientConnection>>> take();
  // No further requests come: connections end when their streams have.
  void retire();
  // By connections: there may be room, or one less connection.
  void changed() { changed_.set(); }

  const Http2ClientOptions& options() const { return options_; }
  const SocketAddress& address() const { return dialer_.address(); }
  std::size_t connections() const { return connections_.size(); }

 private:
  std::shared_ptr<Http2ClientConnection> with_room();
  void start_connecting();
  static Task<void> connect_one(std::shared_ptr<Http2Pool> pool);
  Task<Result<std::shared_ptr<Http2ClientConnection>>> connect();

  Dialer dialer_;
  MemoryBudget& memory_;
  const Http2ClientOptions options_;
  std::vector<std::shared_ptr<Http2ClientConnection>> connections_;
  bool connecting_ = false;
  bool retired_ = false;
  unsigned connects_failed_ = 0;
  std::optional<Error> connect_error_;  // of the last that failed
  Event changed_;
};

}  // namespace banyan
