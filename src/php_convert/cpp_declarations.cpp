// Functions, closures, classes and the start of the program as C++.
#include <algorithm>
#include <tuple>

#include "php_convert/cpp_names.h"
#include "php_convert/cpp_printer.h"
#include "php_convert/runtime_files.h"
#include "php_convert/runtime_table.h"
#include "php_parse/ast.h"

namespace banyan::php {

using hir::Rep;

CppPrinter::CppPrinter(hir::Program& program) : GoPrinter(program, Unnamed{}) {
  step_ = "  ";
  counts_own_reads_ = false;
  name_for_cpp(program_);
}

namespace {

std::string flags_text(std::uint16_t modifiers) {
  std::string out = (modifiers & kFlagPrivate) != 0     ? "php::kPrivate"
                    : (modifiers & kFlagProtected) != 0 ? "php::kProtected"
                                                        : "php::kPublic";
  if ((modifiers & kFlagStatic) != 0) out += " | php::kStatic";
  if ((modifiers & kFlagAbstract) != 0) out += " | php::kAbstract";
  if ((modifiers & kFlagFinal) != 0) out += " | php::kFinal";
  if ((modifiers & kFlagReadonly) != 0) out += " | php::kReadOnly";
  return out;
}

std::string string_list(const std::vector<std::string>& all) {
  std::string out = "{";
  for (const std::string& one : all) out += (out.size() == 1 ? "" : ", ") + cpp_string(one, true);
  return out + "}";
}

}  // namespace

std::string CppPrinter::result_type(const hir::Function& f) const {
  if (f.is_main) return "void";
  if (f.by_reference && !f.is_generator) return "php::Ref";
  if (f.is_closure || f.is_generator) return "php::Value";
  return f.result == Rep::kNothing ? "void" : cpp_type(f.result);
}

std::string CppPrinter::parameter_list(const hir::Function& f, bool names) {
  std::string out;
  if (f.class_index >= 0 && !f.is_closure) {
    out = f.is_static ? "[[maybe_unused]] php::Class* static_class" : "[[maybe_unused]] const php::ObjectPtr& self";
    if (!names) out = f.is_static ? "php::Class*" : "const php::ObjectPtr&";
  }
  const auto add = [&](const std::string& type, const std::string& name) {
    out += (out.empty() ? "" : ", ") + (names ? "[[maybe_unused]] " + type + " " + name : type);
  };
  if (f.uses_arguments) {
    add("php::Arguments", "arguments");
    return out;
  }
  for (const hir::Parameter& one : f.parameters) {
    const hir::Variable& v = f.variables[static_cast<std::size_t>(one.variable)];
    const std::string type = one.by_reference ? "php::Ref" : cpp_type(one.rep);
    add(one.variadic ? "php::Many<" + type + ">" : type, needs_own_variable(one, v) ? v.target + "_given" : v.target);
  }
  return out;
}

std::string CppPrinter::signature(const hir::Function& f, bool names) {
  return result_type(f) + " " + f.target + "(" + parameter_list(f, names) + ")";
}

void CppPrinter::prologue(hir::Function& f) {
  std::size_t position = 0;
  for (const hir::Parameter& one : f.parameters) {
    const hir::Variable& v = f.variables[static_cast<std::size_t>(one.variable)];
    const std::string given = v.target + "_given";
    const std::string number = std::to_string(position++);
    const std::string declared = "[[maybe_unused]] " + cpp_type(v.rep) + " " + v.target;
    const bool boxed = v.storage == hir::Storage::kBox;
    if (f.uses_arguments) {
      if (one.by_reference && !one.variadic) {
        line("[[maybe_unused]] php::Ref " + v.target + " = php::argument_ref(arguments, " + number + ");");
        continue;
      }
      std::string from =
          one.variadic ? "php::rest_of(arguments, " + number + ")" : "php::argument_at(arguments, " + number + ")";
      if (one.optional) from = "php::argument_or(arguments, " + number + ", " + default_text(f, position - 1) + ")";
      if (boxed) {
        line("php::Ref " + v.target + "{php::Value(" + from + ")};");
        continue;
      }
      if (!one.variadic && !one.type.empty() && one.type != "mixed") {
        from = "php::arg(" + from + ", " + cpp_string(one.type, true) + ", " + cpp_string(one.name, true) + ")";
      }
      constexpr std::string_view kTo[] = {
          "", "", "php::to_bool", "php::to_int", "php::to_float", "", "php::to_string", "php::to_array", ""};
      const std::string_view to = kTo[static_cast<std::size_t>(v.rep)];
      line(declared + " = " + (to.empty() || one.variadic ? from : std::string(to) + "(" + from + ")") + ";");
      continue;
    }
    if (f.is_closure && !one.type.empty() && one.type != "mixed" && !one.by_reference && !one.variadic) {
      const std::string name = needs_own_variable(one, v) ? given : v.target;
      line(name + " = php::arg(" + name + ", " + cpp_string(one.type, true) + ", " +
           cpp_string(f.name + "(): Argument #" + std::to_string(position) + " ($" + one.name + ")", true) + ");");
    }
    if (!needs_own_variable(one, v)) continue;
    const std::string from = !one.variadic      ? given
                             : one.by_reference ? "php::ref_list(" + given + ")"
                                                : "php::rest(" + given + ")";
    line(boxed ? "php::Ref " + v.target + "{php::Value(" + from + ")};" : declared + " = " + from + ";");
  }
}

void CppPrinter::print_scope(const hir::Function& f) {
  if (f.is_main) {
    return line(program_.is_mounted ? "[[maybe_unused]] php::Scope& scope = php::file_scope();"
                                    : "php::Scope scope = php::Scope::of_globals();");
  }
  line("php::Scope scope;");
  if (f.class_index >= 0 && !f.is_static && !f.is_closure) line("scope.has_this(self);");
  for (const hir::Variable& v : f.variables) {
    if (v.name.empty() || v.name == "this" || v.storage != hir::Storage::kBox) continue;
    const std::string name = cpp_string(v.name, true);
    if (v.is_parameter || v.captured) {
      line("scope.bind(" + name + ", " + v.target + ");");
    } else {
      line("php::Ref " + v.target + " = scope.variable(" + name + ");");
    }
  }
}

bool CppPrinter::leaves_finally(const hir::Block& all) const {
  for (const auto& s : all) {
    if (s->kind == hir::StmtKind::kTry && s->text == "finally") {
      std::set<int> left = exits(s->body, {});
      left.merge(exits(s->otherwise, {}));
      for (const hir::Catch& one : s->catches) left.merge(exits(one.body, {}));
      if (left.contains(1)) return true;
    }
    if (leaves_finally(s->body) || leaves_finally(s->otherwise)) return true;
    for (const hir::Case& one : s->cases) {
      if (leaves_finally(one.body)) return true;
    }
    for (const hir::Catch& one : s->catches) {
      if (leaves_finally(one.body)) return true;
    }
  }
  return false;
}

void CppPrinter::body_inside(hir::Function& f) {
  if (leaves_finally(f.body) && result_type(f) != "void") line(result_type(f) + " result{};");
  print(f.body);
  if (ends(f.body) || result_type(f) == "void") return;
  line(f.result == Rep::kValue || f.is_closure || f.is_generator || f.by_reference ? "return {};"
                                                                                   : "php::unreachable();");
}

void CppPrinter::body(hir::Function& f) {
  hir::Function* const outer = std::exchange(function_, &f);
  const auto outer_frames = std::exchange(frames_, {});
  const bool outer_value = std::exchange(in_value_body_, false);
  const std::set<std::int32_t> outer_read = read_;
  const std::set<std::int32_t> outer_nexts = std::exchange(nexts_, {});
  const std::set<std::int32_t> outer_ends = std::exchange(ends_, {});
  const std::uint32_t outer_marked = std::exchange(marked_, 0);
  const auto outer_said = std::pair(least_said_, most_said_);
  if (!f.reasons.empty()) {
    line("php::not_converted(" + cpp_string(f.reasons[0].code, true) + ");");
  } else {
    if (!f.is_main && !f.is_generator) line("const php::Frame frame(source);");
    prologue(f);
    if (f.has_scope) print_scope(f);
    place_variables(f);
    if (f.is_generator) {
      const std::string all = f.uses_arguments ? ", arguments_kept = php::held(arguments)" : "";
      open("return php::new_generator([=" + all +
           "]([[maybe_unused]] php::Yielder& generator) mutable -> php::Value {");
      line("const php::Frame frame(source);");
      if (f.uses_arguments) line("[[maybe_unused]] const php::Arguments arguments = arguments_kept;");
      body_inside(f);
      close("});");
    } else {
      body_inside(f);
    }
  }
  marked_ = outer_marked;
  std::tie(least_said_, most_said_) = outer_said;
  ends_ = outer_ends;
  nexts_ = outer_nexts;
  read_ = outer_read;
  in_value_body_ = outer_value;
  frames_ = outer_frames;
  function_ = outer;
}

void CppPrinter::print_function(std::int32_t index) {
  hir::Function& f = program_.functions[static_cast<std::size_t>(index)];
  comments(f.comment);
  at(f.offset);
  open(signature(f, true) + " {");
  body(f);
  close("}");
  line("");
}

// ---- Closures ----

// What it takes is copied where it is made, and again for each call that changes it.
std::string CppPrinter::lambda(const Expr& e) {
  hir::Function& f = program_.functions[static_cast<std::size_t>(e.function)];
  const hir::Function& outer = *function_;
  std::string captures = "=";
  std::string before;
  std::string shown;
  std::vector<std::string> inside;
  for (const hir::Capture& one : f.captures) {
    const hir::Variable& v = f.variables[static_cast<std::size_t>(one.inner)];
    const hir::Variable& from = outer.variables[static_cast<std::size_t>(one.outer)];
    const std::string held = v.target + "_kept";
    const std::string source =
        from.storage == hir::Storage::kBox && !one.by_reference ? "*" + from.target : from.target;
    std::string taken = one.by_reference          ? from.target + (one.defines ? ".defined()" : "")
                        : one.warns               ? "php::read(" + source + ", " + cpp_string(one.name, true) + ")"
                        : source.starts_with('*') ? "php::Value(" + source + ")"
                                                  : source;
    captures += ", " + held + " = " + taken;
    shown += (shown.empty() ? "" : ", ") + cpp_string(one.name, true) + ", " + source;
    const bool boxed = v.storage == hir::Storage::kBox;
    inside.push_back(one.by_reference ? "[[maybe_unused]] php::Ref " + v.target + " = " + held + ";"
                     : boxed          ? "php::Ref " + v.target + "{php::Value(" + held + ")};"
                                      : "[[maybe_unused]] " + cpp_type(v.rep) + " " + v.target + " = " + held + ";");
  }
  const std::vector<std::string> outer_kept = std::exchange(kept_, {});
  const bool outer_lambda = std::exchange(in_lambda_, true);
  const std::string printed = std::exchange(out_, "");
  const std::uint32_t at_line = go_line_;
  std::vector<std::string> defaults(f.parameters.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < f.parameters.size(); ++i) {
    if (f.parameters[i].optional && next < e.children.size()) defaults[i] = argument(*e.children[next++]);
  }
  ++indent_;
  ++go_line_;
  for (const std::string& one : inside) line(one);
  body(f);
  --indent_;
  const std::string inner = std::exchange(out_, printed);
  go_line_ = at_line;
  for (const std::string& one : kept_) captures += ", " + one + " = php::Ref::undefined()";
  kept_ = outer_kept;
  in_lambda_ = outer_lambda;
  hir::Function* const held = std::exchange(function_, &f);
  std::string out = "php::fn([" + captures + "](" + parameter_list(f, true) + ") -> " + result_type(f) + " {\n" +
                    inner + tabs() + "})" + metadata(f, defaults);
  function_ = held;
  if (f.class_index >= 0) {
    const std::string& scope = program_.classes[static_cast<std::size_t>(f.class_index)].struct_name;
    out += std::string(".bound(") + (f.uses_this ? "self" : "nullptr") + ", " + scope + ")";
  }
  if (program_.shows_closures && !shown.empty()) out += ".capturing({" + shown + "})";
  return "php::Value(" + out + ")";
}

// ---- What is called by name ----

// A function of C++ that works a value out when it is asked for.
std::string CppPrinter::work(const hir::ExprPtr& value) {
  if (value == nullptr) return "nullptr";
  Use use;
  mentions(*value, use);
  std::string out = "[]() -> php::Value { ";
  for (const std::int32_t one : use.mentioned) {
    out += cpp_type(variable(one).rep) + " " + variable(one).target + "; ";
  }
  return out + "return " + argument(*value) + "; }";
}

std::string CppPrinter::default_text(const hir::Function& f, std::size_t position) {
  const hir::Parameter& one = f.parameters[position];
  if (one.default_value == nullptr) return "php::Value()";
  return is_plain(*one.default_value) ? argument(*one.default_value) : "php::lazy(" + work(one.default_value) + ")";
}

std::string CppPrinter::metadata(const hir::Function& f, const std::vector<std::string>& defaults) {
  std::vector<std::string> names;
  std::vector<std::string> types;
  std::string references;
  std::string left_out;
  bool typed = false;
  std::size_t required = 0;
  for (std::size_t i = 0; i < f.parameters.size(); ++i) {
    const hir::Parameter& one = f.parameters[i];
    names.push_back(one.name);
    types.push_back(one.variadic ? "..." + one.type : one.type);
    typed = typed || (!one.type.empty() && one.type != "mixed");
    if (!one.optional && !one.variadic) required = i + 1;
    if (one.by_reference) references += (references.empty() ? "" : ", ") + std::to_string(i);
  }
  for (std::size_t i = required; i < f.parameters.size(); ++i) {
    if (f.parameters[i].optional) left_out += (left_out.empty() ? "" : ", ") + ("php::Default(" + defaults[i] + ")");
  }
  std::string out;
  if (!names.empty()) out += ".named(" + string_list(names) + ")";
  if ((required < f.parameters.size() && !f.parameters[required].variadic) || f.uses_arguments) {
    out += ".optional(" + std::to_string(required) + (left_out.empty() ? "" : ", {" + left_out + "}") + ")";
  }
  if (typed) out += ".typed(" + string_list(types) + ")";
  const auto loses = [](const std::string& one) { return one.find("int") != std::string::npos; };
  if (std::any_of(types.begin(), types.end(), loses)) out += ".declared(" + std::to_string(f.line) + ")";
  if (f.uses_arguments) out += ".all()";
  if (f.uses_arguments && !references.empty()) out += ".references({" + references + "})";
  return out;
}

void CppPrinter::print_class(const hir::Class& one) {
  function_ = &program_.functions[static_cast<std::size_t>(one.initializer)];
  const std::string& c = one.struct_name;
  at(one.offset);
  if (!one.parent.empty()) line(c + ".extends(" + cpp_string(one.parent, true) + ");");
  if (!one.interfaces.empty()) line(c + ".implements(" + string_list(one.interfaces) + ");");
  if (!one.traits.empty()) line(c + ".uses(" + string_list(one.traits) + ");");
  if (!one.backing.empty()) line(c + ".backed(" + cpp_string(one.backing, true) + ");");
  if ((one.modifiers & kFlagAbstract) != 0) line(c + ".modify(php::kAbstract);");
  if ((one.modifiers & kFlagFinal) != 0) line(c + ".modify(php::kFinal);");
  if ((one.modifiers & kFlagReadonly) != 0) line(c + ".read_only();");
  if (one.allows_dynamic) line(c + ".allow_dynamic();");
  if (one.is_anonymous) line(c + ".anonymous(" + std::to_string(one.line) + ");");
  for (const auto& [at_line, message] : one.deprecations) {
    line(c + ".deprecates(" + std::to_string(at_line) + ", " + cpp_string(message, true) + ");");
  }
  for (const hir::ClassConstant& k : one.constants) {
    const std::string name = cpp_string(k.name, true);
    line(c + (k.is_case ? ".enum_case(" + name : ".constant(" + name + ", " + flags_text(k.modifiers)) + ", " +
         work(k.value) + ");");
  }
  for (const hir::PropertySpec& p : one.properties) {
    const bool starts_null = !p.has_default && (p.type.empty() || p.promoted_untyped);
    const std::string value = p.has_default ? work(p.value) : starts_null ? "&php::start_null" : "nullptr";
    line(c + ".property(" + cpp_string(p.name, true) + ", " + flags_text(p.modifiers) + ", " +
         cpp_string(p.type, true) + ", " + value + ");");
  }
  for (const hir::MethodSpec& m : one.methods) {
    if (one.kind == "trait" && m.function >= 0) {
      line(c + ".method(" + cpp_string(m.name, true) + ", " + flags_text(m.modifiers) + ", &php::of_trait);");
      continue;
    }
    hir::Function& f = program_.functions[static_cast<std::size_t>(m.signature)];
    const auto modifiers = static_cast<std::uint16_t>(m.modifiers | (one.kind == "interface" ? kFlagAbstract : 0));
    std::vector<std::string> defaults;
    hir::Function* const outer = std::exchange(function_, &f);
    for (std::size_t i = 0; i < f.parameters.size(); ++i) defaults.push_back(default_text(f, i));
    function_ = outer;
    line(c + ".method(" + cpp_string(m.name, true) + ", " + flags_text(modifiers) + ", " +
         (m.function < 0 ? "nullptr" : "&" + f.target) + ")" + metadata(f, defaults) + ";");
  }
}

void CppPrinter::print_registry() {
  if (!program_.classes.empty()) {
    line("// What the declarations of the classes say.");
    open(std::string(program_.is_mounted ? "thread_local " : "") + "const bool described = [] {");
    for (const hir::Class& one : program_.classes) print_class(one);
    line("return true;");
    close("}();");
    line("");
  }
  line("// Names what can be called by a name that the program computes.");
  open("void register_functions() {");
  line("php::file(source);");
  for (const auto& [at_line, message] : program_.deprecations) {
    line("php::compile_deprecated(" + std::to_string(at_line) + ", " + cpp_string(message, true) + ");");
  }
  if (!program_.classes.empty()) line("static_cast<void>(described);");
  for (std::size_t i = 1; i < program_.functions.size(); ++i) {
    hir::Function& f = program_.functions[i];
    if (f.is_closure || f.class_index >= 0 || f.target.empty()) continue;
    std::vector<std::string> defaults;
    function_ = &f;
    for (std::size_t p = 0; p < f.parameters.size(); ++p) defaults.push_back(default_text(f, p));
    line(std::string(f.is_conditional ? "php::prepare(" : "php::register_function(") + cpp_string(f.name, true) +
         ", &" + f.target + ")" + metadata(f, defaults) + ";");
  }
  close("}");
  line("");
}

void CppPrinter::print_script() {
  hir::Function& f = program_.functions[0];
  function_ = &f;
  open("void script() {");
  line("register_functions();");
  if (f.reasons.empty()) {
    for (const std::int32_t one : program_.hoisted) {
      line("php::declare_class(" + program_.classes[static_cast<std::size_t>(one)].struct_name + ");");
    }
    for (const hir::Variable& v : f.variables) {
      if (is_global(f, v) && !v.name.empty()) {
        const std::string from = program_.is_mounted ? "php::file_variable(" : "php::global_variable(";
        line("[[maybe_unused]] php::Ref " + v.target + " = " + from + cpp_string(v.name, true) + ");");
      }
    }
  }
  body(f);
  close("}");
}

std::string CppPrinter::run(const std::string& space) {
  line("// Converted from " + program_.path.substr(program_.path.rfind('/') + 1) + " by banyan php convert.");
  line("#include <cstdint>");
  line("#include <limits>");
  line("");
  line("#include \"php_runtime/builtins.h\"");
  line("");
  line("namespace " + space + " {");
  line("");
  line("namespace php = banyan::php_runtime;");
  line("using namespace php::literals;");
  line("");
  line("constexpr php::Source source{" + cpp_string(program_.path, true) + (program_.strict_types ? ", true" : "") +
       "};");
  line("");
  for (const hir::Class& one : program_.classes) {
    comments(one.comment);
    const std::string flags = one.kind == "interface" ? ", php::kInterface"
                              : one.kind == "enum"    ? ", php::kEnum"
                              : one.kind == "trait"   ? ", php::kTrait"
                                                      : "";
    const std::string storage = program_.is_mounted ? "thread_local " : "";
    line(storage + "php::Class " + one.struct_name + "(" + cpp_string(one.name, true) + flags + ");");
  }
  if (!program_.classes.empty()) line("");
  std::vector<std::int32_t> printed;
  for (const hir::Class& one : program_.classes) {
    for (const hir::MethodSpec& m : one.methods) {
      if (m.function >= 0 && one.kind != "trait") printed.push_back(m.function);
    }
  }
  for (std::size_t i = 1; i < program_.functions.size(); ++i) {
    const hir::Function& one = program_.functions[i];
    if (!one.is_closure && !one.target.empty() && one.class_index < 0) printed.push_back(static_cast<std::int32_t>(i));
  }
  for (const std::int32_t one : printed)
    line(signature(program_.functions[static_cast<std::size_t>(one)], false) + ";");
  if (!printed.empty()) line("");
  for (const std::int32_t one : printed) print_function(one);
  print_registry();
  print_script();
  line("");
  line("}  // namespace " + space);
  line("");
  line("#ifndef BANYAN_PHP_NO_MAIN");
  line("int main(int argc, char** argv) { return banyan::php_runtime::run_program(&" + space +
       "::script, argc, argv); }");
  line("#endif");
  return std::exchange(out_, "");
}

// ---- Refusals ----

namespace {

// Whether `e` gives a native variable that `other` uses another value. C++ has no order of the operands of + and its
// like, and calls what it then does undefined.
bool changes_what_is_used(const hir::Expr& e, const hir::Expr& other) {
  const auto uses = [](const auto& self, const hir::Expr& one, std::int32_t variable) -> bool {
    return one.variable == variable ||
           std::ranges::any_of(one.children, [&](const auto& child) { return self(self, *child, variable); });
  };
  const bool assigns = e.kind == hir::ExprKind::kAssign || (e.kind == hir::ExprKind::kRuntime && e.text == "Replace");
  if (assigns && e.children[0]->variable >= 0 && uses(uses, other, e.children[0]->variable)) return true;
  return std::ranges::any_of(e.children, [&](const auto& child) { return changes_what_is_used(*child, other); });
}

class Missing {
 public:
  explicit Missing(hir::Program& program) : program_(program) {}

  void look(const hir::Block& all, hir::Function& f) {
    for (const auto& s : all) look(*s, f);
  }
  void look(const hir::Expr& e, hir::Function& f) {
    if (e.kind == hir::ExprKind::kBuiltin) {
      const RuntimeFunction* known = go_runtime_table().find_target(e.text);
      if (known != nullptr && !cpp_has_builtin(known->name)) refuse(f, "builtin-missing:" + std::string(known->name));
    }
    if (e.kind == hir::ExprKind::kBinary && e.text != "&&" && e.text != "||" &&
        (changes_what_is_used(*e.children[0], *e.children[1]) ||
         changes_what_is_used(*e.children[1], *e.children[0]))) {
      refuse(f, "cpp-missing:operand-order");
    }
    if (e.kind == hir::ExprKind::kLambda) {
      hir::Function& inner = program_.functions[static_cast<std::size_t>(e.function)];
      look(inner.body, inner);
    }
    for (const auto& one : e.children) look(*one, f);
    look(e.body, f);
  }

 private:
  void refuse(hir::Function& f, std::string code) const {
    if (std::any_of(f.reasons.begin(), f.reasons.end(), [&](const auto& one) { return one.code == code; })) return;
    f.reasons.push_back({std::move(code), f.line});
  }
  void look(const hir::Stmt& s, hir::Function& f) {
    if (s.expr != nullptr) look(*s.expr, f);
    if (s.key != nullptr) look(*s.key, f);
    look(s.init, f);
    look(s.step, f);
    look(s.body, f);
    look(s.otherwise, f);
    for (const hir::Case& one : s.cases) {
      for (const auto& test : one.conditions) look(*test, f);
      look(one.body, f);
    }
    for (const hir::Catch& one : s.catches) look(one.body, f);
  }
  hir::Program& program_;
};

}  // namespace

void refuse_missing_in_cpp(hir::Program& program) {
  Missing missing(program);
  for (hir::Function& f : program.functions) {
    missing.look(f.body, f);
  }
  for (const hir::Class& one : program.classes) {
    hir::Function& f = program.functions[static_cast<std::size_t>(one.initializer)];
    for (const auto& k : one.constants) {
      if (k.value != nullptr) missing.look(*k.value, f);
    }
    for (const auto& p : one.properties) {
      if (p.value != nullptr) missing.look(*p.value, f);
    }
  }
}

}  // namespace banyan::php
