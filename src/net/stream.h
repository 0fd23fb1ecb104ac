// One connected byte stream: TCP or unix socket, plain or under TLS.
//
//   std::size_t n = co_await try_(co_await stream.read(buffer, deadline));
//   co_await try_(co_await stream.write("HTTP/1.1 204 No Content\r\n\r\n", deadline));
//
// The idea: every operation first tries its system call and waits only when that would block, so that the common case
// costs a system call and no coroutine frame (net/io_awaiter.h). A connection with nothing to read should await
// wait_readable() without a buffer and lease one (net/buffer_pool.h) when bytes are there.
//
// A Stream belongs to the worker on which it was made: its readiness is told by that worker's poller. A task that was
// stolen by another worker may use it all the same; it is then woken from afar, which costs a little more. At most one
// task may read and one may write at a time. The stream must stay open, and not be destroyed, while an operation runs;
// moving the Stream object meanwhile is allowed. Deadlines are absolute; the ambient deadline holds too.
//
// Errors: kCancelled, kDeadlineExceeded; kUnavailable when the peer reset the connection or went away; kDataLoss when
// a TLS stream ended without close_notify (RFC 8446 section 6.1: somebody may have cut it). After a failed write it is
// not known what the peer has got, so later writes fail with kFailedPrecondition; reads go on.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/check.h"
#include "net/io_awaiter.h"
#include "net/tls_info.h"
#include "runtime/env.h"
#include "runtime/readiness.h"

namespace banyan {

class TlsSession;

namespace detail {

// The socket behind a Stream; operations under way hold on to it, so that the Stream may be moved.
struct Socket {
  Socket(int connected, SocketAddress its_peer);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket();

  // Nullopt: it would wait.
  std::optional<Result<std::size_t>> try_read(std::span<std::byte> into);
  std::optional<Result<std::size_t>> try_read_tls(std::span<std::byte> into);
  // Takes the descriptor away from poller and Stream, once.
  void close(bool reset);
  Error io_error(std::ptrdiff_t negated_errno, std::string_view doing) const;

  SocketSystem& system;
  Poller& poller;
  Readiness* readiness;
  int fd;
  bool registered = false;
  // The last read got less than it asked for: the kernel has nothing more, so the next must wait for an event. True at
  // first, since the poller tells of bytes that are there already.
  bool drained = true;
  bool write_failed = false;
  std::unique_ptr<TlsSession> tls;
  SocketAddress peer;
  std::unique_ptr<SocketAddress> told_local;  // by a proxy in front; null: the system knows
};

Task<Result<std::size_t>> read_waiting(Socket* socket, std::span<std::byte> into, TimePoint deadline, bool yields);
Task<Result<void>> wait_readable_tls(Socket* socket, TimePoint deadline);

}  // namespace detail

// See Stream::wait_readable.
class ReadableAwaiter {
 public:
  ReadableAwaiter(detail::Socket& socket, TimePoint deadline);
  ReadableAwaiter(const ReadableAwaiter&) = delete;
  ReadableAwaiter& operator=(const ReadableAwaiter&) = delete;

  bool await_ready();
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller);
  Result<void> await_resume();

 private:
  detail::Socket& socket_;
  TimePoint deadline_;
  std::optional<ReadyAwaiter> plain_;
  std::optional<detail::TaskAwaiter<Result<void>>> tls_;
};

class Stream {
 public:
  // Closed, as after close().
  Stream() = default;
  // Takes a connected non-blocking descriptor of current_env().sockets() and registers it with the current worker's
  // poller. On error (kResourceExhausted) the descriptor is closed.
  static Result<Stream> adopt(int fd, SocketAddress peer);
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;
  ~Stream();

  bool is_open() const { return socket_ != nullptr; }

  // Reads at least one byte, at most into.size() (not zero); gives the number, 0 at the end of the stream.
  IoAwaiter<std::size_t> read(std::span<std::byte> into, TimePoint deadline = kNever);
  // One attempt of the same, which never suspends. Nullopt: it would wait.
  std::optional<Result<std::size_t>> try_read(std::span<std::byte> into) { return socket().try_read(into); }
  // Result<void>: a read will probably not wait: there are bytes, the end, or an error. Holds no memory meanwhile.
  // Under TLS it counts bytes already decrypted, and an incomplete record does not end the wait.
  ReadableAwaiter wait_readable(TimePoint deadline = kNever) { return {socket(), deadline}; }
  // The peer has ended its direction, or the connection is broken; what it sent before may still have to be read.
  bool hung_up() const { return socket().readiness->hung_up(); }
  // The connection was reset, or both directions have ended. A peer that merely closes a TCP socket shows only as
  // hung_up(), until something is written to it.
  bool broken() const { return socket().readiness->broken(); }

  // Writes all of it. The bytes, and the array of parts, must live until the operation has ended. Under TLS small parts
  // are put together into records of up to 16 KiB.
  IoAwaiter<void> write(std::span<const iovec> parts, TimePoint deadline = kNever);
  IoAwaiter<void> write(std::string_view bytes, TimePoint deadline = kNever);
  // Sends `bytes` bytes of the open file `file` from `offset` on: by sendfile(2), or under TLS through the cipher. The
  // file's own position is not used. `wait_max` is for each wait for room, as a long file may take any time. kDataLoss:
  // the file is shorter; the bytes it had were sent.
  Task<Result<void>> send_file(int file, std::int64_t offset, std::uint64_t bytes, Duration wait_max = Duration::max());

  // Tells the peer that nothing more will be written; reading goes on. Under TLS sends close_notify first.
  IoAwaiter<void> shutdown_write(TimePoint deadline = kNever);
  // Closes; does not wait. Under TLS tries to send close_notify. Bytes the peer sent and nobody read make the kernel
  // answer with a reset, which may destroy what was just written: a server that refuses a request calls
  // shutdown_write() and reads on for a while first.
  void close();
  // Closes with a reset (RST), dropping what is not yet sent.
  void abort();

  const SocketAddress& peer() const { return socket().peer; }
  SocketAddress local() const {
    const detail::Socket& s = socket();
    return s.told_local != nullptr ? *s.told_local : s.system.local_address(s.fd);
  }
  // What a proxy in front has told of the connection it passes on.
  void set_addresses(SocketAddress peer, SocketAddress local) {
    socket().peer = std::move(peer);
    socket().told_local = std::make_unique<SocketAddress>(std::move(local));
  }
  // Null for a plain stream. Lives as long as the stream.
  const TlsInfo* tls_info() const;

  // For the TLS layer (net/tls.h).
  detail::Socket& socket() const {
    BANYAN_CHECK(socket_ != nullptr);
    return *socket_;
  }

 private:
  explicit Stream(std::unique_ptr<detail::Socket> socket) : socket_(std::move(socket)) {}
  std::unique_ptr<detail::Socket> socket_;
};

inline std::optional<Result<std::size_t>> detail::Socket::try_read(std::span<std::byte> into) {
  if (tls != nullptr) return try_read_tls(into);
  const std::ptrdiff_t n = system.receive(fd, into);
  drained = n < static_cast<std::ptrdiff_t>(into.size());
  if (n >= 0) [[likely]]
    return Result<std::size_t>(static_cast<std::size_t>(n));
  if (n == -EAGAIN) return std::nullopt;
  return Result<std::size_t>(io_error(n, "reading from"));
}

inline IoAwaiter<std::size_t> Stream::read(std::span<std::byte> into, TimePoint deadline) {
  detail::Socket& s = socket();
  const bool yields = !spend_budget();
  if (!yields && (!s.drained || s.tls != nullptr)) {
    if (auto done = s.try_read(into)) return IoAwaiter<std::size_t>(*std::move(done));
  }
  return IoAwaiter<std::size_t>(detail::read_waiting(&s, into, deadline, yields));
}

}  // namespace banyan
