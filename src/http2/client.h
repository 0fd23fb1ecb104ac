// The client's side of HTTP/2 (RFC 9113): many requests at once over few connections to one server.
//
// One Http2Upstream serves one address on one worker. A connection takes as many streams as the server allows, at most
// kStreamsMax; only when all are full is another one opened, up to kConnectionsMax, and beyond that requests wait for
// a stream to end. Under TLS both sides must agree on h2 by ALPN; in plain the server is known to speak it ("prior
// knowledge").
//
// A request and its answer flow at the same time, each held up by its own reader (http2/stream_bodies.h), so that
// streams of gRPC work in both directions. The request's body is read by a task in UpstreamRequest::upload; without
// one it is sent before the answer is waited for.
//
// What the server has certainly not looked at (refused streams, those beyond the last of a GOAWAY) counts as not sent
// and is tried once more on another connection, where its body is still there. A connection on which nothing arrives
// is asked for a sign of life (PING) and given up without one; the interval is longer than five minutes, since servers
// of gRPC take more for abuse. One on which a request ran out of time in silence gets no further ones.
//
// Memory: answers' bodies count against the budget, up to kStreamWindow each.
#pragma once

#include <cstdint>
#include <memory>

#include "exchange/upstream.h"
#include "http/head_lines.h"
#include "net/buffer_pool.h"
#include "net/dialer.h"

namespace banyan {

struct Http2ClientOptions {
  static constexpr std::uint32_t kStreamsMax = 256;           // of one connection
  static constexpr std::size_t kConnectionsMax = 16;          // to one server from one worker
  static constexpr std::uint32_t kStreamWindow = 128 * 1024;  // bytes of a body that may wait for its reader
  // Large enough that slow readers of some streams never hold up the others.
  static constexpr std::uint32_t kConnectionWindow = kStreamsMax * kStreamWindow;

  DialOptions dial;
  HeadLimits head{64 * 1024, 200, 8 * 1024};
  Duration io_timeout = std::chrono::seconds(60);  // for each wait within a message; the ambient deadline holds too
  Duration idle_timeout = std::chrono::seconds(50);
  Duration ping_interval = std::chrono::seconds(310);  // of silence while streams are open
  Duration ping_timeout = std::chrono::seconds(10);
};

class Http2Pool;

class Http2Upstream final : public Upstream {
 public:
  // `memory` must outlive the upstream, its connections and the answers it gave.
  Http2Upstream(SocketAddress address, MemoryBudget& memory, Http2ClientOptions options = {});
  ~Http2Upstream() override;

  // Failures: kUnavailable (it cannot be reached, went away, or reset the stream), kPermissionDenied (TLS: one side's
  // certificate was refused), kResourceExhausted (the server sheds load), kInvalidArgument (what came is no answer, or
  // it does not speak HTTP/2), kDeadlineExceeded, kCancelled; or the error of the request's body.
  Task<UpstreamResult<std::unique_ptr<UpstreamAnswer>>> send(UpstreamRequest& request) override;

  // Connections that take requests.
  std::size_t connections() const;

 private:
  std::shared_ptr<Http2Pool> pool_;
};

}  // namespace banyan
