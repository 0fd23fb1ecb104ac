#include "php_runtime/builtin_table.h"

#include <charconv>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "php_runtime/builtin.h"
#include "php_runtime/builtin_intl.h"
#include "php_runtime/convert.h"
#include "php_runtime/date_classes.h"
#include "php_runtime/program.h"
#include "php_runtime/spl.h"
#include "php_runtime/utf8.h"

namespace banyan::php_runtime {

Slot<const Callable&>::Slot(const SlotSource& s) {
  const bool optional = s.parameter().kind.starts_with('?');
  if (optional && s.argument().deref().is_null()) return;
  value = optional ? param_callable_or_null(s.argument(), s.place()) : param_callable(s.argument(), s.place());
}

Slot<const Value&>::Slot(const SlotSource& s) {
  const Value& v = s.argument().deref();
  const bool as_it_is = v.is_undefined() || s.parameter().kind == "mixed";
  value = as_it_is ? v : param_union(v, s.parameter().kind, s.place());
}

Slot<Array&>::Slot(const SlotSource& s) : variable(s.argument().as_reference()) {
  const Value& v = variable.value();
  value = v.is_object() && s.parameter().kind != "array" ? to_array(v) : param_array(v, s.place());
}
Slot<Array&>::~Slot() { variable.value() = std::move(value); }

Slot<Value&>::Slot(const SlotSource& s) : value(s.argument().deref()), variable(s.argument().as_reference()) {}
Slot<Value&>::~Slot() { variable.value() = std::move(value); }

namespace {

constexpr Int kUnwritten = INT64_MIN + 1;

}  // namespace

Slot<Int*>::Slot(const SlotSource& s) : OutSlot(s) { value = kUnwritten; }
Slot<Int*>::~Slot() {
  if (value != kUnwritten) variable.value() = value;
}
Slot<double*>::Slot(const SlotSource& s) : OutSlot(s) { value = 0; }
Slot<double*>::~Slot() { variable.value() = value; }
Slot<Array*>::Slot(const SlotSource& s) : OutSlot(s), before(Array::list({Value()})) { value = before; }
Slot<Array*>::~Slot() {
  if (value.body() != before.body()) variable.value() = std::move(value);
}
Slot<String*>::Slot(const SlotSource& s) : OutSlot(s) {}
Slot<String*>::~Slot() { variable.value() = value; }

Slot<Arguments>::Slot(const SlotSource& s) {
  for (std::size_t i = s.i; i < s.arguments.size(); ++i) values.push_back(s.arguments[i].deref());
}

Slot<Many<Array>>::Slot(const SlotSource& s) {
  for (std::size_t i = s.i; i < s.arguments.size(); ++i) {
    values.push_back(param_array(s.arguments[i], concat({s.builtin.name, "(): Argument #", std::to_string(i + 1)})));
  }
}

namespace {

// What a default in JSON is: a number, a string, a word or [].
Value literal(std::string_view json) {
  if (json == "null") return {};
  if (json == "true") return true;
  if (json == "false") return false;
  if (json == "[]") return Array();
  if (json == "absent") return Value::undefined();
  if (!json.starts_with('"')) return parse_number(json);
  std::string out;
  for (std::size_t i = 1; i + 1 < json.size(); ++i) {
    if (json[i] != '\\') {
      out += json[i];
      continue;
    }
    const char c = json[++i];
    if (c == 'u') {
      std::uint32_t code = 0;
      std::from_chars(json.data() + i + 1, json.data() + i + 5, code, 16);
      append_rune(out, code);
      i += 4;
    } else {
      constexpr std::string_view letters = "nrtfb";
      const std::size_t at = letters.find(c);
      out += at == std::string_view::npos ? c : "\n\r\t\f\b"[at];
    }
  }
  return out;
}

BuiltinParameter parse_parameter(std::string_view function, std::string_view column, std::size_t i) {
  BuiltinParameter p;
  p.reference = column.starts_with('&') || column.starts_with('>');
  column = trim_left(column, "&>");
  p.variadic = column.starts_with("...");
  if (p.variadic) column.remove_prefix(3);
  if (const std::size_t equals = column.find('='); equals != std::string_view::npos) {
    p.optional = true;
    p.fallback = literal(column.substr(equals + 1));
    column = column.substr(0, equals);
  }
  const std::size_t colon = column.find(':');
  p.name = column.substr(0, colon);
  p.kind = column.substr(colon + 1);
  p.place = concat({function, "(): Argument #", std::to_string(i + 1), " ($", p.name, ")"});
  return p;
}

std::shared_ptr<Builtin> parse_row(const BuiltinRow& row) {
  auto out = std::make_shared<Builtin>();
  out->name = row.name;
  out->gives_null = row.result.starts_with('?') || row.result.ends_with("|null");
  std::string_view rest = row.parameters;
  while (!rest.empty()) {
    const std::string_view column = rest.substr(0, rest.find('\t'));
    out->parameters.push_back(parse_parameter(row.name, column, out->parameters.size()));
    rest.remove_prefix(std::min(column.size() + 1, rest.size()));
  }
  return out;
}

Ptr<Function> make_function(const BuiltinRow& row) {
  const std::shared_ptr<Builtin> parsed = parse_row(row);
  auto f = Ptr<Function>::adopt(new Function);
  f->name = row.name;
  f->is_builtin = true;
  f->invoke = row.invoke;
  f->parameters = static_cast<int>(parsed->parameters.size());
  f->most = f->parameters;
  for (std::size_t i = 0; i < parsed->parameters.size(); ++i) {
    const BuiltinParameter& p = parsed->parameters[i];
    f->names.push_back(p.name);
    if (p.reference) f->by_reference |= std::uint64_t{1} << i;
    if (p.variadic) {
      f->most = -1;
    } else if (p.optional) {
      f->defaults.emplace_back(p.fallback);
    } else {
      ++f->required;
    }
  }
  f->held = parsed;
  return f;
}

const std::unordered_map<std::string_view, const BuiltinRow*>& rows_by_name() {
  static const auto rows = [] {
    std::unordered_map<std::string_view, const BuiltinRow*> out;
    const BuiltinTable table = builtin_table();
    for (std::size_t i = 0; i < table.size; ++i) out.emplace(table.rows[i].name, &table.rows[i]);
    return out;
  }();
  return rows;
}

// Functions are made when they are first asked for; values are not shared between threads, so each has its own.
const Function* find_function(std::string_view name) {
  thread_local std::unordered_map<std::string_view, Ptr<Function>> made;
  if (const auto found = made.find(name); found != made.end()) return found->second.get();
  const auto row = rows_by_name().find(name);
  if (row == rows_by_name().end()) return nullptr;
  return (made[row->first] = make_function(*row->second)).get();
}

bool find_constant(std::string_view name, Value& out) {
  static const auto rows = [] {
    std::unordered_map<std::string_view, std::string_view> found;
    const ConstantTable table = constant_table();
    for (std::size_t i = 0; i < table.size; ++i) found.emplace(table.rows[i].name, table.rows[i].value);
    return found;
  }();
  const auto row = rows.find(name);
  if (row == rows.end()) return false;
  out = row->second == "Infinity"    ? Value(__builtin_inf())
        : row->second == "-Infinity" ? Value(-__builtin_inf())
        : row->second == "NaN"       ? Value(__builtin_nan(""))
                                     : literal(row->second);
  return true;
}

}  // namespace

void declare_builtins() {
  static std::once_flag once;
  std::call_once(once, [] {
    set_builtin_functions(find_function);
    set_builtin_constants(find_constant);
  });
  thread_local const bool has_classes = (declare_spl(), declare_normalizer(), declare_dates(), true);
  static_cast<void>(has_classes);
}

}  // namespace banyan::php_runtime
