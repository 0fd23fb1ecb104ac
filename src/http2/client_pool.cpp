#include "http2/client_pool.h"

#include <algorithm>

#include "runtime/context.h"
#include "runtime/runtime.h"

namespace banyan {

std::shared_ptr<Http2ClientConnection> Http2Pool::with_room() {
  std::erase_if(connections_, [](const auto& connection) { return connection->is_ending(); });
  for (const auto& connection : connections_) {
    if (connection->has_room()) return connection;
  }
  return nullptr;
}

Task<Result<std::shared_ptr<Http2ClientConnection>>> Http2Pool::connect() {
  Stream stream = co_await try_(dialer_.open(nullptr));
  if (const TlsInfo* tls = stream.tls_info(); tls != nullptr && tls->alpn != "h2") {
    co_return Error(ErrorCode::kInvalidArgument,
                    address().text() + " does not agree on HTTP/2 (ALPN h2); use 'protocol: http1' for it");
  }
  co_return std::make_shared<Http2ClientConnection>(std::move(stream), memory_, options_, weak_from_this());
}

// In a task of its own, so that it does not end with the request that began it.
Task<void> Http2Pool::connect_one(std::shared_ptr<Http2Pool> pool) {
  auto connection = co_await pool->connect();
  pool->connecting_ = false;
  if (!connection.ok()) {
    ++pool->connects_failed_;
    pool->connect_error_ = std::move(connection).error();
  } else {
    if (pool->retired_) (*connection)->retire();
    pool->connections_.push_back(*connection);
    go_pinned("h2 client", Http2ClientConnection::run(*connection));
  }
  pool->changed();
}

void Http2Pool::start_connecting() {
  connecting_ = true;
  // Its life is not bounded by the request's deadline.
  ContextGuard guard{ContextRef()};
  go_pinned("h2 connect", connect_one(shared_from_this()));
}

Task<Result<std::shared_ptr<Http2ClientConnection>>> Http2Pool::take() {
  const std::shared_ptr<Http2Pool> self = shared_from_this();
  const bool limited = current_context().deadline() != kNever;
  const TimePoint deadline = limited ? kNever : now() + options_.io_timeout;
  for (;;) {
    if (auto connection = with_room()) co_return connection;
    if (!connecting_ && connections_.size() < Http2ClientOptions::kConnectionsMax) start_connecting();
    const unsigned failed_before = connects_failed_;
    changed_.reset();
    Result<void> waited = co_await changed_.wait(deadline);
    if (!waited.ok()) co_return std::move(waited).error().add_context("waiting for a stream to " + address().text());
    if (connects_failed_ != failed_before) co_return *connect_error_;
  }
}

void Http2Pool::retire() {
  retired_ = true;
  for (const auto& connection : connections_) connection->retire();
}

}  // namespace banyan
