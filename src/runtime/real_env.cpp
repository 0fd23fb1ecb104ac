// The environment of the operating system: clock_gettime(2), getrandom(2) by way of a pool, epoll(7), sockets and
// sendfile(2).
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/check.h"
#include "runtime/env.h"
#include "runtime/random_pool.h"
#include "runtime/readiness.h"

namespace banyan {
namespace {

struct NativeAddress {
  sockaddr_storage storage{};
  socklen_t bytes = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

bool to_native(const SocketAddress& address, NativeAddress& out) {
  switch (address.family) {
    case SocketAddress::Family::kIpv4: {
      auto* in = reinterpret_cast<sockaddr_in*>(&out.storage);
      in->sin_family = AF_INET;
      in->sin_port = htons(address.port);
      std::memcpy(&in->sin_addr, address.ip, 4);
      out.bytes = sizeof *in;
      return true;
    }
    case SocketAddress::Family::kIpv6: {
      auto* in = reinterpret_cast<sockaddr_in6*>(&out.storage);
      in->sin6_family = AF_INET6;
      in->sin6_port = htons(address.port);
      std::memcpy(&in->sin6_addr, address.ip, 16);
      out.bytes = sizeof *in;
      return true;
    }
    case SocketAddress::Family::kUnix: {
      auto* un = reinterpret_cast<sockaddr_un*>(&out.storage);
      if (address.path.size() >= sizeof un->sun_path) return false;
      un->sun_family = AF_UNIX;
      std::memcpy(un->sun_path, address.path.c_str(), address.path.size() + 1);
      out.bytes = sizeof *un;
      return true;
    }
    case SocketAddress::Family::kNone:
      break;
  }
  return false;
}

SocketAddress from_native(const NativeAddress& native) {
  SocketAddress address;
  if (native.storage.ss_family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(&native.storage);
    address.family = SocketAddress::Family::kIpv4;
    address.port = ntohs(in->sin_port);
    std::memcpy(address.ip, &in->sin_addr, 4);
  } else if (native.storage.ss_family == AF_INET6) {
    const auto* in = reinterpret_cast<const sockaddr_in6*>(&native.storage);
    address.family = SocketAddress::Family::kIpv6;
    address.port = ntohs(in->sin6_port);
    std::memcpy(address.ip, &in->sin6_addr, 16);
  } else if (native.storage.ss_family == AF_UNIX) {
    address.family = SocketAddress::Family::kUnix;
  }
  return address;
}

// A socket file left by a process that died would keep us from listening; one that somebody serves must stay.
bool unix_path_is_stale(NativeAddress& native) {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const bool refused = ::connect(probe, native.get(), native.bytes) != 0 && errno == ECONNREFUSED;
  ::close(probe);
  return refused;
}

class RealSockets final : public SocketSystem {
 public:
  int listen(const SocketAddress& address, const ListenOptions& options) override {
    NativeAddress native;
    if (!to_native(address, native)) return -ENAMETOOLONG;
    const int fd = open_socket(native);
    if (fd < 0) return fd;
    const int one = 1;
    if (address.family == SocketAddress::Family::kUnix) {
      if (unix_path_is_stale(native)) ::unlink(address.path.c_str());
    } else {
      ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
      if (options.reuse_port) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    }
    if (::bind(fd, native.get(), native.bytes) != 0 || ::listen(fd, options.backlog) != 0) {
      const int error = errno;
      ::close(fd);
      return -error;
    }
    if (address.family == SocketAddress::Family::kUnix) {
      ::chmod(address.path.c_str(), static_cast<mode_t>(options.unix_mode));
    }
    return fd;
  }

  int accept(int fd, SocketAddress* peer) override {
    NativeAddress native;
    native.bytes = sizeof native.storage;
    const int connection = ::accept4(fd, native.get(), &native.bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0) return -errno;
    if (native.storage.ss_family != AF_UNIX) set_no_delay(connection);
    if (peer != nullptr) *peer = from_native(native);
    return connection;
  }

  int connect(const SocketAddress& address, int* out) override {
    NativeAddress native;
    if (!to_native(address, native)) return -ENAMETOOLONG;
    const int fd = open_socket(native);
    if (fd < 0) return fd;
    if (address.family != SocketAddress::Family::kUnix) set_no_delay(fd);
    const int result = ::connect(fd, native.get(), native.bytes) == 0 ? 0 : -errno;
    if (result != 0 && result != -EINPROGRESS) {
      ::close(fd);
      return result;
    }
    *out = fd;
    return result;
  }

  int connect_result(int fd) override {
    int error = 0;
    socklen_t bytes = sizeof error;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes) != 0) return -errno;
    return -error;
  }

  std::ptrdiff_t receive(int fd, std::span<std::byte> into) override {
    const ssize_t n = ::recv(fd, into.data(), into.size(), 0);
    return n < 0 ? -errno : n;
  }

  std::ptrdiff_t send(int fd, std::span<const iovec> parts) override {
    if (parts.size() == 1) {
      const ssize_t n = ::send(fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
      return n < 0 ? -errno : n;
    }
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = parts.size();
    const ssize_t n = ::sendmsg(fd, &message, MSG_NOSIGNAL);
    return n < 0 ? -errno : n;
  }

  std::ptrdiff_t send_file(int fd, int file, std::int64_t* offset, std::size_t bytes) override {
    off_t position = *offset;
    const ssize_t n = ::sendfile(fd, file, &position, bytes);
    if (n < 0) return -errno;
    *offset = position;
    return n;
  }

  int shutdown_write(int fd) override { return ::shutdown(fd, SHUT_WR) == 0 ? 0 : -errno; }
  void close(int fd) override { ::close(fd); }

  void abort(int fd) override {
    const linger reset{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::close(fd);
  }

  SocketAddress local_address(int fd) override {
    NativeAddress native;
    native.bytes = sizeof native.storage;
    if (::getsockname(fd, native.get(), &native.bytes) != 0) return {};
    SocketAddress address = from_native(native);
    if (address.family == SocketAddress::Family::kUnix) {
      address.path = reinterpret_cast<const sockaddr_un*>(&native.storage)->sun_path;
    }
    return address;
  }

 private:
  static int open_socket(const NativeAddress& native) {
    const int fd = ::socket(native.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return fd < 0 ? -errno : fd;
  }
  static void set_no_delay(int fd) {
    const int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  }
};

class EpollPoller final : public Poller {
 public:
  EpollPoller() : epoll_(epoll_create1(EPOLL_CLOEXEC)), event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    BANYAN_CHECK(epoll_ >= 0 && event_ >= 0);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.ptr = nullptr;
    BANYAN_CHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, event_, &event) == 0);
  }
  ~EpollPoller() override {
    ::close(event_);
    ::close(epoll_);
  }

  int add(int fd, Readiness* readiness) override {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = readiness;
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
  }

  void remove(int fd) override { epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr); }

  int wait(Duration timeout) override {
    reuse_released();
    epoll_event events[256];
    // Rounded up: waking early would only mean waking twice.
    const int milliseconds =
        timeout.count() < 0 ? -1
                            : static_cast<int>(std::min<std::int64_t>((timeout.count() + 999999) / 1000000, 60000));
    const int count = epoll_wait(epoll_, events, 256, milliseconds);
    for (int i = 0; i < count; ++i) {
      auto* readiness = static_cast<Readiness*>(events[i].data.ptr);
      if (readiness == nullptr) continue;  // wake(): edge-triggered, so it needs no read
      const std::uint32_t seen = events[i].events;
      const bool broken = (seen & (EPOLLERR | EPOLLHUP)) != 0;
      readiness->notify((seen & EPOLLIN) != 0, (seen & EPOLLOUT) != 0, (seen & EPOLLRDHUP) != 0, broken);
    }
    return count < 0 ? 0 : count;
  }

  void wake() override {
    const std::uint64_t one = 1;
    (void)!::write(event_, &one, sizeof one);
  }

 private:
  int epoll_;
  int event_;
};

class RealEnv final : public Env {
 public:
  // sendfile(2) knows no MSG_NOSIGNAL: a peer that went away would end the process. A handler of the program's stays.
  RealEnv() {
    struct sigaction present{};
    if (::sigaction(SIGPIPE, nullptr, &present) == 0 && present.sa_handler == SIG_DFL) ::signal(SIGPIPE, SIG_IGN);
  }

  TimePoint now() override { return steady_now(); }
  std::int64_t wall_nanoseconds() override { return wall_now().time_since_epoch().count(); }
  void fill_random(std::span<std::byte> out) override { fill_from_pool(out); }
  std::unique_ptr<Poller> make_poller() override { return std::make_unique<EpollPoller>(); }
  SocketSystem& sockets() override { return sockets_; }

 private:
  RealSockets sockets_;
};

}  // namespace

Env& real_env() {
  static auto* env = new RealEnv;
  return *env;
}

}  // namespace banyan
