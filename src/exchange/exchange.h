// One request and its answer, as a server's handler sees them, whatever the protocol on the wire.
//
// A handler reads head() and body(), and answers exactly once by one of the respond functions; before that it may send
// interim answers. What it does not read of the request's body is dealt with after it. If it returns without having
// answered, the client gets 500.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "exchange/body.h"
#include "http/fields.h"
#include "http/message_framing.h"
#include "http/request_head.h"
#include "runtime/env.h"
#include "runtime/task.h"

namespace banyan {

struct TlsInfo;

// A part of an open file, as the body of an answer. The descriptor stays the caller's.
struct FilePart {
  int descriptor = -1;
  std::int64_t offset = 0;
  std::uint64_t bytes = 0;
};

// The raw connection after an upgrade: bytes in as a BodySource, bytes out by write.
class Tunnel {
 public:
  virtual ~Tunnel() = default;
  // The end of it is the peer's half-close.
  virtual BodySource& incoming() = 0;
  virtual Task<Result<void>> write(std::string_view data) = 0;
  virtual Task<Result<void>> close_write() = 0;
};

enum class ClientState : std::uint8_t {
  kThere,
  kSilent,  // has ended its direction: it has closed, or sends no more requests but still reads
  kGone,    // nothing reaches it any more
};

class Exchange {
 public:
  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  virtual ~Exchange() = default;

  // Valid until the handler returns. The handler may change the fields (they are its own).
  virtual RequestHead& head() = 0;
  virtual const RequestFraming& framing() const = 0;
  // The request's body. Asking for it tells a client that expects 100 (Continue) to send it.
  virtual BodySource& body() = 0;
  // The request's body is a stream that lasts as long as both sides like: limits to its size, and to how long it may be
  // silent, are for others. For a handler that holds no more of it than a frame.
  virtual void body_is_open_ended() {}
  virtual const SocketAddress& peer() const = 0;
  virtual const SocketAddress& local() const = 0;
  virtual bool secure() const = 0;  // came over TLS
  // What its handshake agreed on; null where it did not, or nobody knows any more.
  virtual const TlsInfo* tls_info() const { return nullptr; }
  // As logs name it: "HTTP/1.1", "HTTP/2".
  virtual std::string_view protocol() const { return "HTTP/1.1"; }
  // The time the first byte of the request was read.
  virtual TimePoint started() const = 0;

  // Answers. `fields` without Content-Length, Transfer-Encoding, Connection and Date, which are added as the body and
  // the connection need; where they are present (a gateway passes an answer on) Date and, for HEAD, Content-Length are
  // kept. A body whose length is unknown is sent in chunks, or until the connection's end to an HTTP/1.0 client. The
  // body is not sent for HEAD, 1xx, 204 and 304. Errors: the client is gone or too slow (kUnavailable,
  // kDeadlineExceeded), or the body broke off; the connection is then closed in a way the client notices.
  virtual Task<Result<void>> respond(int status, Fields& fields, std::string_view body) = 0;
  virtual Task<Result<void>> respond_stream(int status, Fields& fields, BodySource& body) = 0;
  virtual Task<Result<void>> respond_file(int status, Fields& fields, FilePart part) = 0;
  // An interim answer (1xx but not 101); any number of them.
  virtual Task<Result<void>> interim(int status, const Fields& fields) = 0;
  // Answers 101 with `fields` (Upgrade included; Connection is added) and hands over the connection. The tunnel lives
  // as long as the exchange.
  virtual Task<Result<Tunnel*>> upgrade(Fields& fields) = 0;
  // Breaks the connection: for an answer that cannot be given. Nothing more is sent.
  virtual void abort() = 0;

  // Whether the client is still there, as far as its connection tells without being asked: costs two loads.
  virtual ClientState client() const = 0;
  // Changes whenever more of the answer's body is on its way.
  virtual std::uint64_t progress() const = 0;

  // What was sent so far, for logs. status() is 0 before the answer.
  int status() const { return status_; }
  std::uint64_t body_bytes_sent() const { return body_bytes_sent_; }

 protected:
  int status_ = 0;
  std::uint64_t body_bytes_sent_ = 0;
};

// What a server calls for each request. One object serves all connections of all workers.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual Task<void> handle(Exchange& exchange) = 0;
  // Told of a request that the server itself refused, after its answer: for logs and counts. The head is empty where
  // it was not whole. `why` is a sentence.
  virtual void refused(Exchange& exchange, std::string_view why) {
    (void)exchange;
    (void)why;
  }
};

}  // namespace banyan
