// Functions, closures, the start of the program, and what the runtime has to know of them by name.
#include "php_convert/go_printer.h"

namespace banyan::php {

std::string GoPrinter::result_type(const hir::Function& f) const {
  if (f.is_main) return "";
  if (f.by_reference && !f.is_generator) return "*php.Ref";
  if (f.is_closure || f.is_generator) return "php.Value";
  if (f.result == Rep::kNothing) return "";
  return go_type(f.result == Rep::kNull ? Rep::kValue : f.result);
}

// "a int, b php.Value, rest ...php.Value".
std::string GoPrinter::parameter_list(const hir::Function& f, bool) {
  if (f.uses_arguments) return "arguments ...php.Value";
  std::string out;
  for (const hir::Parameter& one : f.parameters) {
    const hir::Variable& v = f.variables[static_cast<std::size_t>(one.variable)];
    std::string type = one.by_reference ? "*php.Ref" : go_type(one.rep);
    if (one.variadic) type = "..." + type;
    if (!out.empty()) out += ", ";
    out += (needs_own_variable(one, v) ? v.target + "Given" : v.target) + " " + type;
  }
  return out;
}

bool GoPrinter::needs_own_variable(const hir::Parameter& one, const hir::Variable& v) {
  if (one.variadic) return true;
  if (one.by_reference) return false;
  return v.storage == hir::Storage::kBox || v.rep != one.rep;
}

std::string GoPrinter::signature(const hir::Function& f, bool) {
  std::string list = parameter_list(f, false);
  if (f.class_index >= 0 && !f.is_closure) {
    const std::string first = f.is_static ? "static *php.Class" : "this php.Object";
    list = list.empty() ? first : first + ", " + list;
  }
  const std::string type = result_type(f);
  bool named = false;
  if (!type.empty() && !f.is_generator) named = has_try_return(f.body);
  return "(" + list + ")" + (type.empty() ? "" : named ? " (result " + type + ")" : " " + type);
}

bool GoPrinter::has_try_return(const hir::Block& block) const {
  for (const auto& s : block) {
    if (s->kind == hir::StmtKind::kTry && (exits(s->body, {}).contains(1) || exits(s->otherwise, {}).contains(1)))
      return true;
    for (const hir::Catch& one : s->catches) {
      if (exits(one.body, {}).contains(1)) return true;
    }
    if (has_try_return(s->body) || has_try_return(s->otherwise)) return true;
    for (const hir::Case& one : s->cases) {
      if (has_try_return(one.body)) return true;
    }
  }
  return false;
}

// Parameters and captured variables in the shape the body wants them.
void GoPrinter::prologue(hir::Function& f) {
  std::size_t position = 0;
  for (const hir::Parameter& one : f.parameters) {
    const hir::Variable& v = f.variables[static_cast<std::size_t>(one.variable)];
    const std::string given = v.target + "Given";
    const std::string at = std::to_string(position++);
    if (f.uses_arguments) {
      if (one.by_reference && !one.variadic) {
        line(v.target + " := php.ArgumentRef(arguments, " + at + ")");
        line("_ = " + v.target);
        continue;
      }
      std::string from = one.variadic ? "php.RestOf(arguments, " + at + ")" : "php.ArgumentAt(arguments, " + at + ")";
      if (one.optional) {
        from = "php.ArgumentOr(arguments, " + at + ", " + default_text(f, position - 1) + ")";
      }
      if (v.storage == hir::Storage::kBox) {
        line(v.target + " := php.NewRef(" + from + ")");
      } else {
        line("var " + v.target + " " + go_type(v.rep) + " = " + argument_as(one, v.rep, from));
      }
      line("_ = " + v.target);
      continue;
    }
    if (f.is_closure && !one.type.empty() && one.type != "mixed" && !one.by_reference && !one.variadic) {
      const std::string name = needs_own_variable(one, v) ? given : v.target;
      line(name + " = php.Arg(" + name + ", " + go_string(one.type) + ", " +
           go_string(f.name + "(): Argument #" + std::to_string(position) + " ($" + one.name + ")") + ")");
    }
    // A parameter holds what it refers to as long as the function runs, which shows only where something is shown.
    if (one.by_reference && !one.variadic && !f.is_generator && shows(f.body)) {
      line("defer " + v.target + ".Hold().Release()");
    }
    if (!needs_own_variable(one, v)) continue;
    if (one.variadic) {
      const std::string list = one.by_reference ? "php.RefList(" + given + "...)" : "php.Rest(" + given + "...)";
      if (v.storage == hir::Storage::kBox) {
        line(v.target + " := php.NewRef(" + list + ")");
      } else {
        line("var " + v.target + " " + go_type(v.rep) + " = " + list);
      }
    } else if (v.storage == hir::Storage::kBox) {
      line(v.target + " := php.NewRef(" + given + ")");
      if (fades(f, v)) line("defer " + v.target + ".Fade()");
    } else {
      const bool widens = v.rep == Rep::kNumber && one.rep != Rep::kNumber;
      const char* const made = !widens ? "" : one.rep == Rep::kInt ? "php.Int" : "php.Float";
      line("var " + v.target + " " + go_type(v.rep) + " = " + (widens ? made + ("(" + given + ")") : given));
    }
    line("_ = " + v.target);
  }
}

// Whether the variable's array, whose elements became references, ends with the function.
bool GoPrinter::fades(const hir::Function& f, const hir::Variable& v) {
  return v.holds_references && !f.is_main && !f.is_generator && !v.kept && !v.captured;
}

// The variables of a function that finds them by computed names.
void GoPrinter::print_scope(const hir::Function& f) {
  line(f.is_main ? "scope := php.GlobalScope()" : "scope := php.NewScope()");
  line("_ = scope");
  if (f.is_main) return;
  if (f.class_index >= 0 && !f.is_static && !f.is_closure) line("scope.This(this)");
  for (const hir::Variable& v : f.variables) {
    if (v.name.empty() || v.name == "this" || v.storage != hir::Storage::kBox) continue;
    if (v.is_parameter || v.captured) {
      line("scope.Bind(" + go_string(v.name) + ", " + v.target + ")");
    } else {
      line(v.target + " := scope.Variable(" + go_string(v.name) + ")");
      line("_ = " + v.target);
    }
  }
}

std::string GoPrinter::argument_as(const hir::Parameter& one, Rep rep, std::string from) {
  if (!one.type.empty() && one.type != "mixed" && !one.variadic)
    from = "php.Arg(" + from + ", " + go_string(one.type) + ", " + go_string(one.name) + ")";
  switch (rep) {
    case Rep::kInt:
      return "php.ToInt(" + from + ")";
    case Rep::kFloat:
      return "php.ToFloat(" + from + ")";
    case Rep::kNumber:
      return "php.ToNum(" + from + ")";
    case Rep::kString:
      return "php.ToString(" + from + ")";
    case Rep::kBool:
      return "php.ToBool(" + from + ")";
    case Rep::kArray:
      return "php.ToArray(" + from + ")";
    default:
      return from;
  }
}

std::string GoPrinter::default_text(const hir::Function& f, std::size_t position) {
  const hir::Parameter& one = f.parameters[position];
  if (one.default_value == nullptr) return "nil";
  return is_plain(*one.default_value) ? text(*one.default_value) : "php.Lazy(" + lazy(one.default_value) + ")";
}

// Whether a default is the same whenever it is asked for.
bool GoPrinter::is_plain(const Expr& e) {
  if (e.kind == ExprKind::kConvert) return is_plain(*e.children[0]);
  return e.kind == ExprKind::kInt || e.kind == ExprKind::kString || e.kind == ExprKind::kBool ||
         e.kind == ExprKind::kFloat || e.kind == ExprKind::kNull ||
         (e.kind == ExprKind::kArrayList && e.children.empty());
}

void GoPrinter::function_body(hir::Function& f) {
  hir::Function* const outer = std::exchange(function_, &f);
  const auto outer_frames = std::exchange(frames_, {});
  auto* const outer_statics = lambda_statics_;
  if (!f.is_closure) lambda_statics_ = nullptr;
  const bool outer_value = std::exchange(in_value_body_, false);
  const std::set<std::int32_t> outer_read = read_;
  if (!f.reasons.empty()) {
    line("panic(" + go_string("not converted: " + f.reasons[0].code) + ")");
  } else {
    prologue(f);
    if (f.has_scope) print_scope(f);
    place_variables(f);
    if (f.is_generator) {
      const std::string type = has_try_return(f.body) ? "(result php.Value)" : "php.Value";
      open("return php.NewGenerator(func(generator *php.Yielder) " + type + " {");
      print(f.body);
      if (!ends(f.body)) line("return nil");
      close("})");
    } else {
      print(f.body);
      if (!result_type(f).empty() && !ends(f.body)) {
        line(f.result == Rep::kValue || f.is_closure ? (f.by_reference ? "return php.NewRef(nil)" : "return nil")
                                                     : "panic(\"unreachable\")");
      }
    }
  }
  read_ = outer_read;
  in_value_body_ = outer_value;
  lambda_statics_ = outer_statics;
  frames_ = outer_frames;
  function_ = outer;
}

void GoPrinter::print_function(std::int32_t index) {
  hir::Function& f = program_.functions[static_cast<std::size_t>(index)];
  function_ = &f;
  comments(f.comment);
  at(f.offset);
  declarations_.insert(go_line_);
  open("func " + f.target + signature(f, false) + " {");
  function_body(f);
  close("}");
  line("");
}

void GoPrinter::print_main() {
  hir::Function& f = program_.functions[0];
  function_ = &f;
  open("func script() {");
  line("register()");
  if (f.reasons.empty()) {
    for (const std::int32_t one : program_.hoisted) {
      line("php.DeclareClass(" + program_.classes[static_cast<std::size_t>(one)].target + ")");
    }
    for (const hir::Variable& v : f.variables) {
      if (!is_global(f, v) || v.name.empty()) continue;
      line(v.target + " := php.GlobalVariable(" + go_string(v.name) + ")");
      line("_ = " + v.target);
    }
  }
  function_body(f);
  close("}");
  line("");
  open("func main() {");
  line("php.Main(script)");
  close("}");
}

// Names of parameters, how many are needed, defaults and types: for calls by name.
std::string GoPrinter::metadata(const hir::Function& f, const std::vector<std::string>& defaults) {
  std::string names;
  std::string types;
  bool typed = false;
  std::size_t required = 0;
  for (std::size_t i = 0; i < f.parameters.size(); ++i) {
    const hir::Parameter& one = f.parameters[i];
    names += (names.empty() ? "" : ", ") + go_string(one.name);
    types += (i == 0 ? "" : ", ") + go_string(one.variadic ? "..." + one.type : one.type);
    typed = typed || (!one.type.empty() && one.type != "mixed");
    if (!one.optional && !one.variadic) required = i + 1;
  }
  std::string out;
  if (!names.empty()) out += ".Named(" + names + ")";
  const bool optional = required < f.parameters.size() && !f.parameters[required].variadic;
  if (optional || f.uses_arguments) {
    out += ".Optional(" + std::to_string(required);
    for (std::size_t i = required; i < f.parameters.size(); ++i) {
      if (f.parameters[i].optional) out += ", " + defaults[i];
    }
    out += ")";
  }
  if (typed) out += ".Typed(" + types + ")";
  if (f.uses_arguments) out += ".TakesAll()";
  if (f.uses_arguments && !f.parameters.empty() && f.parameters.back().variadic) out += ".Variadic()";
  std::string references;
  for (std::size_t i = 0; i < f.parameters.size() && f.uses_arguments; ++i) {
    if (f.parameters[i].by_reference) references += (references.empty() ? "" : ", ") + std::to_string(i);
  }
  if (!references.empty()) out += ".References(" + references + ")";
  return out;
}

void GoPrinter::print_registry() {
  std::string lines;
  ++indent_;
  for (std::size_t i = 1; i < program_.functions.size(); ++i) {
    hir::Function& f = program_.functions[i];
    if (f.is_closure || f.class_index >= 0 || f.target.empty()) continue;
    std::vector<std::string> defaults;
    function_ = &f;
    for (std::size_t p = 0; p < f.parameters.size(); ++p) defaults.push_back(default_text(f, p));
    lines += tabs() + std::string(f.is_conditional ? "php.Prepare(" : "php.Register(") + go_string(f.name) + ", " +
             f.target + ")" + metadata(f, defaults) + "\n";
  }
  --indent_;
  line("");
  line("// register names what can be called by a name that the program computes.");
  open("func register() {");
  line("php.File(" + go_string(program_.path) + ")");
  for (const auto& [at_line, message] : program_.deprecations) {
    line("php.CompileDeprecated(" + std::to_string(at_line) + ", " + go_string(message) + ")");
  }
  if (program_.strict_types) line("php.StrictTypes()");
  out_ += lines;
  close("}");
  for (const std::string& one : statics_) {
    line("");
    line("var " + one + " *php.Ref");
  }
}

// What is captured, as statements where the closure is made and at each call, and as it may be shown.
struct Captures {
  std::vector<std::string> before;
  std::vector<std::string> inside;
  std::string shown;  // names and values
};

static Captures captures_of(const hir::Function& f, const hir::Function& outer) {
  Captures out;
  for (const hir::Capture& one : f.captures) {
    const hir::Variable& v = f.variables[static_cast<std::size_t>(one.inner)];
    const hir::Variable& from = outer.variables[static_cast<std::size_t>(one.outer)];
    if (one.by_reference) {
      if (one.defines) out.before.push_back(from.target + ".Defined()");
      if (v.target != from.target) out.inside.push_back(v.target + " := " + from.target);
      out.shown += ", " + go_string(one.name) + ", " + from.target;
      continue;
    }
    const std::string held = v.target + "Kept";
    const std::string source = from.storage == hir::Storage::kBox ? from.target + ".V" : from.target;
    const bool array = from.rep == hir::Rep::kArray;
    std::string copied = from.rep == hir::Rep::kValue ? "php.Copy(" + source + ")"
                         : array                      ? source + ".Clone()"
                                                      : source;
    if (one.warns) copied = "php.Read(" + source + ", " + go_string(one.name) + ")";
    out.before.push_back(held + " := " + copied);
    out.shown += ", " + go_string(one.name) + ", " + held;
    if (v.storage == hir::Storage::kBox) {
      out.inside.push_back(v.target + " := php.NewRef(php.Copy(" + held + "))");
    } else if (v.rep == hir::Rep::kValue) {
      out.inside.push_back("var " + v.target + " php.Value = php.Copy(" + held + ")");
    } else {
      out.inside.push_back(v.target + " := " + held + (v.rep == hir::Rep::kArray ? ".Clone()" : ""));
    }
    out.inside.push_back("_ = " + v.target);
  }
  return out;
}

// A closure as an expression. What it takes by value is copied where it is made, and again for each call that changes
// it.
std::string GoPrinter::lambda(const Expr& e) {
  hir::Function& f = program_.functions[static_cast<std::size_t>(e.function)];
  const hir::Function& outer = *function_;
  auto [before, inside, shown] = captures_of(f, outer);
  std::vector<std::string> statics;
  auto* const outer_statics = std::exchange(lambda_statics_, &statics);
  const std::string printed = std::exchange(out_, "");
  const std::uint32_t at_line = go_line_;
  const std::uint32_t statement_line = statement_line_;
  const int at_indent = indent_;
  std::vector<std::string> defaults(f.parameters.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < f.parameters.size(); ++i) {
    if (f.parameters[i].optional && next < e.children.size()) defaults[i] = text(*e.children[next++]);
  }
  function_ = &f;
  const std::uint32_t static_count = statics_in(f.body);
  const bool wraps = !before.empty() || static_count > 0 || f.is_rebindable;
  const auto print_inner = [&](int indent) {
    out_.clear();
    indent_ = indent;
    go_line_ = at_line + (f.is_rebindable ? 2 : 1);
    if (wraps) go_line_ += 1 + static_count + static_cast<std::uint32_t>(before.size());
    statement_line_ = go_line_;
    for (const std::string& one : inside) line(one);
    function_body(f);
    return out_;
  };
  std::string inner = print_inner(at_indent + (f.is_rebindable ? 3 : wraps ? 2 : 1));
  indent_ = at_indent;
  out_ = printed;
  statement_line_ = statement_line;
  lambda_statics_ = outer_statics;
  function_ = const_cast<hir::Function*>(&outer);
  const std::string literal = "func" + [&] {
    hir::Function* const held = std::exchange(function_, &f);
    std::string s = signature(f, false);
    function_ = held;
    return s;
  }();
  std::string tail = metadata(f, defaults);
  if (f.name != "{closure}") tail += ".Titled(" + go_string(f.name) + ")";
  tail += binding(f);
  if (f.is_rebindable && f.writes_this) tail += ".UsesThis()";
  if (f.is_rebindable && f.is_static) tail += ".Unbound()";
  if (static_count > 0) tail += ".KeepsStatics()";
  if (program_.shows_closures && !shown.empty()) tail += ".Using(" + shown.substr(2) + ")";
  if (!wraps) {
    std::string whole = "php.Fn(" + literal + " {\n" + inner + tabs() + "})" + tail;
    go_line_ = at_line + newlines(whole);
    claimed_ = 0;
    return whole;
  }
  std::string out = "func() *php.Closure {\n";
  for (const std::string& one : before) out += tabs() + "\t" + one + "\n";
  for (const std::string& one : statics) out += tabs() + "\tvar " + one + " *php.Ref\n";
  if (f.is_rebindable) {
    out += tabs() + "\treturn php.Rebindable(func(this php.Object, within, static *php.Class) *php.Closure {\n";
    out += tabs() + "\t\treturn php.Fn(" + literal + " {\n" + inner + tabs() + "\t\t})" + tail + "\n";
    out += tabs() + "\t}, " + surroundings(outer, f) + ")\n" + tabs() + "}()";
  } else {
    out += tabs() + "\treturn php.Fn(" + literal + " {\n" + inner + tabs() + "\t})" + tail + "\n" + tabs() + "}()";
  }
  go_line_ = at_line + newlines(out);
  claimed_ = 0;
  return out;
}

// How many static variables are declared there.
std::uint32_t GoPrinter::statics_in(const hir::Block& block) const {
  std::uint32_t count = 0;
  for (const auto& s : block) {
    if (s->kind == hir::StmtKind::kBind && s->text == "static") ++count;
    count += statics_in(s->body) + statics_in(s->otherwise);
    for (const hir::Case& one : s->cases) count += statics_in(one.body);
    for (const hir::Catch& one : s->catches) count += statics_in(one.body);
  }
  return count;
}

// The object, class and called class that a closure which may get others is made with.
std::string GoPrinter::surroundings(const hir::Function& outer, const hir::Function& f) const {
  if (outer.is_rebindable) return std::string(f.is_static ? "nil" : "this") + ", within, static";
  if (f.class_index < 0 || outer.is_main) return "nil, nil, nil";
  const std::string& scope = program_.classes[static_cast<std::size_t>(f.class_index)].target;
  if (outer.is_static) return "nil, " + scope + ", static";
  return f.is_static ? "nil, " + scope + ", php.ClassOf(this)" : "this, " + scope + ", nil";
}

// The object and class a closure is bound to.
std::string GoPrinter::binding(const hir::Function& f) const {
  if (f.class_index < 0 || f.is_rebindable) return "";
  const std::string& scope = program_.classes[static_cast<std::size_t>(f.class_index)].target;
  return (f.uses_this ? ".Bound(php.Self(this), " : ".Bound(nil, ") + scope + ")";
}

}  // namespace banyan::php
