// Commands between MULTI and EXEC, and what the replies to all of that mean. Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "redis/redis_command.h"
#include "redis/resp_value.h"

namespace banyan {

// MULTI, the commands, EXEC.
std::vector<RedisCommand> transaction_commands(std::vector<RedisCommand> commands);

// What EXEC gave, of the replies to such commands. Nullopt: a watched key had changed, and nothing was done. The error
// of the command that was refused, where the server would not queue all; kDataLoss, where EXEC gave what it never
// gives.
Result<std::optional<std::vector<RespValue>>> transaction_replies(std::vector<RespValue> replies);

}  // namespace banyan
