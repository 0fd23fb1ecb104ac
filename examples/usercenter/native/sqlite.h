// SQLite's C interface with owners: a connection, and statements that are prepared once and used many times.
//
//   Statement find = co_await try_(connection.prepare("SELECT name FROM users WHERE id = ?"));
//   Statement::Use row = find.use(id);
//   while (co_await try_(row.next())) print(row.text(0));
//
// Values reach SQLite as parameters alone, never as part of the SQL. Every call blocks its thread. A connection and its
// statements may be used by one thread at a time, whichever that is.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace usercenter {

class Statement {
 public:
  // One execution. While it lives it may hold a lock on the database; its end makes the statement ready for the next.
  class Use {
   public:
    explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use();

    // To the next row; false when there is none. Errors: kAlreadyExists where a UNIQUE constraint stands against it,
    // kInternal for all else.
    banyan::Result<bool> next();
    // Columns of the current row, from 0. A text is valid until next() or the end.
    std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    std::string_view text(int column) const;
    bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

   private:
    sqlite3_stmt* statement_;
  };

  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  // Binds the parameters in order: std::int64_t, std::string_view or std::optional of one of them (NULL when empty).
  // Texts must outlive the Use.
  template <class... Values>
  Use use(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return Use(statement_.get());
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  void bind(int index, std::int64_t value) { sqlite3_bind_int64(statement_.get(), index, value); }
  void bind(int index, std::string_view value);
  template <class Value>
  void bind(int index, const std::optional<Value>& value) {
    value ? bind(index, *value) : void(sqlite3_bind_null(statement_.get(), index));
  }
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Connection {
 public:
  enum class Access : std::uint8_t { kRead, kWrite };

  // Opens a database file that is there. Errors name the file.
  static banyan::Result<Connection> open(const std::string& path, Access access);
  // One statement of SQL. Errors: the SQL is wrong, or does not fit the database's tables.
  banyan::Result<Statement> prepare(std::string_view sql);
  // Runs SQL without parameters, of which nobody reads the rows.
  banyan::Result<void> execute(const char* sql);

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  explicit Connection(sqlite3* database) : database_(database) {}
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace usercenter
