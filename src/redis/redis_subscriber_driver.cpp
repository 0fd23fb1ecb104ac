#include "redis/redis_subscriber_driver.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/log.h"
#include "redis/redis_backoff.h"
#include "redis/redis_error.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

struct Connected {
  RedisSubscriberDriver* driver;
  RedisWire* wire;
};

Error closed_error() { return Error(ErrorCode::kFailedPrecondition, "redis: the subscriber was closed"); }

std::shared_ptr<RedisConfirmation> failed_confirmation(Error error) {
  auto confirmation = std::make_shared<RedisConfirmation>();
  confirmation->error = std::move(error);
  confirmation->done.set();
  return confirmation;
}

RedisCommand subscription(const RedisChannelName& name, bool subscribes) {
  std::string word = subscribes ? "SUBSCRIBE" : "UNSUBSCRIBE";
  if (name.is_pattern) word.insert(0, 1, 'P');
  RedisCommand command(word);
  command.add(name.text);
  return command;
}

}  // namespace

// ---- what tasks of any worker call ----

std::shared_ptr<RedisConfirmation> RedisSubscriberDriver::want(RedisChannelName name) {
  std::shared_ptr<RedisConfirmation> confirmation;
  bool start = false;
  {
    const std::lock_guard guard(lock_);
    if (closed_) return failed_confirmation(closed_error());
    std::erase(forgotten_, name);
    Wanted& wanted = wanted_[std::move(name)];
    // One that failed for want of a connection is tried again for whoever asks now.
    const bool failed = wanted.confirmation != nullptr && wanted.confirmation->error.has_value();
    if (wanted.confirmation == nullptr || failed) wanted.confirmation = std::make_shared<RedisConfirmation>();
    confirmation = wanted.confirmation;
    start = !started_;
    started_ = true;
  }
  work_.set();
  if (start) {
    const ContextGuard none((ContextRef()));  // the deadline of the first subscription is not the connection's
    go_pinned("redis subscriber", drive(shared_from_this()));
  }
  return confirmation;
}

void RedisSubscriberDriver::forget(const RedisChannelName& name) {
  {
    const std::lock_guard guard(lock_);
    const auto found = wanted_.find(name);
    if (found == wanted_.end()) return;
    if (found->second.sent) forgotten_.push_back(name);
    wanted_.erase(found);
  }
  work_.set();
}

void RedisSubscriberDriver::close() {
  messages_.close();
  const std::lock_guard guard(lock_);
  closed_ = true;
  if (task_.has_value()) task_->cancel();
}

RedisSubscriberStatistics RedisSubscriberDriver::statistics() const {
  const std::lock_guard guard(lock_);
  RedisSubscriberStatistics counts = counts_;
  counts.waiting = messages_.size();
  return counts;
}

// ---- the driver's own task ----

Task<void> RedisSubscriberDriver::drive(std::shared_ptr<RedisSubscriberDriver> self) {
  {
    const std::lock_guard guard(self->lock_);
    self->task_ = TaskHandle::current();
    self->down_since_ = now();
  }
  co_await self->carry();
  const std::lock_guard guard(self->lock_);
  self->task_.reset();
  self->closed_ = true;
  self->fail_unconfirmed(closed_error());
}

Task<void> RedisSubscriberDriver::carry() {
  RedisBackoff backoff(options_.backoff_min, options_.backoff_max);
  for (;;) {
    {
      const std::lock_guard guard(lock_);
      if (closed_) co_return;
    }
    Result<RedisWire> wire = co_await RedisWire::open(options_);
    if (cancelled()) co_return;
    if (wire.ok()) {
      backoff.reset();
      begin_connection();
      const Result<void> ended = co_await connected(&*wire);
      if (cancelled()) co_return;
      log_warn("redis_connection_lost",
               {{"address", options_.address}, {"error", ended.ok() ? std::string() : ended.error().text()}});
      const std::lock_guard guard(lock_);
      down_since_ = now();
      continue;
    }
    attempt_failed(wire.error());
    if (!(co_await sleep_for(backoff.next())).ok()) co_return;
  }
}

// Nothing is subscribed on a new connection. After one that had been, messages may be missing.
void RedisSubscriberDriver::begin_connection() {
  const std::lock_guard guard(lock_);
  if (counts_.connections++ > 0) gap_ = true;
  under_way_.clear();
  forgotten_.clear();
  for (auto& [name, wanted] : wanted_) wanted.sent = false;
}

// Those who wait are told, and the names stay wanted.
void RedisSubscriberDriver::attempt_failed(const Error& error) {
  const std::lock_guard guard(lock_);
  const bool refused = !redis_error_word(error).empty();
  if (now() - down_since_ < options_.patience && !refused) return;
  fail_unconfirmed(refused ? error : Error(ErrorCode::kUnavailable, "redis: cannot connect: " + error.text()));
}

void RedisSubscriberDriver::fail_unconfirmed(const Error& error) {
  for (auto& [name, wanted] : wanted_) {
    if (wanted.confirmation->done.is_set()) continue;
    wanted.confirmation->error = error;
    wanted.confirmation->done.set();
  }
}

Task<Result<void>> RedisSubscriberDriver::connected(RedisWire* wire) {
  co_return co_await with_scope(Connected{this, wire}, [](Scope& scope, Connected& c) -> Task<Result<void>> {
    scope.spawn_pinned("redis reader", c.driver->read_loop(c.wire));
    scope.spawn_pinned("redis writer", c.driver->write_loop(c.wire));
    co_return co_await scope.join();
  });
}

// Sends what has changed, and a question when nothing has for half of the silence that is allowed.
Task<Result<void>> RedisSubscriberDriver::write_loop(RedisWire* wire) {
  bool ping = false;
  for (;;) {
    const std::vector<RedisCommand> commands = take_commands(ping);
    if (!commands.empty()) co_await try_(wire->send(commands, time_after(options_.silence_max)));
    Result<void> waited = co_await work_.wait(time_after(options_.silence_max / 2));
    if (!waited.ok() && waited.error().code() != ErrorCode::kDeadlineExceeded) co_return waited;
    ping = !waited.ok();
  }
}

std::vector<RedisCommand> RedisSubscriberDriver::take_commands(bool ping) {
  std::vector<RedisCommand> commands;
  work_.reset();
  const std::lock_guard guard(lock_);
  for (RedisChannelName& name : forgotten_) {
    commands.push_back(subscription(name, false));
    under_way_.push_back({std::move(name), false});
  }
  forgotten_.clear();
  for (auto& [name, wanted] : wanted_) {
    if (wanted.sent) continue;
    wanted.sent = true;
    commands.push_back(subscription(name, true));
    under_way_.push_back({name, true});
  }
  if (ping && commands.empty()) commands.emplace_back("PING");
  return commands;
}

Task<Result<void>> RedisSubscriberDriver::read_loop(RedisWire* wire) {
  for (;;) {
    Result<RespValue> value = co_await wire->receive(time_after(options_.silence_max));
    if (!value.ok() && value.error().code() == ErrorCode::kDeadlineExceeded) {
      co_return Error(ErrorCode::kUnavailable, "redis: the server has been silent for too long");
    }
    co_await try_(accept(co_await try_(std::move(value))));
  }
}

// RESP3 pushes messages, RESP2 sends them as arrays; confirmations are the same in both.
Task<Result<void>> RedisSubscriberDriver::accept(RespValue value) {
  if (value.is_error()) co_return co_await answered(value);
  if (!value.is_aggregate()) co_return {};  // the PONG of RESP3
  if (value.items.empty() || !value.items.front().is_text()) co_return {};
  std::vector<RespValue>& items = value.items;
  const std::string& kind = items.front().text;
  if (kind == "message" && items.size() == 3) {
    co_return co_await deliver({.channel = std::move(items[1].text), .pattern = {}, .text = std::move(items[2].text)});
  }
  if (kind == "pmessage" && items.size() == 4) {
    co_return co_await deliver(
        {.channel = std::move(items[2].text), .pattern = std::move(items[1].text), .text = std::move(items[3].text)});
  }
  if (kind.ends_with("subscribe")) co_return co_await answered(value);
  co_return {};
}

// The oldest name under way has its answer. After the last, whatever was missed is behind us.
Task<Result<void>> RedisSubscriberDriver::answered(const RespValue& value) {
  co_await try_(confirm(value));
  const bool holds_back = more_.when_full == RedisSubscriberOptions::WhenFull::kHoldBack;
  if (!take_gap() || messages_.try_send(RedisMessage::gap())) co_return {};
  if (holds_back) co_return co_await messages_.send(RedisMessage::gap());
  const std::lock_guard guard(lock_);
  gap_ = true;
  co_return {};
}

Result<void> RedisSubscriberDriver::confirm(const RespValue& value) {
  const std::lock_guard guard(lock_);
  if (under_way_.empty()) {
    return Error(ErrorCode::kDataLoss, "redis: the server answered a subscription that nobody had asked for");
  }
  const UnderWay oldest = std::move(under_way_.front());
  under_way_.pop_front();
  const auto found = wanted_.find(oldest.name);
  if (!oldest.subscribes || found == wanted_.end()) return {};
  std::shared_ptr<RedisConfirmation>& confirmation = found->second.confirmation;
  // One that failed before stays failed for those who waited; whoever asks now has it confirmed.
  if (confirmation->error.has_value()) confirmation = std::make_shared<RedisConfirmation>();
  if (value.is_error()) confirmation->error = redis_server_error(value.text);
  confirmation->done.set();
  if (value.is_error()) wanted_.erase(found);
  return {};
}

bool RedisSubscriberDriver::take_gap() {
  const std::lock_guard guard(lock_);
  const auto is_sent = [](const auto& entry) { return entry.second.sent; };
  if (!under_way_.empty() || !std::all_of(wanted_.begin(), wanted_.end(), is_sent)) return false;
  return std::exchange(gap_, false);
}

Task<Result<void>> RedisSubscriberDriver::deliver(RedisMessage message) {
  const bool gap = take_gap();
  {
    const std::lock_guard guard(lock_);
    ++counts_.messages;
  }
  if (more_.when_full == RedisSubscriberOptions::WhenFull::kHoldBack) {
    if (gap) co_await try_(co_await messages_.send(RedisMessage::gap()));
    co_return co_await messages_.send(std::move(message));
  }
  const bool room = (!gap || messages_.try_send(RedisMessage::gap())) && messages_.try_send(std::move(message));
  if (room) co_return {};
  const std::lock_guard guard(lock_);
  gap_ = true;
  ++counts_.dropped;
  co_return {};
}

}  // namespace banyan
