// The seam to the world: clock, randomness, readiness of descriptors, sockets, files.
//
// Nothing above this header calls the operating system for these things directly. So everything we write also runs in
// a simulator (sim/simulation.h): one thread, virtual time, a network that delays, drops and resets, all decided by one
// seed. The real environment is real_env(). Implementations are shared by all workers and must be safe to call from
// any thread.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace banyan {

// Where a socket listens or connects to: an IPv4 or IPv6 address with port, or the path of a unix socket.
struct SocketAddress {
  enum class Family : std::uint8_t { kNone, kIpv4, kIpv6, kUnix };
  Family family = Family::kNone;
  std::uint16_t port = 0;
  std::uint8_t ip[16] = {};  // IPv4 uses the first four bytes; network order
  std::string path;          // kUnix only

  // "127.0.0.1:80", "[::1]:80" or "unix:run/php.sock". Host names are not resolved here (net/resolver.h).
  static Result<SocketAddress> parse(std::string_view text);
  std::string text() const;
  // Without the port; "unix:" for a unix socket.
  std::string host() const;
  bool operator==(const SocketAddress&) const = default;
};

struct ListenOptions {
  int backlog = 1024;
  // Several sockets may listen at the address, one for each worker (SO_REUSEPORT).
  bool reuse_port = false;
  int unix_mode = 0660;  // of the socket file
};

// Non-blocking stream sockets by number. Every call gives a value >= 0 or a negated errno; none blocks, -EAGAIN says
// that readiness must be awaited.
class SocketSystem {
 public:
  virtual ~SocketSystem() = default;
  virtual int listen(const SocketAddress& address, const ListenOptions& options) = 0;
  virtual int accept(int fd, SocketAddress* peer) = 0;
  // -EINPROGRESS: wait until writable, then ask connect_result.
  virtual int connect(const SocketAddress& address, int* fd) = 0;
  virtual int connect_result(int fd) = 0;
  // 0 is the end of the stream.
  virtual std::ptrdiff_t receive(int fd, std::span<std::byte> into) = 0;
  virtual std::ptrdiff_t send(int fd, std::span<const iovec> parts) = 0;
  // Moves up to `bytes` of a file, from *offset on, to the socket (sendfile(2)); moves *offset.
  virtual std::ptrdiff_t send_file(int fd, int file, std::int64_t* offset, std::size_t bytes) = 0;
  virtual int shutdown_write(int fd) = 0;
  virtual void close(int fd) = 0;
  // Closes at once, telling the peer by a reset.
  virtual void abort(int fd) = 0;
  virtual SocketAddress local_address(int fd) = 0;
};

// One descriptor's readiness, as the poller tells it. See runtime/readiness.h.
class Readiness;

// Tells one worker which descriptors became ready. Edge-triggered.
class Poller {
 public:
  Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  virtual ~Poller();
  virtual int add(int fd, Readiness* readiness) = 0;
  virtual void remove(int fd) = 0;
  // Waits until something is ready, `timeout` has passed (negative: without end) or wake() was called, and tells each
  // Readiness. Returns how many it told. Simulator only: -1 when nothing can ever become ready, which ends the run.
  virtual int wait(Duration timeout) = 0;
  // From any thread: ends wait() now or the next time.
  virtual void wake() = 0;

 protected:
  // To be called first in wait(): of what was released before it no news can come any more.
  void reuse_released();

 private:
  friend class Readiness;
  struct Released;
  Released* released_;
};

class Env {
 public:
  virtual ~Env() = default;
  virtual TimePoint now() = 0;
  // Nanoseconds since 1970-01-01 UTC.
  virtual std::int64_t wall_nanoseconds() = 0;
  virtual void fill_random(std::span<std::byte> out) = 0;
  virtual std::unique_ptr<Poller> make_poller() = 0;
  virtual SocketSystem& sockets() = 0;
  // True in the simulator: one worker, its own order of tasks, blocking work done inline.
  virtual bool simulated() const { return false; }
  // Simulator only: a number in [0, bound) that decides which ready task runs next.
  virtual std::uint32_t choose(std::uint32_t bound) {
    (void)bound;
    return 0;
  }
};

// The operating system's. Lives until the process ends.
Env& real_env();
// The environment of the runtime this thread works for, else real_env().
Env& current_env();

}  // namespace banyan
