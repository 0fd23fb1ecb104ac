// PDOStatement: what is bound to it, and running it.
#include <algorithm>

#include "php_pdo/pdo_objects.h"
#include "php_pdo/pdo_placeholders.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

PdoStatement& statement_of(const ObjectPtr& o) { return static_cast<PdoStatement&>(*o); }

// The object of a method that leaves the last failure as it is.
PdoStatement& untouched(const ObjectPtr& o, std::string_view called = {}) {
  PdoStatement& s = statement_of(o);
  static_cast<void>(s.statement());
  s.called = called;
  return s;
}

// The object of one that begins with a clean state.
PdoStatement& ready(const ObjectPtr& o, std::string_view called = {}) {
  PdoStatement& s = untouched(o, called);
  s.state.code = "00000";
  return s;
}

// ---- Placeholders ----

// As bindValue() and its kin change the variable itself.
void suit_type(const PdoBound& one) {
  Value& v = *one.variable;
  if (one.plain_type() == kParamString) pdo_make_text(v);
  if (one.plain_type() == kParamInt && v.is_bool()) v = to_int(v);
  if (one.plain_type() == kParamBool && v.is_int()) v = to_bool(v);
}

// False: the driver does not take it, and said so.
bool bind(PdoStatement& s, PdoBound made) {
  suit_type(made);
  PdoDriverStatement& driver = s.statement();
  const std::string before = std::exchange(s.state.code, "00000");
  const auto refused = [&] {
    if (s.state.code == "00000") pdo_fail(s.pdo(), s.state, s.called, driver.failure());
    return false;
  };
  if (!driver.accept(s, made)) return refused();
  if (!driver.allows(s, made)) {
    s.bound.erase(made);
    return refused();
  }
  s.bound.put(std::move(made));
  s.state.code = before;
  return true;
}

std::string with_colon(const String& name) { return name.view().starts_with(':') ? name.str() : ":" + name.str(); }

// The placeholder that bindValue() and its kin name: by number, from 1, or by name.
PdoBound placeholder(PdoStatement& s, const Value& given, std::string_view name, Int type) {
  const Value v = param_union(given, "string|int", argument(s.called, 1, name));
  PdoBound out;
  out.type = type;
  if (v.is_string()) {
    if (v.as_string().empty()) bad_argument(s.called, 1, name, "cannot be empty");
    out.name = with_colon(v.as_string());
    out.number = -1;
    return out;
  }
  if (v.as_int() < 1) bad_argument(s.called, 1, name, "must be greater than or equal to 1");
  out.number = v.as_int() - 1;
  return out;
}

bool bind_value(const ObjectPtr& o, Value parameter, Value value, Int type) {
  PdoStatement& s = untouched(o, "PDOStatement::bindValue");
  PdoBound made = placeholder(s, parameter, "param", type);
  made.variable = Ref(value);
  return bind(s, std::move(made));
}

// fixed signature: that of PHP
bool bind_param(const ObjectPtr& o, Value parameter, Ref variable, Int type, Int, Value) {
  PdoStatement& s = untouched(o, "PDOStatement::bindParam");
  PdoBound made = placeholder(s, parameter, "param", type);
  made.variable = variable.defined();
  return bind(s, std::move(made));
}

// -1: not known, or not yet.
Int column_named(const PdoStatement& s, std::string_view name) {
  const auto found = std::find(s.columns.begin(), s.columns.end(), name);
  return found == s.columns.end() ? -1 : found - s.columns.begin();
}

// fixed signature: that of PHP
bool bind_column(const ObjectPtr& o, Value column, Ref variable, Int type, Int, Value) {
  PdoStatement& s = untouched(o, "PDOStatement::bindColumn");
  const Value v = param_union(column, "string|int", "PDOStatement::bindColumn(): Argument #1 ($column)");
  PdoBound made;
  made.type = type;
  made.variable = variable.defined();
  if (v.is_string()) {
    if (v.as_string().empty()) bad_argument("PDOStatement::bindColumn", 1, "column", "cannot be empty");
    made.name = v.as_string().str();
    made.number = column_named(s, made.name);
  } else {
    if (v.as_int() < 1) bad_argument("PDOStatement::bindColumn", 1, "column", "must be greater than or equal to 1");
    made.number = v.as_int() - 1;
  }
  suit_type(made);
  if (made.number < 0 && !s.columns.empty()) {
    pdo_refuse(s.pdo(), s.state, s.called, "HY000",
               concat({"Did not find column name '", made.name, "' in the defined columns; it will not be bound"}));
  }
  s.bound_columns.put(std::move(made));
  return true;
}

bool take_input(PdoStatement& s, const Array& values) {
  s.bound.clear();
  for (const auto& [key, value] : values) {
    PdoBound made;
    if (key.is_text()) {
      made.name = with_colon(key.text());
      made.number = -1;
    } else {
      made.number = key.number();
    }
    made.variable = Ref(value.deref());
    if (!bind(s, std::move(made))) return false;
  }
  return true;
}

// ---- Emulated prepares ----

bool complain_of_parameters(PdoStatement& s, std::string_view words) {
  pdo_refuse(s.pdo(), s.state, s.called, "HY093", words);
  return false;
}

// A value as it stands in the text of a statement. Nullopt: it cannot be quoted.
std::optional<std::string> written(PdoStatement& s, const PdoBound& one) {
  const Value& v = *one.variable;
  if (v.is_null() || one.type == kParamNull) return "NULL";
  if (one.type == kParamBool) return to_bool(v) ? "1" : "0";
  if (one.type == kParamInt) return std::to_string(to_int(v));
  const std::optional<String> quoted = s.pdo().connection->quote(to_string(v), one.type);
  if (!quoted) return std::nullopt;
  return quoted->str();
}

// The text with the values in it; false: it cannot be made, and that was told.
bool fill_in(PdoStatement& s, const String& query, std::string& out) {
  const PdoPlaceholders found = find_pdo_placeholders(query, true);
  const auto name_of = [&](const PdoPlaceholder& one) {
    return found.positional ? std::string_view() : query.view().substr(one.begin, one.size);
  };
  if (found.named && found.positional) return complain_of_parameters(s, "mixed named and positional parameters");
  if (!s.bound.empty() && found.count != s.bound.size()) {
    bool all = !found.positional && found.count > s.bound.size();
    for (const PdoPlaceholder& one : found.list) {
      all = all && one.number >= 0 && s.bound.find(name_of(one), one.number) != nullptr;
    }
    if (!all) return complain_of_parameters(s, "number of bound variables does not match number of tokens");
  }
  bool known = true;
  bool quoted = true;
  out = replace_pdo_placeholders(query, found, [&](const PdoPlaceholder& one) -> std::string {
    const std::string as_it_is(query.view().substr(one.begin, one.size));
    if (s.bound.empty() || !known || !quoted) return as_it_is;
    const PdoBound* const bound = s.bound.find(name_of(one), one.number);
    known = bound != nullptr;
    const std::optional<std::string> text = known ? written(s, *bound) : std::nullopt;
    quoted = text.has_value();
    return text.value_or(as_it_is);
  });
  if (!known) return complain_of_parameters(s, "parameter was not defined");
  return quoted;
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
    for (PdoBound& one : s.bound_columns) {
      if (!one.name.empty() && s.columns.back() == std::string_view(one.name)) one.number = i;
    }
  }
}

bool execute(const ObjectPtr& o, Value parameters) {
  PdoStatement& s = ready(o, "PDOStatement::execute");
  if (!parameters.is_null()) {
    if (!parameters.is_array()) {
      refuse_param("PDOStatement::execute(): Argument #1 ($params)", "?array", parameters);
    }
    if (!take_input(s, parameters.as_array())) return false;
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
  static_cast<void>(untouched(o));
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
  return (mode & kPlainMode) == kFetchDefault ? s.fetch.mode | (mode & ~kPlainMode) : mode;
}

Value fetch(const ObjectPtr& o, Int mode, Int, Int) {
  constexpr std::string_view kName = "PDOStatement::fetch";
  PdoStatement& s = ready(o);
  pdo_check_mode(s, {.function = kName}, mode);
  PdoFetchMode how = s.fetch;
  how.mode = mode_or_default(s, mode);
  return pdo_fetch(s, kName, how);
}

Array fetch_all(const ObjectPtr& o, Arguments arguments) {
  const PdoModeCall call = {.function = "PDOStatement::fetchAll", .all = true};
  PdoStatement& s = untouched(o);
  const Value given = arguments.empty() ? Value(kFetchDefault) : arguments[0].deref();
  const Int mode = param_int(given, "PDOStatement::fetchAll(): Argument #1 ($mode)");
  PdoFetchMode how = pdo_fetch_mode(s, call, mode, arguments.from(1));
  if ((mode & kPlainMode) == kFetchDefault) how = s.fetch;
  how.mode = mode_or_default(s, mode);
  return pdo_fetch_all(ready(o), call.function, how, mode);
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
  PdoStatement& s = untouched(o);
  s.fetch.mode = kFetchBoth;
  s.fetch = pdo_fetch_mode(s, {.function = "PDOStatement::setFetchMode"}, mode, rest);
  return true;
}

bool close_cursor(const ObjectPtr& o) {
  PdoStatement& s = ready(o);
  if (!s.statement().close()) {
    pdo_fail(s.pdo(), s.state, "PDOStatement::closeCursor", s.statement().failure());
    return false;
  }
  s.executed = false;
  return true;
}

bool next_rowset(const ObjectPtr& o) {
  PdoStatement& s = ready(o);
  const std::optional<bool> there = s.statement().next_rowset();
  if (!there) {
    pdo_refuse(s.pdo(), s.state, "PDOStatement::nextRowset", "IM001", "driver does not support multiple rowsets");
    return false;
  }
  s.columns.clear();
  s.executed = *there;
  if (*there) {
    s.row_count = s.statement().row_count().value_or(s.row_count);
    describe_columns(s);
  } else if (const PdoFailure failure = s.statement().failure(); failure.code != 0) {
    pdo_fail(s.pdo(), s.state, "PDOStatement::nextRowset", failure);
  }
  return *there;
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

PdoDriverStatement& PdoStatement::statement() const {
  if (made == nullptr) throw_error("PDO object is uninitialized");
  return *made;
}

void pdo_make_text(Value& v) {
  if (!v.is_null() && !v.is_string()) v = to_string(v);
}

ObjectPtr pdo_statement(const ObjectPtr& owner, const String& query, std::string_view function, const Array* options) {
  auto& pdo = static_cast<Pdo&>(*owner);
  const ObjectPtr out = ObjectPtr::adopt(new PdoStatement(find_class("PDOStatement")));
  PdoStatement& s = statement_of(out);
  s.owner = owner;
  s.query = query;
  s.fetch.mode = pdo.fetch_mode;
  s.called = function;
  s.made = pdo.connection->prepare(s, query, options);
  if (s.made == nullptr) {
    // PDO itself has told of what is wrong with placeholders.
    const bool told = !s.state.code.empty();
    pdo.state.code = s.state.code;
    if (!told) pdo_fail(pdo, pdo.state, function, pdo.connection->failure());
    return {};
  }
  s.state = {};
  s.properties.set_text("queryString", query);
  return out;
}

bool pdo_execute(PdoStatement& s, std::string_view function, bool from_text) {
  s.called = function;
  PdoDriverStatement& statement = s.statement();
  std::string text = s.query.str();
  if (statement.emulates() && !from_text && !fill_in(s, s.query, text)) return false;
  if (!statement.execute(s, text)) {
    if (s.state.code.empty() || s.state.code == "00000") pdo_fail(s.pdo(), s.state, function, statement.failure());
    return false;
  }
  s.row_count = statement.row_count().value_or(s.row_count);
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
  forbid_serializing(c);
  c.method("bindValue", kPublic, bind_value).named({"param", "value", "type"}).optional(2, {Value(kParamString)});
  c.method("bindParam", kPublic, bind_param)
      .named({"param", "var", "type", "maxLength", "driverOptions"})
      .optional(2, {Value(kParamString), Value(0), Value()});
  c.method("bindColumn", kPublic, bind_column)
      .named({"column", "var", "type", "maxLength", "driverOptions"})
      .optional(2, {Value(kParamString), Value(0), Value()});
  c.method("execute", kPublic, execute).named({"params"}).optional(0, {Value()});
  c.method("closeCursor", kPublic, close_cursor);
  c.method("columnCount", kPublic, +[](const ObjectPtr& o) { return static_cast<Int>(untouched(o).columns.size()); });
  c.method("rowCount", kPublic, +[](const ObjectPtr& o) { return untouched(o).row_count; });
  c.method("errorCode", kPublic, +[](const ObjectPtr& o) { return pdo_error_code(statement_of(o).state); });
  c.method(
      "errorInfo", kPublic, +[](const ObjectPtr& o) {
        PdoStatement& s = statement_of(o);
        static_cast<void>(s.statement());
        return pdo_error_info(s.pdo(), s.state);
      });
  c.method("nextRowset", kPublic, next_rowset);
  for (const char* one : {"getColumnMeta", "debugDumpParams", "getAttribute", "setAttribute"}) {
    c.method(one, kPublic, not_supported);
  }
  declare_fetching(c);
}

}  // namespace banyan::php_runtime
