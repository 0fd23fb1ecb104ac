// Listens to channels of Redis (publish and subscribe) over a connection of its own.
//
//   RedisSubscriber news(options);
//   co_await try_(news.subscribe("news"));              // the server has confirmed it
//   for (;;) {
//     const RedisMessage message = co_await try_(news.next());
//     if (message.kind == RedisMessage::Kind::kGap) forget_what_may_be_stale();
//     ...
//   }
//
// Redis keeps nothing for who is not there, so messages are lost while a connection is made anew (which happens by
// itself, with all subscriptions), and when more come than next() takes. The subscriber never hides that: in the place
// of what may be missing comes one kGap. What waits for next() is bounded, in one of two ways: beyond messages_max
// messages are dropped and counted, or nothing more is read from the server, which holds them up to its own limit
// (client-output-buffer-limit pubsub) and then ends the connection: a gap again.
//
// A server that is silent is asked (PING) and taken for lost when it does not answer within silence_max. Safe to use
// from all workers. Source: https://redis.io/docs/latest/develop/interact/pubsub/
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "redis/redis_options.h"
#include "runtime/task.h"

namespace banyan {

struct RedisMessage {
  enum class Kind : std::uint8_t {
    kMessage,
    kGap,  // here messages may be missing; all else is empty
  };
  Kind kind = Kind::kMessage;
  std::string channel;
  std::string pattern;  // that matched; empty for a channel subscribed by name
  std::string text;     // any bytes

  static RedisMessage gap() { return {.kind = Kind::kGap, .channel = {}, .pattern = {}, .text = {}}; }
};

struct RedisSubscriberOptions {
  std::size_t messages_max = 1024;
  enum class WhenFull : std::uint8_t { kDrop, kHoldBack };
  WhenFull when_full = WhenFull::kDrop;
};

struct RedisSubscriberStatistics {
  std::uint64_t connections = 0;  // made so far
  std::uint64_t messages = 0;     // received so far, those dropped among them
  std::uint64_t dropped = 0;
  std::size_t waiting = 0;  // for next(), now
};

class RedisSubscriberDriver;

class RedisSubscriber {
 public:
  explicit RedisSubscriber(RedisOptions options, RedisSubscriberOptions more = {});
  // next() ends with kFailedPrecondition from now on; the connection ends soon after.
  ~RedisSubscriber();
  RedisSubscriber(const RedisSubscriber&) = delete;
  RedisSubscriber& operator=(const RedisSubscriber&) = delete;

  // Suspends until the server has confirmed: what is published afterwards comes. Waits at most command_timeout; after
  // kDeadlineExceeded, kCancelled and kUnavailable (no connection for as long as the options' patience) it is still
  // wanted, and subscribed when the server can be reached. Refused by the server (NOPERM): not wanted any more. The
  // first call starts the connection.
  Task<Result<void>> subscribe(std::string channel);
  // Channels that match, as in KEYS: `news.*`.
  Task<Result<void>> subscribe_pattern(std::string pattern);
  // Not wanted from now on; messages that were under way may still come. Does not suspend.
  void unsubscribe(const std::string& channel);
  void unsubscribe_pattern(const std::string& pattern);

  // The next message or gap. Errors: kCancelled, kDeadlineExceeded; kFailedPrecondition, closed. The object must
  // outlive the call.
  Task<Result<RedisMessage>> next();

  RedisSubscriberStatistics statistics() const;

 private:
  std::shared_ptr<RedisSubscriberDriver> driver_;
};

}  // namespace banyan
