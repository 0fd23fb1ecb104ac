// The server's side of HTTP/1.1 connections (RFC 9112).
//
// Start here: serve_connections() accepts on a listener and runs a pinned task for each connection, so that a
// connection and all it leases stay on one worker. A connection reads heads, calls the handler and goes on while both
// sides want it to. A slow or hostile client costs bounded memory and time: heads and bodies have limits and deadlines,
// no buffer is held on a connection that is idle, or whose client has its answer and still sends; and at drain idle
// connections close while busy ones finish their request.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "exchange/exchange.h"
#include "exchange/server_limits.h"
#include "net/buffer_pool.h"
#include "net/listener.h"
#include "net/stream.h"
#include "runtime/task.h"

namespace banyan {

struct Http1Counters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> open{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> active{0};   // requests being handled
  std::atomic<std::uint64_t> refused{0};  // messages refused before a handler saw them
  std::atomic<std::uint64_t> timeouts{0};
};

class Http1Connection;
struct Http1ActiveRequest;

// What the connections of one worker share. One object for each worker; it must outlive them.
class Http1Server {
 public:
  Http1Server(Handler& handler, MemoryBudget& memory, ServerLimits options);
  Http1Server(const Http1Server&) = delete;
  Http1Server& operator=(const Http1Server&) = delete;
  ~Http1Server();

  // Runs one connection to its end. The task must be pinned.
  Task<void> serve(Stream stream, bool secure);
  // From the next request on: on this worker.
  void set_options(const ServerLimits& options);
  // Who takes over a connection that begins with the preface of HTTP/2 (RFC 9113 section 3.4), with what was read of
  // it. Without one it is refused like any other version.
  using Http2Takeover = Task<void> (*)(void* context, Stream stream, std::string read);
  void on_http2(Http2Takeover takeover, void* context) {
    http2_ = takeover;
    http2_context_ = context;
  }
  // Connections close as soon as they are between requests. On this worker.
  void drain();
  // Connections of this worker that are still open.
  std::size_t connections() const { return connections_.size(); }
  const Http1Counters& counters() const { return counters_; }

 private:
  friend class Http1Connection;
  Handler& handler_;
  MemoryBudget& memory_;
  ServerLimits options_;
  bool draining_ = false;
  Http2Takeover http2_ = nullptr;
  void* http2_context_ = nullptr;
  std::vector<Http1Connection*> connections_;
  // Where what clients of closing connections still send goes: all of them at once, as nobody looks at it.
  std::array<std::byte, 4096> discarded_;
  // What requests need beyond their connection, kept for the next ones: warm memory and no allocation.
  std::vector<std::unique_ptr<Http1ActiveRequest>> spare_;
  unsigned options_revision_ = 0;
  Http1Counters counters_;
};

// Accepts plain connections until the listener is closed, starting a pinned task for each.
Task<void> serve_connections(Listener& listener, Http1Server& server);

}  // namespace banyan
