#include "net/splice_pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <utility>

#include "runtime/runtime.h"

namespace banyan {
namespace {

std::atomic<int> pipes_open{0};

struct Ends {
  int read;
  int write;
};

void close_ends(Ends ends) {
  ::close(ends.read);
  ::close(ends.write);
  pipes_open.fetch_sub(1, std::memory_order_relaxed);
}

// A negated errno where it moved nothing.
ssize_t splice_some(int from, int to, std::size_t bytes) {
  const ssize_t n = ::splice(from, nullptr, to, nullptr, bytes, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  return n < 0 ? -errno : n;
}

// A thread's empty pipes.
struct FreePipes {
  FreePipes() = default;
  FreePipes(const FreePipes&) = delete;
  FreePipes& operator=(const FreePipes&) = delete;
  ~FreePipes() {
    while (count > 0) close_ends(all[--count]);
  }
  std::array<Ends, 8> all;
  std::size_t count = 0;
};

FreePipes& free_pipes() {
  static thread_local FreePipes pipes;
  return pipes;
}

}  // namespace

bool SplicePipe::open(MemoryBudget& memory) {
  BANYAN_CHECK(memory_ == nullptr);
  if (current_env().simulated()) return false;
  if (!memory.try_take(kBytesMax)) return false;
  FreePipes& free = free_pipes();
  bool opened = free.count > 0;
  if (opened) {
    const Ends ends = free.all[--free.count];
    ends_[0] = ends.read;
    ends_[1] = ends.write;
  } else if (pipes_open.fetch_add(1, std::memory_order_relaxed) < kPipesMax) {
    opened = ::pipe2(ends_, O_NONBLOCK | O_CLOEXEC) == 0;
  }
  if (opened) {
    memory_ = &memory;
  } else {
    pipes_open.fetch_sub(1, std::memory_order_relaxed);
    memory.give_back(kBytesMax);
  }
  return opened;
}

void SplicePipe::close() {
  if (memory_ == nullptr) return;
  std::exchange(memory_, nullptr)->give_back(kBytesMax);
  FreePipes& free = free_pipes();
  const Ends ends{ends_[0], ends_[1]};
  if (std::exchange(held_, 0) == 0 && free.count < free.all.size()) {
    free.all[free.count++] = ends;
  } else {
    close_ends(ends);
  }
}

std::optional<Result<std::size_t>> SplicePipe::fill(Stream& from, std::size_t bytes_max) {
  BANYAN_CHECK(memory_ != nullptr && held_ == 0);
  detail::Socket& socket = from.socket();
  const ssize_t n = splice_some(socket.fd, ends_[1], std::min(bytes_max, kBytesMax));
  socket.drained = n == -EAGAIN;
  if (n >= 0) {
    held_ = static_cast<std::size_t>(n);
    return Result<std::size_t>(held_);
  }
  if (n == -EAGAIN) return std::nullopt;
  if (n == -EINVAL || n == -ENOSYS) {
    return Result<std::size_t>(Error(ErrorCode::kUnsupported, "the kernel does not splice from this stream"));
  }
  return Result<std::size_t>(socket.io_error(n, "reading from"));
}

Task<Result<void>> SplicePipe::drain(Stream& to, Duration wait_max) {
  detail::Socket* const socket = &to.socket();
  if (socket->write_failed) {
    co_return Error(ErrorCode::kFailedPrecondition, "writing to " + socket->peer.text() + ": an earlier write failed");
  }
  while (held_ > 0) {
    const ssize_t n = splice_some(ends_[0], socket->fd, held_);
    if (n > 0) {
      held_ -= static_cast<std::size_t>(n);
      continue;
    }
    Result<void> waited = n == -EAGAIN ? co_await writable(*socket->readiness, time_after(wait_max))
                                       : Result<void>(socket->io_error(n, "writing to"));
    if (!waited.ok()) {
      socket->write_failed = true;  // nobody knows how much the peer has got
      co_return waited;
    }
  }
  close();
  if (!spend_budget()) {
    co_await yield();
    if (cancelled()) co_return wait_error(WakeReason::kCancelled, "socket write");
  }
  co_return {};
}

}  // namespace banyan
