#include "http1/client.h"

#include <charconv>
#include <optional>

#include "http1/body_reader.h"
#include "http1/message_writer.h"
#include "http1/read_buffer.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {

class Http1ClientConnection {
 public:
  Http1ClientConnection(Stream connected, MemoryBudget& memory, const Http1ClientOptions& options)
      : stream(std::move(connected)),
        buffer(memory, options.head.head_bytes_max > 16 * 1024 ? 64 * 1024 : 16 * 1024),
        body(stream, buffer),
        writer(stream),
        parser(options.head) {}

  Stream stream;
  ReadBuffer buffer;
  Http1Body body;
  MessageWriter writer;
  ResponseHeadParser parser;
  ResponseHead head;
  std::string out;
  bool reused = false;
};

// An answer whose head has come; gives the connection back when its body has ended.
class Http1Answer final : public UpstreamAnswer, public Tunnel {
 public:
  Http1Answer(std::shared_ptr<Http1Upstream*> owner, std::unique_ptr<Http1ClientConnection> connection, bool reusable,
              Duration io_timeout)
      : owner_(std::move(owner)), connection_(std::move(connection)), reusable_(reusable), io_timeout_(io_timeout) {}
  ~Http1Answer() override {
    Http1Body& body = connection_->body;
    BodyFrame frame;
    // The end may be known without having been asked for: a body of known length that was read to its last byte.
    const bool ended = body.ended() || (body.bytes_left() == 0 && body.try_next(&frame));
    if (ended && reusable_ && *owner_ != nullptr) (*owner_)->keep(std::move(connection_));
  }

  ResponseHead& head() override { return connection_->head; }
  BodySource& body() override { return connection_->body; }
  Tunnel* tunnel() override { return connection_->head.status == 101 ? this : nullptr; }
  BodySource& incoming() override { return connection_->body; }
  Task<Result<void>> write(std::string_view data) override {
    co_return co_await connection_->stream.write(data, now() + io_timeout_);
  }
  Task<Result<void>> close_write() override { co_return co_await connection_->stream.shutdown_write(kNever); }

 private:
  std::shared_ptr<Http1Upstream*> owner_;
  std::unique_ptr<Http1ClientConnection> connection_;
  bool reusable_;
  Duration io_timeout_;
};

namespace {

// One request on one connection; what went wrong is told by `failure`.
class Attempt {
 public:
  Attempt(Http1ClientConnection& connection, UpstreamRequest& request, const Http1ClientOptions& options)
      : connection_(connection), request_(request), options_(options) {}

  Task<Result<void>> run() {
    co_await try_(write_head());
    Result<void> sent =
        co_await connection_.writer.send(connection_.out, coding_, length_, request_.body, options_.io_timeout);
    request_sent_ = true;
    if (!sent.ok() && connection_.writer.body_failed()) co_return sent;
    // A server may answer and close before it has read all: the answer counts, not the write that failed.
    Result<void> read = co_await read_head();
    if (!read.ok() && !sent.ok()) co_return sent;
    complete_ = sent.ok();
    co_return read;
  }

  bool request_sent() const { return request_sent_; }
  bool answer_begun() const { return answer_begun_; }
  bool reusable() const { return complete_ && framing_.keep_alive; }

 private:
  Result<void> write_head();
  Task<Result<void>> read_head();
  Result<bool> take_head();
  // Whoever set a deadline has said how long the head may take.
  TimePoint head_deadline() const {
    return current_context().deadline() == kNever ? now() + options_.io_timeout : kNever;
  }
  Duration body_timeout() const {
    if (connection_.head.status == 101) return std::chrono::hours(24);
    const Duration silence = request_.read_timeout > Duration{} ? request_.read_timeout : options_.io_timeout;
    return answer_silence_max(connection_.head, silence);
  }

  Http1ClientConnection& connection_;
  UpstreamRequest& request_;
  const Http1ClientOptions& options_;
  BodyCoding coding_ = BodyCoding::kNone;
  std::uint64_t length_ = 0;
  ResponseFraming framing_;
  bool request_sent_ = false;
  bool answer_begun_ = false;
  bool complete_ = false;
};

Result<void> Attempt::write_head() {
  std::string& out = connection_.out;
  out.clear();
  BANYAN_TRY_VOID(write_request_head({request_.method_name, request_.target, HttpVersion::k11}, *request_.fields, out));
  out.resize(out.size() - 2);
  if (request_.body != nullptr) {
    const std::optional<std::uint64_t> known = request_.body->bytes_left();
    coding_ = known ? BodyCoding::kLength : BodyCoding::kChunked;
    length_ = known.value_or(0);
    if (known) {
      char digits[20];
      out.append("Content-Length: ").append(digits, std::to_chars(digits, digits + 20, length_).ptr).append("\r\n");
    } else {
      out.append("Transfer-Encoding: chunked\r\n");
    }
  }
  if (!request_.upgrade.empty()) {
    out.append("Upgrade: ").append(request_.upgrade).append("\r\nConnection: Upgrade\r\n");
  }
  out.append("\r\n");
  return {};
}

// True when the head of the final answer has been taken from the buffer.
Result<bool> Attempt::take_head() {
  for (;;) {
    const std::string_view unread = connection_.buffer.unread();
    if (unread.empty()) return false;
    answer_begun_ = true;
    const HeadOutcome outcome = connection_.parser.parse(unread, connection_.head);
    if (outcome.failed()) {
      return Error(ErrorCode::kInvalidArgument, "bad answer: " + std::string(outcome.refusal.sentence));
    }
    if (!outcome.done()) return false;
    connection_.buffer.consume(outcome.consumed);
    const int status = connection_.head.status;
    if (status >= 200 || status == 101) return true;
    connection_.parser.reset();  // an interim answer concerns this hop
    connection_.head.reset();
  }
}

Task<Result<void>> Attempt::read_head() {
  connection_.parser.reset();
  connection_.head.reset();
  for (;;) {
    if (co_await try_(take_head())) break;
    // A server that thinks for long costs no buffer meanwhile.
    co_await try_(co_await connection_.stream.wait_readable(head_deadline()));
    std::span<std::byte> room = co_await try_(connection_.buffer.room());
    std::optional<Result<std::size_t>> read = connection_.stream.try_read(room);
    if (!read) {
      connection_.buffer.release_if_empty();
      continue;
    }
    const std::size_t n = co_await try_(*std::move(read));
    if (n == 0) co_return Error(ErrorCode::kUnavailable, "the server closed the connection without an answer");
    connection_.buffer.added(n);
  }
  connection_.buffer.keep_head();
  const auto framing = frame_response(connection_.head, {request_.method, !request_.upgrade.empty()});
  if (!framing) {
    co_return Error(ErrorCode::kInvalidArgument, "bad answer: " + std::string(framing.error().sentence));
  }
  framing_ = *framing;
  if (connection_.head.status == 101) framing_.body.kind = BodyFraming::Kind::kUntilClose;
  connection_.body.start(framing_.body, UINT64_MAX, body_timeout());
  remove_hop_by_hop(connection_.head.fields);
  co_return {};
}

}  // namespace

Http1Upstream::Http1Upstream(SocketAddress address, MemoryBudget& memory, Http1ClientOptions options)
    : dialer_(std::move(address), options.dial),
      memory_(memory),
      options_(std::move(options)),
      alive_(std::make_shared<Http1Upstream*>(this)) {}

Http1Upstream::~Http1Upstream() { *alive_ = nullptr; }

std::unique_ptr<Http1ClientConnection> Http1Upstream::take_idle() {
  while (!idle_.empty()) {
    std::unique_ptr<Http1ClientConnection> connection = std::move(idle_.back().connection);
    const TimePoint since = idle_.back().since;
    idle_.pop_back();
    if (connection->stream.hung_up()) continue;
    if (now() - since > options_.idle_timeout) {
      idle_.clear();  // the others are older
      return nullptr;
    }
    connection->reused = true;
    return connection;
  }
  return nullptr;
}

void Http1Upstream::keep(std::unique_ptr<Http1ClientConnection> connection) {
  if (dialer_.is_personal()) return;
  // Bytes that nobody asked for would be taken for the next answer.
  if (!connection->buffer.unread().empty() || connection->stream.hung_up()) return;
  const TimePoint time = now();
  // The oldest are taken last: one goes as another is kept, or what a burst left would stay for ever.
  if (!idle_.empty() && time - idle_.front().since > options_.idle_timeout) idle_.erase(idle_.begin());
  if (idle_.size() >= options_.idle_max) return;
  connection->buffer.end_message();
  connection->buffer.release_if_empty();
  idle_.push_back({std::move(connection), time});
}

Task<Result<std::unique_ptr<Http1ClientConnection>>> Http1Upstream::connect_new(const UpstreamRequest& request) {
  std::optional<DialedFor> on_behalf;
  if (request.peer != nullptr && request.local != nullptr) on_behalf.emplace(*request.peer, *request.local);
  Stream stream = co_await try_(dialer_.open(on_behalf ? &*on_behalf : nullptr));
  co_return std::make_unique<Http1ClientConnection>(std::move(stream), memory_, options_);
}

Task<UpstreamResult<std::unique_ptr<UpstreamAnswer>>> Http1Upstream::send(UpstreamRequest& request) {
  const bool repeatable = request.repeatable() && request.body == nullptr;
  for (;;) {
    std::unique_ptr<Http1ClientConnection> connection = take_idle();
    if (connection == nullptr) {
      auto connected = co_await connect_new(request);
      if (!connected.ok()) co_return UpstreamFailure{std::move(connected).error(), false, false};
      connection = *std::move(connected);
    }
    Attempt attempt(*connection, request, options_);
    Result<void> done = co_await attempt.run();
    if (done.ok()) {
      co_return std::unique_ptr<UpstreamAnswer>(
          std::make_unique<Http1Answer>(alive_, std::move(connection), attempt.reusable(), options_.io_timeout));
    }
    const bool stale = connection->reused && !attempt.answer_begun() && done.error().code() == ErrorCode::kUnavailable;
    if (stale && repeatable) continue;
    co_return UpstreamFailure{std::move(done).error(), attempt.request_sent(), connection->reused};
  }
}

}  // namespace banyan
