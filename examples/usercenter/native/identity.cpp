#include "identity.h"

#include <utility>

#include "php_session/php_session_files.h"
#include "php_session/php_session_redis.h"
#include "rules.h"
#include "runtime/runtime.h"

namespace usercenter {

using namespace banyan;

namespace {

// As PHP has it (session.name).
constexpr std::string_view kCookie = "PHPSESSID";

std::string_view token_of(const Fields& fields) {
  if (const auto token = bearer_token(fields.value(FieldId::kAuthorization))) return *token;
  return fields.value("X-Token");
}

// The PHP service stores the id as its database gave it to it: as a text.
std::optional<std::int64_t> user_in(const PhpSession& session) {
  const PhpValue* const user = session.data.get("user");
  if (user == nullptr) return std::nullopt;
  if (user->kind == PhpValue::Kind::kInt && user->integer > 0) return user->integer;
  return user->kind == PhpValue::Kind::kString ? parse_id(user->text) : std::nullopt;
}

}  // namespace

Result<std::unique_ptr<PhpSessionStore>> open_sessions(const SessionOptions& options) {
  if (options.save_path.empty()) return std::unique_ptr<PhpSessionStore>();
  if (options.save_path.find("://") == std::string::npos) {
    BANYAN_TRY(PhpSavePath path, PhpSavePath::parse(options.save_path));
    return std::make_unique<PhpSessionFiles>(std::move(path), options.format);
  }
  BANYAN_TRY(PhpRedisSavePath path, PhpRedisSavePath::parse(options.save_path));
  return std::make_unique<PhpSessionRedis>(
      std::make_shared<RedisClient>(std::move(path.redis)),
      PhpSessionRedisOptions{.prefix = std::move(path.prefix), .format = options.format, .locking = options.locking});
}

Task<Result<std::optional<std::int64_t>>> Identity::by_token(const Fields& fields) const {
  const std::string_view token = token_of(fields);
  if (!is_token(token)) co_return std::optional<std::int64_t>();
  co_return co_await users_.token_owner(std::string(token), unix_seconds());
}

Task<Result<std::optional<PhpSession>>> Identity::session_of(const Fields& fields) const {
  const std::string_view id = cookie_value(fields.value(FieldId::kCookie), kCookie);
  if (sessions_ == nullptr || id.empty()) co_return std::optional<PhpSession>();
  Result<PhpSession> session = co_await sessions_->open(std::string(id));
  if (session.ok()) co_return std::optional(*std::move(session));
  const ErrorCode code = session.error().code();
  if (code == ErrorCode::kNotFound || code == ErrorCode::kInvalidArgument) co_return std::optional<PhpSession>();
  co_return std::move(session).error();
}

Task<Result<std::int64_t>> Identity::user_of(service::Context& context) const {
  const Fields& fields = context.head().fields;
  if (const auto owner = co_await try_(by_token(fields))) co_return *owner;
  const std::optional<PhpSession> session = co_await try_(session_of(fields));  // read, and let go at once
  const std::optional<std::int64_t> user = session.has_value() ? user_in(*session) : std::nullopt;
  if (user.has_value()) co_return *user;
  co_return context.problem(401, "unauthorized");
}

Task<Result<void>> Identity::rename_in_session(const Fields& fields, std::int64_t user, std::string name) const {
  std::optional<PhpSession> session = co_await try_(session_of(fields));
  if (!session.has_value() || user_in(*session) != user) co_return {};
  session->data.set("name", PhpValue::string(std::move(name)));
  co_return co_await session->save();
}

}  // namespace usercenter
