#include "gateway/listeners.h"

#include "base/log.h"
#include "gateway/forwarding.h"
#include "net/proxy_header.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

ServerLimits server_limits(const LimitsConfig& limits) {
  ServerLimits made;
  made.head.head_bytes_max = static_cast<std::size_t>(limits.head_bytes);
  made.body_bytes_max = static_cast<std::uint64_t>(limits.body_bytes);
  made.header_timeout = limits.header_timeout;
  made.idle_timeout = limits.idle_timeout;
  made.body_timeout = limits.body_timeout;
  return made;
}

}  // namespace

WorkerListeners::WorkerListeners(GatewayState& state, unsigned index)
    : state_(state),
      handler_(state, index),
      server_(handler_, state.memory, server_limits(state.snapshot()->config.gateway.limits)),
      http2_(handler_, state.memory, server_limits(state.snapshot()->config.gateway.limits)) {
  server_.on_http2(&serve_http2, this);
}

void WorkerListeners::set_limits(const LimitsConfig& limits) {
  server_.set_options(server_limits(limits));
  http2_.set_options(server_limits(limits));
}

// A connection that began with the preface of HTTP/2 ("prior knowledge"): plain, or under TLS without ALPN.
Task<void> WorkerListeners::serve_http2(void* self, Stream stream, std::string read) {
  const bool secure = stream.tls_info() != nullptr;
  co_await static_cast<WorkerListeners*>(self)->http2_.serve(std::move(stream), secure, std::move(read));
}

Task<void> WorkerListeners::serve_tls(Stream stream, std::shared_ptr<const TlsServerContext> context) {
  constexpr Duration kHandshakeMax = std::chrono::seconds(10);
  ++handshakes_;
  Result<Stream> secured = co_await accept_tls(std::move(stream), std::move(context), now() + kHandshakeMax);
  --handshakes_;
  if (!secured.ok()) co_return;
  if (secured->tls_info()->alpn == "h2") {
    co_await http2_.serve(*std::move(secured), true);
  } else {
    co_await server_.serve(*std::move(secured), true);
  }
}

Task<void> WorkerListeners::accept_from(std::shared_ptr<Open> open) {
  for (;;) {
    Result<Stream> stream = co_await open->listener->accept();
    if (!stream.ok()) break;
    if (open->at.proxy_protocol) {
      go_pinned("connection", serve_proxied(*std::move(stream), open));
    } else {
      serve(*std::move(stream), open->at);
    }
  }
  open->ended.set();
}

void WorkerListeners::serve(Stream stream, const ListenAt& at) {
  if (at.tls == nullptr) {
    go_pinned("connection", server_.serve(std::move(stream), false));
  } else {
    go_pinned("connection", serve_tls(std::move(stream), at.tls->load()));
  }
}

// Only who is trusted may say where a connection comes from.
Task<void> WorkerListeners::serve_proxied(Stream stream, std::shared_ptr<Open> open) {
  const std::shared_ptr<const GatewaySnapshot> snapshot = state_.snapshot();
  const GatewaySection& config = snapshot->config.gateway;
  if (!is_trusted(stream.peer(), config.trusted_proxies)) {
    log_refused_proxy(stream, "it is not one of gateway.trusted_proxies");
    co_return;
  }
  ++handshakes_;
  const Result<void> told = co_await accept_proxy_header(stream, now() + config.limits.header_timeout);
  --handshakes_;
  if (told.ok()) {
    serve(std::move(stream), open->at);
  } else if (told.error().code() == ErrorCode::kInvalidArgument) {
    log_refused_proxy(stream, told.error().message());
  }
}

void WorkerListeners::log_refused_proxy(const Stream& stream, std::string_view why) {
  if (now() < next_proxy_log_) return;
  next_proxy_log_ = now() + std::chrono::seconds(1);
  log_warn("proxy_header_refused", {{"peer", stream.peer().text()}, {"why", why}});
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
  http2_.drain();
}

}  // namespace banyan
