#include "gateway/listeners.h"

#include "base/log.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

std::shared_ptr<const TlsServerContext> load_slot(void* slot) { return static_cast<TlsServerSlot*>(slot)->load(); }

}  // namespace

Http1ServerOptions server_options(const LimitsConfig& limits) {
  Http1ServerOptions options;
  options.head.head_bytes_max = static_cast<std::size_t>(limits.head_bytes);
  options.body_bytes_max = static_cast<std::uint64_t>(limits.body_bytes);
  options.header_timeout = limits.header_timeout;
  options.idle_timeout = limits.idle_timeout;
  options.body_timeout = limits.body_timeout;
  return options;
}

WorkerListeners::WorkerListeners(GatewayState& state, unsigned index)
    : handler_(state, index),
      server_(handler_, state.memory, server_options(state.snapshot()->config.gateway.limits)) {}

void WorkerListeners::set_limits(const LimitsConfig& limits) { server_.set_options(server_options(limits)); }

Task<void> WorkerListeners::accept_from(std::shared_ptr<Open> open) {
  TlsServerSlot* slot = open->at.tls.get();
  co_await serve_connections(*open->listener, server_, slot == nullptr ? nullptr : &load_slot, slot);
  open->ended.set();
}

namespace {

Result<Listener> open_or_share(const ListenAt& at) {
  const bool unix_socket = at.address.family == SocketAddress::Family::kUnix;
  if (unix_socket) {
    if (const std::shared_ptr<const Listener> opened = at.opened->lock()) return opened->share();
  }
  ListenOptions options;
  options.reuse_port = !unix_socket;
  return Listener::open(at.address, options);
}

}  // namespace

Task<Result<void>> WorkerListeners::apply(const std::vector<ListenAt>& wanted) {
  std::map<std::string, std::shared_ptr<Open>> next;
  std::vector<std::shared_ptr<Open>> fresh;
  for (const ListenAt& at : wanted) {
    auto found = open_.find(at.key);
    if (found != open_.end()) {
      next[at.key] = found->second;
      continue;
    }
    Result<Listener> listener = open_or_share(at);
    if (!listener.ok()) {
      for (const auto& made : fresh) made->listener->close();
      co_return std::move(listener).error();
    }
    auto open = std::make_shared<Open>();
    open->at = at;
    open->listener = std::make_shared<Listener>(*std::move(listener));
    if (at.opened->expired()) *at.opened = open->listener;
    next[at.key] = open;
    fresh.push_back(open);
  }
  for (const auto& [key, open] : open_) {
    if (next.contains(key)) continue;
    open->listener->close();
    (void)co_await open->ended.wait();
  }
  for (const auto& open : fresh) go_pinned("accept", accept_from(open));
  open_ = std::move(next);
  co_return {};
}

Task<void> WorkerListeners::stop() {
  // A turn for the accept tasks, so that what the kernel has queued is taken before the socket goes.
  (void)co_await sleep_for(std::chrono::milliseconds(2));
  for (const auto& [key, open] : open_) {
    open->listener->close();
    (void)co_await open->ended.wait();
  }
  open_.clear();
  server_.drain();
}

}  // namespace banyan
