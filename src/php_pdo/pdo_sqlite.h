// One SQLite file as PDO's driver `sqlite` uses it. Private to the module. Blocks; belongs to one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "php_runtime/value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace banyan::php_runtime {

// What went wrong: SQLSTATE, SQLite's code and its words.
struct PdoFailure {
  std::string state = "HY000";
  Int code = 0;
  std::string text;
};

class PdoSqlite {
 public:
  static constexpr int kDefaultOpenFlags = 6;  // to read and write, and to make the file
  static constexpr int kDefaultTimeoutS = 60;  // to wait for locks of others

  // Null and the reason where it cannot be opened.
  static std::shared_ptr<PdoSqlite> open(const std::string& path, int flags, PdoFailure& failure);
  explicit PdoSqlite(sqlite3* handle) : handle_(handle) {}
  ~PdoSqlite();
  PdoSqlite(const PdoSqlite&) = delete;
  PdoSqlite& operator=(const PdoSqlite&) = delete;

  // All statements of the text. False: failure() says why not.
  bool exec(const std::string& text);
  Int changes() const;
  Int last_id() const;
  void wait_at_most(Int seconds);
  void tell_extended_codes(bool on);
  // Of the last call that failed.
  PdoFailure failure() const;
  sqlite3* handle() const { return handle_; }

  static std::string version();

 private:
  sqlite3* handle_;
};

class PdoSqliteStatement {
 public:
  // Null where it is no statement: the connection's failure() says why.
  static std::unique_ptr<PdoSqliteStatement> prepare(std::shared_ptr<PdoSqlite> connection, std::string_view text);
  PdoSqliteStatement(std::shared_ptr<PdoSqlite> connection, sqlite3_stmt* statement)
      : connection_(std::move(connection)), statement_(statement) {}
  ~PdoSqliteStatement();
  PdoSqliteStatement(const PdoSqliteStatement&) = delete;
  PdoSqliteStatement& operator=(const PdoSqliteStatement&) = delete;

  // Placeholders, before execute(): the number of a named one with its colon, 0 for none; and values, numbered from 1.
  // A value stays until another takes its place. False: failure().
  int number_of(const std::string& name) const;
  void begin_binding();
  bool bind_null(int number);
  bool bind_int(int number, Int value);
  bool bind_text(int number, const String& value);
  bool bind_bytes(int number, const String& value);

  // Runs it to its first row. False: failure().
  bool execute();
  enum class Step : std::uint8_t { kRow, kNone, kFailed };
  Step fetch();
  void close();
  int columns() const { return columns_; }
  Int changed() const { return changed_; }
  std::string column_name(int column) const;
  // Of the row that was fetched: null, int, float or string.
  Value value(int column) const;
  PdoFailure failure() const { return connection_->failure(); }

 private:
  bool bound(int code) const { return code == 0; }
  std::shared_ptr<PdoSqlite> connection_;
  sqlite3_stmt* statement_;
  int columns_ = 0;
  Int changed_ = 0;
  bool executed_ = false;
  bool has_row_ = false;  // which fetch() has not given yet
  bool done_ = false;
};

}  // namespace banyan::php_runtime
