#include "ledger/blocking_sqlite.h"

#include <sqlite3.h>

namespace banyan {
namespace {

constexpr int kBusyTimeoutMs = 2'000;

ErrorCode code_of(int primary) {
  switch (primary) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kDataLoss;
    case SQLITE_CONSTRAINT:
      return ErrorCode::kFailedPrecondition;
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
      return ErrorCode::kInternal;
    default:
      return ErrorCode::kUnavailable;
  }
}

// SQLite reads '%', '?' and '#' of a URI as its own.
std::string uri_of(const std::string& path, BlockingSqlite::Mode mode) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%') {
      uri += "%25";
    } else if (c == '?') {
      uri += "%3f";
    } else if (c == '#') {
      uri += "%23";
    } else {
      uri += c;
    }
  }
  return mode == BlockingSqlite::Mode::kReadAlone ? uri + "?immutable=1" : uri;
}

int bind(sqlite3_stmt* statement, int index, const BlockingSqlite::Parameter& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement, index, *number);
  const std::string_view text = std::get<std::string_view>(value);
  // A null pointer would bind NULL.
  return sqlite3_bind_text64(statement, index, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC,
                             SQLITE_UTF8);
}

}  // namespace

std::int64_t BlockingSqlite::Row::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view BlockingSqlite::Row::text(int column) const {
  const unsigned char* const bytes = sqlite3_column_text(statement_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Result<std::unique_ptr<BlockingSqlite>> BlockingSqlite::open(const std::string& path, Mode mode) {
  sqlite3* handle = nullptr;
  const int access = mode == Mode::kWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  const int code =
      sqlite3_open_v2(uri_of(path, mode).c_str(), &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nullptr);
  std::unique_ptr<BlockingSqlite> file(new BlockingSqlite(handle, path));
  if (code != SQLITE_OK) {
    const int reason = handle == nullptr ? 0 : sqlite3_system_errno(handle);
    return reason != 0 ? Error::from_errno(reason, path) : file->error_now(code);
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  BANYAN_TRY_VOID(file->script("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"));
  return file;
}

BlockingSqlite::~BlockingSqlite() {
  for (const auto& [text, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Error BlockingSqlite::error_now(int code) const {
  const int primary = code & 0xff;
  const std::string what = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
  const ErrorCode kind = code_of(primary);
  if (kind == ErrorCode::kFailedPrecondition) return {kind, what};
  if (kind != ErrorCode::kDataLoss) return {kind, path_ + ": " + what};
  return {kind, path_ + " is damaged, or no ledger at all (" + what +
                    "); put a copy of it back, or move it away and begin without evidence"};
}

Result<void> BlockingSqlite::script(const char* text) {
  const int code = sqlite3_exec(handle_, text, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_now(code);
  return {};
}

Result<sqlite3_stmt*> BlockingSqlite::prepared(const char* text) {
  sqlite3_stmt*& statement = statements_[text];
  if (statement != nullptr) return statement;
  const int code = sqlite3_prepare_v3(handle_, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return error_now(code);
  return statement;
}

Result<void> BlockingSqlite::run(const char* text, std::initializer_list<Parameter> parameters, const EachRow& each) {
  BANYAN_TRY(sqlite3_stmt* const statement, prepared(text));
  int index = 0;
  int code = SQLITE_OK;
  for (const Parameter& parameter : parameters) {
    if (code == SQLITE_OK) code = bind(statement, ++index, parameter);
  }
  Result<void> result;
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(statement);
    if (code != SQLITE_ROW || !each) continue;
    result = each(Row(statement));
    if (!result.ok()) break;
  }
  if (code != SQLITE_DONE && code != SQLITE_ROW) result = error_now(code);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return result;
}

Result<std::int64_t> BlockingSqlite::number(const char* text) {
  std::int64_t number = 0;
  BANYAN_TRY_VOID(run(text, {}, [&](const Row& row) -> Result<void> {
    number = row.integer(0);
    return {};
  }));
  return number;
}

void BlockingSqlite::roll_back() {
  if (sqlite3_get_autocommit(handle_) == 0) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace banyan
