#include "net/dialer.h"

#include "base/log.h"
#include "net/connect.h"
#include "runtime/runtime.h"

namespace banyan {

Dialer::Dialer(SocketAddress address, DialOptions options)
    : address_(std::move(address)),
      options_(std::move(options)),
      sessions_(options_.tls == nullptr ? nullptr : make_tls_client_sessions()) {}
Dialer::~Dialer() = default;

Task<Result<Stream>> Dialer::open(const DialedFor* on_behalf) {
  const TimePoint deadline = now() + options_.connect_timeout;
  Stream stream = co_await try_(connect(address_, deadline));
  if (options_.proxy != ProxyProtocol::kNone) {
    const SocketAddress nobody;
    const std::string header = write_proxy_header(options_.proxy, on_behalf == nullptr ? nobody : on_behalf->client,
                                                  on_behalf == nullptr ? nobody : on_behalf->local);
    co_await try_(co_await stream.write(header, deadline));
  }
  if (options_.tls == nullptr) co_return stream;
  Result<Stream> secured = co_await start_tls(std::move(stream), options_.tls, options_.server_name,
                                              now() + options_.connect_timeout, sessions_);
  if (!secured.ok()) log_failure(secured.error());
  co_return secured;
}

void Dialer::log_failure(const Error& error) {
  if (error.code() == ErrorCode::kCancelled || now() < next_log_) return;
  next_log_ = now() + std::chrono::seconds(1);
  log_warn("upstream_tls_failed",
           {{"endpoint", address_.text()}, {"server_name", options_.server_name}, {"error", error.text()}});
}

}  // namespace banyan
