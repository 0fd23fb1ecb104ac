// What runs behind a RedisSubscriber: its connection, and which names are wanted and confirmed.
//
// A name (channel or pattern) is wanted by the subscriber, sent by the writer and confirmed by the reader. The server
// answers each (un)subscription once, in order, so the names under way are a queue. A new connection makes every wanted
// name unsent again.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redis/redis_subscriber.h"
#include "redis/redis_wire.h"
#include "runtime/channel.h"
#include "runtime/futex_lock.h"
#include "runtime/runtime.h"
#include "runtime/sync.h"

namespace banyan {

struct RedisChannelName {
  bool is_pattern = false;
  std::string text;
  auto operator<=>(const RedisChannelName&) const = default;
};

// How a subscription came about, for those who wait for it.
struct RedisConfirmation {
  Event done;
  std::optional<Error> error;
};

class RedisSubscriberDriver : public std::enable_shared_from_this<RedisSubscriberDriver> {
 public:
  RedisSubscriberDriver(RedisOptions options, RedisSubscriberOptions more)
      : options_(std::move(options)), more_(more), messages_(more.messages_max) {}

  const RedisOptions& options() const { return options_; }
  // Starts the driver's task with the first. In a task; does not suspend.
  std::shared_ptr<RedisConfirmation> want(RedisChannelName name);
  void forget(const RedisChannelName& name);
  void close();
  Channel<RedisMessage>& messages() { return messages_; }
  // Messages were lost, and nobody was told yet; and now every name is subscribed. Whoever takes it tells it.
  bool take_gap();
  RedisSubscriberStatistics statistics() const;

 private:
  struct Wanted {
    bool sent = false;
    std::shared_ptr<RedisConfirmation> confirmation;
  };
  struct UnderWay {
    RedisChannelName name;
    bool subscribes = true;
  };

  static Task<void> drive(std::shared_ptr<RedisSubscriberDriver> self);
  Task<void> carry();
  Task<Result<void>> connected(RedisWire* wire);
  Task<Result<void>> write_loop(RedisWire* wire);
  Task<Result<void>> read_loop(RedisWire* wire);

  std::vector<RedisCommand> take_commands(bool ping);
  void begin_connection();
  void attempt_failed(const Error& error);
  Task<Result<void>> accept(RespValue value);
  Task<Result<void>> answered(const RespValue& value);
  Result<void> confirm(const RespValue& value);
  void fail_unconfirmed(const Error& error);
  Task<Result<void>> deliver(RedisMessage message);

  const RedisOptions options_;
  const RedisSubscriberOptions more_;
  Channel<RedisMessage> messages_;
  mutable FutexLock lock_;
  std::map<RedisChannelName, Wanted> wanted_;
  std::vector<RedisChannelName> forgotten_;  // to be unsubscribed
  std::deque<UnderWay> under_way_;           // to be answered, oldest first
  bool started_ = false;
  bool closed_ = false;
  bool gap_ = false;  // told before the next message
  std::optional<TaskHandle> task_;
  TimePoint down_since_{};
  RedisSubscriberStatistics counts_;
  Event work_;
};

}  // namespace banyan
