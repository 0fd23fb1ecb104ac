#include "redis/redis_subscriber.h"

#include <utility>

#include "redis/redis_subscriber_driver.h"

namespace banyan {
namespace {

Task<Result<void>> wait_until_confirmed(RedisSubscriberDriver* driver, RedisChannelName name) {
  const std::shared_ptr<RedisConfirmation> confirmation = driver->want(std::move(name));
  Result<void> waited = co_await confirmation->done.wait(time_after(driver->options().command_timeout));
  if (!waited.ok()) co_return Error(waited.error().code(), "redis: the subscription was not confirmed in time");
  if (confirmation->error.has_value()) co_return *confirmation->error;
  co_return {};
}

}  // namespace

RedisSubscriber::RedisSubscriber(RedisOptions options, RedisSubscriberOptions more)
    : driver_(std::make_shared<RedisSubscriberDriver>(std::move(options), more)) {}
RedisSubscriber::~RedisSubscriber() { driver_->close(); }

Task<Result<void>> RedisSubscriber::subscribe(std::string channel) {
  return wait_until_confirmed(driver_.get(), {.is_pattern = false, .text = std::move(channel)});
}
Task<Result<void>> RedisSubscriber::subscribe_pattern(std::string pattern) {
  return wait_until_confirmed(driver_.get(), {.is_pattern = true, .text = std::move(pattern)});
}
void RedisSubscriber::unsubscribe(const std::string& channel) {
  driver_->forget({.is_pattern = false, .text = channel});
}
void RedisSubscriber::unsubscribe_pattern(const std::string& pattern) {
  driver_->forget({.is_pattern = true, .text = pattern});
}

Task<Result<RedisMessage>> RedisSubscriber::next() {
  std::optional<RedisMessage> message = driver_->messages().try_receive();
  if (message.has_value()) co_return *std::move(message);
  if (driver_->take_gap()) co_return RedisMessage::gap();
  message = co_await try_(co_await driver_->messages().receive());
  if (!message.has_value()) co_return Error(ErrorCode::kFailedPrecondition, "redis: the subscriber was closed");
  co_return *std::move(message);
}

RedisSubscriberStatistics RedisSubscriber::statistics() const { return driver_->statistics(); }

}  // namespace banyan
