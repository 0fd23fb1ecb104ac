#include "sim/network.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "runtime/readiness.h"

namespace banyan {

// ---- descriptors and addresses ----

SimNetwork::Socket* SimNetwork::find(int fd) {
  const auto index = static_cast<std::size_t>(fd - kFirstDescriptor);
  if (fd < kFirstDescriptor || index >= descriptors_.size() || descriptors_[index] == kNobody) return nullptr;
  return &sockets_[descriptors_[index]];
}

SimNetwork::Id SimNetwork::add_socket(State state) {
  const Id id = static_cast<Id>(sockets_.size());
  sockets_.emplace_back().state = state;
  return id;
}

int SimNetwork::give_descriptor(Id id) {
  // The lowest free number, as the kernel does it: early reuse is what finds stale descriptors.
  int fd = kFirstDescriptor + static_cast<int>(descriptors_.size());
  if (free_descriptors_.empty()) {
    descriptors_.push_back(id);
  } else {
    fd = *free_descriptors_.begin();
    free_descriptors_.erase(free_descriptors_.begin());
    descriptors_[static_cast<std::size_t>(fd - kFirstDescriptor)] = id;
  }
  ++open_;
  sockets_[id].fd = fd;
  return fd;
}

SimNetwork::Id SimNetwork::find_listener(const SocketAddress& address) {
  auto found = listeners_.find(address.text());
  if (found == listeners_.end() && address.family != SocketAddress::Family::kUnix) {
    SocketAddress any;
    any.family = address.family;
    any.port = address.port;
    found = listeners_.find(any.text());
  }
  if (found == listeners_.end()) return kNobody;
  return found->second[random_.below(found->second.size())];
}

Duration SimNetwork::delay() {
  const auto range = static_cast<std::uint64_t>((faults_.delay_max - faults_.delay_min).count());
  return faults_.delay_min + Duration(static_cast<std::int64_t>(random_.below(range + 1)));
}

std::ptrdiff_t SimNetwork::done(Kind kind, int fd, std::ptrdiff_t result) {
  trace_.note(0x100 + static_cast<std::uint64_t>(kind), static_cast<std::uint64_t>(fd),
              static_cast<std::uint64_t>(result));
  return result;
}

// ---- events ----

void SimNetwork::put(Duration after, Kind kind, Id to, std::string data) {
  events_.push({now_ + after, next_number_++, kind, to, std::move(data)});
}

void SimNetwork::put_in_order(Socket& from, Duration extra, Kind kind, std::string data) {
  if (from.hung || from.peer == kNobody) return;
  from.last_arrival = std::max(from.last_arrival, now_ + delay() + extra);
  put(from.last_arrival - now_, kind, from.peer, std::move(data));
}

void SimNetwork::change(Id id) {
  if (std::exchange(sockets_[id].changed, true)) return;
  changed_.push_back(id);
}

void SimNetwork::deliver_due() {
  while (!events_.empty() && events_.top().at <= now_) {
    Event event = events_.top();
    events_.pop();
    trace_.note(static_cast<std::uint64_t>(event.kind), event.to, event.data.size());
    happen(event);
  }
}

void SimNetwork::happen(Event& event) {
  Socket& to = sockets_[event.to];
  switch (event.kind) {
    case Kind::kConnect:
      return connect_arrives(event.to);
    case Kind::kData:
      return data_arrives(event.to, event.data);
    case Kind::kConnected:
      if (to.state == State::kConnecting) to.state = State::kConnected;
      break;
    case Kind::kRefused:
      if (to.state != State::kConnecting) return;
      to.state = State::kConnected;
      to.broken = true;
      to.error = ECONNREFUSED;
      break;
    case Kind::kEnd:
      to.end_received = true;
      break;
    case Kind::kReset:
      if (std::exchange(to.broken, true)) return;
      to.error = ECONNRESET;
      break;
    case Kind::kChanged:
      break;
  }
  change(event.to);
}

void SimNetwork::connect_arrives(Id client) {
  if (sockets_[client].state != State::kConnecting) return;
  const Id listener = find_listener(sockets_[client].remote);
  if (listener == kNobody || random_.chance(faults_.refuse)) return put(delay(), Kind::kRefused, client);
  // A full backlog drops the request; the client's kernel asks again after a second.
  if (sockets_[listener].backlog.size() >= sockets_[listener].backlog_max) {
    return put(std::chrono::seconds(1), Kind::kConnect, client);
  }
  const Id server = make_server_end(client, listener);
  put_in_order(sockets_[server], Duration(0), Kind::kConnected);
}

SimNetwork::Id SimNetwork::make_server_end(Id client, Id listener) {
  const Id server = add_socket(State::kConnected);
  sockets_[server].peer = client;
  sockets_[server].local = sockets_[client].remote;
  sockets_[server].remote = sockets_[client].local;
  sockets_[client].peer = server;
  sockets_[listener].backlog.push_back(server);
  change(listener);
  return server;
}

void SimNetwork::data_arrives(Id to, const std::string& data) {
  Socket& socket = sockets_[to];
  if (socket.broken) return;
  if (socket.state == State::kClosed) return put(delay(), Kind::kReset, socket.peer);
  if (socket.read_at == socket.received.size()) {
    socket.received.clear();
    socket.read_at = 0;
  }
  socket.received += data;
  change(to);
}

// ---- readiness ----

int SimNetwork::watch(int fd, Readiness* readiness) {
  Socket* socket = find(fd);
  if (socket == nullptr) return -EBADF;
  if (socket->readiness != nullptr) return -EEXIST;
  socket->readiness = readiness;
  change(id_of(fd));  // what is true already is told, as epoll_ctl does
  return 0;
}

void SimNetwork::unwatch(int fd) {
  if (Socket* socket = find(fd)) socket->readiness = nullptr;
}

int SimNetwork::tell_changes() {
  int told = 0;
  while (!changed_.empty()) {
    const std::size_t i = random_.below(changed_.size());
    const Id id = std::exchange(changed_[i], changed_.back());
    changed_.pop_back();
    Socket& socket = sockets_[id];
    socket.changed = false;
    if (socket.readiness == nullptr) continue;
    const bool broken = socket.broken;
    const bool readable =
        socket.read_at < socket.received.size() || socket.end_received || broken || !socket.backlog.empty();
    const bool writable = broken || (socket.state == State::kConnected && socket.unread < faults_.buffer_bytes);
    if (!readable && !writable) continue;
    trace_.note(0x200, id, static_cast<std::uint64_t>(readable) * 2 + static_cast<std::uint64_t>(writable));
    socket.readiness->notify(readable, writable, socket.end_received, broken);
    ++told;
  }
  return told;
}

// ---- listening and connecting ----

bool SimNetwork::address_in_use(const SocketAddress& address) const { return listeners_.contains(address.text()); }

int SimNetwork::listen(const SocketAddress& address, const ListenOptions& options) {
  SocketAddress local = address;
  const bool unix_socket = address.family == SocketAddress::Family::kUnix;
  if (!unix_socket && local.port == 0) local.port = next_port_++;
  if (address_in_use(local) && (unix_socket || !options.reuse_port)) return -EADDRINUSE;
  const Id id = add_socket(State::kListening);
  sockets_[id].local = local;
  sockets_[id].backlog_max = static_cast<std::size_t>(std::max(options.backlog, 1));
  listeners_[local.text()].push_back(id);
  return give_descriptor(id);
}

int SimNetwork::accept(int fd, SocketAddress* peer) {
  Socket* listener = find(fd);
  if (listener == nullptr) return -EBADF;
  if (listener->state != State::kListening) return -EINVAL;
  if (listener->backlog.empty()) return -EAGAIN;
  if (random_.chance(faults_.accept_fails)) return static_cast<int>(done(Kind::kConnect, fd, -EMFILE));
  const Id id = listener->backlog.front();
  listener->backlog.pop_front();
  if (peer != nullptr) *peer = sockets_[id].remote;
  return static_cast<int>(done(Kind::kConnect, fd, give_descriptor(id)));
}

int SimNetwork::connect(const SocketAddress& address, int* fd) {
  const bool unix_socket = address.family == SocketAddress::Family::kUnix;
  if (unix_socket) {
    const Id listener = find_listener(address);
    if (listener == kNobody) return -ENOENT;
    if (random_.chance(faults_.refuse)) return -ECONNREFUSED;
    if (sockets_[listener].backlog.size() >= sockets_[listener].backlog_max) return -EAGAIN;
    const Id client = add_socket(State::kConnected);
    sockets_[client].remote = address;
    sockets_[client].local.family = SocketAddress::Family::kUnix;
    make_server_end(client, listener);
    *fd = give_descriptor(client);
    return 0;
  }
  const Id client = add_socket(State::kConnecting);
  Socket& socket = sockets_[client];
  socket.remote = address;
  socket.local = address;
  socket.local.port = next_port_++;
  if (!random_.chance(faults_.blackhole)) put(delay(), Kind::kConnect, client);
  *fd = give_descriptor(client);
  return -EINPROGRESS;
}

int SimNetwork::connect_result(int fd) {
  Socket* socket = find(fd);
  if (socket == nullptr) return -EBADF;
  return static_cast<int>(done(Kind::kConnected, fd, -std::exchange(socket->error, 0)));
}

SocketAddress SimNetwork::local_address(int fd) {
  Socket* socket = find(fd);
  return socket == nullptr ? SocketAddress() : socket->local;
}

// ---- moving bytes ----

std::ptrdiff_t SimNetwork::receive(int fd, std::span<std::byte> into) {
  Socket* socket = find(fd);
  if (socket == nullptr) return -EBADF;
  if (socket->state == State::kListening) return -ENOTCONN;
  std::size_t count = std::min(socket->received.size() - socket->read_at, into.size());
  if (count == 0) {
    if (into.empty()) return 0;
    if (socket->error != 0) return done(Kind::kData, fd, -std::exchange(socket->error, 0));
    return done(Kind::kData, fd, socket->broken || socket->end_received ? 0 : -EAGAIN);
  }
  if (count > 1 && random_.chance(faults_.short_read)) {
    count = 1 + random_.below(count - 1);
    put(delay(), Kind::kChanged, id_of(fd));  // as if the rest came later
  }
  std::memcpy(into.data(), socket->received.data() + socket->read_at, count);
  socket->read_at += count;
  Socket& sender = sockets_[socket->peer];
  sender.unread -= count;
  if (std::exchange(sender.wants_space, false)) put(delay(), Kind::kChanged, socket->peer);
  return done(Kind::kData, fd, static_cast<std::ptrdiff_t>(count));
}

std::size_t SimNetwork::room_for(Socket& from, std::size_t wanted) {
  const std::size_t space = faults_.buffer_bytes - std::min(from.unread, faults_.buffer_bytes);
  std::size_t count = std::min(wanted, space);
  if (count < wanted) from.wants_space = true;
  if (count > 1 && random_.chance(faults_.short_write)) {
    count = 1 + random_.below(count - 1);
    put(delay(), Kind::kChanged, id_of(from.fd));  // as if space came free later
  }
  return count;
}

void SimNetwork::send_data(Socket& from, std::string data) {
  from.unread += data.size();
  if (random_.chance(faults_.hang)) from.hung = true;
  while (data.size() > 1 && random_.chance(faults_.short_read)) {
    const std::size_t piece = 1 + random_.below(data.size() - 1);
    put_in_order(from, Duration(0), Kind::kData, data.substr(0, piece));
    data.erase(0, piece);
  }
  put_in_order(from, Duration(0), Kind::kData, std::move(data));
  if (random_.chance(faults_.reset)) break_connection(id_of(from.fd));
}

void SimNetwork::break_connection(Id id) {
  // What is on its way may be overtaken by the reset; what has arrived can still be read.
  put(delay(), Kind::kReset, id);
  put(delay(), Kind::kReset, sockets_[id].peer);
}

std::ptrdiff_t SimNetwork::send(int fd, std::span<const iovec> parts) {
  Socket* socket = find(fd);
  if (socket == nullptr) return -EBADF;
  if (socket->error != 0) return done(Kind::kEnd, fd, -std::exchange(socket->error, 0));
  if (socket->broken || socket->write_ended) return done(Kind::kEnd, fd, -EPIPE);
  if (socket->state != State::kConnected) return socket->state == State::kConnecting ? -EAGAIN : -ENOTCONN;
  std::size_t total = 0;
  for (const iovec& part : parts) total += part.iov_len;
  if (total == 0) return 0;
  const std::size_t count = room_for(*socket, total);
  if (count == 0) return done(Kind::kEnd, fd, -EAGAIN);
  std::string data;
  data.reserve(count);
  for (const iovec& part : parts) {
    data.append(static_cast<const char*>(part.iov_base), std::min(part.iov_len, count - data.size()));
    if (data.size() == count) break;
  }
  send_data(*socket, std::move(data));
  return done(Kind::kEnd, fd, static_cast<std::ptrdiff_t>(count));
}

std::ptrdiff_t SimNetwork::send_file(int fd, int file, std::int64_t* offset, std::size_t bytes) {
  Socket* socket = find(fd);
  if (socket == nullptr) return -EBADF;
  const std::size_t space = faults_.buffer_bytes - std::min(socket->unread, faults_.buffer_bytes);
  std::string data(std::clamp<std::size_t>(space, 1, std::max<std::size_t>(bytes, 1)), '\0');
  const ssize_t n = ::pread(file, data.data(), data.size(), *offset);
  if (n <= 0) return n < 0 ? -errno : 0;
  const iovec part{data.data(), static_cast<std::size_t>(n)};
  const std::ptrdiff_t sent = send(fd, {&part, 1});
  if (sent <= 0) return sent;
  *offset += sent;
  // More was asked for than there was room: the sender is told when there is.
  if (static_cast<std::size_t>(sent) < bytes) socket->wants_space = true;
  return sent;
}

// ---- ending ----

int SimNetwork::shutdown_write(int fd) {
  Socket* socket = find(fd);
  if (socket == nullptr) return -EBADF;
  if (socket->state != State::kConnected || socket->broken) return -ENOTCONN;
  if (std::exchange(socket->write_ended, true)) return 0;
  const auto range = static_cast<std::uint64_t>(faults_.half_close_delay_max.count());
  put_in_order(*socket, Duration(static_cast<std::int64_t>(random_.below(range + 1))), Kind::kEnd);
  return 0;
}

void SimNetwork::close(int fd) { close_with(fd, false); }
void SimNetwork::abort(int fd) { close_with(fd, true); }

void SimNetwork::close_with(int fd, bool reset) {
  Socket* socket = find(fd);
  if (socket == nullptr) {
    std::fprintf(stderr, "simulated network: descriptor %d is closed although it is not open\n", fd);
    std::abort();
  }
  const Id id = id_of(fd);
  if (socket->state == State::kListening) {
    std::erase(listeners_[socket->local.text()], id);
    if (listeners_[socket->local.text()].empty()) listeners_.erase(socket->local.text());
    for (const Id waiting : socket->backlog) put(delay(), Kind::kReset, sockets_[waiting].peer);
  } else if (socket->peer != kNobody && !socket->broken) {
    if (reset || socket->state == State::kConnecting || socket->read_at < socket->received.size()) {
      put_in_order(*socket, Duration(0), Kind::kReset);
    } else {
      shutdown_write(fd);
    }
  }
  done(Kind::kReset, fd, reset);
  socket->state = State::kClosed;
  socket->backlog.clear();
  socket->readiness = nullptr;
  socket->fd = -1;
  descriptors_[static_cast<std::size_t>(fd - kFirstDescriptor)] = kNobody;
  free_descriptors_.insert(fd);
  --open_;
}

}  // namespace banyan
