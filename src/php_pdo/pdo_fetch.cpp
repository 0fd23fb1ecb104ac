// Rows as PDO gives them: each mode of https://www.php.net/manual/en/pdostatement.fetch.php.
#include <algorithm>

#include "php_pdo/pdo_objects.h"
#include "php_runtime/place.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

constexpr Int kPlain = 0xffff;
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

void fill_bound_columns(PdoStatement& s) {
  for (const PdoBound& one : s.bound_columns) {
    for (std::size_t i = 0; i < s.columns.size(); ++i) {
      const bool meant =
          one.name.empty() ? static_cast<std::size_t>(one.number) == i : s.columns[i] == std::string_view(one.name);
      if (!meant) continue;
      if (one.plain_type() == kParamBytes) stop("pdo", "columns as streams (PDO::PARAM_LOB) are not supported");
      one.variable.set(column_value(s, i, one.plain_type()));
    }
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

std::size_t checked_column(const PdoStatement& s, Int column) {
  if (column < 0) throw_value_error("Column index must be greater than or equal to 0");
  if (static_cast<std::size_t>(column) >= s.columns.size()) throw_value_error("Invalid column index");
  return static_cast<std::size_t>(column);
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

void set_properties(PdoStatement& s, const ObjectPtr& o, std::size_t from) {
  for (std::size_t i = from; i < s.columns.size(); ++i) {
    set_prop(Value(o), s.columns[i], &o->of(), column_value(s, i));
  }
}

ObjectPtr row_object(PdoStatement& s, const PdoFetchMode& how, std::size_t from) {
  Class* of = how.of == nullptr ? find_class("stdClass") : how.of;
  if (has_flag(how.mode, kFetchClassType)) {
    Class* const named = load_class(to_string(column_value(s, from)));
    of = named == nullptr ? find_class("stdClass") : named;
    ++from;
  }
  const ObjectPtr o = begin_object(*of);
  const bool late = has_flag(how.mode, kFetchPropsLate);
  const bool constructs = of->find_method("__construct") != nullptr;
  if (!constructs && !how.arguments.empty()) {
    pdo_refuse(s.pdo(), s.state, "PDOStatement::fetch", "HY000",
               "user-supplied class does not have a constructor, use NULL for the ctor_params parameter, or simply "
               "omit it");
  }
  if (late && constructs) construct(o, of, how.arguments);
  set_properties(s, o, from);
  if (!late && constructs) construct(o, of, how.arguments);
  return o;
}

// ---- A row ----

// `from`: the first column that is part of it, as the one before may be the key of its group.
Value row_value(PdoStatement& s, const PdoFetchMode& how, std::size_t from) {
  const Int plain = how.mode & kPlain;
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
      return row_object(s, {.mode = kFetchObject, .of = nullptr, .arguments = {}, .into = {}, .function = {}}, from);
    case kFetchClass:
      return row_object(s, how, from);
    case kFetchInto:
      if (!how.into) {
        pdo_refuse(s.pdo(), s.state, "PDOStatement::fetch", "HY000", "No fetch-into object specified.");
        return false;
      }
      set_properties(s, how.into, from);
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
  return false;
}

Key group_key(PdoStatement& s) { return Key(to_string(column_value(s, 0))); }

void add_to_group(Array& out, const Key& key, Value row) {
  Value& group = out.slot(key);
  if (group.is_null()) group = Array();
  append_to(group, std::move(row));
}

std::string mode_place(const PdoModeCall& call) {
  return argument(call.function, call.first, call.function == "PDO::query" ? "fetchMode" : "mode");
}

Class* class_of(std::string_view place, const Value& given) {
  Class* const found = load_class(param_string(given, place));
  if (found == nullptr) throw_type_error(concat({place, " must be a valid class"}));
  return found;
}

}  // namespace

PdoFetchMode pdo_fetch_mode(const PdoModeCall& call, Int mode, Arguments rest) {
  PdoFetchMode out;
  out.mode = mode;
  const Int plain = mode & kPlain;
  if (mode < 0 || plain > kFetchKeyPair) {
    throw_value_error(concat({mode_place(call), " must be a bitmask of PDO::FETCH_* constants"}));
  }
  const auto at = [&](std::size_t i) { return i < rest.size() ? Value(rest[i].deref()) : Value(); };
  const std::string place = concat({call.function, "(): Argument #", std::to_string(call.first + 1)});
  const bool needs_more =
      plain == kFetchColumn || plain == kFetchInto || (plain == kFetchClass && !has_flag(mode, kFetchClassType));
  if (needs_more && rest.empty() && !call.all) {
    throw_argument_count(concat({call.function, "() expects exactly ", std::to_string(call.first + 1),
                                 " arguments for the fetch mode provided, ", std::to_string(call.first), " given"}));
  }
  switch (plain) {
    case kFetchColumn:
      if (rest.empty()) break;
      if (!at(0).is_int()) refuse_param(place, "int", at(0));
      if (at(0).as_int() < 0) throw_value_error(concat({place, " must be greater than or equal to 0"}));
      out.column = at(0).as_int();
      break;
    case kFetchClass:
      if (has_flag(mode, kFetchClassType)) break;
      out.of = rest.empty() ? find_class("stdClass") : class_of(place, at(0));
      if (at(1).is_array()) out.arguments = values_of(at(1).as_array());
      break;
    case kFetchInto:
      if (!at(0).is_object()) refuse_param(place, "object", at(0));
      out.into = at(0).object();
      break;
    case kFetchFunction:
      if (!call.all) {
        throw_value_error(concat({mode_place(call), " can only use PDO::FETCH_FUNC in PDOStatement::fetchAll()"}));
      }
      out.function = to_callable(at(0));
      break;
    default:
      break;
  }
  return out;
}

Value pdo_fetch(PdoStatement& s, std::string_view function, const PdoFetchMode& how) {
  if (!step(s, function)) return false;
  if ((how.mode & kPlain) != kFetchKeyPair) return row_value(s, how, 0);
  if (!is_pair(s, function)) return false;
  Array out;
  out.set_key(Key(to_string(column_value(s, 0))), column_value(s, 1));
  return out;
}

Array pdo_fetch_all(PdoStatement& s, std::string_view function, const PdoFetchMode& how) {
  Array out;
  const bool unique = has_flag(how.mode, kFetchUnique);
  const bool group = !unique && has_flag(how.mode, kFetchGroup);
  const bool pairs = (how.mode & kPlain) == kFetchKeyPair;
  while (step(s, function)) {
    if (pairs) {
      if (!is_pair(s, function)) return out;
      out.set_key(group_key(s), column_value(s, 1));
    } else if (unique) {
      out.set_key(group_key(s), row_value(s, how, 1));
    } else if (group) {
      add_to_group(out, group_key(s), row_value(s, how, 1));
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
