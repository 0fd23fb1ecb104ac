#include "http2/client.h"

#include "exchange/upload.h"
#include "http2/client_pool.h"
#include "http2/client_stream.h"

namespace banyan {
namespace {

class Http2Answer final : public UpstreamAnswer {
 public:
  explicit Http2Answer(std::shared_ptr<Http2ClientStream> stream) : stream_(std::move(stream)) {}
  ~Http2Answer() override { stream_->abandon(); }
  ResponseHead& head() override { return stream_->head(); }
  BodySource& body() override { return stream_->incoming; }

 private:
  std::shared_ptr<Http2ClientStream> stream_;
};

}  // namespace

Http2Upstream::Http2Upstream(SocketAddress address, MemoryBudget& memory, Http2ClientOptions options)
    : pool_(std::make_shared<Http2Pool>(std::move(address), memory, std::move(options))) {}

Http2Upstream::~Http2Upstream() { pool_->retire(); }

std::size_t Http2Upstream::connections() const { return pool_->connections(); }

Task<UpstreamResult<std::unique_ptr<UpstreamAnswer>>> Http2Upstream::send(UpstreamRequest& request) {
  const std::shared_ptr<Http2Pool> pool = pool_;  // this object may go away meanwhile
  const bool repeatable = request.repeatable() && request.body == nullptr;
  for (bool again = false;; again = true) {
    auto connection = co_await pool->take();
    if (!connection.ok()) co_return UpstreamFailure{std::move(connection).error(), false, false};
    const bool reused = (*connection)->has_answered();
    request.note_handed_over();
    auto stream = std::make_shared<Http2ClientStream>(*std::move(connection), request);
    Result<void> asked = co_await stream->ask(request);
    if (asked.ok()) co_return std::unique_ptr<UpstreamAnswer>(std::make_unique<Http2Answer>(std::move(stream)));
    stream->abandon();
    if (request.upload != nullptr) co_await request.upload->end();
    const bool seen = stream->may_have_been_seen();
    // A kept connection may have been closed at the very moment it was used.
    const bool stale = reused && repeatable;
    const bool worth_another = asked.error().code() == ErrorCode::kUnavailable && !stream->body_consumed();
    if (!again && worth_another && (!seen || stale)) continue;
    co_return UpstreamFailure{std::move(asked).error(), seen || stream->body_consumed(), reused};
  }
}

}  // namespace banyan
