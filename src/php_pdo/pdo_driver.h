// What a database is to PDO: the seam to its drivers. Private to the module. Calls block, and belong to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "php_runtime/array.h"
#include "php_runtime/value.h"

namespace banyan::php_runtime {

// What went wrong: SQLSTATE, and the database's own code and words, as errorInfo() tells them.
struct PdoFailure {
  std::string state = "HY000";
  Int code = 0;
  std::string text;
  bool is_own = false;  // PDO's: code and text stay those of the last failure of the database
};

class PdoStatement;
struct PdoBound;

class PdoDriverStatement {
 public:
  PdoDriverStatement() = default;
  PdoDriverStatement(const PdoDriverStatement&) = delete;
  PdoDriverStatement& operator=(const PdoDriverStatement&) = delete;
  virtual ~PdoDriverStatement() = default;

  // PDO puts the values into the text before it is run (emulated prepares).
  virtual bool emulates() const { return false; }
  // Something is about to be bound: its name, number, type and value may change. False: failure(), or it was told.
  virtual bool accept(PdoStatement& s, PdoBound& one) = 0;
  // The same, once it is among those that are bound.
  virtual bool allows(PdoStatement& s, const PdoBound& one) = 0;
  // Runs it, with what is bound, or as the text that emulated prepares made. False: failure().
  virtual bool execute(PdoStatement& s, std::string_view text) = 0;
  enum class Step : std::uint8_t { kRow, kNone, kFailed };
  virtual Step fetch() = 0;
  virtual bool close() = 0;
  // Nullopt: it cannot be done with this database.
  virtual std::optional<bool> next_rowset() = 0;
  virtual int columns() const = 0;
  virtual std::string column_name(int column) const = 0;
  // Of the row that was fetched. `as_text`: it is wanted as a text.
  virtual Value value(int column, bool as_text) = 0;
  // The rows of the result or those that were changed; nullopt: as before.
  virtual std::optional<Int> row_count() const = 0;
  virtual PdoFailure failure() const = 0;
};

class PdoConnection {
 public:
  PdoConnection() = default;
  PdoConnection(const PdoConnection&) = delete;
  PdoConnection& operator=(const PdoConnection&) = delete;
  virtual ~PdoConnection() = default;

  virtual std::string_view name() const = 0;
  // One failure is told of by the connection and its statements alike.
  virtual bool shares_failures() const { return true; }
  // errorInfo() tells words that have no code, too.
  virtual bool tells_without_code() const { return false; }
  // `options`: null where none were given. Null: failure(), or it was told.
  virtual std::unique_ptr<PdoDriverStatement> prepare(PdoStatement& s, const String& query, const Array* options) = 0;
  // All statements of a text: the rows changed. Nullopt: failure().
  virtual std::optional<Int> exec(const String& text) = 0;
  virtual std::optional<String> last_id(const Value& sequence) = 0;
  // Nullopt: it cannot be quoted.
  virtual std::optional<String> quote(std::string_view text, Int type) = 0;
  virtual bool begin() = 0;
  virtual bool commit() = 0;
  virtual bool roll_back() = 0;
  // Nullopt: PDO keeps account itself.
  virtual std::optional<bool> in_transaction() const { return std::nullopt; }
  // Attributes that are the driver's own. Nullopt: it has no such attribute; false: failure().
  virtual std::optional<bool> set_attribute(Int attribute, const Value& value) = 0;
  virtual std::optional<Value> attribute(Int attribute) = 0;
  virtual PdoFailure failure() const = 0;
};

struct PdoLogin {
  String dsn;  // behind the colon
  std::optional<String> user, password;
  Array options;
  const Value* option(Int attribute) const { return options.lookup(Key(attribute)); }
  Int option_or(Int attribute, Int other) const;
};

// Each throws PDO's exception where there is no connection.
std::shared_ptr<PdoConnection> open_pdo_sqlite(const PdoLogin& login);
std::shared_ptr<PdoConnection> open_pdo_mysql(const PdoLogin& login);
std::shared_ptr<PdoConnection> open_pdo_pgsql(const PdoLogin& login);

// A value as attributes take it; a TypeError for others.
bool pdo_bool_attribute(const Value& v);
Int pdo_int_attribute(const Value& v);

}  // namespace banyan::php_runtime
