// PDOStatement: what is bound to it, and running it.
#include "php_pdo/pdo_objects.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

PdoStatement& statement_of(const ObjectPtr& o) { return static_cast<PdoStatement&>(*o); }

// The object of a method; begins with a clean state.
PdoStatement& ready(const ObjectPtr& o) {
  PdoStatement& s = statement_of(o);
  static_cast<void>(s.statement());
  s.state.code = "00000";
  return s;
}

// ---- Placeholders ----

// A value of text as PDO takes it: the variable itself changes.
void make_text(Value& v) {
  if (!v.is_null() && !v.is_string()) v = to_string(v);
}

void bind(PdoStatement& s, PdoBound made) {
  if (made.type == kParamString) make_text(*made.variable);
  for (PdoBound& one : s.bound) {
    if (one.name == made.name && one.number == made.number) {
      one = std::move(made);
      return;
    }
  }
  s.bound.push_back(std::move(made));
}

// The placeholder that bindValue() and its kin name: by number, from 1, or by name.
PdoBound placeholder(const Value& given, std::string_view function, std::string_view name, Int type) {
  const Value v = param_union(given, "string|int", argument(function, 1, name));
  PdoBound out;
  out.type = type;
  if (v.is_string()) {
    out.name = v.as_string().view().starts_with(':') ? v.as_string().str() : ":" + v.as_string().str();
    return out;
  }
  if (v.as_int() < 1) bad_argument(function, 1, name, "must be greater than or equal to 1");
  out.number = v.as_int() - 1;
  return out;
}

bool bind_value(const ObjectPtr& o, Value parameter, Value value, Int type) {
  PdoStatement& s = ready(o);
  PdoBound made = placeholder(parameter, "PDOStatement::bindValue", "param", type);
  made.variable = Ref(value);
  bind(s, std::move(made));
  return true;
}

// fixed signature: that of PHP
bool bind_param(const ObjectPtr& o, Value parameter, Ref variable, Int type, Int, Value) {
  PdoStatement& s = ready(o);
  PdoBound made = placeholder(parameter, "PDOStatement::bindParam", "param", type);
  made.variable = variable.defined();
  bind(s, std::move(made));
  return true;
}

// fixed signature: that of PHP
bool bind_column(const ObjectPtr& o, Value column, Ref variable, Int type, Int, Value) {
  PdoStatement& s = ready(o);
  const Value v = param_union(column, "string|int", "PDOStatement::bindColumn(): Argument #1 ($column)");
  PdoBound made;
  made.type = type;
  made.variable = variable.defined();
  if (v.is_string()) {
    made.name = v.as_string().str();
  } else {
    if (v.as_int() < 1) bad_argument("PDOStatement::bindColumn", 1, "column", "must be greater than or equal to 1");
    made.number = v.as_int() - 1;
  }
  s.bound_columns.push_back(std::move(made));
  return true;
}

bool give(PdoSqliteStatement& statement, const PdoBound& one) {
  const int number = one.name.empty() ? static_cast<int>(one.number) + 1 : statement.number_of(one.name);
  Value& v = *one.variable;
  if (v.is_null() || one.type == kParamNull) return statement.bind_null(number);
  switch (one.type) {
    case kParamInt:
    case kParamBool:
      v = to_int(v);
      return statement.bind_int(number, v.as_int());
    case kParamBytes:
      make_text(v);
      return statement.bind_bytes(number, v.as_string());
    default:
      make_text(v);
      return statement.bind_text(number, v.as_string());
  }
}

void take_input(PdoStatement& s, const Array& values) {
  s.bound.clear();
  for (const auto& [key, value] : values) {
    PdoBound made;
    if (key.is_text()) {
      made.name = key.text().view().starts_with(':') ? key.text().str() : ":" + key.text().str();
    } else {
      made.number = key.number();
    }
    made.variable = Ref(value.deref());
    bind(s, std::move(made));
  }
}

// ---- Columns ----

String cased(std::string name, Int letter_case) {
  if (letter_case == 2) return lower(name);
  if (letter_case == 1) return upper(name);
  return name;
}

void describe_columns(PdoStatement& s) {
  s.columns.clear();
  for (int i = 0; i < s.statement().columns(); ++i) {
    s.columns.push_back(cased(s.statement().column_name(i), s.pdo().letter_case));
  }
}

bool execute(const ObjectPtr& o, Value parameters) {
  PdoStatement& s = ready(o);
  if (!parameters.is_null()) {
    if (!parameters.is_array()) {
      refuse_param("PDOStatement::execute(): Argument #1 ($params)", "?array", parameters);
    }
    take_input(s, parameters.as_array());
  }
  return pdo_execute(s, "PDOStatement::execute");
}

// ---- foreach ----

class PdoRows final : public Object {
 public:
  using Object::Object;
  Native native() const override { return Native::kOther; }
  void next() {
    auto& s = static_cast<PdoStatement&>(*statement);
    row = pdo_fetch(s, "PDOStatement::fetch", s.fetch);
    ++key;
  }
  ObjectPtr statement;
  Value row;
  Int key = -1;
};
PdoRows& rows_of(const ObjectPtr& o) { return static_cast<PdoRows&>(*o); }

ObjectPtr iterator(const ObjectPtr& o) {
  static_cast<void>(ready(o));
  const ObjectPtr made = ObjectPtr::adopt(new PdoRows(find_class("InternalIterator")));
  rows_of(made).statement = o;
  rows_of(made).next();
  return made;
}

void declare_rows() {
  Class& c = new_builtin("InternalIterator", kFinal);
  c.interfaces.push_back(find_class("Iterator"));
  c.method("current", kPublic, +[](const ObjectPtr& o) { return rows_of(o).row; });
  c.method("key", kPublic, +[](const ObjectPtr& o) { return rows_of(o).key; });
  c.method("next", kPublic, +[](const ObjectPtr& o) { rows_of(o).next(); });
  c.method("valid", kPublic, +[](const ObjectPtr& o) { return !rows_of(o).row.is_false(); });
  c.method("rewind", kPublic, +[](const ObjectPtr&) {});
  declare_builtin(c);
}

// ---- What fetches ----

Int mode_or_default(const PdoStatement& s, Int mode) {
  constexpr Int kFlags = ~Int{0xffff};
  return (mode & ~kFlags) == kFetchDefault ? s.fetch.mode | (mode & kFlags) : mode;
}

Value fetch(const ObjectPtr& o, Int mode, Int, Int) {
  PdoStatement& s = ready(o);
  if (mode == kFetchDefault) return pdo_fetch(s, "PDOStatement::fetch", s.fetch);
  PdoFetchMode how = s.fetch;
  how.mode = mode_or_default(s, mode);
  const Int plain = how.mode & 0xffff;
  if (plain > kFetchKeyPair || plain < 0) {
    bad_argument("PDOStatement::fetch", 1, "mode", "must be a bitmask of PDO::FETCH_* constants");
  }
  if (plain == kFetchFunction) {
    throw_value_error("PDOStatement::fetch(): Can only use PDO::FETCH_FUNC in PDOStatement::fetchAll()");
  }
  return pdo_fetch(s, "PDOStatement::fetch", how);
}

Array fetch_all(const ObjectPtr& o, Arguments arguments) {
  PdoStatement& s = ready(o);
  const Value given = arguments.empty() ? Value(kFetchDefault) : arguments[0].deref();
  const Int mode = param_int(given, "PDOStatement::fetchAll(): Argument #1 ($mode)");
  if (mode == kFetchDefault) return pdo_fetch_all(s, "PDOStatement::fetchAll", s.fetch);
  return pdo_fetch_all(
      s, "PDOStatement::fetchAll",
      pdo_fetch_mode({.function = "PDOStatement::fetchAll", .all = true}, mode_or_default(s, mode), arguments.from(1)));
}

Value fetch_object(const ObjectPtr& o, Value class_name, Value arguments) {
  PdoStatement& s = ready(o);
  const String name = class_name.is_null()
                          ? String("stdClass")
                          : param_string(class_name, "PDOStatement::fetchObject(): Argument #1 ($class)");
  PdoFetchMode how;
  how.mode = kFetchClass;
  how.of = load_class(name);
  if (how.of == nullptr) {
    throw_type_error("PDOStatement::fetchObject(): Argument #1 ($class) must be a valid class name, " + name.str() +
                     " given");
  }
  how.arguments = values_of(param_array(arguments, "PDOStatement::fetchObject(): Argument #2 ($constructorArgs)"));
  return pdo_fetch(s, "PDOStatement::fetchObject", how);
}

bool set_fetch_mode(const ObjectPtr& o, Int mode, Arguments rest) {
  PdoStatement& s = ready(o);
  s.fetch = pdo_fetch_mode({.function = "PDOStatement::setFetchMode"}, mode, rest);
  return true;
}

bool close_cursor(const ObjectPtr& o) {
  PdoStatement& s = ready(o);
  s.statement().close();
  s.executed = false;
  return true;
}

bool next_rowset(const ObjectPtr& o) {
  PdoStatement& s = ready(o);
  pdo_refuse(s.pdo(), s.state, "PDOStatement::nextRowset", "IM001", "driver does not support multiple rowsets");
  return false;
}

Value not_supported(const ObjectPtr& o, Arguments) {
  stop("pdo", "getColumnMeta(), debugDumpParams() and attributes of a " + o->of().name + " are not supported");
}

void declare_fetching(Class& c) {
  c.method("fetch", kPublic, fetch)
      .named({"mode", "cursorOrientation", "cursorOffset"})
      .optional(0, {Value(0), Value(0), Value(0)});
  c.method("fetchAll", kPublic, fetch_all);
  c.method(
       "fetchColumn", kPublic,
       +[](const ObjectPtr& o, Int column) { return pdo_fetch_column(ready(o), "PDOStatement::fetchColumn", column); })
      .named({"column"})
      .optional(0, {Value(0)});
  c.method("fetchObject", kPublic, fetch_object)
      .named({"class", "constructorArgs"})
      .optional(0, {Value("stdClass"), Value(Array())});
  c.method("setFetchMode", kPublic, set_fetch_mode);
  c.method("getIterator", kPublic, iterator);
}

}  // namespace

Object* PdoStatement::clone() const { throw_error("Trying to clone an uncloneable object of class " + of().name); }

Pdo& PdoStatement::pdo() const { return static_cast<Pdo&>(*owner); }

PdoSqliteStatement& PdoStatement::statement() const {
  if (made == nullptr) throw_error("PDO object is uninitialized");
  return *made;
}

ObjectPtr pdo_statement(const ObjectPtr& owner, const String& query, std::string_view function) {
  auto& pdo = static_cast<Pdo&>(*owner);
  auto statement = PdoSqliteStatement::prepare(pdo.connection, query);
  if (statement == nullptr) {
    pdo_fail(pdo, pdo.state, function, pdo.connection->failure());
    return {};
  }
  const ObjectPtr out = ObjectPtr::adopt(new PdoStatement(find_class("PDOStatement")));
  PdoStatement& s = statement_of(out);
  s.made = std::move(statement);
  s.owner = owner;
  s.fetch.mode = pdo.fetch_mode;
  s.state.native = pdo.state.native;
  s.properties.set_text("queryString", query);
  return out;
}

bool pdo_execute(PdoStatement& s, std::string_view function) {
  PdoSqliteStatement& statement = s.statement();
  for (const PdoBound& one : s.bound) {
    statement.begin_binding();
    if (give(statement, one)) continue;
    pdo_fail(s.pdo(), s.state, function, statement.failure());
    return false;
  }
  if (!statement.execute()) {
    pdo_fail(s.pdo(), s.state, function, statement.failure());
    return false;
  }
  s.row_count = statement.changed();
  s.executed = true;
  s.state.code = "00000";
  describe_columns(s);
  return true;
}

void declare_pdo_statement() {
  declare_rows();
  Class& c = *find_class("PDOStatement");
  c.interfaces.push_back(find_class("IteratorAggregate"));
  c.make = +[](Class& of) -> Object* { return new PdoStatement(&of); };
  c.method("bindValue", kPublic, bind_value).named({"param", "value", "type"}).optional(2, {Value(kParamString)});
  c.method("bindParam", kPublic, bind_param)
      .named({"param", "var", "type", "maxLength", "driverOptions"})
      .optional(2, {Value(kParamString), Value(0), Value()});
  c.method("bindColumn", kPublic, bind_column)
      .named({"column", "var", "type", "maxLength", "driverOptions"})
      .optional(2, {Value(kParamString), Value(0), Value()});
  c.method("execute", kPublic, execute).named({"params"}).optional(0, {Value()});
  c.method("closeCursor", kPublic, close_cursor);
  c.method("columnCount", kPublic, +[](const ObjectPtr& o) { return static_cast<Int>(ready(o).columns.size()); });
  c.method("rowCount", kPublic, +[](const ObjectPtr& o) { return ready(o).row_count; });
  c.method("errorCode", kPublic, +[](const ObjectPtr& o) { return pdo_error_code(statement_of(o).state); });
  c.method("errorInfo", kPublic, +[](const ObjectPtr& o) { return pdo_error_info(statement_of(o).state); });
  c.method("nextRowset", kPublic, next_rowset);
  for (const char* one : {"getColumnMeta", "debugDumpParams", "getAttribute", "setAttribute"}) {
    c.method(one, kPublic, not_supported);
  }
  declare_fetching(c);
}

}  // namespace banyan::php_runtime
