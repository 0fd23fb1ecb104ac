#include "net/listener.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <string>
#include <vector>

#include "base/log.h"
#include "runtime/futex_lock.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds(10);
constexpr Duration kLongestPause = std::chrono::seconds(1);

// The listening descriptor, closed with the last Listener that shares it.
struct ListeningSocket {
  ListeningSocket(Env& env, int its_fd) : system(env.sockets()), fd(its_fd), has_file(!env.simulated()) {}
  ListeningSocket(const ListeningSocket&) = delete;
  ListeningSocket& operator=(const ListeningSocket&) = delete;
  ~ListeningSocket() {
    system.close(fd);
    if (has_file && !address.path.empty()) ::unlink(address.path.c_str());
  }
  SocketSystem& system;
  const int fd;
  const bool has_file;
  SocketAddress address;
};

bool is_fault_of_connection(int error) {
  switch (error) {
    case ECONNABORTED:
    case EINTR:
    case EPROTO:
    case EPERM:  // firewall rules
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct Listener::State {
  explicit State(std::shared_ptr<ListeningSocket> its_socket)
      : socket(std::move(its_socket)),
        system(socket->system),
        poller(current_poller()),
        readiness(Readiness::acquire()),
        address(socket->address) {}
  ~State() {
    close();
    for (const Waiting& connection : waiting) system.close(connection.fd);
    readiness->release();
  }

  // A connection the kernel had accepted for us before we stopped listening.
  struct Waiting {
    int fd;
    SocketAddress peer;
  };

  Result<void> start();
  void close();
  void take_backlog();
  // A connection, or a negated errno; -EBADF once closed.
  int accept_one(SocketAddress* peer);
  // Accepts and closes one connection with the help of the reserve. 0, or a negated errno.
  int shed_one();
  // What to do about a failed accept: shed, wait for a connection, or wait a little.
  Task<Result<void>> recover(int negated_errno, Duration pause, TimePoint deadline);
  void open_reserve();
  void log_shed();

  FutexLock lock;  // around socket, so that close() may come from anywhere
  std::shared_ptr<ListeningSocket> socket;
  std::vector<Waiting> waiting;
  SocketSystem& system;
  Poller& poller;
  Readiness* const readiness;
  const SocketAddress address;
  int reserve = -1;
  std::atomic<std::uint64_t> shed{0};
  TimePoint next_log{};
};

void Listener::State::open_reserve() {
  if (!current_env().simulated() && reserve < 0) reserve = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

Result<void> Listener::State::start() {
  open_reserve();
  const int added = poller.add(socket->fd, readiness);
  if (added < 0) return Error::from_errno(-added, "watching " + address.text());
  return {};
}

// The kernel resets the connections in the backlog of a socket that is closed, although their clients were told that
// they are connected: so they are taken at the last moment, and given out by accept() before it says "closed".
void Listener::State::take_backlog() {
  constexpr std::size_t kBacklogMax = 4096;
  while (waiting.size() < kBacklogMax) {
    SocketAddress peer;
    const int fd = system.accept(socket->fd, &peer);
    if (fd < 0) return;
    waiting.push_back({fd, std::move(peer)});
  }
}

void Listener::State::close() {
  {
    std::lock_guard guard(lock);
    if (socket == nullptr) return;
    poller.remove(socket->fd);
    if (socket.use_count() == 1) take_backlog();
    socket.reset();
    if (reserve >= 0) ::close(std::exchange(reserve, -1));
  }
  readiness->notify(true, false, false);
}

int Listener::State::accept_one(SocketAddress* peer) {
  std::lock_guard guard(lock);
  if (socket != nullptr) return system.accept(socket->fd, peer);
  if (waiting.empty()) return -EBADF;
  const int fd = waiting.back().fd;
  *peer = std::move(waiting.back().peer);
  waiting.pop_back();
  return fd;
}

int Listener::State::shed_one() {
  std::lock_guard guard(lock);
  if (socket == nullptr) return -EBADF;
  if (reserve < 0) open_reserve();
  if (reserve < 0) return -EMFILE;
  ::close(std::exchange(reserve, -1));
  const int fd = system.accept(socket->fd, nullptr);
  if (fd >= 0) system.close(fd);
  open_reserve();
  if (fd < 0) return fd;
  shed.fetch_add(1, std::memory_order_relaxed);
  return 0;
}

void Listener::State::log_shed() {
  if (now() < next_log) return;
  next_log = now() + std::chrono::seconds(1);
  log_warn("connections_shed", {{"address", address.text()},
                                {"total", shed.load(std::memory_order_relaxed)},
                                {"why", "no free file descriptor; raise the limit on open files (ulimit -n)"}});
}

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}
Listener::Listener(Listener&&) noexcept = default;
Listener& Listener::operator=(Listener&&) noexcept = default;
Listener::~Listener() { close(); }

Result<Listener> Listener::open(const SocketAddress& address, const ListenOptions& options) {
  SocketSystem& system = current_env().sockets();
  const int fd = system.listen(address, options);
  if (fd < 0) return Error::from_errno(-fd, "listening at " + address.text());
  auto socket = std::make_shared<ListeningSocket>(current_env(), fd);
  socket->address = address.family == SocketAddress::Family::kUnix ? address : system.local_address(fd);
  auto state = std::make_shared<State>(std::move(socket));
  BANYAN_TRY_VOID(state->start());
  return Listener(std::move(state));
}

Result<Listener> Listener::share() const {
  std::shared_ptr<ListeningSocket> socket;
  {
    std::lock_guard guard(state_->lock);
    socket = state_->socket;
  }
  if (socket == nullptr) return Error(ErrorCode::kFailedPrecondition, "sharing a listener: it is closed");
  auto state = std::make_shared<State>(std::move(socket));
  BANYAN_TRY_VOID(state->start());
  return Listener(std::move(state));
}

Task<Result<void>> Listener::State::recover(int error, Duration pause, TimePoint deadline) {
  // Without descriptors the kernel does not even look whether there is a connection.
  if (error == -EMFILE || error == -ENFILE) error = shed_one();
  if (error == 0) log_shed();
  if (error == 0 || is_fault_of_connection(-error)) {
    if (!spend_budget()) co_await yield();
    co_return {};
  }
  if (error == -EAGAIN) co_return co_await readable(*readiness, deadline);
  if (error == -EBADF) co_return Error(ErrorCode::kFailedPrecondition, "accepting at " + address.text() + ": closed");
  const TimePoint later = std::min(deadline, now() + pause);
  if (now() >= next_log) {
    next_log = now() + std::chrono::seconds(1);
    log_warn("accept_failed", {{"address", address.text()}, {"error", Error::from_errno(-error, "accept").text()}});
  }
  co_await try_(co_await sleep_until(later));
  if (later == deadline) co_return wait_error(WakeReason::kTimeout, "accept");
  co_return {};
}

Task<Result<Stream>> Listener::accept(TimePoint deadline) {
  const std::shared_ptr<State> state = state_;
  for (Duration pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    SocketAddress peer;
    const int fd = state->accept_one(&peer);
    if (fd >= 0) {
      if (!spend_budget()) co_await yield();
      Result<Stream> stream = Stream::adopt(fd, std::move(peer));
      if (stream.ok()) co_return stream;
      log_warn("connection_refused", {{"error", stream.error().text()}});
    } else if (fd == -EAGAIN) {
      co_await try_(co_await readable(*state->readiness, deadline));
    } else {
      co_await try_(state->recover(fd, pause, deadline));
    }
  }
}

void Listener::close() {
  if (state_ != nullptr) state_->close();
}

const SocketAddress& Listener::address() const { return state_->address; }
std::uint64_t Listener::shed() const { return state_->shed.load(std::memory_order_relaxed); }

}  // namespace banyan
