// PDO: a connection.
#include "php_pdo/pdo_objects.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

// Attributes by their numbers.
constexpr Int kTimeout = 2;
constexpr Int kErrorMode = 3;
constexpr Int kServerVersion = 4;
constexpr Int kClientVersion = 5;
constexpr Int kCase = 8;
constexpr Int kNulls = 11;
constexpr Int kPersistent = 12;
constexpr Int kStatementClass = 13;
constexpr Int kDriverName = 16;
constexpr Int kStringify = 17;
constexpr Int kFetchMode = 19;
constexpr Int kOpenFlags = 1000;
constexpr Int kExtendedCodes = 1002;

Pdo& pdo_of(const ObjectPtr& o) { return static_cast<Pdo&>(*o); }

// The object of a method, whose constructor must have run; begins with a clean state.
Pdo& opened(const ObjectPtr& o) {
  Pdo& pdo = pdo_of(o);
  if (pdo.connection == nullptr) throw_error("PDO object is not initialized, constructor was not called");
  pdo.state.code = "00000";
  return pdo;
}

void need_text(std::string_view function, std::string_view name, const String& text) {
  if (text.empty()) bad_argument(function, 1, name, "cannot be empty");
}

// A path as PDO opens it: relative ones against the working folder are SQLite's own business.
std::string path_in(const String& dsn) {
  const std::string_view text = dsn;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    pdo_throw("PDO::__construct(): Argument #1 ($dsn) must be a valid data source name");
  if (text.substr(0, colon) != "sqlite") pdo_throw("could not find driver");
  return std::string(text.substr(colon + 1));
}

bool set_attribute(Pdo& pdo, Int attribute, const Value& given) {
  const auto number = [&] { return param_int(given, "PDO::setAttribute(): Argument #2 ($value)"); };
  const auto one_of = [&](Int low, Int high, std::string_view complaint) {
    const Int value = number();
    if (value < low || value > high) throw_value_error(complaint);
    return value;
  };
  switch (attribute) {
    case kErrorMode:
      pdo.error_mode = one_of(0, 2, "Error mode must be one of the PDO::ERRMODE_* constants");
      return true;
    case kCase:
      pdo.letter_case = one_of(0, 2, "Case folding mode must be one of the PDO::CASE_* constants");
      return true;
    case kNulls:
      pdo.nulls = number();
      return true;
    case kStringify:
      pdo.stringify = to_bool(given);
      return true;
    case kFetchMode:
      if (number() == kFetchInto || number() == kFetchClass) {
        pdo_refuse(pdo, pdo.state, "PDO::setAttribute", "HY000",
                   "FETCH_INTO and FETCH_CLASS are not yet supported as default fetch modes");
        return false;
      }
      pdo.fetch_mode = number();
      return true;
    case kTimeout:
      pdo.connection->wait_at_most(number());
      return true;
    case kExtendedCodes:
      pdo.connection->tell_extended_codes(to_bool(given));
      return true;
    case kStatementClass:
      stop("pdo", "PDO::ATTR_STATEMENT_CLASS is not supported");
    default:
      return false;
  }
}

Value get_attribute(Pdo& pdo, Int attribute) {
  switch (attribute) {
    case kErrorMode:
      return pdo.error_mode;
    case kCase:
      return pdo.letter_case;
    case kNulls:
      return pdo.nulls;
    case kStringify:
      return pdo.stringify;
    case kFetchMode:
      return pdo.fetch_mode;
    case kPersistent:
      return false;
    case kDriverName:
      return "sqlite";
    case kStatementClass:
      return Array::list({"PDOStatement"});
    case kServerVersion:
    case kClientVersion:
      return PdoSqlite::version();
    default:
      pdo_refuse(pdo, pdo.state, "PDO::getAttribute", "IM001", "driver does not support that attribute");
      return false;
  }
}

void construct_pdo(const ObjectPtr& self, String dsn, Value, Value, Value options) {
  Pdo& pdo = pdo_of(self);
  const std::string path = path_in(dsn);
  const Array given = options.is_null() ? Array() : param_array(options, "PDO::__construct(): Argument #4 ($options)");
  const Value* const flags = given.lookup(Key(kOpenFlags));
  PdoFailure failure;
  pdo.connection = PdoSqlite::open(
      path, flags == nullptr ? PdoSqlite::kDefaultOpenFlags : static_cast<int>(to_int(*flags)), failure);
  if (pdo.connection == nullptr) pdo_throw_open(failure);
  for (const auto& [key, value] : given) {
    if (!key.is_text() && key.number() != kOpenFlags) set_attribute(pdo, key.number(), value.deref());
  }
}

Value prepare_query(const ObjectPtr& self, String query, Value) {
  Pdo& pdo = opened(self);
  need_text("PDO::prepare", "query", query);
  const ObjectPtr made = pdo_statement(self, query, "PDO::prepare");
  pdo.asked_statement = false;
  return made ? Value(made) : Value(false);
}

// The query, the mode and what it needs.
Value query(const ObjectPtr& self, Arguments arguments) {
  Pdo& pdo = opened(self);
  if (arguments.empty()) throw_argument_count("PDO::query() expects at least 1 argument, 0 given");
  const String text = param_string(arguments[0].deref(), "PDO::query(): Argument #1 ($query)");
  need_text("PDO::query", "query", text);
  const ObjectPtr made = pdo_statement(self, text, "PDO::query");
  if (!made) return false;
  auto& s = static_cast<PdoStatement&>(*made);
  if (arguments.size() > 1 && !arguments[1].deref().is_null()) {
    const Int mode = param_int(arguments[1].deref(), "PDO::query(): Argument #2 ($fetchMode)");
    s.fetch = pdo_fetch_mode({.function = "PDO::query", .first = 2}, mode, arguments.from(2));
  }
  if (!pdo_execute(s, "PDO::query")) {
    pdo.state = s.state;
    return false;
  }
  return made;
}

Value exec(const ObjectPtr& self, String text) {
  Pdo& pdo = opened(self);
  need_text("PDO::exec", "statement", text);
  if (pdo.connection->exec(text.str())) return pdo.connection->changes();
  pdo_fail(pdo, pdo.state, "PDO::exec", pdo.connection->failure());
  return false;
}

Value last_id(const ObjectPtr& self, Value) { return int_to_string(opened(self).connection->last_id()); }

// A quote is written twice; what stands behind a zero byte is lost, as in SQLite's own text.
Value quote(const ObjectPtr& self, String text, Int) {
  opened(self);
  std::string out = "'";
  for (const char c : c_string(text)) out.append(c == '\'' ? 2 : 1, c);
  return out + "'";
}

bool run(Pdo& pdo, std::string_view function, const char* text) {
  if (pdo.connection->exec(text)) return true;
  pdo_fail(pdo, pdo.state, function, pdo.connection->failure());
  return false;
}

bool begin(const ObjectPtr& self) {
  Pdo& pdo = opened(self);
  if (pdo.in_transaction) pdo_throw("There is already an active transaction");
  pdo.in_transaction = run(pdo, "PDO::beginTransaction", "BEGIN");
  return pdo.in_transaction;
}

bool end(const ObjectPtr& self, std::string_view function, const char* text) {
  Pdo& pdo = opened(self);
  if (!pdo.in_transaction) pdo_throw("There is no active transaction");
  if (!run(pdo, function, text)) return false;
  pdo.in_transaction = false;
  return true;
}

Value no_functions(const ObjectPtr& o, Arguments) {
  stop("pdo", "functions and collations of a program in SQL (" + o->of().name + "::sqliteCreate...) are not supported");
}

}  // namespace

Pdo::~Pdo() {
  if (in_transaction && connection != nullptr) connection->exec("ROLLBACK");
}

Object* Pdo::clone() const { throw_error("Trying to clone an uncloneable object of class " + of().name); }

void declare_pdo_connection() {
  Class& c = *find_class("PDO");
  c.make = +[](Class& of) -> Object* { return new Pdo(&of); };
  c.method("__construct", kPublic, construct_pdo)
      .named({"dsn", "username", "password", "options"})
      .optional(1, {Value(), Value(), Value()});
  c.method("prepare", kPublic, prepare_query).named({"query", "options"}).optional(1, {Value(Array())});
  c.method("query", kPublic, query);
  c.method("exec", kPublic, exec).named({"statement"});
  c.method("lastInsertId", kPublic, last_id).named({"name"}).optional(0, {Value()});
  c.method("quote", kPublic, quote).named({"string", "type"}).optional(1, {Value(kParamString)});
  c.method("beginTransaction", kPublic, begin);
  c.method("commit", kPublic, +[](const ObjectPtr& o) { return end(o, "PDO::commit", "COMMIT"); });
  c.method("rollBack", kPublic, +[](const ObjectPtr& o) { return end(o, "PDO::rollBack", "ROLLBACK"); });
  c.method("inTransaction", kPublic, +[](const ObjectPtr& o) { return opened(o).in_transaction; });
  c.method("errorCode", kPublic, +[](const ObjectPtr& o) { return pdo_error_code(pdo_of(o).state); });
  c.method("errorInfo", kPublic, +[](const ObjectPtr& o) { return pdo_error_info(pdo_of(o).state); });
  c.method(
       "setAttribute", kPublic,
       +[](const ObjectPtr& o, Int attribute, Value value) { return set_attribute(opened(o), attribute, value); })
      .named({"attribute", "value"});
  c.method(
       "getAttribute", kPublic, +[](const ObjectPtr& o, Int attribute) { return get_attribute(opened(o), attribute); })
      .named({"attribute"});
  for (const char* one : {"sqliteCreateFunction", "sqliteCreateAggregate", "sqliteCreateCollation"}) {
    c.method(one, kPublic, no_functions);
  }
  c.method("getAvailableDrivers", kPublic | kStatic, +[](Class&) { return Array::list({"sqlite"}); });
}

}  // namespace banyan::php_runtime
