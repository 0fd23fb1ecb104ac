// The server's side of HTTP/2 (RFC 9113), on a connection that agreed on it by ALPN or began with its preface.
//
// nghttp2 keeps the frames, HPACK and the state of streams; this puts them under tasks: one reads, one writes, and each
// stream has one that runs the handler. Bodies go through the same pull streams as in HTTP/1.1, so back-pressure
// reaches from one end to the other: a window is given back only for bytes that a handler has done with, and a body
// that is sent is asked for its next frame only when the last one is in the frames.
//
// Abuse is bounded: streams under way (those a client has reset included, until their handlers have ended), fields of
// a head, CONTINUATION frames, resets, and frames that cost nothing to send (pings, settings, priorities, empty data),
// of which a client has kCheapFrames at once and as many again every ten seconds; beyond that the connection ends with
// ENHANCE_YOUR_CALM. A client that takes nothing for `body_timeout` loses its stream, and one that is silent for a
// minute while it has streams is asked for a sign of life (PING).
//
// A WebSocket is asked for by an extended CONNECT (RFC 8441); handlers see the upgrade it would be in HTTP/1.1.
//
// Not offered: server push, priorities (they are read past), CONNECT in any other form.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "exchange/exchange.h"
#include "exchange/server_limits.h"
#include "net/buffer_pool.h"
#include "net/stream.h"
#include "runtime/task.h"

namespace banyan {

struct Http2Counters {
  std::atomic<std::uint64_t> open{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> active{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> abused{0};  // connections ended for what they sent
};

class Http2Connection;

// What the connections of one worker share; it must outlive them.
class Http2Server {
 public:
  static constexpr int kCheapFrames = 1000;
  static constexpr std::uint32_t kStreamsMax = 128;                // that a client may have open
  static constexpr std::uint32_t kStreamWindow = 64 * 1024;        // bytes of a body that may wait for its handler
  static constexpr std::uint32_t kConnectionWindow = 1024 * 1024;  // of all bodies of a connection together

  Http2Server(Handler& handler, MemoryBudget& memory, ServerLimits options);
  Http2Server(const Http2Server&) = delete;
  Http2Server& operator=(const Http2Server&) = delete;
  ~Http2Server();

  // Runs one connection to its end. The task must be pinned.
  // `read` is what has been read of it already.
  Task<void> serve(Stream stream, bool secure, std::string read = {});
  // For connections made from now on. On this worker.
  void set_options(const ServerLimits& options) { options_ = options; }
  // Connections say GOAWAY, finish what they have begun and close. On this worker.
  void drain();
  std::size_t connections() const { return connections_.size(); }
  const Http2Counters& counters() const { return counters_; }

 private:
  friend class Http2Connection;
  Handler& handler_;
  MemoryBudget& memory_;
  ServerLimits options_;
  bool draining_ = false;
  std::vector<Http2Connection*> connections_;
  Http2Counters counters_;
};

}  // namespace banyan
