#include "php_runtime/function.h"

#include <algorithm>

#include "php_runtime/context.h"
#include "php_runtime/convert.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/params.h"
#include "php_runtime/place.h"
#include "php_runtime/program.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

void release(Function* f) { delete f; }

bool Function::has_parameter(std::string_view wanted) const {
  return std::find(names.begin(), names.end(), wanted) != names.end();
}

std::string argument_place(const Function& f, std::size_t i) {
  const bool rest = f.most < 0 && i + 1 >= f.names.size() && f.types.size() == f.names.size() && !f.types.empty() &&
                    f.types.back().starts_with("...");
  std::string out = f.name + "(): Argument #" + std::to_string(i + 1);
  if (i < f.names.size() && !rest) out += " ($" + f.names[i] + ")";
  return out;
}

Int Take<Int>::from(Value& v, const Function& f, std::size_t i) {
  const Value& x = v.deref();
  return x.is_int() ? x.as_int() : param_int(x, argument_place(f, i));
}
double Take<double>::from(Value& v, const Function& f, std::size_t i) {
  const Value& x = v.deref();
  return x.is_float() ? x.as_float() : param_float(x, argument_place(f, i));
}
bool Take<bool>::from(Value& v, const Function& f, std::size_t i) {
  const Value& x = v.deref();
  return x.is_bool() ? x.as_bool() : param_bool(x, argument_place(f, i));
}
String Take<String>::from(Value& v, const Function& f, std::size_t i) {
  const Value& x = v.deref();
  return x.is_string() ? x.as_string() : param_string(x, argument_place(f, i));
}
Array Take<Array>::from(Value& v, const Function& f, std::size_t i) {
  Value& x = v.deref();
  return x.is_array() ? x.as_array() : param_array(x, argument_place(f, i));
}
Callable Take<Callable>::from(Value& v, const Function& f, std::size_t i) {
  return v.deref().is_null() ? Callable() : param_callable(v, argument_place(f, i));
}
ObjectPtr Take<ObjectPtr>::from(Value& v, const Function& f, std::size_t i) {
  return param_object(v, argument_place(f, i));
}

// ---- Calls ----

namespace {

struct NamedArgument final : Object {
  NamedArgument(std::string_view n, Value given) : Object(nullptr), name(n), v(std::move(given)) {}
  Native native() const override { return Native::kNamed; }
  std::string name;
  Value v;
};

const NamedArgument* named_of(const Value& v) {
  if (!v.is_object() || v.as_object().native() != Native::kNamed) return nullptr;
  return static_cast<const NamedArgument*>(&v.as_object());
}

std::string count_message(const Function& f, std::size_t given) {
  const auto count = static_cast<int>(given);
  std::string bound = "exactly";
  int wanted = f.required;
  if (count < f.required && f.most != f.required) {
    bound = "at least";
  } else if (count > f.required && f.most != f.required) {
    bound = "at most";
    wanted = f.most;
  }
  return f.name + "() expects " + bound + " " + std::to_string(wanted) + " argument" + (wanted == 1 ? "" : "s") + ", " +
         std::to_string(count) + " given";
}

[[noreturn]] void too_few(const Function& f, std::size_t given, bool by_program) {
  if (f.is_builtin) throw_argument_count(count_message(f, given));
  std::string where;
  const Context& c = context();
  if (by_program && !c.file().empty()) where = " in " + std::string(c.file()) + " on line " + std::to_string(c.line);
  if (f.line != 0) context().line = f.line;
  const bool at_least = f.most != f.required && (f.most >= 0 || static_cast<int>(f.names.size()) != f.required);
  throw_argument_count("Too few arguments to function " + f.name + "(), " + std::to_string(given) + " passed" + where +
                       " and " + (at_least ? "at least" : "exactly") + " " + std::to_string(f.required) + " expected");
}

Value default_of(const Function& f, std::size_t i) {
  const std::size_t at = i - static_cast<std::size_t>(f.required);
  return at < f.defaults.size() ? f.defaults[at].get() : Value();
}

using NamedList = std::vector<std::pair<std::string, Value>>;

// Puts named arguments where their parameters are.
void place_named(const Function& f, std::vector<Value>& list, NamedList named) {
  std::vector<Value> beyond;
  for (auto it = named.begin(); it != named.end();) {
    if (f.has_parameter(it->first)) {
      ++it;
      continue;
    }
    if (!f.collects()) throw_error("Unknown named parameter $" + it->first);
    beyond.push_back(named_argument(it->first, it->second));
    it = named.erase(it);
  }
  const auto required = static_cast<std::size_t>(f.required);
  for (std::size_t i = list.size(); i < f.names.size() && !named.empty(); ++i) {
    const auto it = std::find_if(named.begin(), named.end(), [&](const auto& one) { return one.first == f.names[i]; });
    if (it != named.end()) {
      list.push_back(it->second);
      named.erase(it);
      continue;
    }
    if (i < required) throw_argument_count(argument_place(f, i) + " not passed");
    list.push_back(default_of(f, i));
  }
  if (beyond.empty()) return;
  for (std::size_t i = list.size(); i + 1 < f.names.size() && i < required + f.defaults.size(); ++i) {
    if (i < required) throw_argument_count(argument_place(f, i) + " not passed");
    list.push_back(default_of(f, i));
  }
  list.insert(list.end(), beyond.begin(), beyond.end());
}

// Takes the named arguments out of the list and puts them where they belong.
std::vector<Value> ordered(const Function& f, Arguments given) {
  std::size_t first = 0;
  while (first < given.size() && named_of(given[first]) == nullptr) ++first;
  std::vector<Value> list(given.begin(), given.begin() + first);
  if (first == given.size()) return list;
  NamedList named;
  for (std::size_t i = first; i < given.size(); ++i) {
    const NamedArgument* one = named_of(given[i]);
    if (one == nullptr) throw_error("Cannot use positional argument after named argument");
    bool twice = std::any_of(named.begin(), named.end(), [&](const auto& other) { return other.first == one->name; });
    for (std::size_t at = 0; at < first && at < f.names.size(); ++at) twice = twice || f.names[at] == one->name;
    if (twice) throw_error("Named parameter $" + one->name + " overwrites previous argument");
    named.emplace_back(one->name, one->v);
  }
  place_named(f, list, std::move(named));
  return list;
}

// Coerces the arguments of a dynamic call to the types of the parameters. What calls from within the runtime is never
// strict, and no place of the program.
void check_types(const Function& f, std::vector<Value>& list, bool by_program) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (named_of(list[i]) != nullptr) continue;
    std::string_view type = f.types[std::min(i, f.types.size() - 1)];
    if (type.starts_with("...")) {
      type.remove_prefix(3);
    } else if (i >= f.types.size()) {
      continue;
    }
    if (type.empty() || type == "mixed") continue;
    if (list[i].is_reference()) {
      const Ref r = list[i].as_reference();
      r.set(given_arg(quiet(*r), type, f, i, by_program));
    } else if ((type == "int" && list[i].is_int()) || (type == "string" && list[i].is_string()) ||
               (type == "array" && list[i].is_array())) {
      continue;
    } else {
      list[i] = given_arg(list[i], type, f, i, by_program);
    }
  }
}

}  // namespace

Value named_argument(std::string_view name, const Value& v) {
  return Value(ObjectPtr::adopt(new NamedArgument(name, v)));
}

Value call_function(const Function& f, const Target& target, Arguments given, bool by_program) {
  std::vector<Value> list = ordered(f, given);
  if (list.size() < static_cast<std::size_t>(f.required)) {
    if (!f.types.empty()) check_types(f, list, by_program);  // those that are there are received first
    too_few(f, list.size(), by_program);
  }
  if (!f.takes_all && f.most >= 0 && list.size() > static_cast<std::size_t>(f.most)) {
    if (f.is_builtin) throw_argument_count(count_message(f, list.size()));
    list.resize(static_cast<std::size_t>(f.most));
  }
  if (!f.takes_all) {
    for (std::size_t i = list.size(); i < static_cast<std::size_t>(f.required) + f.defaults.size(); ++i) {
      list.push_back(default_of(f, i));
    }
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    const bool wants = f.wants_reference(i);
    if (list[i].is_object() && list[i].as_object().native() == Native::kPerhaps) {
      auto& one = static_cast<PerhapsArgument&>(list[i].as_object());
      list[i] = wants ? Value(one.as_ref()) : one.as_value();
    }
    if (wants && !list[i].is_reference()) list[i] = Value(Ref(list[i]));
    if (!wants && list[i].is_reference()) list[i] = Value(list[i].deref());
  }
  if (!f.types.empty()) check_types(f, list, by_program);
  return f.invoke(f, target, list);
}

// ---- Closures ----

Closure::Closure(const Function& f, Ptr<Function> own, Target on, Class* in)
    : Object(find_class("Closure")), target(std::move(on)), scope(in), owned(std::move(own)), function_(&f) {}

Value Closure::call(Arguments given) const {
  const Callable alive(const_cast<Closure*>(this));
  return call_function(*function_, target, given, false).deref();
}

Value Closure::call_array(const Array& given, bool by_program) const {
  std::vector<Value> list;
  bool named = false;
  for (const auto& [key, v] : given) {
    if (key.is_text()) {
      if (!function_->collects() && function_->most >= 0 && !function_->has_parameter(key.text().view())) {
        throw_error("Unknown named parameter $" + key.text());
      }
      list.push_back(named_argument(key.text(), v));
      named = true;
    } else {
      if (named) throw_error("Cannot use positional argument after named argument");
      list.push_back(v);
    }
  }
  const Callable alive(const_cast<Closure*>(this));
  return call_function(*function_, target, list, by_program);
}

ClosureBuilder& ClosureBuilder::capturing(Many<Value> pairs) {
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) captured_.set_raw(to_key(pairs[i]), pairs[i + 1]);
  return *this;
}

ClosureBuilder::operator Value() const {
  const Callable made = Callable::adopt(new Closure(*function_, function_, target_, scope_));
  made->captured = captured_;
  return made;
}

// ---- Functions by name ----

namespace {
FindBuiltin find_builtin = nullptr;
}  // namespace

void set_builtin_functions(FindBuiltin find) { find_builtin = find; }

Function& add_function(std::string_view name, Ptr<Function> f, bool declared) {
  Function& out = *f;
  context().own_functions.push_back(std::move(f));
  auto& into = declared ? context().functions : context().prepared;
  into[lower(name)] = &out;
  return out;
}

void declare_function(std::string_view name) { context().functions[lower(name)] = context().prepared[lower(name)]; }

// Functions that see the variables of the call they stand in: PHP refuses to call them by a computed name.
static const Function* of_the_call(std::string_view name) {
  thread_local const std::vector<Ptr<Function>> all = [] {
    std::vector<Ptr<Function>> made;
    for (const char* one :
         {"extract", "compact", "func_get_args", "func_num_args", "func_get_arg", "get_defined_vars"}) {
      auto f = Ptr<Function>::adopt(new Function);
      const std::string own = one;
      wrap(*f, [own](Arguments) -> Value { throw_error("Cannot call " + own + "() dynamically"); });
      f->name = own;
      made.push_back(std::move(f));
    }
    return made;
  }();
  for (const auto& f : all) {
    if (f->name == name) return f.get();
  }
  return nullptr;
}

const Function* function_named(std::string_view name) {
  if (name.starts_with('\\')) name.remove_prefix(1);
  const std::string key = lower(name);
  const auto it = context().functions.find(key);
  if (it != context().functions.end()) return it->second;
  const Host* const host = context().host;
  if (const Function* const own = host == nullptr ? nullptr : host->function(key)) return own;
  const Function* found = find_builtin == nullptr ? nullptr : find_builtin(key);
  return found != nullptr ? found : of_the_call(key);
}

// ---- Arguments that are more than values ----

namespace {
struct SpreadArgument final : Object {
  explicit SpreadArgument(Value given) : Object(nullptr), v(std::move(given)) {}
  Native native() const override { return Native::kSpread; }
  Value v;
};
}  // namespace

Value spread(const Value& v) { return Value(ObjectPtr::adopt(new SpreadArgument(v))); }

std::vector<Value> arguments(Many<Value> given) {
  std::vector<Value> out;
  for (const Value& v : given) {
    if (!v.is_object() || v.as_object().native() != Native::kSpread) {
      out.push_back(v);
      continue;
    }
    const Value what = static_cast<const SpreadArgument&>(v.as_object()).v.deref();
    if (what.is_array()) {
      for (const auto& [key, item] : what.as_array()) {
        out.push_back(key.is_text() ? named_argument(key.text(), item) : item);
      }
      continue;
    }
    if (!is_a(what, "Traversable")) throw_type_error("Only arrays and Traversables can be unpacked");
    for (Walk it = iterate(what, nullptr); it.next();) {
      Value item = it.value();
      const Value key = it.key();
      if (!key.is_int() && !key.is_string()) throw_error("Keys must be of type int|string during argument unpacking");
      out.push_back(key.is_string() ? named_argument(key.as_string(), item) : item);
    }
  }
  return out;
}

Value perhaps(const Ref& variable, std::string_view name) {
  return either_way([variable] { return variable.defined(); },
                    [variable, kept = std::string(name)] { return read(*variable, kept); });
}

Value passed(const Value& v) {
  notice("Only variables should be passed by reference");
  return v;
}
Value not_passed(const Value&, std::string_view place) {
  throw_error(std::string(place) + " cannot be passed by reference");
}
Value not_explicit(std::string_view function, Int n, std::string_view name) {
  throw_argument_count(argument(function, static_cast<int>(n), name) +
                       " must be passed explicitly, because the default value is not known");
}

Value argument_at(Arguments given, std::size_t i) { return i < given.size() ? Value(given[i].deref()) : Value(); }
Value argument_or(Arguments given, std::size_t i, const Default& other) {
  return i < given.size() ? Value(given[i].deref()) : other.get();
}
Ref argument_ref(Arguments given, std::size_t i) {
  if (i >= given.size()) return {};
  return given[i].is_reference() ? given[i].as_reference() : Ref(given[i]);
}
Array rest_of(Arguments given, std::size_t i) { return rest(given.from(i)); }

Array rest(Arguments given) {
  Array out;
  for (const Value& v : given) {
    if (const NamedArgument* one = named_of(v)) {
      out.set_text(one->name, one->v);
    } else {
      out.append(v.deref());
    }
  }
  return out;
}

Array ref_list(Many<Ref> refs) {
  Array out;
  for (const Ref& r : refs) out.append(Value(r));
  return out;
}

static std::size_t positional(Arguments given) {
  std::size_t count = 0;
  while (count < given.size() && named_of(given[count]) == nullptr) ++count;
  return count;
}

Array func_get_args(Arguments given, Many<Value> now) {
  Array out;
  for (std::size_t i = 0; i < positional(given); ++i) {
    out.append(quiet((i < now.size() ? now[i] : given[i]).deref()));
  }
  return out;
}
Int func_num_args(Arguments given) { return static_cast<Int>(positional(given)); }

Value func_get_arg(Arguments given, const Value& i, Many<Value> now) {
  const Int at = to_int(i);
  if (at < 0) throw_value_error("func_get_arg(): Argument #1 ($position) must be greater than or equal to 0");
  if (static_cast<std::size_t>(at) >= given.size()) {
    throw_value_error(
        "func_get_arg(): Argument #1 ($position) must be less than the number of the arguments passed to the currently "
        "executed function");
  }
  const auto index = static_cast<std::size_t>(at);
  return (index < now.size() ? now[index] : given[index]).deref();
}

}  // namespace banyan::php_runtime
