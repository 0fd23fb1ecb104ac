// A socket that accepts connections.
//
// For TCP each worker opens its own Listener at the same address with `reuse_port`, and the kernel deals connections
// out among them; a unix socket is opened once and shared with the other workers by share(). A Listener is registered
// with the poller of the worker that made it, which also owns the streams it accepts.
//
// When descriptors run out (EMFILE, ENFILE) a connection waiting in the backlog would hang, and an accept loop would
// spin. So a Listener keeps one descriptor in reserve: it is closed, the connection accepted and closed at once, and
// the reserve opened again. Each such connection is counted, and logged at most once a second.
#pragma once

#include <cstdint>
#include <memory>

#include "net/stream.h"
#include "runtime/env.h"

namespace banyan {

class Listener {
 public:
  // The address may have port 0: address() then tells the one chosen. Errors: kAlreadyExists (in use),
  // kPermissionDenied, kInvalidArgument, all with the address in the sentence. A stale unix socket file is replaced.
  static Result<Listener> open(const SocketAddress& address, const ListenOptions& options = {});
  // Another Listener on the same socket, for the worker on which this is called. Closing one does not close the other;
  // the socket is closed with the last.
  Result<Listener> share() const;

  Listener(Listener&&) noexcept;
  Listener& operator=(Listener&&) noexcept;
  ~Listener();

  // Waits for a connection. Faults of single connections (reset before accepted) and shortages of descriptors or memory
  // are dealt with inside. Errors: kCancelled, kDeadlineExceeded, kFailedPrecondition once closed. By one task at a
  // time.
  Task<Result<Stream>> accept(TimePoint deadline = kNever);
  // Stops listening. accept() still gives out the connections that had arrived, then ends with kFailedPrecondition; the
  // file of a unix socket is removed with the last Listener that shares it. From any task of any worker.
  void close();

  const SocketAddress& address() const;
  // Connections closed at once because the process had no descriptor for them.
  std::uint64_t shed() const;

 private:
  struct State;
  explicit Listener(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace banyan
