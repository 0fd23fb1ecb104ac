// PDOStatement: what is bound to it, and running it.
#include "php_pdo/pdo_objects.h"
#include "php_pdo/pdo_placeholders.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

PdoStatement& statement_of(const ObjectPtr& o) { return static_cast<PdoStatement&>(*o); }

// The object of a method; begins with a clean state.
PdoStatement& ready(const ObjectPtr& o, std::string_view called = {}) {
  PdoStatement& s = statement_of(o);
  static_cast<void>(s.statement());
  s.state.code = "00000";
  s.called = called;
  return s;
}

// ---- Placeholders ----

bool is_of_same_place(const PdoBound& a, const PdoBound& b) {
  return a.name.empty() ? b.name.empty() && a.number == b.number : a.name == b.name;
}

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
  const auto refused = [&] {
    if (s.state.code == "00000") pdo_fail(s.pdo(), s.state, s.called, driver.failure());
    return false;
  };
  if (!driver.accept(s, made)) return refused();
  const bool allowed = driver.allows(s, made);
  std::erase_if(s.bound, [&](const PdoBound& one) { return !allowed && is_of_same_place(one, made); });
  if (!allowed) return refused();
  for (PdoBound& one : s.bound) {
    if (!is_of_same_place(one, made)) continue;
    one = std::move(made);
    return true;
  }
  s.bound.push_back(std::move(made));
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
  PdoStatement& s = ready(o, "PDOStatement::bindValue");
  PdoBound made = placeholder(s, parameter, "param", type);
  made.variable = Ref(value);
  return bind(s, std::move(made));
}

// fixed signature: that of PHP
bool bind_param(const ObjectPtr& o, Value parameter, Ref variable, Int type, Int, Value) {
  PdoStatement& s = ready(o, "PDOStatement::bindParam");
  PdoBound made = placeholder(s, parameter, "param", type);
  made.variable = variable.defined();
  return bind(s, std::move(made));
}

// fixed signature: that of PHP
bool bind_column(const ObjectPtr& o, Value column, Ref variable, Int type, Int, Value) {
  PdoStatement& s = ready(o, "PDOStatement::bindColumn");
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

const PdoBound* find_bound(const PdoStatement& s, std::string_view name, int number) {
  for (const PdoBound& one : s.bound) {
    if (name.empty() ? one.name.empty() && one.number == number : one.name == name) return &one;
  }
  return nullptr;
}

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
      all = all && one.number >= 0 && find_bound(s, name_of(one), one.number) != nullptr;
    }
    if (!all) return complain_of_parameters(s, "number of bound variables does not match number of tokens");
  }
  bool known = true;
  bool quoted = true;
  out = replace_pdo_placeholders(query, found, [&](const PdoPlaceholder& one) -> std::string {
    const std::string as_it_is(query.view().substr(one.begin, one.size));
    if (s.bound.empty() || !known || !quoted) return as_it_is;
    const PdoBound* const bound = find_bound(s, name_of(one), one.number);
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
  const String query = s.properties.get_key(Key(String("queryString"))).as_string();
  std::string text = query.str();
  if (statement.emulates() && !from_text && !fill_in(s, query, text)) return false;
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
