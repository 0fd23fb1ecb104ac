#include "redis/redis_driver.h"

#include <algorithm>
#include <mutex>

#include "base/log.h"
#include "redis/redis_backoff.h"
#include "redis/redis_error.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

// One write carries at most so many commands and about so many bytes: what is lost when it fails is bounded.
constexpr std::size_t kBatchCommands = 1024;
constexpr std::size_t kBatchBytes = 256 * 1024;

Error closed_error() { return Error(ErrorCode::kUnavailable, "redis: the client was closed"); }

struct Connected {
  RedisDriver* driver;
  RedisWire* wire;
};

}  // namespace

// ---- what tasks of any worker call ----

Result<void> RedisDriver::submit(const std::shared_ptr<RedisRequest>& request) {
  bool start = false;
  {
    std::lock_guard guard(lock_);
    if (closed_) return closed_error();
    if (refusal_.has_value()) return *refusal_;
    if (waiting_.size() + sent_.size() >= options_.commands_max ||
        bytes_ + request->bytes.size() > options_.command_bytes_max) {
      return Error(ErrorCode::kResourceExhausted,
                   "redis: " + std::to_string(waiting_.size() + sent_.size()) + " commands of together " +
                       std::to_string(bytes_) + " bytes wait already, and there may be " +
                       std::to_string(options_.commands_max) + " of " + std::to_string(options_.command_bytes_max));
    }
    waiting_.push_back(request);
    bytes_ += request->bytes.size();
    ++counts_.commands;
    start = !started_;
    started_ = true;
  }
  work_.set();
  if (start) {
    const ContextGuard none((ContextRef()));  // the deadline of the first command is not the connection's
    go_pinned("redis connection", drive(shared_from_this()));
  }
  return {};
}

void RedisDriver::abandon(RedisRequest& request) {
  std::lock_guard guard(lock_);
  request.abandoned = true;
}

void RedisDriver::close() {
  std::lock_guard guard(lock_);
  closed_ = true;
  if (task_.has_value()) task_->cancel();
}

RedisStatistics RedisDriver::statistics() const {
  std::lock_guard guard(lock_);
  RedisStatistics counts = counts_;
  counts.waiting = waiting_.size();
  counts.sent = sent_.size();
  return counts;
}

// ---- the driver's own task ----

Task<void> RedisDriver::drive(std::shared_ptr<RedisDriver> self) {
  {
    std::lock_guard guard(self->lock_);
    self->task_ = TaskHandle::current();
    self->down_since_ = now();
  }
  co_await self->carry();
  Requests left;
  {
    std::lock_guard guard(self->lock_);
    self->task_.reset();
    self->closed_ = true;
    left.swap(self->waiting_);
    self->bytes_ = 0;
  }
  fail(left, closed_error());
}

Task<void> RedisDriver::carry() {
  RedisBackoff backoff(options_.backoff_min, options_.backoff_max);
  for (;;) {
    {
      std::lock_guard guard(lock_);
      if (closed_) co_return;
    }
    Result<RedisWire> wire = co_await RedisWire::open(options_);
    if (cancelled()) co_return;
    if (wire.ok()) {
      backoff.reset();
      Result<void> ended = co_await connected(&*wire);
      connection_lost(ended.ok() ? closed_error() : ended.error());
      if (cancelled()) co_return;
      continue;
    }
    attempt_failed(wire.error());
    if (!(co_await sleep_for(backoff.next())).ok()) co_return;
    std::lock_guard guard(lock_);
    refusal_.reset();  // the next attempt decides
  }
}

Task<Result<void>> RedisDriver::connected(RedisWire* wire) {
  {
    std::lock_guard guard(lock_);
    connected_ = true;
    leaving_ = false;
    refusal_.reset();
    ++counts_.connections;
  }
  co_return co_await with_scope(Connected{this, wire}, [](Scope& scope, Connected& c) -> Task<Result<void>> {
    scope.spawn_pinned("redis reader", c.driver->read_loop(c.wire));
    scope.spawn_pinned("redis writer", c.driver->write_loop(c.wire));
    co_return co_await scope.join();
  });
}

Task<Result<void>> RedisDriver::write_loop(RedisWire* wire) {
  std::vector<iovec> parts;
  for (;;) {
    // What is being sent is held here too: a server that answers early must not take it away.
    const Requests batch = take_batch();
    if (batch.empty()) {
      co_await try_(co_await work_.wait());
      continue;
    }
    parts.clear();
    for (const auto& request : batch) parts.push_back({request->bytes.data(), request->bytes.size()});
    co_await try_(wire->send(parts, time_after(options_.silence_max)));
  }
}

// The next requests to send, already moved to `sent`; none to a server that is left. With none, work_ is reset.
RedisDriver::Requests RedisDriver::take_batch() {
  Requests batch;
  std::size_t bytes = 0;
  const TimePoint time = now();
  std::lock_guard guard(lock_);
  while (!leaving_ && !waiting_.empty() && batch.size() < kBatchCommands && bytes < kBatchBytes) {
    std::shared_ptr<RedisRequest> request = std::move(waiting_.front());
    waiting_.pop_front();
    if (request->abandoned) {
      bytes_ -= request->bytes.size();
      continue;
    }
    bytes += request->bytes.size();
    request->sent_at = time;
    sent_.push_back(request);
    batch.push_back(std::move(request));
  }
  if (batch.empty()) work_.reset();
  if (!batch.empty()) ++counts_.writes;
  return batch;
}

Task<Result<void>> RedisDriver::read_loop(RedisWire* wire) {
  TimePoint last_reply = now();
  for (;;) {
    Result<RespValue> reply = co_await wire->receive(time_after(options_.silence_max));
    if (reply.ok()) {
      last_reply = now();
      co_await try_(accept(*std::move(reply)));
      continue;
    }
    if (reply.error().code() != ErrorCode::kDeadlineExceeded) co_return std::move(reply).error();
    co_await try_(check_silence(last_reply));
  }
}

// Gives `reply` to the oldest request. An error ends the connection.
Result<void> RedisDriver::accept(RespValue reply) {
  if (reply.type == RespType::kPush) return {};  // invalidations and the like, for which nobody has asked
  std::shared_ptr<RedisRequest> finished;
  bool left = false;
  {
    std::lock_guard guard(lock_);
    if (sent_.empty()) return Error(ErrorCode::kDataLoss, "redis: the server answered what nobody had asked");
    if (reply.is_error() && is_from_replica(reply.text)) leaving_ = true;
    RedisRequest& oldest = *sent_.front();
    if (!oldest.abandoned) oldest.replies.push_back(std::move(reply));
    if (--oldest.replies_missing > 0) return {};
    finished = std::move(sent_.front());
    sent_.pop_front();
    bytes_ -= finished->bytes.size();
    left = leaving_ && sent_.empty();
  }
  finished->done.set();
  if (left) return Error(ErrorCode::kUnavailable, "redis: the server is a replica, and does not write");
  return {};
}

Result<void> RedisDriver::check_silence(TimePoint last_reply) {
  const TimePoint limit = now() - options_.silence_max;
  std::lock_guard guard(lock_);
  if (sent_.empty() || sent_.front()->sent_at > limit || last_reply > limit) return {};
  return Error(ErrorCode::kUnavailable, "redis: the server owes an answer and has been silent for too long");
}

void RedisDriver::connection_lost(const Error& error) {
  Requests lost;
  {
    std::lock_guard guard(lock_);
    connected_ = false;
    down_since_ = now();
    lost.swap(sent_);
    for (const auto& request : lost) bytes_ -= request->bytes.size();
  }
  if (error.code() == ErrorCode::kCancelled) {
    fail(lost, closed_error());
    return;
  }
  log_warn("redis_connection_lost",
           {{"address", options_.address}, {"commands_lost", lost.size()}, {"error", error.text()}});
  // Bytes that are not RESP are a protocol error; everything else is a lost connection, even when the time to write
  // ran out: that was not the caller's time.
  fail(lost, error.code() == ErrorCode::kDataLoss ? error : Error(ErrorCode::kUnavailable, error.text()));
}

void RedisDriver::attempt_failed(const Error& error) {
  Requests hopeless;
  const Error refusal = redis_error_word(error).empty()
                            ? Error(ErrorCode::kUnavailable, "redis: cannot connect: " + error.text())
                            : error;
  {
    std::lock_guard guard(lock_);
    if (now() - down_since_ < options_.patience && redis_error_word(error).empty()) return;
    refusal_ = refusal;
    hopeless.swap(waiting_);
    for (const auto& request : hopeless) bytes_ -= request->bytes.size();
  }
  fail(hopeless, refusal);
}

void RedisDriver::fail(Requests& requests, const Error& error) {
  for (const auto& request : requests) {
    request->error = error;
    request->done.set();
  }
}

}  // namespace banyan
