#include "http1/client.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "exchange/upload.h"
#include "http1/body_reader.h"
#include "http1/message_writer.h"
#include "http1/read_buffer.h"
#include "net/quiet_stream.h"
#include "runtime/context.h"
#include "runtime/pooled.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/sync.h"

namespace banyan {

// Held by the answer and, where the body is still being sent, by the task that does so.
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
  Duration idle_time = Duration::max();  // as the server's latest answer has it

  // The request under way.
  Event go;                  // the body may be sent: the server has said so, or says nothing
  Scope* waiting = nullptr;  // for the head of the answer, which a body that broke off ends
  std::optional<Error> body_error;
  Result<void> written;  // what became of the request's bytes
  bool uploading = false;
  bool answered = false;  // the head of the final answer is here
};

// An answer whose head has come; gives the connection back when its body has ended.
class Http1Answer final : public UpstreamAnswer, public Tunnel, public Pooled {
 public:
  Http1Answer(std::shared_ptr<Http1Upstream*> owner, std::shared_ptr<Http1ClientConnection> connection, bool keep_alive,
              Duration io_timeout)
      : owner_(std::move(owner)),
        connection_(std::move(connection)),
        keep_alive_(keep_alive),
        io_timeout_(io_timeout) {}
  ~Http1Answer() override {
    Http1Body& body = connection_->body;
    BodyFrame frame;
    // The end may be known without having been asked for: a body of known length that was read to its last byte.
    const bool ended = body.ended() || (body.bytes_left() == 0 && body.try_next(&frame));
    // A request that was not sent whole leaves a connection whose next bytes nobody could tell apart.
    const bool sent = connection_->writer.finished() && !connection_->uploading;
    if (ended && sent && keep_alive_ && *owner_ != nullptr) (*owner_)->keep(std::move(connection_));
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
  std::shared_ptr<Http1ClientConnection> connection_;
  bool keep_alive_;
  Duration io_timeout_;
};

namespace {

// How long the server keeps an idle connection, where it says so, as Node, Apache and Tomcat do, less a second: a
// request that meets its end on the way is lost, and one that must not be sent twice is then an error.
Duration told_idle_time(const Fields& fields) {
  constexpr std::string_view kTimeout = "timeout=";
  std::string_view rest = fields.value(FieldId::kKeepAlive);
  while (!rest.empty()) {
    std::string_view element = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(element.size() + 1, rest.size()));
    while (element.starts_with(' ')) element.remove_prefix(1);
    std::uint64_t seconds = 0;
    if (equals_ignoring_case(element.substr(0, kTimeout.size()), kTimeout) &&
        parse_content_length(element.substr(kTimeout.size()), seconds)) {
      return std::chrono::seconds(static_cast<std::int64_t>(std::clamp<std::uint64_t>(seconds, 1, 86'400)) - 1);
    }
  }
  return Duration::max();
}

// For how long a server that was asked whether it wants the body may say nothing (RFC 9110 section 10.1.1).
constexpr Duration kContinueWait = std::chrono::seconds(1);

// One request on one connection; what went wrong is told by `failure`.
//
// What is there of the body goes out with the head. The rest is sent by a task of its own while the answer is awaited
// and read: a server may answer before it has the whole body, to refuse it or because the two are one conversation.
class Attempt {
 public:
  Attempt(const std::shared_ptr<Http1ClientConnection>& connection, UpstreamRequest& request,
          const Http1ClientOptions& options)
      : shared_(connection), connection_(*connection), request_(request), options_(options) {}

  Task<Result<void>> run() {
    co_await try_(write_head());
    MessageWriter& writer = connection_.writer;
    const bool apart = request_.body != nullptr && request_.upload != nullptr;
    connection_.answered = false;
    Result<void> sent =
        co_await (apart ? writer.send_ready(connection_.out, coding_, length_, held_ ? nullptr : request_.body,
                                            options_.io_timeout)
                        : writer.send(connection_.out, coding_, length_, request_.body, options_.io_timeout));
    request_sent_ = true;
    if (!sent.ok() && writer.body_failed()) co_return sent;
    if (sent.ok() && !writer.finished()) co_return co_await converse();
    // A server may answer and close before it has read all: the answer counts, not the write that failed.
    Result<void> read = co_await read_head();
    co_return read.ok() || sent.ok() ? std::move(read) : std::move(sent);
  }

  bool request_sent() const { return request_sent_; }
  bool answer_begun() const { return answer_begun_; }
  bool keep_alive() const { return framing_.keep_alive; }

 private:
  Result<void> write_head();
  Task<Result<void>> converse();
  static Task<Result<void>> upload(std::shared_ptr<Http1ClientConnection> connection, BodySource* body, bool held,
                                   Duration io_timeout);
  // What the buffer holds whole.
  enum class Head : std::uint8_t { kNone, kInterim, kFinal };

  Task<Result<void>> read_head();
  Result<Head> take_head();
  Task<void> pass_interim();
  // Whoever set a deadline has said how long the head may take.
  bool limited() const { return current_context().deadline() != kNever; }
  Duration body_timeout() const {
    if (connection_.head.status == 101) return std::chrono::hours(24);
    const Duration silence = request_.read_timeout > Duration{} ? request_.read_timeout : options_.io_timeout;
    return answer_silence_max(connection_.head, silence);
  }

  const std::shared_ptr<Http1ClientConnection>& shared_;
  Http1ClientConnection& connection_;
  UpstreamRequest& request_;
  const Http1ClientOptions& options_;
  BodyCoding coding_ = BodyCoding::kNone;
  std::uint64_t length_ = 0;
  bool held_ = false;  // the body, until the server has said that it wants it
  ResponseFraming framing_;
  bool request_sent_ = false;
  bool answer_begun_ = false;
};

// Starts the task that sends the rest of the body, and waits for the head of the answer. The task goes on after that,
// until it is done or the owner of the request ends it.
Task<Result<void>> Attempt::converse() {
  connection_.go.reset();
  connection_.body_error.reset();
  connection_.written = {};
  connection_.uploading = true;
  if (request_.upload->begun()) co_await request_.upload->end();  // of an attempt that was answered, and is given up
  {
    // The deadline in force is for the head of the answer; the request's body may take longer.
    ContextGuard guard(current_context().with_fresh_deadline(kNever));
    request_.upload->start(upload(shared_, request_.body, held_, options_.io_timeout));
  }
  Scope waiting;
  connection_.waiting = &waiting;
  waiting.spawn_pinned("answer's head", read_head());
  Result<void> read = co_await waiting.join();
  connection_.waiting = nullptr;
  waiting.cancel();
  (void)co_await waiting.join_all();
  if (read.ok() && connection_.answered) co_return read;
  co_await request_.upload->end();
  if (connection_.body_error) co_return *std::move(connection_.body_error);
  co_return connection_.written.ok() ? std::move(read) : std::move(connection_.written);
}

Task<Result<void>> Attempt::upload(std::shared_ptr<Http1ClientConnection> connection, BodySource* body, bool held,
                                   Duration io_timeout) {
  Http1ClientConnection& c = *connection;
  Result<void> sent;
  bool wanted = true;
  if (held) {
    sent = co_await c.go.wait(now() + kContinueWait);
    wanted = !c.answered && (sent.ok() || sent.error().code() != ErrorCode::kCancelled);
  }
  if (wanted) sent = co_await c.writer.send_rest(body, io_timeout);
  c.uploading = false;
  if (!wanted || sent.ok()) co_return {};
  if (!c.writer.body_failed()) {
    c.written = std::move(sent);
  } else if (sent.error().code() != ErrorCode::kCancelled) {
    c.body_error = sent.error();
    if (c.waiting != nullptr) {
      c.waiting->cancel();
    } else {
      (void)co_await c.stream.shutdown_write(now() + io_timeout);  // the server shall not wait for the rest
    }
  }
  co_return {};
}

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
    held_ = request_.upload != nullptr && request_.upload->asks_first() && known != 0;
    if (held_) out.append("Expect: 100-continue\r\n");
  }
  if (!request_.upgrade.empty()) {
    out.append("Upgrade: ").append(request_.upgrade).append("\r\nConnection: Upgrade\r\n");
  }
  out.append("\r\n");
  return {};
}

Result<Attempt::Head> Attempt::take_head() {
  const std::string_view unread = connection_.buffer.unread();
  if (unread.empty()) return Head::kNone;
  answer_begun_ = true;
  const HeadOutcome outcome = connection_.parser.parse(unread, connection_.head);
  if (outcome.failed()) {
    return Error(ErrorCode::kInvalidArgument, "bad answer: " + std::string(outcome.refusal.sentence));
  }
  if (!outcome.done()) return Head::kNone;
  connection_.buffer.consume(outcome.consumed);
  const int status = connection_.head.status;
  connection_.answered = status >= 200 || status == 101;
  if (connection_.uploading && (connection_.answered || status == 100)) connection_.go.set();
  return connection_.answered ? Head::kFinal : Head::kInterim;
}

// 100 concerns this hop, what else is interim is for the client (RFC 9110 section 15.2).
Task<void> Attempt::pass_interim() {
  ResponseHead& head = connection_.head;
  if (request_.interim_to != nullptr && head.status != 100) {
    remove_hop_by_hop(head.fields);
    head.fields.remove(FieldId::kContentLength);
    (void)co_await request_.interim_to->interim(head.status, head.fields);  // who has left is noticed elsewhere
  }
  connection_.parser.reset();
  head.reset();
}

Task<Result<void>> Attempt::read_head() {
  connection_.parser.reset();
  connection_.head.reset();
  for (;;) {
    const Head head = co_await try_(take_head());
    if (head == Head::kFinal) break;
    if (head == Head::kInterim) {
      co_await pass_interim();
      continue;
    }
    // A server that thinks for long costs no buffer meanwhile.
    Result<void> waited = co_await connection_.stream.wait_readable(limited() ? kNever : now() + options_.io_timeout);
    if (!waited.ok()) {
      const bool late = waited.error().code() == ErrorCode::kDeadlineExceeded;
      if (late && !limited() && connection_.uploading) continue;  // a body that is on its way has limits of its own
      co_return waited;
    }
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
  connection_.idle_time = told_idle_time(connection_.head.fields);
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

std::shared_ptr<Http1ClientConnection> Http1Upstream::take_idle() {
  while (!idle_.empty()) {
    std::shared_ptr<Http1ClientConnection> connection = std::move(idle_.back().connection);
    const Duration idle = now() - idle_.back().since;
    idle_.pop_back();
    if (!is_quiet(connection->stream) || idle > connection->idle_time) continue;
    if (idle > options_.idle_timeout) {
      idle_.clear();  // the others are older
      return nullptr;
    }
    connection->reused = true;
    return connection;
  }
  return nullptr;
}

void Http1Upstream::keep(std::shared_ptr<Http1ClientConnection> connection) {
  if (dialer_.is_personal() || connection->idle_time == Duration{}) return;
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

Task<Result<std::shared_ptr<Http1ClientConnection>>> Http1Upstream::connect_new(const UpstreamRequest& request) {
  std::optional<DialedFor> on_behalf;
  if (request.peer != nullptr && request.local != nullptr) on_behalf.emplace(*request.peer, *request.local);
  Stream stream = co_await try_(dialer_.open(on_behalf ? &*on_behalf : nullptr));
  co_return std::make_shared<Http1ClientConnection>(std::move(stream), memory_, options_);
}

Task<UpstreamResult<std::unique_ptr<UpstreamAnswer>>> Http1Upstream::send(UpstreamRequest& request) {
  const bool repeatable = request.repeatable() && request.body == nullptr;
  for (;;) {
    std::shared_ptr<Http1ClientConnection> connection = take_idle();
    if (connection == nullptr) {
      auto connected = co_await connect_new(request);
      if (!connected.ok()) co_return UpstreamFailure{std::move(connected).error(), false, false};
      connection = *std::move(connected);
    }
    request.note_handed_over();
    Attempt attempt(connection, request, options_);
    Result<void> done = co_await attempt.run();
    if (done.ok()) {
      co_return std::unique_ptr<UpstreamAnswer>(
          std::make_unique<Http1Answer>(alive_, std::move(connection), attempt.keep_alive(), options_.io_timeout));
    }
    const bool stale = connection->reused && !attempt.answer_begun() && done.error().code() == ErrorCode::kUnavailable;
    if (stale && repeatable) continue;
    co_return UpstreamFailure{std::move(done).error(), attempt.request_sent(), connection->reused};
  }
}

}  // namespace banyan
