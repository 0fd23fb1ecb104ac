#include "php_pdo/pdo_sqlite.h"

#include <sqlite3.h>

#include <algorithm>

namespace banyan::php_runtime {

namespace {

std::string state_of(int code) {
  switch (code & 0xff) {
    case SQLITE_OK:
      return "00000";
    case SQLITE_NOTFOUND:
      return "42S02";
    case SQLITE_INTERRUPT:
      return "01002";
    case SQLITE_NOLFS:
      return "HYC00";
    case SQLITE_TOOBIG:
      return "22001";
    case SQLITE_CONSTRAINT:
      return "23000";
    default:
      return "HY000";
  }
}

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

int size_of(const String& bytes) { return static_cast<int>(std::min<std::size_t>(bytes.size(), INT32_MAX)); }

}  // namespace

std::shared_ptr<PdoSqlite> PdoSqlite::open(const std::string& path, int flags, PdoFailure& failure) {
  if (path.starts_with("file:")) flags |= SQLITE_OPEN_URI;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  auto made = std::make_shared<PdoSqlite>(handle);
  if (code != SQLITE_OK) {
    failure = made->failure();
    return nullptr;
  }
  made->wait_at_most(kDefaultTimeoutS);
  return made;
}

// Statements keep their connection, so there are none left.
PdoSqlite::~PdoSqlite() { sqlite3_close_v2(handle_); }

bool PdoSqlite::exec(const std::string& text) {
  return sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}
Int PdoSqlite::changes() const { return sqlite3_changes(handle_); }
Int PdoSqlite::last_id() const { return sqlite3_last_insert_rowid(handle_); }
void PdoSqlite::wait_at_most(Int seconds) {
  sqlite3_busy_timeout(handle_, static_cast<int>(std::clamp<Int>(seconds, 0, 1'000'000) * 1000));
}
void PdoSqlite::tell_extended_codes(bool on) { sqlite3_extended_result_codes(handle_, on ? 1 : 0); }

PdoFailure PdoSqlite::failure() const {
  const int code = sqlite3_errcode(handle_);
  return {.state = state_of(code), .code = code, .text = text_or_empty(sqlite3_errmsg(handle_))};
}

std::string PdoSqlite::version() { return sqlite3_libversion(); }

std::unique_ptr<PdoSqliteStatement> PdoSqliteStatement::prepare(std::shared_ptr<PdoSqlite> connection,
                                                                std::string_view text) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(connection->handle(), text.data(), static_cast<int>(text.size()), &statement, nullptr);
  if (code != SQLITE_OK) return nullptr;
  return std::make_unique<PdoSqliteStatement>(std::move(connection), statement);
}

PdoSqliteStatement::~PdoSqliteStatement() { sqlite3_finalize(statement_); }

int PdoSqliteStatement::number_of(const std::string& name) const {
  return sqlite3_bind_parameter_index(statement_, name.c_str());
}

void PdoSqliteStatement::begin_binding() {
  if (!executed_ || done_) return;
  sqlite3_reset(statement_);
  done_ = true;
}
bool PdoSqliteStatement::bind_null(int number) { return bound(sqlite3_bind_null(statement_, number)); }
bool PdoSqliteStatement::bind_int(int number, Int value) {
  return bound(sqlite3_bind_int64(statement_, number, value));
}
bool PdoSqliteStatement::bind_text(int number, const String& value) {
  return bound(sqlite3_bind_text(statement_, number, value.data(), size_of(value), SQLITE_TRANSIENT));
}
bool PdoSqliteStatement::bind_bytes(int number, const String& value) {
  return bound(sqlite3_bind_blob(statement_, number, value.data(), size_of(value), SQLITE_TRANSIENT));
}

bool PdoSqliteStatement::execute() {
  if (executed_ && !done_) sqlite3_reset(statement_);
  executed_ = true;
  done_ = false;
  has_row_ = false;
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW:
      has_row_ = true;
      columns_ = sqlite3_data_count(statement_);
      return true;
    case SQLITE_DONE:
      columns_ = sqlite3_column_count(statement_);
      changed_ = connection_->changes();
      sqlite3_reset(statement_);
      done_ = true;
      return true;
    default:
      // Its error is that of the connection, which a reset gives again.
      sqlite3_reset(statement_);
      done_ = true;
      return false;
  }
}

PdoSqliteStatement::Step PdoSqliteStatement::fetch() {
  if (std::exchange(has_row_, false)) return Step::kRow;
  if (!executed_ || done_) return Step::kNone;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return Step::kRow;
  done_ = true;
  sqlite3_reset(statement_);
  return code == SQLITE_DONE ? Step::kNone : Step::kFailed;
}

void PdoSqliteStatement::close() {
  sqlite3_reset(statement_);
  has_row_ = false;
  done_ = true;
}

std::string PdoSqliteStatement::column_name(int column) const {
  return text_or_empty(sqlite3_column_name(statement_, column));
}

Value PdoSqliteStatement::value(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_NULL:
      return {};
    case SQLITE_INTEGER:
      return static_cast<Int>(sqlite3_column_int64(statement_, column));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement_, column);
    default: {
      const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
      return String(std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))));
    }
  }
}

}  // namespace banyan::php_runtime
