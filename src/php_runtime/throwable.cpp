#include "php_runtime/throwable.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "php_runtime/builtin_settings.h"
#include "php_runtime/context.h"
#include "php_runtime/convert.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/function.h"
#include "php_runtime/params.h"

namespace banyan::php_runtime {

namespace {

// The private properties belong to the class at the root.
std::string root_of(const Object& o) {
  const Class* c = &o.of();
  while (c->parent != nullptr) c = c->parent;
  return c->name;
}

Key key_of(const Object& o, std::string_view name) {
  if (name == "trace" || name == "previous" || name == "string" || name == "within") {
    std::string hidden(1, '\0');
    hidden += root_of(o) + '\0';
    return Key::text_as_is(String(hidden + std::string(name)));
  }
  return Key::text_as_is(String(name));
}

class Throwable final : public Object {
 public:
  using Object::Object;
  Native native() const override { return Native::kThrowable; }
  Object* clone() const override { return new Throwable(*this); }
  bool within = false;  // made in a function, whose call belongs into the trace but is not known
};

bool is_within(const Object& o) { return static_cast<const Throwable&>(o).within; }

std::string trace_text(const Object& o, bool must_know = true) {
  if (!is_within(o)) return "#0 {main}";
  if (must_know) stop("trace", "the calls in the trace of an exception are not known");
  return "#0 (not known)";
}

Object* make_throwable(Class& c) {
  auto* o = new Throwable(&c);
  const std::string root = c.descends(need_class("Error")) ? "Error" : "Exception";
  const auto hidden = [&](std::string_view name) {
    std::string key(1, '\0');
    key += root + '\0';
    return Key::text_as_is(String(key + std::string(name)));
  };
  o->properties.set_raw(Key(String("message")), "");
  o->properties.set_raw(hidden("string"), "");
  o->properties.set_raw(Key(String("code")), 0);
  o->properties.set_raw(Key(String("file")), "");
  o->properties.set_raw(Key(String("line")), 0);
  o->properties.set_raw(hidden("trace"), Array());
  o->properties.set_raw(hidden("previous"), Value());
  if (c.is("ErrorException")) o->properties.set_raw(Key(String("severity")), 1);
  locate_throwable(*o);
  return o;
}

std::string place_of(const Object& o, int n, std::string_view name) {
  return o.of().name + "::__construct(): Argument #" + std::to_string(n) + " ($" + std::string(name) + ")";
}

void construct(const ObjectPtr& self, const Value& message, const Value& code, const Value& previous) {
  Object& o = *self;
  if (!message.is_null()) o.properties.set_key(key_of(o, "message"), param_string(message, place_of(o, 1, "message")));
  if (!code.is_null()) o.properties.set_key(key_of(o, "code"), param_int(code, place_of(o, 2, "code")));
  if (!previous.is_null()) {
    if (!is_a(previous, "Throwable")) refuse_param(place_of(o, 3, "previous"), "?Throwable", previous);
    o.properties.set_key(key_of(o, "previous"), previous);
  }
}

// fixed signature: that of PHP
void construct_error(const ObjectPtr& self, const Value& message, const Value& code, const Value& severity,
                     const Value& file_name, const Value& at_line, const Value& previous) {
  construct(self, message, code, {});
  Object& o = *self;
  if (!severity.is_null()) o.properties.set_key(key_of(o, "severity"), param_int(severity, place_of(o, 3, "severity")));
  if (!file_name.is_null()) {
    o.properties.set_key(key_of(o, "file"), param_string(file_name, place_of(o, 4, "filename")));
    o.properties.set_key(key_of(o, "line"), 0);
  }
  if (!at_line.is_null()) o.properties.set_key(key_of(o, "line"), param_int(at_line, place_of(o, 5, "line")));
  if (!previous.is_null()) o.properties.set_key(key_of(o, "previous"), previous);
}

void add_methods(Class& c) {
  c.method(
       "__construct", kPublic,
       +[](const ObjectPtr& self, Value message, Value code, Value previous) {
         construct(self, message, code, previous);
       })
      .named({"message", "code", "previous"})
      .optional(0, {Value(), Value(), Value()});
  c.method("getMessage", kPublic | kFinal, +[](const ObjectPtr& o) { return to_string(throwable_get(*o, "message")); });
  c.method("getCode", kPublic | kFinal, +[](const ObjectPtr& o) { return throwable_get(*o, "code"); });
  c.method("getPrevious", kPublic | kFinal, +[](const ObjectPtr& o) { return throwable_get(*o, "previous"); });
  c.method("getFile", kPublic | kFinal, +[](const ObjectPtr& o) { return throwable_get(*o, "file"); });
  c.method("getLine", kPublic | kFinal, +[](const ObjectPtr& o) { return throwable_get(*o, "line"); });
  c.method(
      "getTrace", kPublic | kFinal, +[](const ObjectPtr& o) {
        static_cast<void>(trace_text(*o));
        return throwable_get(*o, "trace");
      });
  c.method("getTraceAsString", kPublic | kFinal, +[](const ObjectPtr& o) { return String(trace_text(*o)); });
  c.method("__toString", kPublic, +[](const ObjectPtr& o) { return throwable_text(*o); });
}

struct Known {
  std::string_view name;
  std::string_view parent;
};
constexpr Known kKnown[] = {{"Exception", ""},
                            {"Error", ""},
                            {"CompileError", "Error"},
                            {"ParseError", "CompileError"},
                            {"TypeError", "Error"},
                            {"ValueError", "Error"},
                            {"ArithmeticError", "Error"},
                            {"DivisionByZeroError", "ArithmeticError"},
                            {"ArgumentCountError", "TypeError"},
                            {"AssertionError", "Error"},
                            {"UnhandledMatchError", "Error"},
                            {"ErrorException", "Exception"},
                            {"JsonException", "Exception"},
                            {"LogicException", "Exception"},
                            {"RuntimeException", "Exception"},
                            {"BadFunctionCallException", "LogicException"},
                            {"BadMethodCallException", "BadFunctionCallException"},
                            {"DomainException", "LogicException"},
                            {"InvalidArgumentException", "LogicException"},
                            {"LengthException", "LogicException"},
                            {"OutOfRangeException", "LogicException"},
                            {"OutOfBoundsException", "RuntimeException"},
                            {"OverflowException", "RuntimeException"},
                            {"RangeException", "RuntimeException"},
                            {"UnderflowException", "RuntimeException"},
                            {"UnexpectedValueException", "RuntimeException"},
                            {"ClosedGeneratorException", "Exception"}};

}  // namespace

void declare_throwables() {
  for (const Known& one : kKnown) {
    Class* const c = &new_builtin(one.name);
    c->make = make_throwable;
    if (one.parent.empty()) {
      c->interfaces = {find_class("Stringable"), find_class("Throwable")};
      c->property("message", kProtected, "", nullptr);
      c->property("code", kProtected, "", nullptr);
      c->property("file", kProtected, "string", nullptr);
      c->property("line", kProtected, "int", nullptr);
      add_methods(*c);
    } else {
      c->parent = find_class(one.parent);
    }
    if (one.name == "ErrorException") {
      c->property("severity", kProtected, "int", nullptr);
      c->method(
           "__construct", kPublic,
           +[](const ObjectPtr& self, Value message, Value code, Value severity, Value file_name, Value at_line,
               Value previous) { construct_error(self, message, code, severity, file_name, at_line, previous); })
          .named({"message", "code", "severity", "filename", "line", "previous"})
          .optional(0, {Value(), Value(), Value(), Value(), Value(), Value()});
      c->method("getSeverity", kPublic | kFinal, +[](const ObjectPtr& o) { return throwable_get(*o, "severity"); });
    }
    declare_builtin(*c);
  }
}

void locate_throwable(Object& o) {
  const Context& c = context();
  o.properties.set_key(key_of(o, "file"), c.file());
  o.properties.set_key(key_of(o, "line"), c.line);
  static_cast<Throwable&>(o).within = c.depth > 0;
}

String HeldThrow::text(const Value& v) {
  if (!is_object(v) && !is_array(v)) return to_string(v);
  return call(String(), [&] { return to_string(v); });
}

Value on_line(Int line, const ObjectPtr& made) {
  if (made->native() == Native::kThrowable) {
    const Value at = throwable_get(*made, "line");
    if (at.is_int() && at.as_int() == context().line) made->properties.set_key(key_of(*made, "line"), line);
  }
  return made;
}

Value throwable_get(const Object& o, std::string_view name) {
  const Value* found = o.properties.lookup(key_of(o, name));
  return found == nullptr ? Value() : *found;
}

String throwable_text(const Object& o, bool knows_trace) {
  std::vector<const Object*> chain;
  Value held;
  for (const Object* at = &o; at != nullptr;) {
    chain.insert(chain.begin(), at);
    held = throwable_get(*at, "previous");
    at = held.is_object() ? &held.as_object() : nullptr;
  }
  String out;
  for (const Object* at : chain) {
    if (!out.empty()) out += "\n\nNext ";
    out += at->of().name;
    const String message = to_string(throwable_get(*at, "message"));
    if (!message.empty()) out += ": " + message;
    out += " in " + to_string(throwable_get(*at, "file")) + ":" + to_string(throwable_get(*at, "line")) +
           "\nStack trace:\n" + String(trace_text(*at, knows_trace));
  }
  return out;
}

void chain_after(const Value& thrown, const Value& first) {
  Value at = thrown;
  for (;;) {
    if (at.same_body(first)) return;
    Value previous = throwable_get(at.as_object(), "previous");
    if (!previous.is_object()) break;
    at = std::move(previous);
  }
  Object& o = at.as_object();
  o.properties.set_key(key_of(o, "previous"), first);
}

// A message as PHP words it: the name of a class without a name ends before its NUL.
static std::string without_paths(std::string_view message) {
  constexpr std::string_view kAnonymous = "@anonymous";
  std::string out;
  for (;;) {
    const std::size_t nul = message.find('\0');
    const bool is_name = nul != std::string_view::npos && message.substr(0, nul).ends_with(kAnonymous);
    const std::size_t dollar = is_name ? message.find('$', nul) : std::string_view::npos;
    if (dollar == std::string_view::npos) return out.append(message);
    out += message.substr(0, nul);
    message.remove_prefix(std::min(message.find_first_not_of("0123456789abcdef", dollar + 1), message.size()));
  }
}

Value new_exception(std::string_view name, std::string_view message, Int code, const Value& previous) {
  Class& c = need_class(name);
  const ObjectPtr o = c.instance();
  o->properties.set_key(key_of(*o, "message"), without_paths(message));
  o->properties.set_key(key_of(*o, "code"), code);
  if (!previous.is_null()) o->properties.set_key(key_of(*o, "previous"), previous);
  // What one of PHP's own functions throws, or the call of one of the program's, has that call in its trace.
  const bool of_a_call = message.find("(): Argument #") != std::string_view::npos ||
                         message.ends_with("is not an integer") || name == "ValueError" || name == "JsonException" ||
                         name == "PDOException" || name == "ArgumentCountError";
  if (of_a_call) static_cast<Throwable&>(*o).within = true;
  return o;
}

void throw_new(std::string_view name, std::string_view message) { throw ThrownError{new_exception(name, message)}; }
void throw_error(std::string_view message) { throw_new("Error", message); }
void throw_type_error(std::string_view message) { throw_new("TypeError", message); }
void throw_value_error(std::string_view message) { throw_new("ValueError", message); }
void throw_argument_count(std::string_view message) { throw_new("ArgumentCountError", message); }
void throw_division_by_zero(std::string_view message) { throw_new("DivisionByZeroError", message); }

bool assert_(bool holds, const Value& given) {
  const bool is_thrown = is_a(given, "Throwable");
  const Value description =
      is_thrown ? given : param_union(given, "Throwable|string|null", "assert(): Argument #2 ($description)");
  if (holds) return true;
  if (is_thrown) throw ThrownError{given.deref()};
  constexpr Int kEError = 1;
  const Value made = new_exception("AssertionError", to_string(description), kEError);
  static_cast<Throwable&>(made.as_object()).within = true;
  throw ThrownError{made};
}

Value raise(const Value& v) {
  if (!is_object(v)) throw_error("Can only throw objects");
  if (!is_a(v, "Throwable")) throw_error("Cannot throw objects that do not implement Throwable");
  throw ThrownError{v.deref()};
}

Value leave(const Value& given) {
  const Value& v = given.deref();
  int status = 0;
  if (v.is_int()) {
    status = static_cast<int>(v.as_int());
  } else if (!v.is_null()) {
    echo_value(v);
  }
  throw ExitRequest{status & 255};
}

// A string as messages about a value show it: its first bytes, those escaped that cannot be seen.
static std::string escaped_short(std::string_view s) {
  constexpr std::size_t kShown = 15;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : s.substr(0, kShown)) {
    const std::size_t known = std::string_view("\r\n\t\f\v\\\x1b").find(c);
    const auto byte = static_cast<unsigned char>(c);
    if (known != std::string_view::npos) {
      out += {'\\', "rntfv\\e"[known]};
    } else if (byte < 32 || byte > 126) {
      out += {'\\', 'x', kHex[byte >> 4U], kHex[byte & 15U]};
    } else {
      out += c;
    }
  }
  return s.size() > kShown ? out + "..." : out;
}

Value no_match(const Value& given) {
  const Value& v = given.deref();
  std::string shown = "of type " + type_name(v).str();
  if (v.is_string()) {
    shown = "'" + escaped_short(v.as_string()) + "'";
  } else if (v.is_float()) {
    shown = float_repr(v.as_float());
    if (shown.find_first_not_of("-0123456789") == std::string::npos) shown += ".0";
  } else if (v.is_null() || v.is_bool()) {
    shown = v.is_null() ? "NULL" : v.as_bool() ? "true" : "false";
  } else if (v.is_int()) {
    shown = to_string(v);
  }
  throw_new("UnhandledMatchError", "Unhandled match case " + shown);
}

Value never_returned(std::string_view function) {
  throw_type_error(std::string(function) + "(): never-returning function must not implicitly return");
}
Value none_returned(std::string_view types, std::string_view function) {
  throw_type_error(std::string(function) + "(): Return value must be of type " + std::string(types) +
                   ", none returned");
}
Value no_this() { throw_error("Using $this when not in object context"); }
Value not_converted(std::string_view reason) { stop("not-converted", reason); }

void fatal(std::string_view message) {
  Context& c = context();
  const std::string text = std::string(message) + " in " + std::string(c.file()) + " on line " + std::to_string(c.line);
  if (c.host == nullptr) {
    if (shows_errors()) echo("\nFatal error: " + text + "\n");
  } else {
    c.host->log("PHP Fatal error:  " + text);
    c.host->failed();
  }
  throw ExitRequest{255};
}

void stop(std::string_view code, std::string_view why) {
  if (on_stop != nullptr) on_stop(code, why);
  flush_output();
  const std::string text = "stopped: " + std::string(code) + ": " + std::string(why) + " in " +
                           std::string(context().file()) + " on line " + std::to_string(context().line) + "\n";
  std::fputs(text.c_str(), stderr);
  std::_Exit(86);
}

}  // namespace banyan::php_runtime
