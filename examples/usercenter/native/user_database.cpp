#include "user_database.h"

#include "runtime/blocking.h"

namespace usercenter {

using namespace banyan;

namespace {

constexpr char kUserColumns[] = "id, name, email, roles, score, active, settings, created_at, last_login";

User user_of(const Statement::Use& row) {
  User user{.id = row.integer(0),
            .name = std::string(row.text(1)),
            .email = std::string(row.text(2)),
            .roles = std::string(row.text(3)),
            .score = row.integer(4),
            .active = row.integer(5),
            .settings = std::string(row.text(6)),
            .created_at = std::string(row.text(7)),
            .last_login = std::nullopt};
  if (!row.is_null(8)) user.last_login = row.text(8);
  return user;
}

// The row, if there is one, with the statement run to its end: only then is a change made.
Result<std::optional<User>> only_user(Statement::Use row) {
  std::optional<User> user;
  while (true) {
    BANYAN_TRY(const bool found, row.next());
    if (!found) return user;
    user = user_of(row);
  }
}

}  // namespace

UserReader::UserReader(Connection connection, Statement find, Statement token_owner, Statement ping)
    : connection_(std::move(connection)),
      find_(std::move(find)),
      token_owner_(std::move(token_owner)),
      ping_(std::move(ping)) {}

Result<UserReader> UserReader::open(const std::string& path) {
  BANYAN_TRY(Connection connection, Connection::open(path, Connection::Access::kRead));
  // Mapped, so that what another process changed is not read again page by page.
  BANYAN_TRY_VOID(connection.execute("PRAGMA busy_timeout = 2000; PRAGMA mmap_size = 268435456"));
  BANYAN_TRY(Statement find, connection.prepare(std::string("SELECT ") + kUserColumns + " FROM users WHERE id = ?"));
  BANYAN_TRY(Statement token_owner,
             connection.prepare("SELECT user_id FROM tokens WHERE token = ? AND expires_at > ?"));
  BANYAN_TRY(Statement ping, connection.prepare("SELECT 1 FROM users LIMIT 1"));
  return UserReader(std::move(connection), std::move(find), std::move(token_owner), std::move(ping));
}

Result<std::optional<User>> UserReader::find(std::int64_t id) { return only_user(find_.use(id)); }

Result<std::vector<std::optional<User>>> UserReader::find_all(std::span<const std::int64_t> ids) {
  std::vector<std::optional<User>> users;
  users.reserve(ids.size());
  BANYAN_TRY_VOID(connection_.execute("BEGIN"));
  Result<void> outcome;
  for (const std::int64_t id : ids) {
    Result<std::optional<User>> user = find(id);
    if (!user.ok()) {
      outcome = std::move(user).error();
      break;
    }
    users.push_back(*std::move(user));
  }
  BANYAN_TRY_VOID(connection_.execute("COMMIT"));
  BANYAN_TRY_VOID(std::move(outcome));
  return users;
}

Result<std::optional<std::int64_t>> UserReader::token_owner(std::string_view token, std::int64_t now) {
  Statement::Use row = token_owner_.use(token, now);
  BANYAN_TRY(const bool found, row.next());
  if (!found) return std::optional<std::int64_t>();
  return std::optional(row.integer(0));
}

Result<void> UserReader::ping() {
  Statement::Use row = ping_.use();
  BANYAN_TRY_VOID(row.next());
  return {};
}

UserWriter::UserWriter(Connection connection, Statement update)
    : connection_(std::move(connection)), update_(std::move(update)) {}

Result<UserWriter> UserWriter::open(const std::string& path) {
  BANYAN_TRY(Connection connection, Connection::open(path, Connection::Access::kWrite));
  BANYAN_TRY_VOID(connection.execute("PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL"));
  const std::string update_sql =
      std::string(
          "UPDATE users SET name = coalesce(?, name), email = coalesce(?, email), updated_at = ? WHERE id = ?") +
      " RETURNING " + kUserColumns;
  BANYAN_TRY(Statement update, connection.prepare(update_sql));
  return UserWriter(std::move(connection), std::move(update));
}

Task<Result<std::optional<User>>> UserWriter::update(std::int64_t id, UserChange change, std::string updated_at) {
  const Mutex::Guard turn = co_await try_(co_await turn_->lock());
  co_return co_await blocking(
      [&] { return only_user(update_.use(change.name, change.email, std::string_view(updated_at), id)); });
}

}  // namespace usercenter
