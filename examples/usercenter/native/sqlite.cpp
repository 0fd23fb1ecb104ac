#include "sqlite.h"

namespace usercenter {

using namespace banyan;

namespace {

Error error_of(sqlite3* database) {
  const bool taken = sqlite3_extended_errcode(database) == SQLITE_CONSTRAINT_UNIQUE;
  Error error(taken ? ErrorCode::kAlreadyExists : ErrorCode::kInternal, sqlite3_errmsg(database));
  const char* file = sqlite3_db_filename(database, "main");
  if (file != nullptr && *file != '\0') error.add_context(std::string("database ") + file);
  return error;
}

}  // namespace

Statement::Use::~Use() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Result<bool> Statement::Use::next() {
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return error_of(sqlite3_db_handle(statement_));
  }
}

std::string_view Statement::Use::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(statement_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Statement::bind(int index, std::string_view value) {
  // An empty view may have no address, which SQLite would take for NULL.
  const char* bytes = value.empty() ? "" : value.data();
  sqlite3_bind_text64(statement_.get(), index, bytes, value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

Result<Connection> Connection::open(const std::string& path, Access access) {
  const int flags = (access == Access::kWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  sqlite3* database = nullptr;
  const int status = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
  Connection connection(database);
  if (status != SQLITE_OK)
    return Error(ErrorCode::kInternal, "opening the database " + path + ": " + sqlite3_errmsg(database));
  return connection;
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int status = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (status != SQLITE_OK) return error_of(database_.get());
  return Statement(statement);
}

Result<void> Connection::execute(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error_of(database_.get());
  return {};
}

}  // namespace usercenter
