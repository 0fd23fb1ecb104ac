// PDO: a connection.
#include "php_pdo/pdo_objects.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

Pdo& pdo_of(const ObjectPtr& o) { return static_cast<Pdo&>(*o); }

// The object of a method, whose constructor must have run; the last failure stays as it is.
Pdo& constructed(const ObjectPtr& o) {
  Pdo& pdo = pdo_of(o);
  if (pdo.connection == nullptr) throw_error("PDO object is not initialized, constructor was not called");
  return pdo;
}

// The object of one that begins with a clean state.
Pdo& opened(const ObjectPtr& o) {
  Pdo& pdo = constructed(o);
  pdo.state.code = "00000";
  return pdo;
}

void need_text(std::string_view function, std::string_view name, const String& text) {
  if (text.empty()) bad_argument(function, 1, name, "cannot be empty");
}

// ---- Opening ----

struct Driver {
  std::string_view name;
  std::shared_ptr<PdoConnection> (*open)(const PdoLogin& login);
};
constexpr Driver kDrivers[] = {{"mysql", open_pdo_mysql}, {"pgsql", open_pdo_pgsql}, {"sqlite", open_pdo_sqlite}};

const Driver& driver_of(const String& dsn, String& rest) {
  const std::string_view text = c_string(dsn);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    pdo_throw("PDO::__construct(): Argument #1 ($dsn) must be a valid data source name");
  const std::string_view name = text.substr(0, colon);
  if (name == "uri") stop("pdo", "a DSN of PDO that is in a file is not supported");
  for (const Driver& one : kDrivers) {
    if (one.name != name) continue;
    rest = text.substr(colon + 1);
    return one;
  }
  pdo_throw("could not find driver");
}

// ---- Attributes ----

bool set_error_mode(Pdo& pdo, Int mode) {
  if (mode < 0 || mode > 2) throw_value_error("Error mode must be one of the PDO::ERRMODE_* constants");
  pdo.error_mode = mode;
  return true;
}

bool set_case(Pdo& pdo, Int mode) {
  if (mode < 0 || mode > 2) throw_value_error("Case folding mode must be one of the PDO::CASE_* constants");
  pdo.letter_case = mode;
  return true;
}

bool set_fetch_mode(Pdo& pdo, const Value& given) {
  const Value* const first = given.is_array() ? given.as_array().lookup(Key(0)) : nullptr;
  if (first != nullptr && first->is_int() && (first->as_int() == kFetchInto || first->as_int() == kFetchClass)) {
    throw_value_error("PDO::FETCH_INTO and PDO::FETCH_CLASS cannot be set as the default fetch mode");
  }
  const Int mode = given.is_array() ? to_int(given) : pdo_int_attribute(given);
  if (mode == kFetchDefault) throw_value_error("Fetch mode must be a bitmask of PDO::FETCH_* constants");
  pdo.fetch_mode = mode;
  return true;
}

bool set_attribute(Pdo& pdo, Int attribute, const Value& given) {
  switch (attribute) {
    case kAttributeErrorMode:
      return set_error_mode(pdo, pdo_int_attribute(given));
    case kAttributeCase:
      return set_case(pdo, pdo_int_attribute(given));
    case kAttributeNulls:
      pdo.nulls = pdo_int_attribute(given);
      return true;
    case kAttributeStringify:
      pdo.stringify = pdo_bool_attribute(given);
      pdo.connection->set_attribute(attribute, given);
      return true;
    case kAttributeFetchMode:
      return set_fetch_mode(pdo, given);
    case kAttributeStatementClass:
      stop("pdo", "PDO::ATTR_STATEMENT_CLASS is not supported");
    default:
      break;
  }
  const std::optional<bool> done = pdo.connection->set_attribute(attribute, given);
  if (done.has_value() && !*done) pdo_fail(pdo, pdo.state, "PDO::setAttribute", pdo.connection->failure());
  return done.value_or(false);
}

Value get_attribute(Pdo& pdo, Int attribute) {
  switch (attribute) {
    case kAttributeErrorMode:
      return pdo.error_mode;
    case kAttributeCase:
      return pdo.letter_case;
    case kAttributeNulls:
      return pdo.nulls;
    case kAttributeStringify:
      return pdo.stringify;
    case kAttributeFetchMode:
      return pdo.fetch_mode;
    case kAttributePersistent:
      return pdo.persistent;
    case kAttributeDriverName:
      return pdo.connection->name();
    case kAttributeStatementClass:
      return Array::list({"PDOStatement"});
    default:
      break;
  }
  if (std::optional<Value> own = pdo.connection->attribute(attribute)) return *std::move(own);
  pdo_refuse(pdo, pdo.state, "PDO::getAttribute", "IM001", "driver does not support that attribute");
  return false;
}

std::optional<String> text_or_none(const Value& given, std::string_view place) {
  if (given.is_null()) return std::nullopt;
  return String(c_string(param_string(given, place)));
}

// A text that is no number is the connection's name.
bool asks_for_persistence(const PdoLogin& login) {
  const Value* const given = login.option(kAttributePersistent);
  if (given == nullptr) return false;
  bool whole = false;
  const bool is_name = given->is_string() && !given->as_string().empty() &&
                       (parse_number(given->as_string(), whole).is_null() || !whole);
  return is_name || to_int(*given) != 0;
}

void construct_pdo(const ObjectPtr& self, String dsn, Value user, Value password, Value options) {
  Pdo& pdo = pdo_of(self);
  PdoLogin login;
  login.user = text_or_none(user, "PDO::__construct(): Argument #2 ($username)");
  login.password = text_or_none(password, "PDO::__construct(): Argument #3 ($password)");
  if (!options.is_null()) login.options = param_array(options, "PDO::__construct(): Argument #4 ($options)");
  const Driver& driver = driver_of(dsn, login.dsn);
  pdo.error_mode = login.option_or(kAttributeErrorMode, kErrorException);
  pdo.persistent = asks_for_persistence(login);
  pdo.connection = driver.open(login);
  for (const auto& [key, value] : login.options) {
    if (!key.is_text()) set_attribute(pdo, key.number(), value.deref());
  }
}

// ---- Statements ----

Value prepare_query(const ObjectPtr& self, String query, Value options) {
  const Array given = param_array(options, "PDO::prepare(): Argument #2 ($options)");
  static_cast<void>(opened(self));
  need_text("PDO::prepare", "query", query);
  if (given.lookup(Key(kAttributeStatementClass)) != nullptr) {
    stop("pdo", "PDO::ATTR_STATEMENT_CLASS is not supported");
  }
  const ObjectPtr made = pdo_statement(self, query, "PDO::prepare", &given);
  return made ? Value(made) : Value(false);
}

// The query, the mode and what it needs.
Value query(const ObjectPtr& self, Arguments arguments) {
  Pdo& pdo = opened(self);
  if (arguments.empty()) throw_argument_count("PDO::query() expects at least 1 argument, 0 given");
  const String text = param_string(arguments[0].deref(), "PDO::query(): Argument #1 ($query)");
  const Value mode = arguments.size() > 1 ? Value(arguments[1].deref()) : Value();
  const Value known = param_union(mode, "?int", "PDO::query(): Argument #2 ($fetchMode)");
  need_text("PDO::query", "query", text);
  const ObjectPtr made = pdo_statement(self, text, "PDO::query", nullptr);
  if (!made) return false;
  auto& s = static_cast<PdoStatement&>(*made);
  if (!known.is_null()) {
    s.fetch.mode = kFetchBoth;
    s.fetch = pdo_fetch_mode(s, {.function = "PDO::query", .first = 2}, known.as_int(), arguments.from(2));
  }
  if (!pdo_execute(s, "PDO::query", true)) {
    pdo.state.code = s.state.code;
    if (!pdo.connection->shares_failures()) pdo.state = s.state;
    return false;
  }
  return made;
}

Value exec(const ObjectPtr& self, String text) {
  Pdo& pdo = opened(self);
  need_text("PDO::exec", "statement", text);
  if (const std::optional<Int> changed = pdo.connection->exec(text)) return *changed;
  pdo_fail(pdo, pdo.state, "PDO::exec", pdo.connection->failure());
  return false;
}

Value last_id(const ObjectPtr& self, Value name) {
  Pdo& pdo = opened(self);
  const Value wanted = name.is_null() ? Value() : Value(param_string(name, "PDO::lastInsertId(): Argument #1 ($name)"));
  if (std::optional<String> id = pdo.connection->last_id(wanted)) return *id;
  pdo_fail(pdo, pdo.state, "PDO::lastInsertId", pdo.connection->failure());
  return false;
}

Value quote(const ObjectPtr& self, String text, Int type) {
  return or_false(opened(self).connection->quote(text, type));
}

// ---- Transactions ----

bool begin(const ObjectPtr& self) {
  Pdo& pdo = constructed(self);
  if (pdo.in_transaction()) pdo_throw("There is already an active transaction");
  if (!pdo.connection->begin()) {
    pdo_fail(pdo, pdo.state, "PDO::beginTransaction", pdo.connection->failure());
    return false;
  }
  pdo.keeps_in_transaction = true;
  return true;
}

bool end(const ObjectPtr& self, std::string_view function, bool (PdoConnection::*how)()) {
  Pdo& pdo = constructed(self);
  if (!pdo.in_transaction()) pdo_throw("There is no active transaction");
  if (!((*pdo.connection).*how)()) {
    pdo_fail(pdo, pdo.state, function, pdo.connection->failure());
    return false;
  }
  pdo.keeps_in_transaction = false;
  return true;
}

Value no_driver_methods(const ObjectPtr& o, Arguments) {
  stop("pdo", "methods of " + o->of().name + " that only one driver has are not supported");
}

void declare_attributes(Class& c) {
  c.method("errorCode", kPublic, +[](const ObjectPtr& o) { return pdo_error_code(constructed(o).state); });
  c.method(
      "errorInfo", kPublic, +[](const ObjectPtr& o) {
        Pdo& pdo = constructed(o);
        return pdo_error_info(pdo, pdo.state);
      });
  c.method(
       "setAttribute", kPublic,
       +[](const ObjectPtr& o, Int attribute, Value value) { return set_attribute(opened(o), attribute, value); })
      .named({"attribute", "value"});
  c.method(
       "getAttribute", kPublic, +[](const ObjectPtr& o, Int attribute) { return get_attribute(opened(o), attribute); })
      .named({"attribute"});
  for (const char* one : {"sqliteCreateFunction", "sqliteCreateAggregate", "sqliteCreateCollation",
                          "pgsqlCopyFromArray", "pgsqlCopyFromFile", "pgsqlCopyToArray", "pgsqlCopyToFile",
                          "pgsqlLOBCreate", "pgsqlLOBOpen", "pgsqlLOBUnlink", "pgsqlGetNotify", "pgsqlGetPid"}) {
    c.method(one, kPublic, no_driver_methods);
  }
  c.method(
      "getAvailableDrivers", kPublic | kStatic, +[](Class&) {
        Array names;
        for (const Driver& one : kDrivers) names.append(one.name);
        return names;
      });
}

}  // namespace

Pdo::~Pdo() {
  if (connection == nullptr || !in_transaction()) return;
  try {
    connection->roll_back();
  } catch (...) {  // the time is over; the server rolls back as the connection ends
  }
}

Object* Pdo::clone() const { throw_error("Trying to clone an uncloneable object of class " + of().name); }

Int PdoLogin::option_or(Int attribute, Int other) const {
  const Value* const given = option(attribute);
  return given == nullptr ? other : to_int(*given);
}

bool pdo_bool_attribute(const Value& v) {
  if (v.is_bool()) return v.as_bool();
  if (v.is_int()) return v.as_int() != 0;
  throw_type_error(concat({"Attribute value must be of type bool for selected attribute, ", type_name(v), " given"}));
}

Int pdo_int_attribute(const Value& v) {
  if (v.is_int() || v.is_bool()) return to_int(v);
  bool whole = false;
  const Value number = v.is_string() ? parse_number(v.as_string(), whole) : Value();
  if (number.is_int() && whole) return number.as_int();
  throw_type_error(concat({"Attribute value must be of type int for selected attribute, ", type_name(v), " given"}));
}

void declare_pdo_connection() {
  Class& c = *find_class("PDO");
  c.make = +[](Class& of) -> Object* { return new Pdo(&of); };
  forbid_serializing(c);
  c.method("__construct", kPublic, construct_pdo)
      .named({"dsn", "username", "password", "options"})
      .optional(1, {Value(), Value(), Value()});
  c.method("prepare", kPublic, prepare_query).named({"query", "options"}).optional(1, {Value(Array())});
  c.method("query", kPublic, query);
  c.method("exec", kPublic, exec).named({"statement"});
  c.method("lastInsertId", kPublic, last_id).named({"name"}).optional(0, {Value()});
  c.method("quote", kPublic, quote).named({"string", "type"}).optional(1, {Value(kParamString)});
  c.method("beginTransaction", kPublic, begin);
  c.method("commit", kPublic, +[](const ObjectPtr& o) { return end(o, "PDO::commit", &PdoConnection::commit); });
  c.method("rollBack", kPublic, +[](const ObjectPtr& o) { return end(o, "PDO::rollBack", &PdoConnection::roll_back); });
  c.method("inTransaction", kPublic, +[](const ObjectPtr& o) { return constructed(o).in_transaction(); });
  declare_attributes(c);
}

}  // namespace banyan::php_runtime
