#include "redis/redis_transaction.h"

#include <string>
#include <utility>

#include "redis/redis_error.h"

namespace banyan {

std::vector<RedisCommand> transaction_commands(std::vector<RedisCommand> commands) {
  commands.insert(commands.begin(), RedisCommand("MULTI"));
  commands.emplace_back("EXEC");
  return commands;
}

Result<std::optional<std::vector<RespValue>>> transaction_replies(std::vector<RespValue> replies) {
  RespValue& executed = replies.back();
  if (executed.is_error()) {
    for (const RespValue& reply : replies) {
      if (reply.is_error()) return redis_server_error(reply.text);
    }
  }
  if (executed.is_null()) return std::optional<std::vector<RespValue>>();
  if (!executed.is_aggregate() || executed.items.size() + 2 != replies.size()) {
    return Error(ErrorCode::kDataLoss, "redis: EXEC was answered with a " + std::string(resp_type_name(executed.type)) +
                                           " of the wrong size");
  }
  return std::optional(std::move(executed.items));
}

}  // namespace banyan
