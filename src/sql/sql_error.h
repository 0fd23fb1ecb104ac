// What can go wrong between a program and a SQL database, told apart by what the program does about it.
//
// Which code or text of a database means which kind is the driver's knowledge; above it nobody reads SQLSTATEs.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace banyan {

namespace detail {
class SqlResultBase;
}

enum class SqlErrorKind : unsigned char {
  kNotFound,       // one row was asked for and there is none
  kNotSingular,    // one row was asked for and there are more
  kConstraint,     // a rule of the schema forbids it: constraint_kind() and constraint_name() say which
  kConflict,       // the row has changed since it was read (optimistic version): read it again and decide
  kSerialization,  // deadlock, serialisation failure, lock not to be had: the same transaction may well pass now
  kTimeout,        // the time allowed ran out; the database was told to stop, and the statement may have been done
  kCancelled,      // the task was told to stop
  kConnection,     // not reachable, refused, or lost; whether the statement was done is not known
  kExhausted,      // a limit: no connection free in the pool, disk full, too many parameters
  kDenied,         // the database refuses the program: wrong credentials, or not allowed
  kForbidden,      // the program refuses: for hooks and transactions whose own rules say no
  kInvalid,        // the database does not accept the statement or a value: a fault of the program or of the schema
  kInternal,       // a fault of this library or of the database
};

// The kind's name in snake_case, as logs and metrics show it. Never empty.
std::string_view sql_error_kind_name(SqlErrorKind kind);

enum class SqlConstraintKind : unsigned char { kNone, kUnique, kForeignKey, kNotNull, kCheck };
std::string_view sql_constraint_kind_name(SqlConstraintKind kind);

class [[nodiscard]] SqlError {
 public:
  // `message` is one sentence without a final stop. It must not hold values of parameters: errors are logged.
  SqlError(SqlErrorKind kind, std::string message);
  // A kConstraint. `name` as the database tells it: PostgreSQL and MariaDB give the constraint's name; SQLite gives
  // "table.column, table.column" for kUnique and kNotNull, the name for kCheck, and nothing for kForeignKey.
  SqlError(SqlConstraintKind constraint, std::string name, std::string message);
  // An error from below (sockets, TLS, cancellation): the kind follows from its code.
  SqlError(Error error);  // NOLINT: an Error is a SqlError
  SqlError(const SqlError& other);
  SqlError(SqlError&&) noexcept = default;
  SqlError& operator=(const SqlError& other);
  SqlError& operator=(SqlError&&) noexcept = default;
  ~SqlError() = default;

  SqlErrorKind kind() const { return state_->kind; }
  const std::string& message() const { return state_->message; }
  SqlConstraintKind constraint_kind() const { return state_->constraint; }
  const std::string& constraint_name() const { return state_->constraint_name; }
  // The database's own code ("23505", "1062", "SQLITE_BUSY"), for logs; empty where there is none.
  const std::string& code() const { return state_->code; }
  SqlError&& with_code(std::string code) &&;
  // Puts `what` before the message.
  SqlError&& add_context(std::string_view what) &&;

  bool is_constraint(SqlConstraintKind constraint) const { return state_->constraint == constraint; }
  // One line: "constraint unique users_email_key: <message> [23505]".
  std::string text() const;
  // As the error of the rest of the program: kNotFound, kAlreadyExists (unique), kUnavailable (connection), ...
  // That a database refuses the program (kDenied) is the program's own fault: kInternal.
  Error to_error() const;

 private:
  struct State {
    SqlErrorKind kind;
    SqlConstraintKind constraint = SqlConstraintKind::kNone;
    std::string message;
    std::string constraint_name;
    std::string code;
  };
  friend detail::SqlResultBase;
  SqlError() = default;  // the place of an error, in a result that holds a value
  std::unique_ptr<State> state_;
};

}  // namespace banyan
