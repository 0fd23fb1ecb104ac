#include "redis/redis_lease.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "redis/redis_error.h"
#include "redis/redis_observer.h"
#include "redis/redis_transaction.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

Result<void> check(const std::vector<RedisCommand>& commands) {
  if (commands.empty()) return Error(ErrorCode::kInternal, "redis: there is no command in it");
  for (const RedisCommand& command : commands) {
    if (const char* why = command.refused_when_leased())
      return Error(ErrorCode::kInternal, "redis: " + command.name() + " " + why);
  }
  return {};
}

}  // namespace

// ---- a lease ----

RedisLease& RedisLease::operator=(RedisLease&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  pool_ = std::move(other.pool_);
  wire_ = std::move(other.wire_);
  watches_ = std::exchange(other.watches_, false);
  return *this;
}

void RedisLease::give_back() {
  if (pool_ == nullptr) return;
  pool_->give_back(std::move(wire_), !watches_);
  pool_ = nullptr;
}

// A wire that is not whole any more is closed at once: the server must not go on waiting for a task that has gone.
Task<Result<std::vector<RespValue>>> RedisLease::exchange(std::vector<RedisCommand> commands, Duration waits) {
  if (!usable()) co_return Error(ErrorCode::kUnavailable, "redis: this leased connection was closed; take another");
  const Duration timeout = pool_->options().command_timeout;
  const TimePoint deadline = time_after(waits > Duration::max() - timeout ? Duration::max() : waits + timeout);
  const auto watches = [](const RedisCommand& command) { return command.name() == "WATCH"; };
  watches_ = watches_ || std::any_of(commands.begin(), commands.end(), watches);
  Result<void> sent = co_await wire_->send(commands, deadline);
  std::vector<RespValue> replies;
  while (sent.ok() && replies.size() < commands.size()) {
    Result<RespValue> reply = co_await wire_->receive(deadline);
    if (!reply.ok()) {
      sent = std::move(reply).error();
    } else if (reply->type != RespType::kPush) {
      replies.push_back(*std::move(reply));
    }
  }
  const auto replica = [](const RespValue& reply) { return reply.is_error() && is_from_replica(reply.text); };
  const bool left = std::any_of(replies.begin(), replies.end(), replica);
  if (left) pool_->close_idle();
  if (left || !sent.ok()) wire_->close();
  if (sent.ok()) co_return replies;
  co_return std::move(sent).error().add_context(commands.front().name());
}

Task<Result<RespValue>> RedisLease::one(RedisCommand command, Duration waits) {
  std::vector<RedisCommand> commands;
  commands.push_back(std::move(command));
  co_await try_(check(commands));
  const std::string name = commands.front().name();
  std::vector<RespValue> replies = co_await try_(exchange(std::move(commands), waits));
  if (replies.front().is_error()) co_return redis_server_error(replies.front().text);
  if (name == "UNWATCH") watches_ = false;
  co_return std::move(replies.front());
}

Task<Result<RespValue>> RedisLease::command(RedisCommand command, Duration waits) {
  const TimePoint start = now();
  const std::string name = command.name();
  Result<RespValue> result = co_await one(std::move(command), waits);
  tell_observer(pool_->options().observer, name, 1, start, result);
  co_return result;
}

Task<Result<std::vector<RespValue>>> RedisLease::many(std::vector<RedisCommand> commands) {
  co_await try_(check(commands));
  co_return co_await exchange(std::move(commands), Duration::zero());
}

Task<Result<std::vector<RespValue>>> RedisLease::pipeline(std::vector<RedisCommand> commands) {
  const TimePoint start = now();
  const std::size_t count = commands.size();
  Result<std::vector<RespValue>> result = co_await many(std::move(commands));
  tell_observer(pool_->options().observer, "pipeline", count, start, result);
  co_return result;
}

Task<Result<RedisLease::Executed>> RedisLease::execute(std::vector<RedisCommand> commands) {
  co_await try_(check(commands));
  std::vector<RespValue> replies = co_await try_(exchange(transaction_commands(std::move(commands)), Duration::zero()));
  watches_ = false;  // EXEC ends it, whatever it says
  co_return transaction_replies(std::move(replies));
}

Task<Result<RedisLease::Executed>> RedisLease::transaction(std::vector<RedisCommand> commands) {
  const TimePoint start = now();
  const std::size_t count = commands.size();
  Result<Executed> result = co_await execute(std::move(commands));
  tell_observer(pool_->options().observer, "transaction", count, start, result);
  co_return result;
}

// ---- the pool ----

Task<Result<RedisLease>> RedisPool::acquire() {
  Result<void> permitted = co_await permits_.acquire(1, time_after(options_.command_timeout));
  if (!permitted.ok()) {
    const bool ours = permitted.error().code() == ErrorCode::kDeadlineExceeded && now() < current_context().deadline();
    if (!ours) co_return std::move(permitted).error().add_context("redis: waiting for a connection of one's own");
    co_return Error(ErrorCode::kResourceExhausted,
                    "redis: all " + std::to_string(options_.leases_max) + " connections were leased all the time");
  }
  std::unique_ptr<RedisWire> wire = take_idle();
  if (wire == nullptr) {
    Result<RedisWire> opened = co_await RedisWire::open(options_);
    if (!opened.ok()) {
      permits_.release();
      if (!redis_error_word(opened.error()).empty()) co_return std::move(opened).error();
      co_return Error(opened.error().code() == ErrorCode::kCancelled ? ErrorCode::kCancelled : ErrorCode::kUnavailable,
                      "redis: cannot connect: " + opened.error().text());
    }
    wire = std::make_unique<RedisWire>(*std::move(opened));
  }
  co_return RedisLease(shared_from_this(), std::move(wire));
}

// Null: there is none that is still whole.
std::unique_ptr<RedisWire> RedisPool::take_idle() {
  std::vector<Kept> dropped;  // closed after the lock is left
  const std::lock_guard guard(lock_);
  while (!idle_.empty()) {
    Kept kept = std::move(idle_.back());
    idle_.pop_back();
    if (kept.wire->is_quiet() && now() - kept.given_back < options_.lease_idle_max) return std::move(kept.wire);
    dropped.push_back(std::move(kept));
  }
  return nullptr;
}

void RedisPool::give_back(std::unique_ptr<RedisWire> wire, bool clean) {
  std::vector<Kept> dropped;
  {
    const std::lock_guard guard(lock_);
    const TimePoint oldest = now() - options_.lease_idle_max;
    while (!idle_.empty() && idle_.front().given_back < oldest) {
      dropped.push_back(std::move(idle_.front()));
      idle_.erase(idle_.begin());
    }
    if (clean && !closed_ && wire != nullptr && wire->is_open()) idle_.push_back({std::move(wire), now()});
  }
  permits_.release();
}

void RedisPool::close() {
  {
    const std::lock_guard guard(lock_);
    closed_ = true;
  }
  close_idle();
}

void RedisPool::close_idle() {
  std::vector<Kept> dropped;  // closed after the lock is left
  const std::lock_guard guard(lock_);
  dropped.swap(idle_);
}

std::size_t RedisPool::idle() const {
  const std::lock_guard guard(lock_);
  return idle_.size();
}

}  // namespace banyan
