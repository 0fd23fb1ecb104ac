#include "redis/redis_client.h"

#include <utility>

#include "redis/redis_error.h"
#include "redis/redis_observer.h"
#include "redis/redis_transaction.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

Result<void> check(const std::vector<RedisCommand>& commands) {
  if (commands.empty()) return Error(ErrorCode::kInternal, "redis: there is no command in it");
  for (const RedisCommand& command : commands) {
    if (const char* why = command.refused_when_shared())
      return Error(ErrorCode::kInternal, "redis: " + command.name() + " " + why);
  }
  return {};
}

Task<Result<std::vector<RespValue>>> send_and_wait(RedisDriver* driver, const std::vector<RedisCommand>* commands) {
  auto request = std::make_shared<RedisRequest>();
  std::size_t bytes = 0;
  for (const RedisCommand& command : *commands) bytes += command.size();
  request->bytes.reserve(bytes);
  for (const RedisCommand& command : *commands) command.append_to(request->bytes);
  request->replies_missing = commands->size();
  co_await try_(driver->submit(request));
  Result<void> waited = co_await request->done.wait(time_after(driver->options().command_timeout));
  if (!waited.ok()) {
    driver->abandon(*request);
    co_return Error(waited.error().code(),
                    "redis: " + commands->front().name() + " was not answered in time, or given up");
  }
  if (request->error.has_value()) co_return *request->error;
  co_return std::move(request->replies);
}

Task<Result<RespValue>> one(RedisDriver* driver, RedisCommand command) {
  std::vector<RedisCommand> commands;
  commands.push_back(std::move(command));
  co_await try_(check(commands));
  std::vector<RespValue> replies = co_await try_(send_and_wait(driver, &commands));
  if (replies.front().is_error()) co_return redis_server_error(replies.front().text);
  co_return std::move(replies.front());
}

Task<Result<std::vector<RespValue>>> many(RedisDriver* driver, std::vector<RedisCommand> commands) {
  co_await try_(check(commands));
  co_return co_await send_and_wait(driver, &commands);
}

Task<Result<std::vector<RespValue>>> between_multi_and_exec(RedisDriver* driver, std::vector<RedisCommand> commands) {
  co_await try_(check(commands));
  commands = transaction_commands(std::move(commands));
  std::optional<std::vector<RespValue>> executed =
      co_await try_(transaction_replies(co_await try_(send_and_wait(driver, &commands))));
  if (!executed.has_value()) co_return Error(ErrorCode::kDataLoss, "redis: EXEC was answered with a null");
  co_return *std::move(executed);
}

RedisCommand script_command(const char* name, const std::string& script, const std::vector<std::string>& keys,
                            const std::vector<std::string>& arguments) {
  RedisCommand command(name);
  command.add(script).add(keys.size());
  for (const std::string& key : keys) command.add(key);
  for (const std::string& argument : arguments) command.add(argument);
  return command;
}

}  // namespace

RedisClient::RedisClient(RedisOptions options)
    : driver_(std::make_shared<RedisDriver>(options)), pool_(std::make_shared<RedisPool>(std::move(options))) {}
RedisClient::~RedisClient() {
  driver_->close();
  pool_->close();
}

Task<Result<RespValue>> RedisClient::command(RedisCommand command) {
  const TimePoint start = now();
  const std::string name = command.name();
  Result<RespValue> result = co_await one(driver_.get(), std::move(command));
  tell_observer(options().observer, name, 1, start, result);
  co_return result;
}

Task<Result<std::vector<RespValue>>> RedisClient::pipeline(std::vector<RedisCommand> commands) {
  const TimePoint start = now();
  const std::size_t count = commands.size();
  Result<std::vector<RespValue>> result = co_await many(driver_.get(), std::move(commands));
  tell_observer(options().observer, "pipeline", count, start, result);
  co_return result;
}

Task<Result<std::vector<RespValue>>> RedisClient::transaction(std::vector<RedisCommand> commands) {
  const TimePoint start = now();
  const std::size_t count = commands.size();
  Result<std::vector<RespValue>> result = co_await between_multi_and_exec(driver_.get(), std::move(commands));
  tell_observer(options().observer, "transaction", count, start, result);
  co_return result;
}

Task<Result<RespValue>> RedisClient::run(const RedisScript& script, std::vector<std::string> keys,
                                         std::vector<std::string> arguments) {
  Result<RespValue> known = co_await command(script_command("EVALSHA", script.digest(), keys, arguments));
  if (known.ok() || redis_error_word(known.error()) != "NOSCRIPT") co_return known;
  co_return co_await command(script_command("EVAL", script.source(), keys, arguments));
}

Task<Result<RedisLease>> RedisClient::lease() { return pool_->acquire(); }

}  // namespace banyan
