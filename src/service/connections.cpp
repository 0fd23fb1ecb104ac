#include "service/connections.h"

#include "runtime/runtime.h"

namespace banyan::service {
namespace {

constexpr Duration kHandshakeMax = std::chrono::seconds(10);

}  // namespace

Connections::Connections(Handler& handler, MemoryBudget& memory, const ServerLimits& limits)
    : http1_(handler, memory, limits), http2_(handler, memory, limits) {
  http1_.on_http2(&take_over, this);
}

Task<void> Connections::take_over(void* self, Stream stream, std::string read) {
  co_await static_cast<Connections*>(self)->http2_.serve(std::move(stream), false, std::move(read));
}

Task<void> Connections::serve_tls(Stream stream, std::shared_ptr<const TlsServerContext> context) {
  ++handshakes_;
  Result<Stream> secured = co_await accept_tls(std::move(stream), std::move(context), now() + kHandshakeMax);
  --handshakes_;
  if (!secured.ok()) co_return;
  if (secured->tls_info()->alpn == "h2") {
    co_await http2_.serve(*std::move(secured), true);
  } else {
    co_await http1_.serve(*std::move(secured), true);
  }
}

Task<void> Connections::accept_from(Listener& listener, const TlsServerSlot* tls) {
  for (;;) {
    Result<Stream> stream = co_await listener.accept();
    if (!stream.ok()) co_return;
    if (tls == nullptr) {
      go_pinned("connection", http1_.serve(*std::move(stream), false));
    } else {
      go_pinned("connection", serve_tls(*std::move(stream), tls->load()));
    }
  }
}

void Connections::drain() {
  http1_.drain();
  http2_.drain();
}

}  // namespace banyan::service
