#include "net/tls_handshake.h"

#include <string>

#include "net/tls_session.h"
#include "runtime/wait.h"

namespace banyan {
namespace {

Task<Result<void>> step_by_step(detail::Socket* socket, TimePoint deadline) {
  for (;;) {
    switch (socket->tls->handshake()) {
      case TlsSession::Step::kDone:
        co_return {};
      case TlsSession::Step::kWantRead:
        co_await try_(co_await readable(*socket->readiness, deadline));
        break;
      case TlsSession::Step::kWantWrite:
        co_await try_(co_await writable(*socket->readiness, deadline));
        break;
      case TlsSession::Step::kEnd:
      case TlsSession::Step::kFailed:
        co_return socket->tls->error("shaking hands with");
    }
  }
}

}  // namespace

Task<Result<Stream>> shake_hands(Stream stream, SSL* ssl, std::shared_ptr<const void> context, TimePoint deadline) {
  detail::Socket& socket = stream.socket();
  socket.tls = std::make_unique<TlsSession>(ssl, socket, std::move(context));
  Result<void> done = co_await step_by_step(&socket, deadline);
  if (!done.ok()) {
    Error error = std::move(done).error();
    const bool interrupted = error.code() == ErrorCode::kCancelled || error.code() == ErrorCode::kDeadlineExceeded;
    if (interrupted) error.add_context("shaking hands with " + socket.peer.text());
    stream.close();
    co_return error;
  }
  // A handshake computes for about a millisecond, more than a hundred reads do.
  co_await yield();
  socket.tls->collect_info();
  co_return stream;
}

}  // namespace banyan
