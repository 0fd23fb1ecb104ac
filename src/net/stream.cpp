#include "net/stream.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "net/tls_session.h"
#include "runtime/runtime.h"
#include "runtime/wait.h"

namespace banyan {
namespace detail {

// ---- the socket ----

Socket::Socket(int connected, SocketAddress its_peer)
    : system(current_env().sockets()),
      poller(current_poller()),
      readiness(Readiness::acquire()),
      fd(connected),
      peer(std::move(its_peer)) {}

Socket::~Socket() { close(false); }

void Socket::close(bool reset) {
  if (fd < 0) return;
  if (registered) poller.remove(fd);
  if (reset) {
    system.abort(fd);
  } else {
    system.close(fd);
  }
  fd = -1;
  readiness->release();
}

Error Socket::io_error(std::ptrdiff_t negated_errno, std::string_view doing) const {
  return Error::from_errno(static_cast<int>(-negated_errno), std::string(doing) + " " + peer.text());
}

namespace {

// Bytes of one TLS record, and so of one turn of encryption.
constexpr std::size_t kRecordBytes = 16 * 1024;
constexpr std::size_t kPartsAtOnce = 64;
constexpr std::size_t kSendFileAtOnce = 1024 * 1024;
constexpr Duration kCrosswisePause = std::chrono::milliseconds(5);

Error interrupted(const char* what) { return wait_error(WakeReason::kCancelled, what); }

// Lets others run when the task has done many operations in a row; that is also where a task that never has to wait
// learns that it was cancelled.
Task<Result<void>> take_turn(const char* what) {
  co_await yield();
  if (cancelled()) co_return interrupted(what);
  co_return {};
}

// Where in an array of parts a write has got to.
struct Progress {
  std::span<const iovec> parts;
  std::size_t offset = 0;  // into parts.front()

  bool done() const { return parts.empty(); }
  void skip_empty() {
    while (!parts.empty() && parts.front().iov_len == offset) {
      parts = parts.subspan(1);
      offset = 0;
    }
  }
  void advance(std::size_t bytes) {
    while (bytes > 0) {
      const std::size_t step = std::min(bytes, parts.front().iov_len - offset);
      offset += step;
      bytes -= step;
      skip_empty();
    }
  }
  iovec first() const { return {static_cast<char*>(parts.front().iov_base) + offset, parts.front().iov_len - offset}; }
};

std::ptrdiff_t send_some(Socket& socket, std::span<const iovec> parts, std::size_t offset) {
  if (offset == 0) return socket.system.send(socket.fd, parts);
  std::array<iovec, kPartsAtOnce> some;
  std::copy_n(parts.begin(), parts.size(), some.begin());
  some[0] = {static_cast<char*>(parts[0].iov_base) + offset, parts[0].iov_len - offset};
  return socket.system.send(socket.fd, std::span(some).first(parts.size()));
}

// Memory for one record, of this thread. Not kept over a suspension.
std::span<std::byte> record_scratch() {
  alignas(64) static thread_local std::byte scratch[kRecordBytes];
  return scratch;
}

// The bytes of the next record: small parts are put together, so that a head and its body are one record. What comes
// out depends only on the position, as a repeated attempt must offer the same bytes.
std::span<const std::byte> next_record(const Progress& progress) {
  const iovec first = progress.first();
  if (first.iov_len >= kRecordBytes || progress.parts.size() == 1) {
    return {static_cast<const std::byte*>(first.iov_base), std::min(first.iov_len, kRecordBytes)};
  }
  const std::span<std::byte> scratch = record_scratch();
  std::size_t filled = 0;
  Progress at = progress;
  while (!at.done() && filled < scratch.size()) {
    const iovec part = at.first();
    const std::size_t step = std::min(part.iov_len, scratch.size() - filled);
    std::memcpy(scratch.data() + filled, part.iov_base, step);
    filled += step;
    at.advance(step);
  }
  return scratch.first(filled);
}

enum class Attempt : unsigned char { kDone, kWantRead, kWantWrite };

Result<Attempt> attempt_plain(Socket& socket, Progress& progress) {
  while (!progress.done()) {
    const std::span<const iovec> parts = progress.parts.first(std::min(progress.parts.size(), kPartsAtOnce));
    const std::ptrdiff_t n = send_some(socket, parts, progress.offset);
    if (n == -EAGAIN) return Attempt::kWantWrite;
    if (n < 0) return socket.io_error(n, "writing to");
    std::size_t offered = 0;
    for (const iovec& part : parts) offered += part.iov_len;
    offered -= progress.offset;
    progress.advance(static_cast<std::size_t>(n));
    // Less than was offered: there is no room, and the poller tells when there is.
    if (static_cast<std::size_t>(n) < offered) return Attempt::kWantWrite;
  }
  return Attempt::kDone;
}

// One record. Gives what its writing waits for; kDone: `*written` bytes of it were taken.
Result<Attempt> write_record(Socket& socket, std::span<const std::byte> record, std::size_t* written) {
  switch (socket.tls->write(record, written)) {
    case TlsSession::Step::kDone:
      return Attempt::kDone;
    case TlsSession::Step::kWantRead:
      return Attempt::kWantRead;
    case TlsSession::Step::kWantWrite:
      return Attempt::kWantWrite;
    case TlsSession::Step::kEnd:
    case TlsSession::Step::kFailed:
      break;
  }
  return socket.tls->error("writing to");
}

Result<Attempt> attempt_tls(Socket& socket, Progress& progress) {
  while (!progress.done()) {
    std::size_t written = 0;
    BANYAN_TRY(const Attempt attempt, write_record(socket, next_record(progress), &written));
    if (attempt != Attempt::kDone) return attempt;
    progress.advance(written);
  }
  return Attempt::kDone;
}

// Sends what can be sent now.
Result<Attempt> attempt_write(Socket& socket, Progress& progress) {
  if (socket.write_failed) {
    return Error(ErrorCode::kFailedPrecondition, "writing to " + socket.peer.text() + ": an earlier write failed");
  }
  auto attempt = socket.tls == nullptr ? attempt_plain(socket, progress) : attempt_tls(socket, progress);
  if (!attempt.ok()) socket.write_failed = true;
  return attempt;
}

// A reader waits for input and a writer for room, since there is one place for each at the readiness. TLS seldom needs
// the opposite (a key update while the send buffer is full, a session ticket of which half has arrived): then it looks
// again after a while.
Task<Result<void>> wait_crosswise(TimePoint deadline, const char* what) {
  if (now() >= deadline) co_return wait_error(WakeReason::kTimeout, what);
  co_return co_await sleep_for(kCrosswisePause);
}

Task<Result<void>> wait_to_write(Socket* socket, Attempt attempt, TimePoint deadline) {
  if (attempt == Attempt::kWantRead) co_return co_await wait_crosswise(deadline, "socket write");
  co_return co_await writable(*socket->readiness, deadline);
}

Task<Result<void>> wait_to_read_tls(Socket* socket, TimePoint deadline) {
  if (socket->tls->read_wants_write()) co_return co_await wait_crosswise(deadline, "socket read");
  co_return co_await readable(*socket->readiness, deadline);
}

// `single` is what `parts` means when it is empty.
Task<Result<void>> write_waiting(Socket* socket, iovec single, Progress progress, TimePoint deadline, Attempt attempt) {
  if (progress.parts.empty()) progress.parts = {&single, 1};
  // Until the end nobody knows how much the peer has got.
  const auto fail = [](Socket* failed, Error error) {
    failed->write_failed = true;
    return error;
  };
  while (attempt != Attempt::kDone) {
    Result<void> waited = co_await wait_to_write(socket, attempt, deadline);
    if (!waited.ok()) co_return fail(socket, std::move(waited).error());
    Result<Attempt> next = attempt_write(*socket, progress);
    if (!next.ok()) co_return std::move(next).error();
    attempt = *next;
  }
  if (!spend_budget()) co_return co_await take_turn("socket write");
  co_return {};
}

}  // namespace

Task<Result<std::size_t>> read_waiting(Socket* socket, std::span<std::byte> into, TimePoint deadline, bool yields) {
  if (yields) co_await try_(take_turn("socket read"));
  for (;;) {
    if (!socket->drained || socket->tls != nullptr) {
      if (auto done = socket->try_read(into)) co_return *std::move(done);
    }
    if (socket->tls == nullptr) {
      co_await try_(co_await readable(*socket->readiness, deadline));
    } else {
      co_await try_(wait_to_read_tls(socket, deadline));
    }
    socket->drained = false;
  }
}

std::optional<Result<std::size_t>> Socket::try_read_tls(std::span<std::byte> into) {
  std::size_t count = 0;
  switch (tls->read(into, &count)) {
    case TlsSession::Step::kDone:
      return Result<std::size_t>(count);
    case TlsSession::Step::kEnd:
      return Result<std::size_t>(std::size_t{0});
    case TlsSession::Step::kWantRead:
    case TlsSession::Step::kWantWrite:
      return std::nullopt;
    case TlsSession::Step::kFailed:
      break;
  }
  return Result<std::size_t>(tls->error("reading from"));
}

Task<Result<void>> wait_readable_tls(Socket* socket, TimePoint deadline) {
  for (bool woken = false;; woken = true) {
    if (!socket->drained || socket->tls->holds_input()) {
      const TlsSession::Step step = socket->tls->peek();
      if (step != TlsSession::Step::kWantRead && step != TlsSession::Step::kWantWrite) co_return {};
    }
    // Not a part of a record, so it may be somebody who wants the caller to look around.
    if (woken && !socket->tls->holds_input()) co_return {};
    co_await try_(wait_to_read_tls(socket, deadline));
    socket->drained = false;
  }
}

}  // namespace detail

// ---- waiting for input ----

ReadableAwaiter::ReadableAwaiter(detail::Socket& socket, TimePoint deadline) : socket_(socket), deadline_(deadline) {}

bool ReadableAwaiter::await_ready() {
  if (socket_.tls != nullptr) return false;
  if (!socket_.drained) return true;
  plain_.emplace(*socket_.readiness, false, deadline_);
  return plain_->await_ready();
}

std::coroutine_handle<> ReadableAwaiter::await_suspend(std::coroutine_handle<> caller) {
  if (plain_) return plain_->await_suspend(caller) ? std::noop_coroutine() : caller;
  return tls_.emplace(detail::wait_readable_tls(&socket_, deadline_).release()).await_suspend(caller);
}

Result<void> ReadableAwaiter::await_resume() {
  if (tls_) return tls_->await_resume();
  if (!plain_) return {};
  Result<void> waited = plain_->await_resume();
  if (waited.ok()) socket_.drained = false;
  return waited;
}

// ---- the stream ----

Result<Stream> Stream::adopt(int fd, SocketAddress peer) {
  auto socket = std::make_unique<detail::Socket>(fd, std::move(peer));
  const int added = socket->poller.add(fd, socket->readiness);
  if (added < 0) return socket->io_error(added, "watching the connection with");
  socket->registered = true;
  return Stream(std::move(socket));
}

Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept {
  if (this != &other) {
    close();
    socket_ = std::move(other.socket_);
  }
  return *this;
}
Stream::~Stream() { close(); }

IoAwaiter<void> Stream::write(std::span<const iovec> parts, TimePoint deadline) {
  detail::Socket& s = socket();
  detail::Progress progress{parts};
  progress.skip_empty();
  Result<detail::Attempt> attempt = detail::attempt_write(s, progress);
  if (!attempt.ok()) return IoAwaiter<void>(std::move(attempt).error());
  if (*attempt == detail::Attempt::kDone && spend_budget()) return IoAwaiter<void>(Result<void>());
  return IoAwaiter<void>(detail::write_waiting(&s, {}, progress, deadline, *attempt));
}

IoAwaiter<void> Stream::write(std::string_view bytes, TimePoint deadline) {
  detail::Socket& s = socket();
  const iovec whole{const_cast<char*>(bytes.data()), bytes.size()};
  detail::Progress progress{{&whole, 1}};
  progress.skip_empty();
  Result<detail::Attempt> attempt = detail::attempt_write(s, progress);
  if (!attempt.ok()) return IoAwaiter<void>(std::move(attempt).error());
  if (*attempt == detail::Attempt::kDone && spend_budget()) return IoAwaiter<void>(Result<void>());
  progress.parts = {};
  return IoAwaiter<void>(detail::write_waiting(&s, whole, progress, deadline, *attempt));
}

const TlsInfo* Stream::tls_info() const {
  const detail::Socket& s = socket();
  return s.tls == nullptr ? nullptr : &s.tls->info();
}

void Stream::close() {
  if (socket_ == nullptr) return;
  if (socket_->tls != nullptr && !socket_->write_failed) (void)socket_->tls->shutdown();
  socket_.reset();
}

void Stream::abort() {
  if (socket_ == nullptr) return;
  socket_->close(true);
  socket_.reset();
}

namespace detail {
namespace {

Task<Result<void>> shutdown_tls(Socket* socket, TimePoint deadline) {
  for (;;) {
    const TlsSession::Step step = socket->tls->shutdown();
    if (step == TlsSession::Step::kFailed) co_return socket->tls->error("closing the stream to");
    if (step == TlsSession::Step::kDone || step == TlsSession::Step::kEnd) break;
    co_await try_(co_await writable(*socket->readiness, deadline));
  }
  const int result = socket->system.shutdown_write(socket->fd);
  if (result < 0) co_return socket->io_error(result, "closing the stream to");
  co_return {};
}

Error file_too_short(const Socket& socket) {
  return Error(ErrorCode::kDataLoss,
               "sending a file to " + socket.peer.text() + ": the file is shorter than announced");
}

// Moves up to `bytes`. Null attempt: kDone, and *moved tells how many, 0 for the end of the file.
Result<Attempt> attempt_file(Socket& socket, int file, std::int64_t* offset, std::uint64_t bytes) {
  const std::int64_t before = *offset;
  if (socket.tls == nullptr) {
    const std::ptrdiff_t n =
        socket.system.send_file(socket.fd, file, offset, std::min<std::uint64_t>(bytes, kSendFileAtOnce));
    if (n == -EAGAIN) return Attempt::kWantWrite;
    if (n < 0) return socket.io_error(n, "sending a file to");
  } else {
    const std::span<std::byte> scratch = record_scratch();
    const ssize_t n = ::pread(file, scratch.data(), std::min<std::uint64_t>(bytes, scratch.size()), *offset);
    if (n < 0) return socket.io_error(-errno, "reading a file to send to");
    if (n > 0) {
      std::size_t written = 0;
      BANYAN_TRY(const Attempt attempt, write_record(socket, scratch.first(static_cast<std::size_t>(n)), &written));
      if (attempt != Attempt::kDone) return attempt;
      *offset += static_cast<std::int64_t>(written);
    }
  }
  if (*offset == before) return file_too_short(socket);
  return Attempt::kDone;
}

Task<Result<void>> send_file_all(Socket* socket, int file, std::int64_t offset, std::uint64_t bytes,
                                 Duration wait_max) {
  const std::int64_t end = offset + static_cast<std::int64_t>(bytes);
  while (offset < end) {
    const Attempt attempt =
        co_await try_(attempt_file(*socket, file, &offset, static_cast<std::uint64_t>(end - offset)));
    if (attempt != Attempt::kDone) co_await try_(wait_to_write(socket, attempt, time_after(wait_max)));
    if (!spend_budget()) co_await try_(take_turn("sending a file"));
  }
  co_return {};
}

}  // namespace
}  // namespace detail

IoAwaiter<void> Stream::shutdown_write(TimePoint deadline) {
  detail::Socket& s = socket();
  if (s.tls != nullptr) return IoAwaiter<void>(detail::shutdown_tls(&s, deadline));
  const int result = s.system.shutdown_write(s.fd);
  return IoAwaiter<void>(result < 0 ? Result<void>(s.io_error(result, "closing the stream to")) : Result<void>());
}

Task<Result<void>> Stream::send_file(int file, std::int64_t offset, std::uint64_t bytes, Duration wait_max) {
  detail::Socket& s = socket();
  if (s.write_failed) {
    co_return Error(ErrorCode::kFailedPrecondition, "sending a file to " + s.peer.text() + ": an earlier write failed");
  }
  Result<void> sent = co_await detail::send_file_all(&s, file, offset, bytes, wait_max);
  if (!sent.ok() && sent.error().code() != ErrorCode::kDataLoss) s.write_failed = true;
  co_return sent;
}

}  // namespace banyan
