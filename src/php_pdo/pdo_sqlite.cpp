#include "php_pdo/pdo_sqlite.h"

#include <sqlite3.h>

#include <algorithm>

#include "php_pdo/pdo_objects.h"
#include "php_runtime/builtin.h"
#include "php_runtime/interrupt.h"
#include "php_runtime/throwable.h"
#include "sqlite/sqlite_memory.h"

namespace banyan::php_runtime {

namespace {

std::string state_of(int code) {
  switch (code) {
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

// Instructions of SQLite's machine between two looks at whether the program is to end: some tenths of a millisecond.
constexpr int kProgressInstructions = 20'000;
int on_progress(void*) { return is_interrupted() ? 1 : 0; }

int size_of(const String& bytes) { return static_cast<int>(std::min<std::size_t>(bytes.size(), INT32_MAX)); }

}  // namespace

std::shared_ptr<PdoSqlite> PdoSqlite::open(const std::string& path, int flags, PdoFailure& failure) {
  count_no_sqlite_memory();
  sqlite3* handle = nullptr;
  // The handle belongs to one thread, so that it needs no lock of its own.
  flags |= SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  auto made = std::make_shared<PdoSqlite>(handle);
  if (code != SQLITE_OK) {
    failure = made->failure();
    return nullptr;
  }
  made->wait_at_most(kDefaultTimeoutS);
  sqlite3_progress_handler(handle, kProgressInstructions, on_progress, nullptr);
  return made;
}

// Statements keep their connection, so there are none left.
PdoSqlite::~PdoSqlite() { sqlite3_close_v2(handle_); }

bool PdoSqlite::run(const char* text) { return sqlite3_exec(handle_, text, nullptr, nullptr, nullptr) == SQLITE_OK; }
std::optional<Int> PdoSqlite::exec(const String& text) {
  if (!run(text.data())) return std::nullopt;
  return changes();
}
Int PdoSqlite::changes() const { return sqlite3_changes(handle_); }
std::optional<String> PdoSqlite::last_id(const Value&) { return int_to_string(sqlite3_last_insert_rowid(handle_)); }
// A quote is written twice; what stands behind a zero byte is lost, as in SQLite's own text.
std::optional<String> PdoSqlite::quote(std::string_view text, Int) {
  std::string out = "'";
  for (const char c : c_string(text)) out.append(c == '\'' ? 2 : 1, c);
  return String(out + "'");
}
std::optional<bool> PdoSqlite::set_attribute(Int attribute, const Value& value) {
  if (attribute == kAttributeTimeout) {
    wait_at_most(pdo_int_attribute(value));
    return true;
  }
  if (attribute != kSqliteExtendedCodes) return std::nullopt;
  sqlite3_extended_result_codes(handle_, pdo_int_attribute(value) != 0 ? 1 : 0);
  return true;
}
std::optional<Value> PdoSqlite::attribute(Int attribute) {
  if (attribute == kAttributeServerVersion || attribute == kAttributeClientVersion) return Value(version());
  return std::nullopt;
}
void PdoSqlite::wait_at_most(Int seconds) {
  sqlite3_busy_timeout(handle_, static_cast<int>(std::clamp<Int>(seconds, 0, 1'000'000) * 1000));
}

PdoFailure PdoSqlite::failure() const {
  const int code = sqlite3_errcode(handle_);
  if (code == SQLITE_INTERRUPT && is_interrupted()) {
    stop("time-limit", "the time of the request was over while a statement ran");
  }
  return {.state = state_of(code), .code = code, .text = text_or_empty(sqlite3_errmsg(handle_))};
}

std::string PdoSqlite::version() { return sqlite3_libversion(); }

std::unique_ptr<PdoDriverStatement> PdoSqlite::prepare(PdoStatement&, const String& query, const Array* options) {
  const Value* const cursor = options == nullptr ? nullptr : options->lookup(Key(kAttributeCursor));
  if (cursor != nullptr && to_int(*cursor) != 0) stop("pdo", "scrollable cursors are not supported");
  return PdoSqliteStatement::prepare(shared_from_this(), query);
}

std::shared_ptr<PdoConnection> open_pdo_sqlite(const PdoLogin& login) {
  PdoFailure failure;
  auto made = PdoSqlite::open(
      login.dsn.str(), static_cast<int>(login.option_or(kSqliteOpenFlags, PdoSqlite::kDefaultOpenFlags)), failure);
  if (made == nullptr) pdo_throw_open(failure);
  return made;
}

std::unique_ptr<PdoSqliteStatement> PdoSqliteStatement::prepare(std::shared_ptr<PdoSqlite> connection,
                                                                std::string_view text) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(connection->handle(), text.data(), static_cast<int>(text.size()), &statement, nullptr);
  if (code != SQLITE_OK) return nullptr;
  return std::make_unique<PdoSqliteStatement>(std::move(connection), statement);
}

PdoSqliteStatement::~PdoSqliteStatement() { sqlite3_finalize(statement_); }

void PdoSqliteStatement::begin_binding() {
  if (!executed_ || done_) return;
  sqlite3_reset(statement_);
  done_ = true;
}
bool PdoSqliteStatement::give(const PdoBound& one) {
  const int number =
      one.name.empty() ? static_cast<int>(one.number) + 1 : sqlite3_bind_parameter_index(statement_, one.name.c_str());
  Value& v = *one.variable;
  const Int type = one.plain_type();
  if (v.is_null() || type == kParamNull) return sqlite3_bind_null(statement_, number) == SQLITE_OK;
  if (type == kParamInt || type == kParamBool) {
    v = to_int(v);
    return sqlite3_bind_int64(statement_, number, v.as_int()) == SQLITE_OK;
  }
  pdo_make_text(v);
  const String& bytes = v.as_string();
  if (type == kParamBytes) {
    return sqlite3_bind_blob(statement_, number, bytes.data(), size_of(bytes), SQLITE_TRANSIENT) == SQLITE_OK;
  }
  return sqlite3_bind_text(statement_, number, bytes.data(), size_of(bytes), SQLITE_TRANSIENT) == SQLITE_OK;
}

bool PdoSqliteStatement::execute(PdoStatement& s, std::string_view) {
  for (const PdoBound& one : s.bound) {
    begin_binding();
    if (!give(one)) return false;
  }
  return run();
}

bool PdoSqliteStatement::run() {
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

bool PdoSqliteStatement::close() {
  sqlite3_reset(statement_);
  has_row_ = false;
  done_ = true;
  return true;
}

std::string PdoSqliteStatement::column_name(int column) const {
  return text_or_empty(sqlite3_column_name(statement_, column));
}

// The size is that of the last form that was asked for, so it is asked for behind the bytes.
String PdoSqliteStatement::bytes_of(const void* bytes, int column) const {
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return String(std::string_view(static_cast<const char*>(bytes), size));
}

Value PdoSqliteStatement::value(int column, bool) {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_NULL:
      return {};
    case SQLITE_INTEGER:
      return static_cast<Int>(sqlite3_column_int64(statement_, column));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement_, column);
    case SQLITE_BLOB:
      return bytes_of(sqlite3_column_blob(statement_, column), column);
    default:
      // In UTF-8, whatever the database keeps.
      return bytes_of(sqlite3_column_text(statement_, column), column);
  }
}

}  // namespace banyan::php_runtime
