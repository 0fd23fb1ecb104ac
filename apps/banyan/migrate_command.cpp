// `banyan migrate`. The clients of PostgreSQL and MariaDB would not fit beside all else in this program, and what a
// program's entities are only that program knows: for both, --service names a program that has them.
#include "migrate/migrate_command.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "commands.h"
#include "sqlite/sqlite_database.h"

namespace banyan {
namespace {

constexpr std::string_view kSqlite = "sqlite:";
const Option kService = {
    .name = "service", .value = "PROGRAM", .about = "run PROGRAM migrate instead: it has the clients"};

Task<SqlResult<std::unique_ptr<SqlDatabase>>> open_sqlite(std::string url) {
  if (url.starts_with(kSqlite)) {
    co_return co_await try_(
        SqliteDatabase::open({.path = url.substr(kSqlite.size()), .busy_timeout = std::chrono::minutes(1)}));
  }
  co_return SqlError(
      SqlErrorKind::kInvalid,
      "give the database as --database or DATABASE_URL: sqlite:FILE. For postgresql:// and mariadb:// give "
      "--service PROGRAM as well, a program that has their clients, such as any with entities: what `banyan "
      "new service` writes is one");
}

// Becomes the program. The database's URL goes by the environment, since it may hold a password.
int become(const Arguments& arguments, std::string_view command, std::initializer_list<std::string_view> options) {
  const std::string program = *arguments.value("service");
  std::vector<std::string> words{program, "migrate", std::string(command)};
  for (const std::string_view option : options) {
    if (const std::optional<std::string> value = arguments.value(option)) {
      words.push_back("--" + std::string(option));
      words.push_back(*value);
    }
  }
  if (command == "diff" && arguments.flag("destructive")) words.emplace_back("--destructive");
  if (command == "diff" && arguments.flag("NAME")) words.push_back(*arguments.value("NAME"));
  if (const std::optional<std::string> url = arguments.value("database")) setenv("DATABASE_URL", url->c_str(), 1);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::fflush(nullptr);
  execvp(program.c_str(), pointers.data());
  std::fprintf(stderr, "migrate %s: %s cannot be run: %s\n", words[2].c_str(), program.c_str(), std::strerror(errno));
  return kExitBadUse;
}

int run_apply(const Arguments& arguments) {
  if (arguments.flag("service")) return become(arguments, "apply", {"folder", "to"});
  return migrate::run_apply(arguments, open_sqlite);
}
int run_status(const Arguments& arguments) {
  if (arguments.flag("service")) return become(arguments, "status", {"folder"});
  return migrate::run_status(arguments, open_sqlite);
}
int run_import(const Arguments& arguments) {
  if (arguments.flag("service")) return become(arguments, "import", {"namespace"});
  return migrate::run_import(arguments, open_sqlite);
}
int run_diff(const Arguments& arguments) { return become(arguments, "diff", {"folder"}); }

}  // namespace

Command migrate_command() {
  Command group = migrate::migrate_command({.apply = run_apply, .status = run_status, .import = run_import});
  for (Command& command : group.commands) {
    const bool needs_database = command.name != "lint" && command.name != "checksums";
    if (needs_database) command.options.push_back(kService);
  }
  Command diff = migrate::diff_command(run_diff);
  diff.options.push_back(kService);
  diff.options.back().required = true;
  diff.examples = {{"banyan migrate diff add_orders --service ./shop", "write the version that ./shop needs"}};
  group.commands.insert(group.commands.begin(), std::move(diff));
  return group;
}

}  // namespace banyan
