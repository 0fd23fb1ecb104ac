#include "net/connect.h"

#include <algorithm>
#include <string>

#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds(1);
constexpr Duration kLongestPause = std::chrono::milliseconds(50);

Error connect_error(int negated_errno, const SocketAddress& address) {
  Error error = Error::from_errno(-negated_errno, "connecting to " + address.text());
  // No socket file, or the kernel gave up waiting: to the caller the server is not there.
  if (error.code() == ErrorCode::kNotFound || error.code() == ErrorCode::kDeadlineExceeded) {
    return Error(ErrorCode::kUnavailable, error.message());
  }
  return error;
}

Task<Result<void>> sleep_within(Duration pause, TimePoint deadline, const SocketAddress& address) {
  if (deadline != kNever && now() + pause >= deadline) {
    co_return Error(ErrorCode::kDeadlineExceeded, "connecting to " + address.text() + ": its backlog is full");
  }
  co_return co_await sleep_for(pause);
}

// The descriptor. A full backlog of a unix socket is -EAGAIN, which no event ends.
Task<Result<int>> begin_connect(const SocketAddress& address, TimePoint deadline, bool* in_progress) {
  for (Duration pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    int fd = -1;
    const int result = current_env().sockets().connect(address, &fd);
    *in_progress = result == -EINPROGRESS;
    if (result == 0 || *in_progress) co_return fd;
    if (result != -EAGAIN || address.family != SocketAddress::Family::kUnix) co_return connect_error(result, address);
    co_await try_(sleep_within(pause, deadline, address));
  }
}

}  // namespace

Task<Result<Stream>> connect(SocketAddress address, TimePoint deadline) {
  bool in_progress = false;
  const int fd = co_await try_(begin_connect(address, deadline, &in_progress));
  Stream stream = co_await try_(Stream::adopt(fd, address));
  if (!in_progress) co_return stream;
  Result<void> writable_now = co_await writable(*stream.socket().readiness, deadline);
  if (!writable_now.ok()) {
    co_return std::move(writable_now).error().add_context("connecting to " + address.text());
  }
  const int result = stream.socket().system.connect_result(fd);
  if (result < 0) co_return connect_error(result, address);
  co_return stream;
}

}  // namespace banyan
