// `banyan migrate`. The clients of PostgreSQL and MariaDB would not fit beside all else in this program: they are in
// banyan-migrate, which lies beside it. What a program's entities are only that program knows: --service names it.
#include "migrate/migrate_command.h"

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "commands.h"
#include "sqlite/sqlite_database.h"

namespace banyan {
namespace {

constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kCompanion = "banyan-migrate";
const Option kService = {.name = "service", .value = "PROGRAM", .about = "run PROGRAM migrate instead"};

Task<SqlResult<std::unique_ptr<SqlDatabase>>> open_sqlite(std::string url) {
  if (url.starts_with(kSqlite)) {
    co_return co_await try_(
        SqliteDatabase::open({.path = url.substr(kSqlite.size()), .busy_timeout = std::chrono::minutes(1)}));
  }
  co_return SqlError(SqlErrorKind::kInvalid,
                     "give the database as --database or DATABASE_URL: sqlite:FILE, postgresql://USER@HOST/NAME or "
                     "mariadb://USER@HOST/NAME");
}

// The program in the same folder as this one that has the clients of servers.
std::string companion() {
  char own[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", own, sizeof own);
  const std::string_view path(own, length < 0 ? 0 : static_cast<std::size_t>(length));
  return std::string(path.substr(0, path.rfind('/') + 1)).append(kCompanion);
}

// Who runs a command in place of this program; none: this one does.
std::optional<std::string> other_program(const Arguments& arguments) {
  if (arguments.flag("service")) return arguments.value("service");
  const std::string url = migrate::database_url(arguments);
  for (const std::string_view scheme : {"postgres", "mariadb:", "mysql:"}) {
    if (url.starts_with(scheme)) return companion();
  }
  return std::nullopt;
}

// Becomes the program. The database's URL goes by the environment, since it may hold a password.
int become(const std::string& program, const Arguments& arguments, std::string_view command,
           std::initializer_list<std::string_view> options) {
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
  if (const auto other = other_program(arguments)) return become(*other, arguments, "apply", {"folder", "to"});
  return migrate::run_apply(arguments, open_sqlite);
}
int run_status(const Arguments& arguments) {
  if (const auto other = other_program(arguments)) return become(*other, arguments, "status", {"folder"});
  return migrate::run_status(arguments, open_sqlite);
}
int run_import(const Arguments& arguments) {
  if (const auto other = other_program(arguments)) return become(*other, arguments, "import", {"namespace"});
  return migrate::run_import(arguments, open_sqlite);
}
int run_diff(const Arguments& arguments) { return become(*arguments.value("service"), arguments, "diff", {"folder"}); }

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
