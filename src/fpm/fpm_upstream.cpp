#include "fpm/fpm_upstream.h"

#include <charconv>

#include "fpm/fpm_connection.h"
#include "fpm/fpm_pool.h"
#include "fpm/request_writer.h"
#include "fpm/spool.h"
#include "http/method.h"
#include "runtime/context.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

using Kind = fastcgi::ResponseReader::Step::Kind;
using Answered = UpstreamResult<std::unique_ptr<UpstreamAnswer>>;

Error error_of(Refusal refusal, const SocketAddress& address) {
  const ErrorCode code = refusal.status == 503 ? ErrorCode::kResourceExhausted : ErrorCode::kInvalidArgument;
  return Error(code, "answer of " + address.text() + ": " + std::string(refusal.sentence));
}

Error error_of_end(Refusal refusal, const SocketAddress& address) {
  return Error(ErrorCode::kUnavailable, address.text() + " closed the connection: " + std::string(refusal.sentence));
}

}  // namespace

// An answer whose head has come; gives the connection back when it has ended.
class FpmAnswer final : public UpstreamAnswer, public BodySource {
 public:
  FpmAnswer(std::shared_ptr<FpmPool> pool, std::unique_ptr<FpmConnection> connection, const UpstreamRequest& request,
            bool request_whole)
      : pool_(std::move(pool)),
        connection_(std::move(connection)),
        read_timeout_(request.read_timeout > Duration{} ? request.read_timeout : pool_->options().io_timeout),
        request_whole_(request_whole) {
    const Method method = request.method;
    fastcgi::CgiHead& head = connection_->reader().head();
    head_.status = head.status;
    head_.reason = head.reason;
    head_.fields = std::move(head.fields);
    read_timeout_ = answer_silence_max(head_, read_timeout_);
    left_ = head.content_length;
    // The length GET would have; taken out of the fields, as it is checked against the body.
    if (left_ && method == Method::kHead) {
      char digits[20];
      head_.fields.add_copy(FieldId::kContentLength, {digits, std::to_chars(digits, digits + 20, *left_).ptr});
    }
    if (method == Method::kHead || status_forbids_body(head_.status)) left_ = 0;
  }

  ~FpmAnswer() override {
    // The end may have come without having been asked for. What is longer than what was read is not waited for: the
    // connection closes, which stops the script.
    BodyFrame frame;
    while (!ended_ && try_next(&frame)) continue;
    if (ended_ && whole_ && request_whole_ && !connection_->has_unread()) pool_->done_with(std::move(connection_));
  }

  ResponseHead& head() override { return head_; }
  BodySource& body() override { return *this; }

  bool try_next(BodyFrame* frame) override {
    while (!ended_ && !refusal_ && connection_->has_unread()) {
      const fastcgi::ResponseReader::Step step = connection_->step();
      if (step.kind == Kind::kBody) {
        if (left_) *left_ -= step.body.size();
        *frame = {BodyFrame::Kind::kData, step.body, nullptr};
        return true;
      }
      if (step.kind == Kind::kEnd) ended_ = whole_ = true;
      if (step.kind == Kind::kError) refusal_ = step.refusal;
    }
    if (ended_) *frame = {};
    return ended_;
  }

  Task<Result<BodyFrame>> next() override {
    BodyFrame frame;
    while (!try_next(&frame)) {
      if (refusal_) co_return error_of(refusal_, pool_->address());
      if (co_await try_(connection_->read_more(pool_->memory(), now() + read_timeout_))) continue;
      const Refusal lacking = connection_->closed_answer();
      if (lacking) co_return error_of_end(lacking, pool_->address());
      ended_ = true;
    }
    co_return frame;
  }

  std::optional<std::uint64_t> bytes_left() const override { return left_; }

 private:
  std::shared_ptr<FpmPool> pool_;
  std::unique_ptr<FpmConnection> connection_;
  ResponseHead head_;
  std::optional<std::uint64_t> left_;
  Duration read_timeout_;
  bool request_whole_;  // all of it was sent
  bool ended_ = false;
  bool whole_ = false;  // php-fpm said so, and did not just close
  Refusal refusal_;
};

namespace {

Task<Result<void>> read_head(FpmConnection& connection, FpmPool& pool) {
  // Whoever set a deadline has said how long the head may take.
  const bool limited = current_context().deadline() != kNever;
  for (;;) {
    const fastcgi::ResponseReader::Step step = connection.step();
    if (step.kind == Kind::kHead) co_return {};
    if (step.kind == Kind::kError) co_return error_of(step.refusal, pool.address());
    const TimePoint deadline = limited ? kNever : now() + pool.options().io_timeout;
    if (co_await try_(connection.read_more(pool.memory(), deadline))) continue;
    co_return error_of_end(connection.closed_answer(), pool.address());
  }
}

// What of a request is sent.
struct Outgoing {
  UpstreamRequest& request;
  BodySource* body;                     // kept, or null
  std::optional<std::uint64_t> length;  // nothing: no body was announced

  // Whether it may be sent a second time, over a connection that may turn out to be dead.
  bool repeatable() const { return request.safe.value_or(is_safe(request.method)) && body == nullptr; }
};

Task<Answered> attempt(std::shared_ptr<FpmPool> pool, std::unique_ptr<FpmConnection> connection, Outgoing& outgoing) {
  connection->begin(outgoing.request.method == Method::kHead, pool->options().answer, outgoing.request.script_name);
  FpmRequestWriter writer(*connection, *pool);
  Result<void> sent = co_await writer.send(outgoing.request, outgoing.body, outgoing.length);
  Result<void> done = std::move(sent);
  const bool request_whole = done.ok();
  if (!writer.body_failed()) {
    // A script may answer and end before it has read all: the answer counts, not the write that failed.
    Result<void> head = co_await read_head(*connection, *pool);
    if (head.ok() || request_whole) done = std::move(head);
  }
  if (!done.ok()) {
    co_return UpstreamFailure{std::move(done).error(), true, connection->reused && !connection->answer_begun()};
  }
  co_return std::unique_ptr<UpstreamAnswer>(
      std::make_unique<FpmAnswer>(std::move(pool), std::move(connection), outgoing.request, request_whole));
}

// A body that has arrived with its head stays where it is.
Task<Result<void>> keep_body(UpstreamRequest& request, FpmPool& pool) {
  BodySource& body = *request.body;
  BodyFrame begun;
  const bool whole = body.bytes_left() == 0 || (body.try_next(&begun) && body.bytes_left() == 0);
  if (whole) {
    request.kept_body = std::make_unique<StringBody>(begun.data);
  } else {
    request.kept_body = co_await try_(Spool::fill(begun.data, body, pool.memory(), pool.options().spool_folder));
  }
  request.body = request.kept_body.get();
  co_return {};
}

Task<Answered> send_on(std::shared_ptr<FpmPool> pool, Outgoing& outgoing) {
  for (bool fresh = !outgoing.repeatable();; fresh = true) {
    Result<std::unique_ptr<FpmConnection>> connection = co_await pool->take(fresh, outgoing.request.yields);
    if (!connection.ok()) co_return UpstreamFailure{std::move(connection).error(), false, false};
    outgoing.request.note_handed_over();
    Answered answered = co_await attempt(pool, *std::move(connection), outgoing);
    const bool stale =
        !answered.ok() && answered.failure().reused && answered.failure().error.code() == ErrorCode::kUnavailable;
    if (!stale || fresh) co_return answered;
    pool->forget_idle();
  }
}

}  // namespace

FpmUpstream::FpmUpstream(SocketAddress address, std::shared_ptr<FpmConnections> connections, MemoryBudget& memory,
                         FpmOptions options)
    : pool_(std::make_shared<FpmPool>(std::move(address), std::move(connections), memory, std::move(options))) {}

FpmUpstream::~FpmUpstream() { pool_->retire(); }

const SocketAddress& FpmUpstream::address() const { return pool_->address(); }

std::size_t FpmUpstream::idle() const { return pool_->idle(); }

Task<Answered> FpmUpstream::send(UpstreamRequest& request) {
  BANYAN_CHECK(request.head != nullptr && request.peer != nullptr && request.local != nullptr);
  std::shared_ptr<FpmPool> pool = pool_;  // this object may go away meanwhile
  Outgoing outgoing{request, nullptr, std::nullopt};
  if (request.body != nullptr) {
    if (request.kept_body == nullptr) {
      Result<void> kept = co_await keep_body(request, *pool);
      if (!kept.ok()) {
        // Nothing was sent, but what was read of the body cannot be read again.
        const bool shortage = kept.error().code() == ErrorCode::kResourceExhausted;
        co_return UpstreamFailure{std::move(kept).error(), !shortage, false};
      }
    }
    outgoing.length = request.body->bytes_left();
    if (outgoing.length != 0) outgoing.body = request.body;
  }
  co_return co_await send_on(std::move(pool), outgoing);
}

}  // namespace banyan
