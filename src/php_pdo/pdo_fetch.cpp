// Rows as PDO gives them: each mode of https://www.php.net/manual/en/pdostatement.fetch.php.
#include <algorithm>

#include "php_pdo/pdo_objects.h"
#include "php_runtime/place.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

bool has_flag(Int mode, Int flag) { return (mode & flag) == flag; }

// `type`: as which bindColumn() wants it; kParamNull: as it is.
Value column_value(PdoStatement& s, std::size_t column, Int type = kParamNull) {
  const Pdo& pdo = s.pdo();
  const bool as_text = pdo.stringify || type == kParamString;
  Value v = s.statement().value(static_cast<int>(column), as_text);
  if (pdo.nulls == 1 && v.is_string() && v.as_string().empty()) v = {};
  if (!v.is_null() && as_text) v = v.is_false() ? Value("0") : Value(to_string(v));
  if (!v.is_null() && !as_text && type == kParamInt) v = to_int(v);
  if (!v.is_null() && !as_text && type == kParamBool) v = to_bool(v);
  if (pdo.nulls == 2 && v.is_null()) return "";
  return v;
}

std::size_t checked_column(const PdoStatement& s, Int column) {
  if (column < 0) throw_value_error("Column index must be greater than or equal to 0");
  if (static_cast<std::size_t>(column) >= s.columns.size()) throw_value_error("Invalid column index");
  return static_cast<std::size_t>(column);
}

void fill_bound_columns(PdoStatement& s) {
  for (const PdoBound& one : s.bound_columns) {
    if (one.number < 0) continue;
    if (one.plain_type() == kParamBytes) stop("pdo", "columns as streams (PDO::PARAM_LOB) are not supported");
    one.variable.set(column_value(s, checked_column(s, one.number), one.plain_type()));
  }
}

// The next row becomes that of the statement; false where there is none.
bool step(PdoStatement& s, std::string_view function) {
  if (!s.executed) return false;
  switch (s.statement().fetch()) {
    case PdoDriverStatement::Step::kRow:
      fill_bound_columns(s);
      return true;
    case PdoDriverStatement::Step::kFailed:
      pdo_fail(s.pdo(), s.state, function, s.statement().failure());
      return false;
    default:
      return false;
  }
}

// ---- A row as an array ----

Array row_array(PdoStatement& s, Int plain, std::size_t from) {
  Array out;
  for (std::size_t i = from; i < s.columns.size(); ++i) {
    const Value v = column_value(s, i);
    if (plain == kFetchNum) {
      out.append(v);
      continue;
    }
    out.set_text(s.columns[i], v);
    const Key number(static_cast<Int>(i));
    if (plain == kFetchBoth && out.lookup(number) == nullptr) out.set_key(number, v);
  }
  return out;
}

// Columns of the same name become a list.
Array row_named(PdoStatement& s, std::size_t from) {
  Array out;
  std::vector<std::string_view> lists;
  for (std::size_t i = from; i < s.columns.size(); ++i) {
    const Key key(s.columns[i]);
    const Value v = column_value(s, i);
    const Value* const known = out.lookup(key);
    if (known == nullptr) {
      out.set_key(key, v);
      continue;
    }
    const bool is_list = std::find(lists.begin(), lists.end(), s.columns[i].view()) != lists.end();
    Array both = is_list ? known->as_array() : Array::list({*known});
    both.append(v);
    out.set_key(key, both);
    if (!is_list) lists.push_back(s.columns[i]);
  }
  return out;
}

// ---- A row as an object ----

void set_properties(PdoStatement& s, const ObjectPtr& o, Class* scope, std::size_t from) {
  for (std::size_t i = from; i < s.columns.size(); ++i) set_prop(Value(o), s.columns[i], scope, column_value(s, i));
}

// False: there is no class.
Value row_object(PdoStatement& s, const PdoFetchMode& how, std::size_t from) {
  Class* of = how.of;
  if (has_flag(how.mode, kFetchClassType)) {
    const Value name = column_value(s, from++);
    if (!name.is_null()) of = load_class(to_string(name));
    if (!name.is_null() && of == nullptr) of = find_class("stdClass");
  }
  if (of == nullptr) {
    pdo_refuse(s.pdo(), s.state, "PDOStatement::fetch", "HY000", "No fetch class specified");
    return false;
  }
  const bool constructs = of->find_method("__construct") != nullptr;
  if (!constructs && !how.arguments.empty()) {
    throw_error("User-supplied statement does not accept constructor arguments");
  }
  const ObjectPtr o = begin_object(*of);
  const bool late = has_flag(how.mode, kFetchPropsLate);
  if (late && constructs) construct(o, of, how.arguments);
  set_properties(s, o, of, from);
  if (!late && constructs) construct(o, of, how.arguments);
  return o;
}

// ---- A row ----

// `from`: the first column that is part of it, as the one before may be the key of its group.
Value row_value(PdoStatement& s, const PdoFetchMode& how, std::size_t from) {
  const Int plain = how.mode & kPlainMode;
  switch (plain) {
    case kFetchAssoc:
    case kFetchNum:
    case kFetchBoth:
      return row_array(s, plain, from);
    case kFetchNamed:
      return row_named(s, from);
    case kFetchBound:
      return true;
    case kFetchColumn:
      return column_value(s, checked_column(s, how.column < 0 ? static_cast<Int>(from) : how.column));
    case kFetchObject:
      return row_object(
          s, {.mode = kFetchObject, .of = find_class("stdClass"), .arguments = {}, .into = {}, .function = {}}, from);
    case kFetchClass:
      return row_object(s, how, from);
    case kFetchInto:
      if (!how.into) {
        pdo_refuse(s.pdo(), s.state, "PDOStatement::fetch", "HY000", "No fetch-into object specified.");
        return false;
      }
      set_properties(s, how.into, nullptr, from);
      return how.into;
    case kFetchFunction: {
      std::vector<Value> values;
      for (std::size_t i = from; i < s.columns.size(); ++i) values.push_back(column_value(s, i));
      return how.function->call(values);
    }
    default:
      stop("pdo", "PDO::FETCH_LAZY is not supported");
  }
}

bool is_pair(PdoStatement& s, std::string_view function) {
  if (s.columns.size() == 2) return true;
  pdo_refuse(s.pdo(), s.state, function, "HY000",
             "PDO::FETCH_KEY_PAIR fetch mode requires the result set to contain exactly 2 columns.");
  // Where it only warns, PDO warns once more, of a failure of the database.
  if (s.pdo().error_mode == kErrorWarning) pdo_fail(s.pdo(), s.state, function, {.text = {}, .is_own = true});
  return false;
}

Key group_key(PdoStatement& s, std::size_t column) { return Key(to_string(column_value(s, column))); }

void add_to_group(Array& out, const Key& key, Value row) {
  Value& group = out.slot(key);
  if (group.is_null()) group = Array();
  append_to(group, std::move(row));
}

// ---- Modes ----

std::string mode_place(const PdoModeCall& call) {
  return argument(call.function, call.first, call.function == "PDO::query" ? "fetchMode" : "mode");
}

// The place of an argument behind the mode, which has no name.
std::string place_behind(const PdoModeCall& call, int by) {
  return concat({call.function, "(): Argument #", std::to_string(call.first + by)});
}

// "PDOStatement::setFetchMode() expects exactly 2 arguments for the fetch mode provided, 1 given".
[[noreturn]] void refuse_count(const PdoModeCall& call, std::string_view how_many, std::size_t given) {
  throw_argument_count(concat({call.function, "() expects ", how_many, " for the fetch mode provided, ",
                               std::to_string(static_cast<std::size_t>(call.first) + given), " given"}));
}

std::string arguments_of(int count) { return std::to_string(count) + " arguments"; }

Class* class_of(const PdoModeCall& call, const Value& given) {
  const std::string place = place_behind(call, 1);
  if (!given.is_string()) refuse_param(place, "string", given);
  Class* const found = load_class(given.as_string());
  if (found != nullptr) return found;
  if (call.all) fatal(concat({"Class \"", given.as_string(), "\" not found"}));
  throw_type_error(concat({place, " must be a valid class"}));
}

void take_column(const PdoModeCall& call, const Value& given, PdoFetchMode& out) {
  const std::string place = place_behind(call, 1);
  if (!given.is_int()) refuse_param(place, "int", given);
  if (given.as_int() < 0) throw_value_error(concat({place, " must be greater than or equal to 0"}));
  out.column = given.as_int();
}

void take_constructor_arguments(const PdoModeCall& call, const Value& given, PdoFetchMode& out) {
  if (!given.is_null() && !given.is_array()) refuse_param(place_behind(call, 2), "?array", given);
  if (given.is_array()) out.arguments = values_of(given.as_array());
}

// What setFetchMode() and query() need behind the mode.
void take_for_all_fetches(const PdoModeCall& call, Arguments rest, PdoFetchMode& out) {
  const auto at = [&](std::size_t i) { return i < rest.size() ? Value(rest[i].deref()) : Value(); };
  const Int plain = out.mode & kPlainMode;
  const bool named = plain == kFetchClass && !has_flag(out.mode, kFetchClassType);
  const std::size_t wanted = plain == kFetchColumn || plain == kFetchInto ? 1 : 0;
  if (!named && rest.size() != wanted) {
    refuse_count(call, "exactly " + arguments_of(call.first + static_cast<int>(wanted)), rest.size());
  }
  if (plain == kFetchColumn) take_column(call, at(0), out);
  if (plain == kFetchInto && !at(0).is_object()) refuse_param(place_behind(call, 1), "object", at(0));
  if (plain == kFetchInto) out.into = at(0).object();
  if (!named) return;
  if (rest.empty()) refuse_count(call, "at least " + arguments_of(call.first + 1), rest.size());
  if (rest.size() > 2) refuse_count(call, "at most " + arguments_of(call.first + 2), rest.size());
  out.of = class_of(call, at(0));
  take_constructor_arguments(call, at(1), out);
}

Callable function_of(const PdoModeCall& call, Arguments rest) {
  if (rest.size() != 1) {
    throw_argument_count(concat({call.function, "() expects exactly 2 argument for PDO::FETCH_FUNC, ",
                                 std::to_string(rest.size() + 1), " given"}));
  }
  if (rest[0].deref().is_null()) throw_type_error(place_behind(call, 1) + " must be a callable, null given");
  std::string reason;
  Callable found = find_callable(rest[0].deref(), nullptr, &reason);
  if (!found) throw_type_error(reason);
  return found;
}

// What fetchAll() needs behind the mode.
void take_for_one_fetch(const PdoModeCall& call, Arguments rest, PdoFetchMode& out) {
  const auto at = [&](std::size_t i) { return i < rest.size() ? Value(rest[i].deref()) : Value(); };
  switch (out.mode & kPlainMode) {
    case kFetchClass:
      out.of = at(0).is_null() ? find_class("stdClass") : class_of(call, at(0));
      return take_constructor_arguments(call, at(1), out);
    case kFetchFunction:
      out.function = function_of(call, rest);
      return;
    case kFetchColumn:
      if (rest.size() > 1) refuse_count(call, "at most 2 argument", rest.size());
      if (!at(0).is_null()) take_column(call, at(0), out);
      return;
    default:
      if (!rest.empty()) refuse_count(call, "exactly 1 argument", rest.size());
  }
}

}  // namespace

void pdo_check_mode(const PdoStatement& s, const PdoModeCall& call, Int mode) {
  const auto refuse = [&](std::string_view complaint) { throw_value_error(concat({mode_place(call), complaint})); };
  if (mode < 0 || (mode & kPlainMode) > kFetchKeyPair) refuse(" must be a bitmask of PDO::FETCH_* constants");
  const Int meant = (mode & kPlainMode) == kFetchDefault ? s.fetch.mode : mode;
  const Int plain = meant & kPlainMode;
  if (plain == kFetchFunction && !call.all) {
    throw_value_error("Can only use PDO::FETCH_FUNC in PDOStatement::fetchAll()");
  }
  if (plain == kFetchLazy && call.all) refuse(" cannot be PDO::FETCH_LAZY in PDOStatement::fetchAll()");
  if (plain == kFetchFunction) return;
  if (plain != kFetchClass && has_flag(meant, kFetchSerialize)) {
    refuse(" must use PDO::FETCH_SERIALIZE with PDO::FETCH_CLASS");
  }
  if (plain != kFetchClass && has_flag(meant, kFetchClassType)) {
    refuse(" must use PDO::FETCH_CLASSTYPE with PDO::FETCH_CLASS");
  }
  if (has_flag(meant, kFetchSerialize)) stop("pdo", "PDO::FETCH_SERIALIZE is not supported");
}

PdoFetchMode pdo_fetch_mode(const PdoStatement& s, const PdoModeCall& call, Int mode, Arguments rest) {
  pdo_check_mode(s, call, mode);
  PdoFetchMode out;
  out.mode = mode;
  if (call.all) {
    take_for_one_fetch(call, rest, out);
    return out;
  }
  take_for_all_fetches(call, rest, out);
  if ((mode & kPlainMode) == kFetchDefault) out.mode |= kFetchBoth;
  return out;
}

Value pdo_fetch(PdoStatement& s, std::string_view function, const PdoFetchMode& how) {
  if (!step(s, function)) return false;
  if ((how.mode & kPlainMode) != kFetchKeyPair) return row_value(s, how, 0);
  if (!is_pair(s, function)) return false;
  Array out;
  out.set_key(Key(to_string(column_value(s, 0))), column_value(s, 1));
  return out;
}

Array pdo_fetch_all(PdoStatement& s, std::string_view function, const PdoFetchMode& how, Int groups) {
  Array out;
  const bool unique = has_flag(groups, kFetchUnique);
  const bool group = !unique && has_flag(groups, kFetchGroup);
  const bool pairs = (how.mode & kPlainMode) == kFetchKeyPair;
  // A column that was asked for is the key of the groups, and the first one is what they hold.
  const bool by_column = group && (how.mode & kPlainMode) == kFetchColumn && how.column > 0;
  while (step(s, function)) {
    if (pairs) {
      if (!is_pair(s, function)) return out;
      out.set_key(group_key(s, 0), column_value(s, 1));
    } else if (unique) {
      out.set_key(group_key(s, 0), row_value(s, how, 1));
    } else if (by_column) {
      add_to_group(out, group_key(s, checked_column(s, how.column)), column_value(s, 0));
    } else if (group) {
      add_to_group(out, group_key(s, 0), row_value(s, how, 1));
    } else {
      out.append(row_value(s, how, 0));
    }
  }
  return out;
}

Value pdo_fetch_column(PdoStatement& s, std::string_view function, Int column) {
  if (!step(s, function)) return false;
  return column_value(s, checked_column(s, column));
}

}  // namespace banyan::php_runtime
