// The objects of PDO's classes, and how they fail. Private to the module.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "php_pdo/pdo_bounds.h"
#include "php_pdo/pdo_driver.h"
#include "php_runtime/builtin.h"
#include "php_runtime/object.h"

namespace banyan::php_runtime {

// PDO's constants that the code names; all of them are in pdo_classes.cpp.
inline constexpr Int kFetchDefault = 0;
inline constexpr Int kFetchLazy = 1;
inline constexpr Int kFetchAssoc = 2;
inline constexpr Int kFetchNum = 3;
inline constexpr Int kFetchBoth = 4;
inline constexpr Int kFetchObject = 5;
inline constexpr Int kFetchBound = 6;
inline constexpr Int kFetchColumn = 7;
inline constexpr Int kFetchClass = 8;
inline constexpr Int kFetchInto = 9;
inline constexpr Int kFetchFunction = 10;
inline constexpr Int kFetchNamed = 11;
inline constexpr Int kFetchKeyPair = 12;
inline constexpr Int kPlainMode = 0xffff;  // without the flags that follow
inline constexpr Int kFetchGroup = 0x10000;
inline constexpr Int kFetchUnique = 0x30000;
inline constexpr Int kFetchClassType = 0x40000;
inline constexpr Int kFetchSerialize = 0x80000;
inline constexpr Int kFetchPropsLate = 0x100000;
inline constexpr Int kErrorSilent = 0;
inline constexpr Int kErrorWarning = 1;
inline constexpr Int kErrorException = 2;
inline constexpr Int kParamNull = 0;
inline constexpr Int kParamInt = 1;
inline constexpr Int kParamString = 2;
inline constexpr Int kParamBytes = 3;
inline constexpr Int kParamBool = 5;
inline constexpr Int kParamInputOutput = 0x80000000;
inline constexpr Int kParamNational = 0x40000000;
inline constexpr Int kParamCharacter = 0x20000000;
// Attributes by their numbers.
inline constexpr Int kAttributeAutocommit = 0;
inline constexpr Int kAttributeTimeout = 2;
inline constexpr Int kAttributeErrorMode = 3;
inline constexpr Int kAttributeServerVersion = 4;
inline constexpr Int kAttributeClientVersion = 5;
inline constexpr Int kAttributeServerInfo = 6;
inline constexpr Int kAttributeConnectionStatus = 7;
inline constexpr Int kAttributeCase = 8;
inline constexpr Int kAttributeCursor = 10;
inline constexpr Int kAttributeNulls = 11;
inline constexpr Int kAttributePersistent = 12;
inline constexpr Int kAttributeStatementClass = 13;
inline constexpr Int kAttributeFetchTableNames = 14;
inline constexpr Int kAttributeDriverName = 16;
inline constexpr Int kAttributeStringify = 17;
inline constexpr Int kAttributeFetchMode = 19;
inline constexpr Int kAttributeEmulate = 20;
inline constexpr Int kAttributeStringKind = 21;
inline constexpr Int kAttributeOwn = 1000;  // the first of those that mean something to one driver
inline constexpr Int kSqliteOpenFlags = kAttributeOwn;
inline constexpr Int kSqliteExtendedCodes = kAttributeOwn + 2;

// "" before the first call, "00000" after one that went well; code and words are of the last failure there was.
struct PdoState {
  std::string code;
  Int native_code = 0;
  std::optional<std::string> native_text;
};

class Pdo final : public Object {
 public:
  using Object::Object;
  Native native() const override { return Native::kOther; }
  Object* clone() const override;
  ~Pdo() override;

  std::shared_ptr<PdoConnection> connection;  // null: the constructor has not run
  PdoState state;
  Int error_mode = kErrorException;
  Int fetch_mode = kFetchBoth;
  Int letter_case = 0;
  Int nulls = 0;
  bool stringify = false;
  bool persistent = false;            // was asked for
  bool keeps_in_transaction = false;  // where the driver does not say
  bool in_transaction() const { return connection->in_transaction().value_or(keeps_in_transaction); }
  // Where the database's code and words of a failure are, of the connection or of one of its statements.
  PdoState& native_of(PdoState& state_of_failed) { return connection->shares_failures() ? state : state_of_failed; }
};

// How rows come: a mode, and what it needs.
struct PdoFetchMode {
  Int mode = kFetchBoth;
  Int column = -1;  // of kFetchColumn; -1: not given
  Class* of = nullptr;
  std::vector<Value> arguments;
  ObjectPtr into;
  Callable function;
};

class PdoStatement final : public Object {
 public:
  using Object::Object;
  Native native() const override { return Native::kOther; }
  Object* clone() const override;

  Pdo& pdo() const;
  PdoDriverStatement& statement() const;  // throws where there is none

  std::unique_ptr<PdoDriverStatement> made;
  ObjectPtr owner;  // the Pdo
  String query;
  PdoState state;
  PdoBounds bound;
  PdoBounds bound_columns;
  std::vector<String> columns;
  PdoFetchMode fetch;
  Int row_count = 0;
  bool executed = false;
  std::string_view called;  // the method that runs, for warnings
};

// ---- Failures: told as the connection's error mode says. `function` is the one that is called, for warnings ----

// Of the database; with "00000" there is none.
void pdo_fail(Pdo& pdo, PdoState& state, std::string_view function, PdoFailure failure);
// Of PDO itself: an SQLSTATE and, maybe, words of its own.
void pdo_refuse(Pdo& pdo, PdoState& state, std::string_view function, std::string_view code, std::string_view words);
[[noreturn]] void pdo_throw(std::string_view message);
// "SQLSTATE[HY000] [14] unable to open database file", as the constructor has it.
// `warning`: what PHP warned of on the way, "" where it did not.
[[noreturn]] void pdo_throw_open(const PdoFailure& failure, std::string_view warning = {});
Array pdo_error_info(Pdo& pdo, PdoState& state);
Value pdo_error_code(const PdoState& state);

// ---- Rows (pdo_fetch.cpp) ----

// The arguments of setFetchMode(), query() and fetchAll() behind the query; `first` is the number of the mode's own.
struct PdoModeCall {
  std::string_view function;
  int first = 1;
  bool all = false;  // of fetchAll()
};
// Throws for a mode that there is not, or not there.
void pdo_check_mode(const PdoStatement& s, const PdoModeCall& call, Int mode);
PdoFetchMode pdo_fetch_mode(const PdoStatement& s, const PdoModeCall& call, Int mode, Arguments rest);
Value pdo_fetch(PdoStatement& s, std::string_view function, const PdoFetchMode& how);  // false: no row
// `groups`: the mode that was asked for, whose FETCH_GROUP and FETCH_UNIQUE count; those of setFetchMode() do not.
Array pdo_fetch_all(PdoStatement& s, std::string_view function, const PdoFetchMode& how, Int groups);
Value pdo_fetch_column(PdoStatement& s, std::string_view function, Int column);

// ---- Statements (pdo_statement.cpp) ----
// Null: it failed. `options`: null where none were given.
ObjectPtr pdo_statement(const ObjectPtr& pdo, const String& query, std::string_view function, const Array* options);
// `from_text`: that of PDO::query(), which has no placeholders.
bool pdo_execute(PdoStatement& s, std::string_view function, bool from_text = false);
// A value of text as PDO takes it: the variable itself changes.
void pdo_make_text(Value& v);

void declare_pdo_connection();
void declare_pdo_statement();
// serialize() and unserialize() throw for objects of the class.
void forbid_serializing(Class& c);

}  // namespace banyan::php_runtime
