// The user centre as a native service: what it is made of. server.h has the program around it.
#include <memory>
#include <string>
#include <utility>

#include "identity.h"
#include "new_endpoints.h"
#include "old_endpoints.h"
#include "redis/redis_cache.h"
#include "service/server.h"
#include "user_store.h"

namespace usercenter {
namespace {

using namespace banyan;
using namespace std::chrono_literals;

// Everything handlers need, in the order in which one part needs the other.
struct UserCentre {
  std::unique_ptr<SqlDatabase> database;
  std::unique_ptr<RedisClient> redis;
  std::unique_ptr<RedisCache> profiles;
  std::unique_ptr<PhpSessionStore> sessions;
  UserStore users{*database};
  Identity identity{users, sessions.get()};
  OldEndpoints old_endpoints;
  NewEndpoints new_endpoints{users, identity, profiles.get()};

  UserCentre(std::unique_ptr<SqlDatabase> its_database, std::unique_ptr<RedisClient> its_redis,
             std::unique_ptr<PhpSessionStore> its_sessions, Build build)
      : database(std::move(its_database)),
        redis(std::move(its_redis)),
        profiles(redis == nullptr
                     ? nullptr
                     : std::make_unique<RedisCache>(
                           redis.get(), RedisCacheOptions{.prefix = "usercenter:profile:", .lifetime = 60s})),
        sessions(std::move(its_sessions)),
        old_endpoints(users, identity, profiles.get(), build) {}
};

Result<std::unique_ptr<RedisClient>> open_redis(const Arguments& arguments) {
  const std::optional<std::string> url = arguments.value("redis");
  if (!url) return std::unique_ptr<RedisClient>();
  BANYAN_TRY(RedisOptions options, RedisOptions::parse(*url));
  return std::make_unique<RedisClient>(std::move(options));
}

Result<SessionOptions> session_options(const Arguments& arguments) {
  SessionOptions options{.save_path = arguments.value("sessions").value_or(""),
                         .locking = arguments.flag("session-locking")};
  const std::string format = arguments.value("session-format").value_or("php");
  if (format == "php_serialize") options.format = PhpSessionFormat::kPhpSerialize;
  if (format == "php" || format == "php_serialize") return options;
  return Error(ErrorCode::kInvalidArgument, "--session-format is php or php_serialize, not " + format);
}

Task<Result<void>> build(service::Service& app, const Arguments& arguments) {
  std::unique_ptr<SqlDatabase> database = co_await try_(open_database(*arguments.value("database")));
  std::unique_ptr<RedisClient> redis = co_await try_(open_redis(arguments));
  std::unique_ptr<PhpSessionStore> sessions = co_await try_(open_sessions(co_await try_(session_options(arguments))));
  const Build its_build = arguments.flag("first-build") ? Build::kFirst : Build::kSecond;
  UserCentre& centre =
      app.keep(std::make_unique<UserCentre>(std::move(database), std::move(redis), std::move(sessions), its_build));
  app.observe(*centre.database);
  co_await try_(centre.users.ping());

  app.names_build(its_build == Build::kFirst ? "native-1" : "native-2");
  app.problems(service::error_json);
  service::Group declared = app.group("").problems(service::problem_json);
  centre.old_endpoints.serve(app);
  centre.new_endpoints.serve(declared);
  app.ready_when("database", [users = &centre.users] { return users->ping(); });
  co_return {};
}

}  // namespace
}  // namespace usercenter

int main(int argc, char** argv) {
  const banyan::service::Program program = {
      .name = "usercenter-native",
      .summary = "the user centre as a native service",
      .options = {{.name = "database",
                   .value = "PLACE",
                   .about = "the SQLite file made by seed.py, postgresql://... or mariadb://...",
                   .required = true},
                  {.name = "redis", .value = "URL", .about = "cache profiles there: redis://... or unix:PATH"},
                  {.name = "sessions",
                   .value = "SAVE_PATH",
                   .about = "PHP's session.save_path: a folder, or tcp://..."},
                  {.name = "session-format", .value = "NAME", .about = "PHP's session.serialize_handler (php)"},
                  {.name = "session-locking", .about = "as redis.session.locking_enabled"},
                  {.name = "first-build", .about = "be the first build: unknown ids of a batch are strings"}},
      .examples = {{"usercenter-native --listen 127.0.0.1:9001 --database usercenter.db", "serve on the loopback"}},
      .build = usercenter::build};
  return banyan::service::run_service(program, argc, argv);
}
