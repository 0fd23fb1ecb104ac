// Streams of Redis: entries that several consumers of a group share, each until it acknowledges.
//
//   RedisStreamConsumer jobs(&redis, {.stream = "jobs", .group = "mailers", .consumer = "mailer-1"});
//   co_await try_(jobs.create_group("0"));
//   for (;;) {
//     for (const RedisStreamEntry& entry : co_await try_(jobs.read(100, 1s))) {
//       co_await try_(send_mail(entry));
//       co_await try_(jobs.acknowledge({entry.id}));
//     }
//     for (const RedisStreamEntry& entry : co_await try_(jobs.claim(30s, 100))) ...  // of consumers that died
//   }
//
// At least once: what was read and not acknowledged is pending until somebody claims it. `min_idle` of a claim must be
// longer than the slowest handling, or two consumers work on one entry. Producers send
// RedisCommand{"XADD", stream, "*", field, value} on the client itself; trimming (MAXLEN) drops pending entries too.
// Source: https://redis.io/docs/latest/develop/data-types/streams/
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redis/redis_client.h"

namespace banyan {

struct RedisStreamEntry {
  std::string id;                                           // "1526919030474-55"
  std::vector<std::pair<std::string, std::string>> fields;  // in order, any bytes
  bool deleted = false;                                     // pending, but no longer in the stream: no fields
};

// The entries in a reply of XRANGE and its like. kDataLoss: it is not such a reply. Pure.
Result<std::vector<RedisStreamEntry>> stream_entries(const RespValue& reply);
// In a reply of XREAD or XREADGROUP for one stream; a null has none.
Result<std::vector<RedisStreamEntry>> stream_read_entries(const RespValue& reply);

struct RedisConsumerName {
  std::string stream;
  std::string group;
  std::string consumer;
};

class RedisStreamConsumer {
 public:
  // `client` must outlive it. One task at a time.
  RedisStreamConsumer(RedisClient* client, RedisConsumerName name) : client_(client), name_(std::move(name)) {}

  // Makes group and stream where they are not; a group that is there stays as it is. `from`: the id after which the
  // group begins, "0" for all there is, "$" for what comes from now on.
  Task<Result<void>> create_group(std::string from);
  // Up to `count` new entries, at once where there are any, else the first that come within `wait` (above zero); empty
  // when none came. They are pending from then on, also if this call is cancelled just when they come: claim() finds
  // them. Uses a lease.
  Task<Result<std::vector<RedisStreamEntry>>> read(std::size_t count, Duration wait);
  // They are done. How many of them were pending.
  Task<Result<std::int64_t>> acknowledge(std::vector<std::string> ids);
  // Up to `count` entries that some consumer has had pending for `min_idle`; they are this one's from now on. Empty:
  // there were none among all. Entries that were trimmed meanwhile are dropped from the group by the server.
  Task<Result<std::vector<RedisStreamEntry>>> claim(Duration min_idle, std::size_t count);

 private:
  RedisClient* client_;
  RedisConsumerName name_;
  std::string claim_from_ = "0-0";
};

}  // namespace banyan
