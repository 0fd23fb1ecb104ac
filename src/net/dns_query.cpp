// c-ares makes its own sockets and says by a callback which of them it wants to hear of. Each gets a small task that
// waits for the worker's poller and then wakes the query's own task, which alone touches the channel: it asks poll(2)
// which sockets are ready, without waiting, and lets c-ares work until none is. So neither locks nor edge-triggered
// readiness trouble c-ares, which reads TCP in pieces.
#include "net/dns_query.h"

#include <ares.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/check.h"
#include "runtime/readiness.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

constexpr int kRoundsMax = 64;
constexpr Duration kWriteCheck = std::chrono::milliseconds(5);

// A socket of c-ares.
struct Watch {
  Watch(ares_socket_t its_fd, Poller& its_poller) : fd(its_fd), poller(its_poller), readiness(Readiness::acquire()) {}
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() { readiness->release(); }

  ares_socket_t fd;  // ARES_SOCKET_BAD once closed
  Poller& poller;
  Readiness* const readiness;
  bool wants_write = false;
};

struct Query {
  explicit Query(ResolverOptions its_options, std::string its_host)
      : options(std::move(its_options)), host(std::move(its_host)) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Result<void> start();
  void work();
  Duration patience() const;
  Watch* find(ares_socket_t fd);
  void socket_changed(ares_socket_t fd, bool readable, bool writable);
  void answered(int status, ares_addrinfo* found);
  Error error(int status) const;

  const ResolverOptions options;
  const std::string host;
  Scope* scope = nullptr;
  ares_channel channel = nullptr;
  Event news;
  std::vector<std::unique_ptr<Watch>> watches;
  bool done = false;
  DnsAnswer answer;
};

// Ends when the socket was closed (which also wakes it) or at the end of the scope.
Task<Result<void>> watch_socket(Query* query, Watch* watch) {
  for (;;) {
    co_await try_(co_await readable(*watch->readiness));
    query->news.set();
    if (watch->readiness->hung_up()) co_await try_(co_await sleep_for(kWriteCheck));
    co_await yield();
  }
}

Watch* Query::find(ares_socket_t fd) {
  const auto it = std::find_if(watches.begin(), watches.end(), [fd](const auto& watch) { return watch->fd == fd; });
  return it == watches.end() ? nullptr : it->get();
}

void Query::socket_changed(ares_socket_t fd, bool readable, bool writable) {
  Watch* watch = find(fd);
  if (!readable && !writable) {
    if (watch == nullptr) return;
    watch->poller.remove(fd);
    watch->fd = ARES_SOCKET_BAD;
    return;
  }
  if (watch == nullptr) {
    watches.push_back(std::make_unique<Watch>(fd, current_poller()));
    watch = watches.back().get();
    // Should the poller have no room, the query still works by its timeouts.
    (void)watch->poller.add(fd, watch->readiness);
    scope->spawn("dns socket", watch_socket(this, watch));
  }
  watch->wants_write = writable;
}

Error Query::error(int status) const {
  const std::string where = "resolving " + host + ": ";
  switch (status) {
    case ARES_ENOTFOUND:
      return Error(ErrorCode::kNotFound, where + "there is no such name");
    case ARES_ENODATA:
      return Error(ErrorCode::kNotFound, where + "the name has no address");
    case ARES_EBADNAME:
      return Error(ErrorCode::kInvalidArgument, where + "not a host name");
    case ARES_ETIMEOUT:
      return Error(ErrorCode::kUnavailable, where + "no name server answered in time");
    case ARES_ENOMEM:
      return Error(ErrorCode::kResourceExhausted, where + "out of memory");
    default:
      return Error(ErrorCode::kUnavailable, where + ares_strerror(status));
  }
}

SocketAddress address_of(const ares_addrinfo_node& node) {
  SocketAddress address;
  if (node.ai_family == AF_INET) {
    address.family = SocketAddress::Family::kIpv4;
    std::memcpy(address.ip, &reinterpret_cast<const sockaddr_in*>(node.ai_addr)->sin_addr, 4);
  } else if (node.ai_family == AF_INET6) {
    address.family = SocketAddress::Family::kIpv6;
    std::memcpy(address.ip, &reinterpret_cast<const sockaddr_in6*>(node.ai_addr)->sin6_addr, 16);
  }
  return address;
}

void Query::answered(int status, ares_addrinfo* found) {
  done = true;
  if (status != ARES_SUCCESS) {
    answer.addresses = error(status);
    return;
  }
  int ttl = INT32_MAX;
  std::vector<SocketAddress> addresses;
  for (const ares_addrinfo_node* node = found->nodes; node != nullptr; node = node->ai_next) {
    SocketAddress address = address_of(*node);
    if (address.family == SocketAddress::Family::kNone) continue;
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) addresses.push_back(address);
    ttl = std::min(ttl, node->ai_ttl);
  }
  for (const ares_addrinfo_cname* name = found->cnames; name != nullptr; name = name->next) {
    ttl = std::min(ttl, name->ttl);
  }
  ares_freeaddrinfo(found);
  answer.ttl = std::chrono::seconds(std::max(ttl, 0));
  if (addresses.empty()) {
    answer.addresses = error(ARES_ENODATA);
  } else {
    answer.addresses = std::move(addresses);
  }
}

Result<void> Query::start() {
  static const int library = ares_library_init(ARES_LIB_INIT_ALL);
  if (library != ARES_SUCCESS) return error(library);
  ares_options settings{};
  settings.timeout = static_cast<int>(options.attempt_timeout.count() / 1000000);
  settings.tries = options.attempts;
  settings.sock_state_cb = [](void* query, ares_socket_t fd, int readable, int writable) {
    static_cast<Query*>(query)->socket_changed(fd, readable != 0, writable != 0);
  };
  settings.sock_state_cb_data = this;
  char lookups[] = "fb";  // files, then the network
  settings.lookups = lookups;
  const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_LOOKUPS;
  if (const int status = ares_init_options(&channel, &settings, mask); status != ARES_SUCCESS) return error(status);
  if (!options.servers.empty()) {
    const int status = ares_set_servers_ports_csv(channel, options.servers.c_str());
    if (status != ARES_SUCCESS) {
      return Error(ErrorCode::kInvalidArgument, "name servers \"" + options.servers + "\": " + ares_strerror(status));
    }
  }
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(
      channel, host.c_str(), nullptr, &hints,
      [](void* query, int status, int, ares_addrinfo* found) { static_cast<Query*>(query)->answered(status, found); },
      this);
  return {};
}

// Handles all that is ready now, and what has timed out.
void Query::work() {
  ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  for (int round = 0; round < kRoundsMax && !done; ++round) {
    std::vector<pollfd> sockets;
    for (const auto& watch : watches) {
      if (watch->fd == ARES_SOCKET_BAD) continue;
      sockets.push_back({watch->fd, static_cast<short>(watch->wants_write ? POLLIN | POLLOUT : POLLIN), 0});
    }
    if (::poll(sockets.data(), sockets.size(), 0) <= 0) return;
    for (const pollfd& socket : sockets) {
      if (socket.revents == 0 || find(socket.fd) == nullptr) continue;
      const bool writable = (socket.revents & POLLOUT) != 0;
      const bool readable = (socket.revents & ~POLLOUT) != 0;
      ares_process_fd(channel, readable ? socket.fd : ARES_SOCKET_BAD, writable ? socket.fd : ARES_SOCKET_BAD);
    }
  }
}

// How long to wait for news at most.
Duration Query::patience() const {
  timeval next{};
  timeval longest{1, 0};
  ares_timeout(channel, &longest, &next);
  Duration wait = std::chrono::seconds(next.tv_sec) + std::chrono::microseconds(next.tv_usec);
  for (const auto& watch : watches) {
    if (watch->fd != ARES_SOCKET_BAD && watch->wants_write) wait = std::min(wait, kWriteCheck);
  }
  return wait;
}

Task<Result<void>> run_query(Scope* scope, Query* query) {
  query->scope = scope;
  co_await try_(query->start());
  while (!query->done) {
    query->news.reset();
    query->work();
    if (query->done) break;
    Result<void> waited = co_await query->news.wait(now() + query->patience());
    if (!waited.ok() && waited.error().code() == ErrorCode::kCancelled) co_return waited;
  }
  co_return {};
}

}  // namespace

Task<DnsAnswer> query_dns(ResolverOptions options, std::string host) {
  auto query = std::make_unique<Query>(std::move(options), std::move(host));
  Query* const q = query.get();
  Result<void> ran = co_await with_scope(q, [](Scope& scope, Query*& state) -> Task<Result<void>> {
    Result<void> result = co_await run_query(&scope, state);
    if (state->channel != nullptr) ares_destroy(state->channel);  // closes what is open; an unanswered query ends
    co_return result;
  });
  if (!ran.ok()) query->answer.addresses = std::move(ran).error();
  co_return std::move(query->answer);
}

}  // namespace banyan
