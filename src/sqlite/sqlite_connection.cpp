#include "sqlite/sqlite_connection.h"

#include <sqlite3.h>
#include <time.h>

#include <utility>
#include <vector>

#include "runtime/blocking.h"
#include "runtime/context.h"
#include "runtime/worker.h"
#include "sqlite/decimal_order.h"
#include "sqlite/sqlite_memory.h"

namespace banyan {
namespace {

// Instructions of SQLite's machine between two looks at the clock: some tens of microseconds.
constexpr int kProgressInstructions = 2000;

SqlConstraintKind constraint_kind(int extended) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return SqlConstraintKind::kUnique;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return SqlConstraintKind::kForeignKey;
    case SQLITE_CONSTRAINT_NOTNULL:
      return SqlConstraintKind::kNotNull;
    default:
      return SqlConstraintKind::kCheck;
  }
}

SqlErrorKind error_kind(int primary) {
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return SqlErrorKind::kSerialization;
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
      return SqlErrorKind::kExhausted;
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
      return SqlErrorKind::kConnection;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return SqlErrorKind::kDenied;
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_CONSTRAINT:
      return SqlErrorKind::kInvalid;
    default:
      return SqlErrorKind::kInternal;
  }
}

SqlError error_of(sqlite3* handle, int code) {
  const int extended = handle == nullptr ? code : sqlite3_extended_errcode(handle);
  const std::string message = handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
  const int primary = extended & 0xff;
  const std::string number = "SQLITE_" + std::to_string(extended);
  if (primary != SQLITE_CONSTRAINT) return SqlError(error_kind(primary), message).with_code(number);
  // "UNIQUE constraint failed: users.email": the columns, or the constraint, stand behind the colon.
  const std::size_t colon = message.find(": ");
  const std::string name = colon == std::string::npos ? std::string() : message.substr(colon + 2);
  return SqlError(constraint_kind(extended), name, message).with_code(number);
}

int bind_value(sqlite3_stmt* statement, int index, const SqlValue& value) {
  const SqlValueView view = view_of(value);
  switch (view.type) {
    case SqlType::kNull:
      return sqlite3_bind_null(statement, index);
    case SqlType::kBool:
    case SqlType::kInteger:
    case SqlType::kTimestamp:
      return sqlite3_bind_int64(statement, index, view.integer);
    case SqlType::kReal:
      return sqlite3_bind_double(statement, index, view.real);
    case SqlType::kText:
    case SqlType::kDecimal:
      return sqlite3_bind_text64(statement, index, view.text.data(), view.text.size(), SQLITE_STATIC, SQLITE_UTF8);
    case SqlType::kBytes:
      // A null pointer would bind NULL.
      return sqlite3_bind_blob64(statement, index, view.text.empty() ? "" : view.text.data(), view.text.size(),
                                 SQLITE_STATIC);
  }
  return SQLITE_MISMATCH;
}

SqlValueView column_view(sqlite3_stmt* statement, int index) {
  SqlValueView view;
  const auto text = [&](const void* data) {
    return std::string_view(static_cast<const char*>(data),
                            static_cast<std::size_t>(sqlite3_column_bytes(statement, index)));
  };
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_INTEGER:
      view.type = SqlType::kInteger;
      view.integer = sqlite3_column_int64(statement, index);
      break;
    case SQLITE_FLOAT:
      view.type = SqlType::kReal;
      view.real = sqlite3_column_double(statement, index);
      break;
    case SQLITE_TEXT:
      view.type = SqlType::kText;
      view.text = text(sqlite3_column_text(statement, index));
      break;
    case SQLITE_BLOB:
      view.type = SqlType::kBytes;
      view.text = text(sqlite3_column_blob(statement, index));
      break;
    default:
      break;
  }
  return view;
}

int collate_decimals(void*, int left_bytes, const void* left, int right_bytes, const void* right) {
  return compare_decimals({static_cast<const char*>(left), static_cast<std::size_t>(left_bytes)},
                          {static_cast<const char*>(right), static_cast<std::size_t>(right_bytes)});
}

SqlError transaction_lost() {
  return SqlError(SqlErrorKind::kSerialization, "SQLite has rolled the transaction back; it has to be begun again");
}

void announce_columns(sqlite3_stmt* statement, int count, SqlRowSink& rows) {
  std::vector<std::string_view> names;
  for (int i = 0; i < count; ++i) names.emplace_back(sqlite3_column_name(statement, i));
  rows.columns(names);
}

// Gives a statement back to the cache clean, whatever happened.
class StatementUse {
 public:
  explicit StatementUse(sqlite3_stmt* statement) : statement_(statement) {}
  StatementUse(const StatementUse&) = delete;
  StatementUse& operator=(const StatementUse&) = delete;
  ~StatementUse() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

void count_no_sqlite_memory() {
  static const int said = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(said);
}

SqlResult<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& path, bool create, bool writes,
                                                                    Duration busy_timeout) {
  count_no_sqlite_memory();
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
  const int opened = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(handle, writes, busy_timeout));
  if (opened != SQLITE_OK) return error_of(handle, opened).add_context("opening " + path);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 5000);
  const char* const set_up =
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;";
  int done = sqlite3_exec(handle, set_up, nullptr, nullptr, nullptr);
  if (done == SQLITE_OK) {
    done = sqlite3_create_collation(handle, "decimal", SQLITE_UTF8, nullptr, collate_decimals);
  }
  if (done == SQLITE_OK && !writes) done = sqlite3_exec(handle, "PRAGMA query_only=ON", nullptr, nullptr, nullptr);
  if (done != SQLITE_OK) return error_of(handle, done).add_context("opening " + path);
  sqlite3_progress_handler(handle, kProgressInstructions, on_progress, connection.get());
  sqlite3_busy_handler(handle, on_busy, connection.get());
  return connection;
}

SqliteConnection::SqliteConnection(sqlite3* handle, bool writes, Duration busy_timeout)
    : handle_(handle), writes_(writes), busy_timeout_(busy_timeout) {}

SqliteConnection::~SqliteConnection() {
  for (const Prepared& prepared : prepared_) sqlite3_finalize(prepared.statement);
  sqlite3_close(handle_);
}

bool SqliteConnection::transaction_open() const { return sqlite3_get_autocommit(handle_) == 0; }

void SqliteConnection::roll_back_now() {
  rolled_back_ = false;
  task_ = nullptr;
  deadline_ = kNever;
  if (transaction_open()) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Task<SqlResult<void>> SqliteConnection::begin(SqlTransactionOptions options) {
  (void)co_await try_(execute(writes_ && !options.read_only ? "BEGIN IMMEDIATE" : "BEGIN"));
  co_return {};
}

Task<SqlResult<void>> SqliteConnection::commit() {
  if (std::exchange(rolled_back_, false)) co_return transaction_lost();
  co_return co_await SqlConnection::commit();
}

Task<SqlResult<void>> SqliteConnection::rollback() {
  if (std::exchange(rolled_back_, false)) co_return {};
  co_return co_await SqlConnection::rollback();
}

Task<SqlResult<SqlOutcome>> SqliteConnection::run(std::string_view text, std::span<const SqlValue> parameters,
                                                  SqlRowSink* rows) {
  if (rolled_back_) co_return transaction_lost();
  env_ = &current_env();
  deadline_ = current_context().deadline();
  const TaskRecord* const task = current_task();
  task_ = task != nullptr && task->shield_depth == 0 ? task : nullptr;
  const bool was_open = transaction_open();
  SqlResult<SqlOutcome> outcome;
  if (inline_) {
    outcome = run_now(text, parameters, rows);
  } else {
    outcome = co_await blocking([&] { return run_now(text, parameters, rows); });
  }
  if (!outcome.ok()) rolled_back_ = was_open && !transaction_open();
  co_return outcome;
}

bool SqliteConnection::must_stop() const {
  if (task_ != nullptr && task_->cancelled.load(std::memory_order_relaxed)) return true;
  return deadline_ != kNever && env_->now() >= deadline_;
}

int SqliteConnection::on_progress(void* self) { return static_cast<SqliteConnection*>(self)->must_stop() ? 1 : 0; }

int SqliteConnection::on_busy(void* self, int attempts) {
  auto& connection = *static_cast<SqliteConnection*>(self);
  const TimePoint now = connection.env_->now();
  if (attempts == 0) connection.busy_since_ = now;
  if (connection.must_stop() || now - connection.busy_since_ >= connection.busy_timeout_) return 0;
  const timespec pause{0, attempts < 10 ? 1'000'000 : 5'000'000};
  nanosleep(&pause, nullptr);
  return 1;
}

SqlError SqliteConnection::error_now(int code) const {
  const int primary = code & 0xff;
  if ((primary == SQLITE_INTERRUPT || primary == SQLITE_BUSY) && must_stop()) {
    const bool cancelled = task_ != nullptr && task_->cancelled.load(std::memory_order_relaxed);
    if (cancelled) return SqlError(SqlErrorKind::kCancelled, "the statement was stopped: its task is cancelled");
    return SqlError(SqlErrorKind::kTimeout, "the statement was stopped: its time is up");
  }
  return error_of(handle_, code);
}

SqlResult<SqlOutcome> SqliteConnection::run_now(std::string_view text, std::span<const SqlValue> parameters,
                                                SqlRowSink* rows) {
  if (must_stop()) return error_now(SQLITE_INTERRUPT);
  SqlResult<sqlite3_stmt*> statement = prepare(text);
  if (!statement.ok()) return std::move(statement).error();
  const StatementUse use(*statement);
  if (SqlResult<void> bound = bind(*statement, parameters); !bound.ok()) return std::move(bound).error();
  const std::int64_t before = sqlite3_total_changes64(handle_);
  if (SqlResult<void> done = step_through(*statement, rows); !done.ok()) return std::move(done).error();
  SqlOutcome outcome;
  if (sqlite3_total_changes64(handle_) != before) {
    outcome.rows_affected = static_cast<std::uint64_t>(sqlite3_changes64(handle_));
    outcome.last_insert_id = sqlite3_last_insert_rowid(handle_);
  }
  return outcome;
}

SqlResult<sqlite3_stmt*> SqliteConnection::prepare(std::string_view text) {
  if (const auto found = by_text_.find(text); found != by_text_.end()) {
    prepared_.splice(prepared_.begin(), prepared_, found->second);
    return found->second->statement;
  }
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(handle_, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, &rest);
  if (code != SQLITE_OK) return error_now(code);
  const std::string_view left(rest, text.data() + text.size());
  if (statement == nullptr || left.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    sqlite3_finalize(statement);
    return SqlError(SqlErrorKind::kInvalid, "execute() takes one statement, no fewer and no more");
  }
  prepared_.push_front({std::string(text), statement});
  by_text_.emplace(prepared_.front().text, prepared_.begin());
  if (prepared_.size() > kStatementsMax) {
    by_text_.erase(prepared_.back().text);
    sqlite3_finalize(prepared_.back().statement);
    prepared_.pop_back();
  }
  return statement;
}

SqlResult<void> SqliteConnection::bind(sqlite3_stmt* statement, std::span<const SqlValue> parameters) {
  const int wanted = sqlite3_bind_parameter_count(statement);
  if (std::cmp_not_equal(wanted, parameters.size())) {
    return SqlError(SqlErrorKind::kInvalid, "the statement has " + std::to_string(wanted) + " placeholders but " +
                                                std::to_string(parameters.size()) + " values");
  }
  for (int i = 0; i < wanted; ++i) {
    const int code = bind_value(statement, i + 1, parameters[static_cast<std::size_t>(i)]);
    if (code != SQLITE_OK) return error_now(code);
  }
  return {};
}

SqlResult<void> SqliteConnection::step_through(sqlite3_stmt* statement, SqlRowSink* rows) {
  const int columns = sqlite3_column_count(statement);
  std::vector<SqlValueView> values(static_cast<std::size_t>(columns));
  bool announced = false;
  for (;;) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_ROW) return error_now(sqlite3_extended_errcode(handle_));
    if (rows == nullptr) continue;
    if (!announced) announce_columns(statement, columns, *rows);
    announced = true;
    for (int i = 0; i < columns; ++i) values[static_cast<std::size_t>(i)] = column_view(statement, i);
    if (!rows->row(values)) return {};
  }
}

}  // namespace banyan
