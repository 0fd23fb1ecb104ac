#include "redis/redis_stream.h"

#include <algorithm>

#include "redis/redis_error.h"

namespace banyan {
namespace {

Error no_entries() { return Error(ErrorCode::kDataLoss, "redis: a reply does not have the form of stream entries"); }

std::int64_t milliseconds_of(Duration duration) {
  return std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

Result<RedisStreamEntry> entry_of(const RespValue& value) {
  if (!value.is_aggregate() || value.items.size() != 2 || !value.items[0].is_text()) return no_entries();
  RedisStreamEntry entry{.id = value.items[0].text, .fields = {}, .deleted = value.items[1].is_null()};
  const std::vector<RespValue>& words = value.items[1].items;
  if (words.size() % 2 != 0) return no_entries();
  for (std::size_t i = 0; i < words.size(); i += 2) entry.fields.emplace_back(words[i].text, words[i + 1].text);
  return entry;
}

}  // namespace

Result<std::vector<RedisStreamEntry>> stream_entries(const RespValue& reply) {
  std::vector<RedisStreamEntry> entries;
  if (!reply.is_aggregate()) return no_entries();
  for (const RespValue& item : reply.items) {
    if (item.is_null()) continue;  // XAUTOCLAIM of Redis 6: pending, and deleted
    BANYAN_TRY(entries.emplace_back(), entry_of(item));
  }
  return entries;
}

// RESP2: [[stream, entries]]. RESP3: {stream: entries}.
Result<std::vector<RedisStreamEntry>> stream_read_entries(const RespValue& reply) {
  if (reply.is_null()) return std::vector<RedisStreamEntry>();
  if (reply.type == RespType::kMap && reply.items.size() == 2) return stream_entries(reply.items[1]);
  if (reply.type != RespType::kArray || reply.items.size() != 1) return no_entries();
  const RespValue& stream = reply.items[0];
  if (!stream.is_aggregate() || stream.items.size() != 2) return no_entries();
  return stream_entries(stream.items[1]);
}

Task<Result<void>> RedisStreamConsumer::create_group(std::string from) {
  const Result<RespValue> made =
      co_await client_->command({"XGROUP", "CREATE", name_.stream, name_.group, from, "MKSTREAM"});
  if (made.ok() || redis_error_word(made.error()) == "BUSYGROUP") co_return {};
  co_return made.error();
}

Task<Result<std::vector<RedisStreamEntry>>> RedisStreamConsumer::read(std::size_t count, Duration wait) {
  RedisLease lease = co_await try_(client_->lease());
  RedisCommand command{"XREADGROUP", "GROUP", name_.group, name_.consumer};
  command.add("COUNT").add(count).add("BLOCK").add(milliseconds_of(wait));
  command.add("STREAMS").add(name_.stream).add(">");
  co_return stream_read_entries(co_await try_(lease.command(std::move(command), wait)));
}

Task<Result<std::int64_t>> RedisStreamConsumer::acknowledge(std::vector<std::string> ids) {
  if (ids.empty()) co_return 0;
  RedisCommand command{"XACK", name_.stream, name_.group};
  for (const std::string& id : ids) command.add(id);
  const RespValue reply = co_await try_(client_->command(std::move(command)));
  co_return reply.integer;
}

// One call of the server looks at a bounded part of what is pending: an empty answer with a position says "go on".
Task<Result<std::vector<RedisStreamEntry>>> RedisStreamConsumer::claim(Duration min_idle, std::size_t count) {
  const std::string began = claim_from_;
  for (;;) {
    RedisCommand command{"XAUTOCLAIM", name_.stream, name_.group, name_.consumer};
    command.add(milliseconds_of(min_idle)).add(claim_from_).add("COUNT").add(count);
    const RespValue reply = co_await try_(client_->command(std::move(command)));
    if (reply.items.size() < 2 || !reply.items[0].is_text()) co_return no_entries();
    claim_from_ = reply.items[0].text;
    std::vector<RedisStreamEntry> entries = co_await try_(stream_entries(reply.items[1]));
    if (!entries.empty() || (claim_from_ == "0-0" && began == "0-0")) co_return entries;
    if (claim_from_ == "0-0") co_return co_await claim(min_idle, count);  // what lies before where we began
  }
}

}  // namespace banyan
