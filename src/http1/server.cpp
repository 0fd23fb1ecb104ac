#include "http1/server.h"

#include <algorithm>

#include "http1/server_exchange.h"
#include "runtime/readiness.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

void add(std::atomic<std::uint64_t>& counter, std::uint64_t amount) {
  counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

// Whether a connection begins as HTTP/2 does, or may yet.
enum class Preface : std::uint8_t { kNo, kPerhaps, kYes };

Preface preface_of(std::string_view bytes) {
  constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  if (bytes.starts_with(kPreface)) return Preface::kYes;
  return !bytes.empty() && kPreface.starts_with(bytes) ? Preface::kPerhaps : Preface::kNo;
}

}  // namespace

// The parts that only a connection with a request needs, so that an idle one is small. Holds the stream meanwhile, to
// which the parts refer.
struct Http1ActiveRequest {
  Http1ActiveRequest(MemoryBudget& memory, const ServerLimits& options, const bool& draining, unsigned its_revision)
      : revision(its_revision),
        buffer(memory, options.head.head_bytes_max),
        exchange(stream, buffer, options, draining) {}
  unsigned revision;  // of the server's options, whose limits are built in
  Stream stream;
  ReadBuffer buffer;
  Http1Exchange exchange;
};

// One connection: lives in its task's frame.
class Http1Connection {
 public:
  Http1Connection(Http1Server& server, Stream stream, bool secure)
      : server_(server), stream_(std::move(stream)), secure_(secure), index_(server.connections_.size()) {
    server_.connections_.push_back(this);
    add(server_.counters_.accepted, 1);
    add(server_.counters_.open, 1);
  }
  Http1Connection(const Http1Connection&) = delete;
  Http1Connection& operator=(const Http1Connection&) = delete;
  ~Http1Connection() {
    if (active_ != nullptr) deactivate();
    server_.connections_[index_] = server_.connections_.back();
    server_.connections_[index_]->index_ = index_;
    server_.connections_.pop_back();
    add(server_.counters_.open, ~std::uint64_t{0});
  }

  Task<void> run();
  // Ends the wait for the next request, so that the connection sees that it must close.
  void nudge() {
    if (idle_ && stream_.is_open()) stream_.socket().readiness->notify(true, false, false);
  }

 private:
  enum class Head : std::uint8_t { kComplete, kNothingYet, kClose, kHttp2 };
  Task<bool> wait_for_request();
  Task<Head> read_head();
  Task<Head> refuse_head(Refusal refusal);
  Task<Head> refuse(Refusal refusal);
  Task<bool> serve_request();
  Task<void> linger();
  Task<void> hand_over();

  void activate();
  void deactivate();

  Http1Server& server_;
  Stream stream_;  // while idle; else with active_
  bool secure_;
  bool idle_ = false;
  bool fresh_ = true;  // no request has come on it yet
  std::size_t index_;
  SocketAddress local_;  // once asked for
  std::unique_ptr<Http1ActiveRequest> active_;
};

void Http1Connection::activate() {
  if (server_.spare_.empty()) {
    active_ = std::make_unique<Http1ActiveRequest>(server_.memory_, server_.options_, server_.draining_,
                                                   server_.options_revision_);
  } else {
    active_ = std::move(server_.spare_.back());
    server_.spare_.pop_back();
  }
  active_->stream = std::move(stream_);
  active_->exchange.attach(secure_, &local_);
}

void Http1Connection::deactivate() {
  constexpr std::size_t kSpareMax = 64;
  stream_ = std::move(active_->stream);
  active_->buffer.release();
  const bool useful = active_->revision == server_.options_revision_ && active_->exchange.is_lean();
  if (useful && server_.spare_.size() < kSpareMax) server_.spare_.push_back(std::move(active_));
  active_.reset();
}

Task<bool> Http1Connection::wait_for_request() {
  if (active_ != nullptr && !active_->buffer.unread().empty()) co_return true;
  if (active_ != nullptr) deactivate();
  // At drain, closing at once would cut off a request that is on its way: the next one is waited for a little, answered
  // and told that the connection closes.
  constexpr Duration kDrainWait = std::chrono::seconds(1);
  const Duration wait =
      server_.draining_ ? std::min(kDrainWait, server_.options_.idle_timeout) : server_.options_.idle_timeout;
  idle_ = true;
  const Result<void> readable = co_await stream_.wait_readable(now() + wait);
  idle_ = false;
  co_return readable.ok();
}

Task<Http1Connection::Head> Http1Connection::read_head() {
  if (active_ == nullptr) activate();
  Http1ActiveRequest& active = *active_;
  active.exchange.begin();
  const TimePoint started = now();
  const TimePoint deadline = started + server_.options_.header_timeout;
  active.exchange.set_started(started);
  for (;;) {
    const std::string_view unread = active.buffer.unread();
    const Preface preface = fresh_ && server_.http2_ != nullptr ? preface_of(unread) : Preface::kNo;
    if (preface == Preface::kYes) co_return Head::kHttp2;
    if (!unread.empty() && preface == Preface::kNo) {
      const HeadOutcome outcome = active.exchange.parse(unread);
      if (outcome.done()) {
        active.buffer.consume(outcome.consumed);
        active.buffer.keep_head();
        co_return Head::kComplete;
      }
      if (outcome.failed()) co_return co_await refuse_head(outcome.refusal);
    }
    Result<std::span<std::byte>> room = active.buffer.room();
    if (!room.ok()) co_return co_await refuse_head({503, "The server is short of memory; try again later"});
    if (unread.empty()) {
      // The wait for the first byte is over, unless it was only a nudge or the event of an earlier read.
      std::optional<Result<std::size_t>> first = active.stream.try_read(*room);
      if (!first) co_return Head::kNothingYet;
      if (!first->ok() || **first == 0) co_return Head::kClose;
      active.buffer.added(**first);
      continue;
    }
    const Result<std::size_t> n = co_await active.stream.read(*room, deadline);
    if (!n.ok() || *n == 0) {
      const bool slow = !n.ok() && n.error().code() == ErrorCode::kDeadlineExceeded;
      if (!slow) co_return Head::kClose;
      add(server_.counters_.timeouts, 1);
      co_return co_await refuse_head({408, "The request's head took too long to arrive"});
    }
    active.buffer.added(*n);
  }
}

// What was read of the head may be anything, and is forgotten.
Task<Http1Connection::Head> Http1Connection::refuse_head(Refusal refusal) {
  active_->exchange.begin();
  co_return co_await refuse(refusal);
}

Task<Http1Connection::Head> Http1Connection::refuse(Refusal refusal) {
  add(server_.counters_.refused, 1);
  co_await active_->exchange.refuse(refusal);
  server_.handler_.refused(active_->exchange, refusal.sentence);
  co_await linger();
  co_return Head::kClose;
}

Task<bool> Http1Connection::serve_request() {
  Http1Exchange& exchange = active_->exchange;
  if (const Refusal refusal = exchange.accept()) {
    co_await refuse(refusal);
    co_return false;
  }
  add(server_.counters_.requests, 1);
  add(server_.counters_.active, 1);
  co_await server_.handler_.handle(exchange);
  const bool goes_on = co_await exchange.finish();
  add(server_.counters_.active, ~std::uint64_t{0});
  if (!goes_on) {
    if (active_->stream.is_open()) co_await linger();
    co_return false;
  }
  active_->buffer.end_message();
  active_->buffer.release_if_empty();
  co_return true;
}

// Closing with unread bytes would reset the connection and may destroy the answer on its way (RFC 9112 section 9.6):
// the client is told that nothing more comes, and what it still sends is read past for a short time. A crowd may have
// been told that memory is short, so none of its buffers are held meanwhile.
Task<void> Http1Connection::linger() {
  constexpr std::size_t kBytesMax = 1024 * 1024;
  const TimePoint deadline = now() + std::chrono::seconds(2);
  deactivate();
  if (!(co_await stream_.shutdown_write(deadline)).ok()) co_return;
  for (std::size_t bytes = 0; bytes < kBytesMax;) {
    const Result<std::size_t> n = co_await stream_.read(server_.discarded_, deadline);
    if (!n.ok() || *n == 0) co_return;
    bytes += *n;
  }
}

Task<void> Http1Connection::hand_over() {
  std::string read(active_->buffer.unread());
  deactivate();
  co_await server_.http2_(server_.http2_context_, std::move(stream_), std::move(read));
}

Task<void> Http1Connection::run() {
  for (;;) {
    if (!co_await wait_for_request()) break;
    const Head head = co_await read_head();
    if (head == Head::kNothingYet) continue;
    if (head == Head::kHttp2) co_return co_await hand_over();
    fresh_ = false;
    if (head == Head::kClose || !co_await serve_request()) break;
  }
}

Http1Server::Http1Server(Handler& handler, MemoryBudget& memory, ServerLimits options)
    : handler_(handler), memory_(memory), options_(options) {}

Http1Server::~Http1Server() { BANYAN_CHECK(connections_.empty()); }

Task<void> Http1Server::serve(Stream stream, bool secure) {
  Http1Connection connection(*this, std::move(stream), secure);
  co_await connection.run();
}

void Http1Server::set_options(const ServerLimits& options) {
  options_ = options;
  ++options_revision_;
  spare_.clear();
}

void Http1Server::drain() {
  draining_ = true;
  for (Http1Connection* connection : connections_) connection->nudge();
}

Task<void> serve_connections(Listener& listener, Http1Server& server) {
  for (;;) {
    Result<Stream> stream = co_await listener.accept();
    if (!stream.ok()) co_return;
    go_pinned("connection", server.serve(*std::move(stream), false));
  }
}

}  // namespace banyan
