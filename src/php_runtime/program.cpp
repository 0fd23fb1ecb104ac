#include "php_runtime/program.h"

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>

#include "php_runtime/builtin_program.h"
#include "php_runtime/builtin_settings.h"
#include "php_runtime/convert.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/live_objects.h"
#include "php_runtime/params.h"
#include "php_runtime/place.h"
#include "php_runtime/resource.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

// ---- The run ----

namespace {

int uncaught(const Value& thrown) {
  Context& c = context();
  if (!c.exception_handlers.empty() && c.exception_handlers.back()) {
    const Callable handler = c.exception_handlers.back();
    c.exception_handlers.clear();
    try {
      handler->call({thrown});
    } catch (const ThrownError& again) {
      uncaught(again.object);
    } catch (const ExitRequest&) {
      return 255;
    }
    return 255;
  }
  Object& o = thrown.as_object();
  const std::string where = "\n  thrown in " + to_string(throwable_get(o, "file")).str() + " on line " +
                            to_string(throwable_get(o, "line")).str();
  if (c.host != nullptr) {
    c.host->log("PHP Fatal error:  Uncaught " + throwable_text(o, false).str() + where);
    c.host->failed();
    return 255;
  }
  String text;
  if (!object_string(o, text)) text = throwable_text(o);
  if (shows_errors()) echo("\nFatal error: Uncaught " + text + where + "\n");
  return 255;
}

template <class F>
int guarded(F f) {
  try {
    f();
    return 0;
  } catch (const ExitRequest& end) {
    return end.status;
  } catch (const ThrownError& thrown) {
    try {
      return uncaught(thrown.object);
    } catch (const ExitRequest& end) {
      return end.status;
    }
  }
}

void end_buffers() {
  Context& c = context();
  while (!c.buffers.empty()) {
    OutputBuffer last = std::move(c.buffers.back());
    c.buffers.pop_back();
    if (!last.callback) {
      echo(last.data);
      continue;
    }
    const Value made = last.callback->call({last.data, 8 | (last.started ? 0 : 1)});
    echo(made.is_false() ? String(last.data) : to_string(made));
  }
}

// The last holders of objects go while the output is still there.
void release_variables(Context& c) {
  guarded([&] {
    while (!c.globals.empty()) {
      std::size_t last = c.globals.slots();
      while (last > 0 && !c.globals.occupied(last - 1)) --last;
      c.globals.unset_key(c.globals.key_at(last - 1));
    }
    c.statics.clear();
  });
}

void let_go(Context& c) {
  c.shutdown.clear();
  c.error_handlers.clear();
  c.exception_handlers.clear();
  c.autoloaders.clear();
  c.last_error = Value();
  for (auto& [name, one] : c.classes) {
    one->statics.clear();
    for (const auto& k : one->constants) k->v = Value();
    for (const auto& p : one->own_properties) p->first = Value();
  }
  c.constants.clear();
  c.superglobals.clear();
  c.kept.clear();
  c.returned = Value();
}

// Keeps account of a run's objects while it is there; a run that was given up has its account still.
class Accounting {
 public:
  explicit Accounting(Context& c) {
    static const char tag = 0;
    std::shared_ptr<void>& kept = c.kept[&tag];
    if (kept == nullptr) kept = std::make_shared<LiveObjects>();
    objects_ = std::static_pointer_cast<LiveObjects>(kept);
    outer_ = use_live_objects(objects_.get());
  }
  ~Accounting() { use_live_objects(outer_); }
  Accounting(const Accounting&) = delete;
  Accounting& operator=(const Accounting&) = delete;
  LiveObjects* operator->() const { return objects_.get(); }

 private:
  std::shared_ptr<LiveObjects> objects_;
  LiveObjects* outer_ = nullptr;
};

// What a host is told while the variables are there: all that was printed, then that this is all.
int end_for_host(Context& c, int status) {
  if (const int s = guarded(end_buffers); s != 0) status = s;
  c.host->finished();
  return status;
}

}  // namespace

// What is left of the thread's stack but for some that the runtime's own functions need; null where that is not known.
const char* stack_end() {
  constexpr std::size_t kKept = 256 << 10;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return nullptr;
  void* lowest = nullptr;
  std::size_t size = 0;
  const int error = pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return error != 0 || size <= 2 * kKept ? nullptr : static_cast<const char*>(lowest) + kKept;
}

// The first thread's stack grows as far as its limit says when it does, so that this raises it. Linux leaves 128 MiB
// of room for it.
void allow_deep_calls() {
  constexpr rlim_t kWanted = 120 << 20;
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= kWanted) return;
  limit.rlim_cur = limit.rlim_max < kWanted ? limit.rlim_max : kWanted;
  setrlimit(RLIMIT_STACK, &limit);
}

int run_in(Context& c, void (*script)(), std::string& out) {
  Context* const outer = std::exchange(current_context, &c);
  if (c.stack_end == nullptr) c.stack_end = stack_end();
  if (&out != &c.out) c.written = &out;
  const Accounting live(c);
  int status = guarded(script);
  for (std::size_t i = 0; i < c.shutdown.size(); ++i) {
    const auto [f, given] = c.shutdown[i];
    if (const int s = guarded([&] { f->call(given); }); s != 0) status = s;
  }
  if (c.host != nullptr) status = end_for_host(c, status);
  release_variables(c);
  if (const int s = guarded(end_buffers); s != 0) status = s;
  if (c.host == nullptr) flush_output();
  let_go(c);
  live->let_go();
  current_context = outer;
  return status;
}

void abandon(Context& c) {
  Context* const outer = std::exchange(current_context, &c);
  const Accounting live(c);
  c.buffers.clear();
  release_variables(c);
  let_go(c);
  live->let_go();
  current_context = outer;
}

int run(void (*script)(), std::span<char* const> arguments) {
  allow_deep_calls();
  Context c;
  c.arguments = arguments;
  const int status = run_in(c, script, c.out);
  return status;
}

void file(const Source& source) { context().source = &source; }

// ---- Global variables ----

namespace {
constexpr std::string_view kGlobalNames[] = {"_GET", "_POST", "_COOKIE", "_FILES", "argv", "argc", "_SERVER"};
// Those that PHP only makes for programs that name them.
constexpr std::string_view kNamedGlobals[] = {"_ENV", "_REQUEST"};
bool is_global_name(std::string_view name) {
  return std::find(std::begin(kGlobalNames), std::end(kGlobalNames), name) != std::end(kGlobalNames);
}
Key key(std::string_view name) { return Key(String(name)); }

// Unsets a variable whose reference other code of the program goes on using.
void forget(const Ref& r, std::uint32_t most) {
  if (r.box()->holders > most) {
    stop("unset-reference", "a variable that is unset by a computed name is bound to others");
  }
  *r = Value::undefined();
}
}  // namespace

Array argv() {
  const Context& c = context();
  Array out = Array::list({c.file()});
  for (std::size_t i = 1; i < c.arguments.size(); ++i) out.append(std::string_view(c.arguments[i]));
  return out;
}
Int argc() { return static_cast<Int>(std::max<std::size_t>(context().arguments.size(), 1)); }

Ref global_variable(std::string_view name) {
  Array& all = context().globals;
  const Value* found = all.raw(key(name));
  if (found != nullptr && found->is_reference()) return found->as_reference();
  Ref made = Ref::undefined();
  if (context().host == nullptr && name == "argv") *made = argv();
  if (context().host == nullptr && name == "argc") *made = argc();
  all.set_raw(key(name), Value(made));
  return made;
}
Ref global(std::string_view name) { return global_variable(name).defined(); }
Ref unset_global(std::string_view name) {
  context().globals.unset_key(key(name));
  Ref made = Ref::undefined();
  context().globals.set_raw(key(name), Value(made));
  return made;
}
Ref bind_global(std::string_view name, const Ref& r) {
  context().globals.set_raw(key(name), Value(r));
  return r;
}

Array globals() {
  Array out;
  for (const std::string_view name : kGlobalNames) {
    if (name == "argv") {
      out.set_text(name, argv());
    } else if (name == "argc") {
      out.set_text(name, argc());
    } else {
      out.set_text(name, superglobal(name));
    }
  }
  for (const std::string_view name : kNamedGlobals) {
    if (context().superglobals.contains(std::string(name))) out.set_text(name, superglobal(name));
  }
  for (const auto& [k, v] : context().globals) {
    if (v.deref().is_undefined()) continue;
    // The program's own variable is a holder too.
    const bool alone = v.is_reference() && v.as_reference().box()->holders <= 2;
    out.set_raw(k, alone ? Value(v.deref()) : v);
  }
  return out;
}

static bool find_global(std::string_view name, Value& out) {
  const Value* found = context().globals.lookup(key(name));
  if (found != nullptr && !found->is_undefined()) {
    out = *found;
    return true;
  }
  if (!is_global_name(name)) return false;
  out = globals().peek(name);
  return true;
}
Value global_value(std::string_view name) {
  Value out;
  if (!find_global(name, out)) warning("Undefined global variable $" + std::string(name));
  return out;
}
Value quiet_global(std::string_view name) {
  Value out;
  find_global(name, out);
  return out;
}
Value set_global(std::string_view name, Value v) { return global(name).set(std::move(v)); }
Value& global_place(std::string_view name) { return global(name).value(); }
Ref global_ref(std::string_view name) { return global(name); }
void forget_global(std::string_view name) {
  const Value* found = context().globals.raw(key(name));
  if (found != nullptr) forget(found->as_reference(), 2);
}
Value update_global(std::string_view name, Operation op, const Value& v) {
  return set_global(name, op(global_value(name), v));
}
Value update_global_old(std::string_view name, Operation op, const Value& v) {
  Value old = global_value(name);
  set_global(name, op(old, v));
  return old;
}

// What $_SERVER and its like begin with in a script that php-cli runs.
static Array first_superglobal(std::string_view name) {
  if (context().host != nullptr || (name != "_SERVER" && name != "_ENV")) return {};
  Array out = getenv().as_array();
  if (name == "_ENV") return out;
  const Array given = argv();
  for (const std::string_view key : {"PHP_SELF", "SCRIPT_NAME", "SCRIPT_FILENAME", "PATH_TRANSLATED"}) {
    out.set_text(key, context().file());
  }
  out.set_text("DOCUMENT_ROOT", "");
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  out.set_text("REQUEST_TIME_FLOAT", static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec / 1000) / 1e6);
  out.set_text("REQUEST_TIME", Int{now.tv_sec});
  out.set_text("argv", given);
  out.set_text("argc", argc());
  return out;
}

Ref superglobal_ref(std::string_view name) {
  auto [it, made] = context().superglobals.try_emplace(std::string(name));
  if (made) *it->second = first_superglobal(name);
  return it->second;
}
Value& superglobal_place(std::string_view name) { return *superglobal_ref(name); }
Value superglobal(std::string_view name) { return superglobal_place(name); }
Value set_superglobal(std::string_view name, Value v) { return superglobal_place(name) = std::move(v); }

// ---- Static variables ----

std::size_t static_number() {
  static std::atomic<std::size_t> count = 0;
  return count++;
}
bool has_static(std::size_t number) {
  const auto& all = context().statics;
  return number < all.size() && all[number].box() != nullptr && !all[number].value().is_undefined();
}
Ref& static_variable(std::size_t number) {
  auto& all = context().statics;
  while (all.size() <= number) all.push_back(Ref::undefined());
  return all[number];
}

// ---- Constants ----

namespace {

FindConstant find_builtin = nullptr;

std::string constant_key(std::string_view name) {
  if (name.starts_with('\\')) name.remove_prefix(1);
  const std::size_t at = name.rfind('\\');
  if (at == std::string_view::npos) return std::string(name);
  return lower(name.substr(0, at)) + std::string(name.substr(at));
}

bool find_constant(std::string_view name, Value& out) {
  const auto& own = context().constants;
  const std::string key = constant_key(name);
  const auto it = own.find(key);
  const Value* known = it != own.end() ? &it->second : nullptr;
  if (known == nullptr && context().host != nullptr) known = context().host->constant(key);
  if (known != nullptr) {
    out = *known;
    return true;
  }
  if (find_builtin != nullptr && find_builtin(name, out)) return true;
  if (find_standard_stream(key, out)) return true;
  const std::string word = lower(name);
  if (word == "true" || word == "false") {
    out = word == "true";
    return true;
  }
  out = Value();
  return word == "null";
}

}  // namespace

void set_builtin_constants(FindConstant find) { find_builtin = find; }

Value constant_of(Many<Value> names) {
  Value out;
  for (const Value& name : names) {
    if (find_constant(name.as_string(), out)) return out;
  }
  if (settling) stop("constant-missing", "the constant is not part of this runtime");  // it may be one of PHP's
  throw_error("Undefined constant \"" + names[0].as_string() + "\"");
}

void define_const(std::string_view name, const Value& v) {
  Value old;
  if (find_constant(name, old)) return warning("Constant " + std::string(name) + " already defined");
  context().constants[constant_key(name)] = v;
}

bool define_value(const Value& given, const Value& v) {
  const String name = param_string(given, "define(): Argument #1 ($constant_name)");
  if (name.view().find("::") != std::string_view::npos) {
    throw_value_error("define(): Argument #1 ($constant_name) cannot be a class constant");
  }
  Value old;
  if (find_constant(name, old)) {
    warning("Constant " + name + " already defined");
    return false;
  }
  context().constants[constant_key(name)] = v;
  return true;
}

// The name of a constant as a text gives it, which may begin at the root of all namespaces.
static String constant_text(const Value& given) {
  const String name = to_string(given);
  return name.view().starts_with('\\') ? String(name.view().substr(1)) : name;
}

bool defined_in(const Value& given, Class* scope) {
  const String name = constant_text(given);
  const std::size_t at = name.view().find("::");
  Value out;
  if (at == std::string_view::npos) return find_constant(name, out);
  Class* c = find_class_in(name.view().substr(0, at), scope);
  if (c == nullptr || c->has_flag(kTrait)) return false;
  const ClassConstant* k = c->find_constant(name.view().substr(at + 2));
  if (k == nullptr) return false;
  const std::string_view hidden = (k->flags & kPrivate) != 0     ? "private"
                                  : (k->flags & kProtected) != 0 ? "protected"
                                                                 : "";
  return visible(hidden, *k->owner, scope);
}

Value constant_named(const Value& given, Class* scope) {
  const String name = constant_text(given);
  const std::size_t at = name.view().find("::");
  if (at == std::string_view::npos) return constant_of({name});
  const std::string_view class_name = name.view().substr(0, at);
  Class* c = find_class_in(class_name, scope);
  return class_const(c == nullptr ? need_class(class_name) : *c, name.view().substr(at + 2), scope);
}

// ---- Classes as converted code has them ----

Value parent_name(const Class* c) {
  return c == nullptr || c->parent == nullptr ? Value(false) : Value(c->parent->name);
}
Class* no_scope(std::string_view word) {
  throw_error("Cannot access \"" + std::string(word) + "\" when no class scope is active");
}
Value not_here(std::string_view message) { throw_error(message); }
void of_trait() { stop("trait-call", "a method of a trait is called on the trait itself"); }
void unreachable() { stop("unreachable", "a function that always returns something came to its end"); }

bool class_alias(const Value& given, const Value& alias) {
  const String name = param_string(given, "class_alias(): Argument #1 ($class)");
  const String other = param_string(alias, "class_alias(): Argument #2 ($alias)");
  Class* c = load_class(name);
  if (c == nullptr) {
    warning("Class \"" + name + "\" not found");
    return false;
  }
  if (c->is_builtin) {
    throw_value_error(
        "class_alias(): Argument #1 ($class) must be a user-defined class name, internal class name given");
  }
  if (find_class(other) != nullptr) {
    warning("Cannot declare class " + other + ", because the name is already in use");
    return false;
  }
  class_alias(*c, other);
  return true;
}

// ---- Variables by name ----

const Ref* Scope::find(std::string_view name) {
  if (whole_) {
    const Value* found = context().globals.raw(key(name));
    if (found == nullptr) return nullptr;
    found_ = found->as_reference();
    return &found_;
  }
  for (const auto& [known, r] : refs_) {
    if (known == name) return &r;
  }
  return nullptr;
}

Ref Scope::variable(std::string_view name) {
  if (const Ref* r = find(name)) return *r;
  if (whole_) return global_variable(name);
  refs_.emplace_back(std::string(name), Ref::undefined());
  return refs_.back().second;
}

Ref Scope::bind(std::string_view name, const Ref& r) {
  if (whole_) return bind_global(name, r);
  for (auto& [known, old] : refs_) {
    if (known == name) {
      old = r;
      return r;
    }
  }
  refs_.emplace_back(std::string(name), r);
  return r;
}

Ref Scope::unset(std::string_view name) { return whole_ ? unset_global(name) : bind(name, Ref::undefined()); }

Value Scope::read(std::string_view name) {
  if (const Ref* r = find(name)) return php_runtime::read(**r, name);
  if (whole_ && name == "GLOBALS") return globals();
  if (whole_ && is_global_name(name)) return global_value(name);
  if (this_ && name == "this") return this_;
  warning("Undefined variable $" + std::string(name));
  return {};
}
Value Scope::quiet(std::string_view name) {
  if (this_ && name == "this") return this_;
  const Ref* r = find(name);
  return r == nullptr ? Value() : php_runtime::quiet(**r);
}

static void writable(std::string_view name) {
  if (name == "this") throw_error("Cannot re-assign $this");
}
Value& Scope::place(std::string_view name) {
  writable(name);
  return variable(name).value();
}
Ref Scope::ref(std::string_view name) {
  writable(name);
  return variable(name).defined();
}
Value Scope::assign(std::string_view name, Value v) {
  writable(name);
  return variable(name).set(std::move(v));
}
void Scope::forget(std::string_view name) {
  if (name == "this") throw_error("Cannot unset $this");
  const Ref* r = find(name);
  // The program's variable, the scope's, and the one found.
  if (r != nullptr) php_runtime::forget(*r, whole_ ? 3 : 2);
}

Array Scope::defined() {
  if (whole_) return globals();
  Array out;
  for (const auto& [name, r] : refs_) {
    if (r.value().is_undefined()) continue;
    out.set_raw(key(name), r.box()->holders <= 2 ? Value(r.value()) : Value(r));
  }
  return out;
}

namespace {

bool is_identifier(std::string_view s) {
  if (s.empty() || (s[0] >= '0' && s[0] <= '9')) return false;
  return std::all_of(s.begin(), s.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

enum Extract { kOverwrite, kSkip, kPrefixSame, kPrefixAll, kPrefixInvalid, kPrefixIfExists, kIfExists };

// The name under which extract() makes a variable of a key; empty for none.
std::string extracted(const Key& k, Int mode, const std::string& prefix, bool there) {
  const std::string name = k.string().str();
  const std::string prefixed = is_identifier(prefix + "_" + name) ? prefix + "_" + name : "";
  if (mode == kPrefixAll) return prefixed;
  if (mode == kPrefixInvalid) {
    return !k.is_text() || !is_identifier(name) || name == "this" ? prefixed : name;
  }
  if (!k.is_text() || !is_identifier(name)) return mode == kPrefixSame && k.is_text() && name.empty() ? prefixed : "";
  switch (mode) {
    case kSkip:
      return !there && name != "this" ? name : "";
    case kIfExists:
      return there ? name : "";
    case kPrefixIfExists:
      return there ? prefixed : "";
    case kPrefixSame:
      return there || name == "this" ? prefixed : name;
    default:
      return name;
  }
}

}  // namespace

Int Scope::extract(const Value& array, Many<Value> more) {
  const Array a = param_array(array, "extract(): Argument #1 ($array)");
  Int mode = kOverwrite;
  std::string prefix;
  if (!more.empty()) mode = param_int(more[0], "extract(): Argument #2 ($flags)");
  if ((mode & 256) != 0) stop("extract-references", "extract() by reference is not converted");
  if (mode < kOverwrite || mode > kIfExists) bad_argument("extract", 2, "flags", "must be a valid extract type");
  if (more.size() > 1) {
    prefix = param_string(more[1], "extract(): Argument #3 ($prefix)").str();
    if (!prefix.empty() && !is_identifier(prefix)) bad_argument("extract", 3, "prefix", "must be a valid identifier");
  } else if (mode > kSkip && mode <= kPrefixIfExists) {
    bad_argument("extract", 3, "prefix", "is required when using this extract type");
  }
  Int count = 0;
  for (const auto& [k, v] : a) {
    const Ref* r = find(k.string());
    const std::string name = extracted(k, mode, prefix, r != nullptr && !r->value().is_undefined());
    if (name.empty() || name == "GLOBALS" || (name == "this" && mode != kOverwrite && mode != kIfExists)) continue;
    assign(name, v.deref());
    ++count;
  }
  return count;
}

void Scope::compact_named(Array& into, const Value& given, const Value& self) {
  const Value& names = given.deref();
  if (names.is_string()) {
    const String& name = names.as_string();
    const Ref* r = find(name);
    if (name == "this") {
      if (self.is_null()) return warning("compact(): Undefined variable $this");
      into.set_text("this", self);
    } else if (r != nullptr && !r->value().is_undefined()) {
      into.set_text(name, r->value());
    } else {
      warning("compact(): Undefined variable $" + name);
    }
  } else if (names.is_array()) {
    for (const auto& [k, v] : names.as_array()) compact_named(into, v, self);
  } else {
    warning("compact(): Argument #1 must be string or array of strings, " + type_name(names) + " given");
  }
}

}  // namespace banyan::php_runtime
