// Statements as C++.
#include <algorithm>

#include "php_convert/cpp_names.h"
#include "php_convert/cpp_printer.h"

namespace banyan::php {

using hir::Rep;
using hir::StmtKind;

// What itself neither warns nor throws nor calls the program: all but operations of the runtime.
bool CppPrinter::complains(const Expr& e) {
  const bool quiet = e.text == "Self" || e.text == "IsNull" || e.text == "#len" || e.text == "NameOf" ||
                     e.text == "Quiet" || e.text == "Keep" || e.text == "Echo" || e.text == "ClassOf" ||
                     e.text == "Coalesce" || e.text == "NewRef";
  switch (e.kind) {
    case ExprKind::kRuntime:
      return !quiet;
    case ExprKind::kMethod:
    case ExprKind::kBuiltin:
    case ExprKind::kCall:
    case ExprKind::kBody:
      return true;
    case ExprKind::kConvert:
      return e.rep != Rep::kValue && e.rep != Rep::kBool &&
             (e.children[0]->rep == Rep::kValue || e.children[0]->rep == Rep::kArray);
    case ExprKind::kArrayMap:
      for (std::size_t i = 0; i < e.children.size(); i += 2) {
        const Expr* key = e.children[i].get();
        while (key->kind == ExprKind::kConvert) key = key->children[0].get();
        if (key->rep != Rep::kInt && key->rep != Rep::kString) return true;
      }
      return false;
    default:
      return false;
  }
}

bool CppPrinter::may_fail(const Expr& e) const {
  if (complains(e)) return true;
  return e.kind != ExprKind::kLambda &&
         std::ranges::any_of(e.children, [&](const auto& one) { return may_fail(*one); });
}

// What of the expression is the first to run that complains, and is told a line; null where there is none.
const hir::Expr* CppPrinter::first_run(const Expr& e) {
  if (e.kind == ExprKind::kLambda || e.kind == ExprKind::kBody) return nullptr;
  for (const auto& one : e.children) {
    const Expr* const found = one == nullptr ? nullptr : first_run(*one);
    if (found != nullptr) return found;
  }
  return complains(e) && e.told != 0 ? &e : nullptr;
}

std::uint32_t CppPrinter::line_begun(const Expr& e, std::uint32_t offset) const {
  const Expr* const first = first_run(e);
  return line_of(first == nullptr ? offset : first->told);
}

void CppPrinter::mark(const Stmt& s) {
  if (s.expr == nullptr || s.offset == 0 || !may_fail(*s.expr)) return;
  const std::uint32_t number = line_begun(*s.expr, s.offset);
  if (number != marked_) line("php::line(" + std::to_string(number) + ");");
  say(number);
}

void CppPrinter::say(std::uint32_t number) {
  marked_ = number;
  least_said_ = std::min(least_said_, number);
  most_said_ = std::max(most_said_, number);
}

// The argument of an operation that is worked out last, and behind which its line can be said; null where none is.
static const hir::Expr* last_argument(const hir::Expr& e) {
  using hir::ExprKind;
  for (std::size_t i = e.children.size(); i-- > 0;) {
    const hir::Expr* one = e.children[i].get();
    if (one == nullptr) continue;
    switch (one->kind) {
      case ExprKind::kPlace:
      case ExprKind::kBox:
      case ExprKind::kVerbatim:
      case ExprKind::kNil:
      case ExprKind::kFunctionRef:
      case ExprKind::kLambda:
        continue;
      case ExprKind::kValueList:
        if (const hir::Expr* const within = last_argument(*one); within != nullptr) return within;
        continue;
      default:
        return one;
    }
  }
  return nullptr;
}

// An operation that complains of another line than that which was said last says its own once it has its arguments.
// `print` prints it.
std::string CppPrinter::on_its_line(const Expr& e, const std::function<std::string()>& print) {
  const bool tells = e.told != 0 && e.kind != ExprKind::kBody && e.text != "Raise" && complains(e);
  if (!says_lines_ || !tells) return print();
  const std::uint32_t wanted = line_of(e.told);
  const Expr* const last = last_argument(e);
  if (last != nullptr) {
    said_behind_[last] = wanted;
    std::string out = print();
    said_behind_.erase(last);
    return out;
  }
  if (wanted == marked_) return print();
  say(wanted);
  return "(php::line(" + std::to_string(wanted) + "), " + print() + ")";
}

std::string CppPrinter::behind(const Expr& e, std::string printed) {
  const auto found = said_behind_.find(&e);
  if (found == said_behind_.end() || found->second == marked_) return printed;
  say(found->second);
  return "php::at_line(" + std::to_string(found->second) + ", " + printed + ")";
}

// A condition that is not asked right behind the statement before it says its own line.
std::string CppPrinter::condition(const Expr& e, std::uint32_t offset) {
  if (offset == 0 || !may_fail(e)) return text(e);
  const bool outer = std::exchange(says_lines_, true);
  const std::uint32_t number = line_begun(e, offset);
  say(number);
  const std::string test = text(e);
  says_lines_ = outer;
  return "(php::line(" + std::to_string(number) + "), " + test + ")";
}

void CppPrinter::print(const hir::Block& all) {
  for (const auto& one : all) print(*one);
}

void CppPrinter::block(const hir::Block& inner) {
  const std::uint32_t before = std::exchange(marked_, 0);
  print(inner);
  static_cast<void>(before);
  marked_ = 0;
}

void CppPrinter::print(const Stmt& s) {
  const bool plain = s.kind == StmtKind::kExpression || s.kind == StmtKind::kAssign || s.kind == StmtKind::kBind ||
                     s.kind == StmtKind::kIf || s.kind == StmtKind::kForeach || s.kind == StmtKind::kReturn;
  const bool outer = std::exchange(says_lines_, plain && s.offset != 0);
  if (plain) mark(s);
  at(s.offset);
  print_here(s);
  says_lines_ = outer;
}

void CppPrinter::print_here(const Stmt& s) {
  switch (s.kind) {
    case StmtKind::kExpression:
      return print_expression(s);
    case StmtKind::kAssign:
      return print_assign(s);
    case StmtKind::kBind:
      return print_bind(s);
    case StmtKind::kIf:
      return print_if(s, "");
    case StmtKind::kLoop:
      return print_loop(s);
    case StmtKind::kDoLoop:
      open_loop(s, "do {");
      block(s.body);
      return close_loop(s, "} while (" + condition(*s.expr, s.offset) + ");");
    case StmtKind::kForeach:
      return print_foreach(s);
    case StmtKind::kSwitch:
      return print_switch(s);
    case StmtKind::kBreak:
    case StmtKind::kContinue:
      return print_jump(s);
    case StmtKind::kReturn:
      return print_return(s);
    case StmtKind::kTry:
      return print_try(s);
    case StmtKind::kBlock:
      return print(s.body);
    case StmtKind::kComment:
      return comment(s.text);
    case StmtKind::kDeclare:
      return print_declaration(s);
  }
}

// All but a walk over an array by value may complain of, or call, what is asked for the next element.
void CppPrinter::print_foreach(const Stmt& s) {
  const std::string name = variable(s.variable).target;
  const std::string begin = "for (auto " + name + " = " + text(*s.expr) + "; ";
  std::string next = name + ".next()";
  if (s.expr->kind != ExprKind::kMethod && s.offset != 0) {
    const std::uint32_t number = line_of(s.expr->told != 0 ? s.expr->told : s.offset);
    say(number);
    next = "(php::line(" + std::to_string(number) + "), " + next + ")";
  }
  open_loop(s, begin + next + ";) {");
  block(s.body);
  close_loop(s, "}");
}

static bool is_call(const hir::Expr& e) {
  using hir::ExprKind;
  return e.kind == ExprKind::kRuntime || e.kind == ExprKind::kBuiltin || e.kind == ExprKind::kCall ||
         e.kind == ExprKind::kMethod || e.kind == ExprKind::kBody || e.kind == ExprKind::kAssign;
}

void CppPrinter::print_expression(const Stmt& s) {
  const Expr* e = s.expr.get();
  while ((e->kind == ExprKind::kConvert || e->kind == ExprKind::kCopy) && is_call(*e->children[0])) {
    e = e->children[0].get();
  }
  if (e->kind == ExprKind::kRuntime && (e->text == "OrFalse" || e->text == "OrNull")) e = e->children[0].get();
  std::string out = text(*e);
  if (e->kind == ExprKind::kAssign && out.starts_with("(")) out = out.substr(1, out.size() - 2);
  const bool bare = is_call(*e) && !(e->kind == ExprKind::kRuntime && (e->text == "Keep" || e->text == "Self"));
  line((bare ? out : "static_cast<void>(" + out + ")") + ";");
}

void CppPrinter::print_declaration(const Stmt& s) {
  const hir::Variable& v = variable(s.variable);
  const std::string unread = s.text == "unread" ? "[[maybe_unused]] " : "";
  if (v.storage == hir::Storage::kBox) {
    line(v.may_be_undefined ? "php::Ref " + v.target + " = php::Ref::undefined();" : "php::Ref " + v.target + ";");
  } else if (v.may_be_undefined && !v.name.empty()) {
    line("php::Value " + v.target + " = php::Value::undefined();");
  } else {
    const bool native = v.rep == Rep::kBool || v.rep == Rep::kInt || v.rep == Rep::kFloat;
    const std::string first = v.rep == Rep::kBool ? " = false" : native ? " = 0" : "";
    line(unread + cpp_type(v.rep) + " " + v.target + first + ";");
  }
}

// What a variable gets: null from a function that gives nothing.
std::string CppPrinter::assigned(const Expr& e) {
  const bool is_nothing = e.kind == ExprKind::kCall && e.rep == Rep::kNothing &&
                          program_.functions[static_cast<std::size_t>(e.function)].result == Rep::kNothing;
  return is_nothing ? "php::null_after([&] { " + text(e) + "; })" : argument(e);
}

void CppPrinter::print_assign(const Stmt& s) {
  const hir::Variable& v = variable(s.variable);
  const Expr& e = *s.expr;
  if (!s.text.starts_with("declare")) return line(plain_assignment(s) + ";");
  if (v.storage == hir::Storage::kBox) {
    return line("php::Ref " + v.target + "{php::Value(" + assigned(e) + ")};");
  }
  const bool unread = s.text == "declare unread";
  line((unread ? "[[maybe_unused]] " : "") + cpp_type(v.rep) + " " + v.target + " = " + assigned(e) + ";");
}

std::string CppPrinter::plain_assignment(const Stmt& s) {
  const Expr& e = *s.expr;
  const hir::Variable& v = variable(s.variable);
  if (v.storage == hir::Storage::kBox && checks_references()) return v.target + ".set(" + assigned(e) + ")";
  const std::string name = variable_text(s.variable);
  const bool on_itself = e.kind == ExprKind::kBinary && e.children[0]->kind == ExprKind::kVariable &&
                         e.children[0]->variable == s.variable && e.rep == v.rep && e.rep != Rep::kBool;
  if (on_itself) {
    const Expr& right = *e.children[1];
    const bool one = right.kind == ExprKind::kInt && right.integer == 1 && (e.text == "+" || e.text == "-");
    if (one && v.storage != hir::Storage::kBox) return (e.text == "+" ? "++" : "--") + name;
    return name + " " + e.text + "= " + argument(right);
  }
  // A chain of strings that starts with the variable itself grows it.
  if (e.kind == ExprKind::kBinary && e.text == "+" && e.rep == Rep::kString && v.rep == Rep::kString &&
      v.storage != hir::Storage::kBox) {
    std::vector<const Expr*> parts;
    const Expr* left = &e;
    for (; left->kind == ExprKind::kBinary && left->text == "+"; left = left->children[0].get()) {
      parts.insert(parts.begin(), left->children[1].get());
    }
    if (left->kind == ExprKind::kVariable && left->variable == s.variable) {
      std::string out = name;
      bool reads_itself = false;
      for (const Expr* one : parts) {
        Use use;
        mentions(*one, use);
        reads_itself = reads_itself || use.mentioned.contains(s.variable) || may_fail(*one);
      }
      if (!reads_itself) {
        for (const Expr* one : parts) out += ".append(" + argument(*one) + ")";
        return out;
      }
    }
  }
  // Compilers warn of what PHP's authors write: $a = $a, $a = f() ?: $a.
  const std::string value = assigned(e);
  return value == name ? "static_cast<void>(" + name + ")" : name + " = " + value;
}

void CppPrinter::print_bind(const Stmt& s) {
  const hir::Variable& v = variable(s.variable);
  if (s.text == "static") return print_static(s);
  if (!is_global(*function_, v) && function_->has_scope) {
    const std::string name = cpp_string(v.name, true);
    return line(v.target + " = scope." + (s.text == "unset" ? "unset(" + name : "bind(" + name + ", " + text(*s.expr)) +
                ");");
  }
  if (s.text == "unset" && !is_global(*function_, v)) return line(v.target + " = php::Ref::undefined();");
  line(v.target + " = " + text(*s.expr) + ";");
}

void CppPrinter::print_static(const Stmt& s) {
  const hir::Variable& v = variable(s.variable);
  const std::string& name = v.target;
  const auto bound = [&](const std::string& held) {
    return is_global(*function_, v) ? "php::bind_global(" + cpp_string(v.name, true) + ", " + held + ")" : held;
  };
  const std::string first = "php::Value(" + argument(*s.expr->children[0]) + ")";
  if (in_lambda_) {
    const std::string held = name + "_kept" + std::to_string(kept_.size() + 1);
    kept_.push_back(held);
    line("if (" + held + ".value().is_undefined()) " + held + ".value() = " + first + ";");
    return line(name + " = " + bound(held) + ";");
  }
  const std::string held = name + "_number" + std::to_string(++lambda_statics_count_);
  line("static const std::size_t " + held + " = php::static_number();");
  line("if (!php::has_static(" + held + ")) php::static_variable(" + held + ") = php::Ref(" + first + ");");
  line(name + " = " + bound("php::static_variable(" + held + ")") + ";");
}

void CppPrinter::print_if(const Stmt& s, const std::string& prefix) {
  const bool turns = s.body.empty() && !s.otherwise.empty();
  const bool negated = turns && s.expr->kind == ExprKind::kUnary && s.expr->text == "!";
  const Expr& asked = negated ? *s.expr->children[0] : *s.expr;
  const std::string test = prefix.empty() ? text(asked) : condition(asked, s.offset);
  if (turns) {
    open(prefix + "if (" + (negated ? test : "!(" + test + ")") + ") {");
    block(s.otherwise);
    return close("}");
  }
  open(prefix + "if (" + test + ") {");
  block(s.body);
  if (s.otherwise.empty()) return close("}");
  --indent_;
  if (s.otherwise.size() == 1 && s.otherwise[0]->kind == StmtKind::kIf && !s.otherwise[0]->body.empty()) {
    at(s.otherwise[0]->offset);
    return print_if(*s.otherwise[0], "} else ");
  }
  open("} else {");
  block(s.otherwise);
  close("}");
}

// ---- Loops and jumps ----

namespace {

// Whether `continue` or `break` of a loop stands where C++ would mean another one: within a loop or switch of its own.
struct FarJumps {
  bool next = false;
  bool end = false;
};

void far_jumps(const hir::Block& all, std::int32_t target, bool in_loop, bool in_switch, FarJumps& out) {
  for (const auto& s : all) {
    if (s->target == target && s->kind == StmtKind::kContinue && in_loop) out.next = true;
    if (s->target == target && s->kind == StmtKind::kBreak && (in_loop || in_switch)) out.end = true;
    const bool loop = s->kind == StmtKind::kLoop || s->kind == StmtKind::kDoLoop || s->kind == StmtKind::kForeach;
    const bool choice = s->kind == StmtKind::kSwitch;
    const auto within = [&](const hir::Block& part) {
      far_jumps(part, target, in_loop || loop, in_switch || choice, out);
    };
    within(s->body);
    within(s->otherwise);
    for (const hir::Case& one : s->cases) within(one.body);
    for (const hir::Catch& one : s->catches) within(one.body);
  }
}

bool breaks_out(const hir::Block& all, std::int32_t target) {
  for (const auto& s : all) {
    if (s->target == target && (s->kind == StmtKind::kBreak || s->kind == StmtKind::kContinue)) return true;
    if (breaks_out(s->body, target) || breaks_out(s->otherwise, target)) return true;
    for (const hir::Case& one : s->cases) {
      if (breaks_out(one.body, target)) return true;
    }
    for (const hir::Catch& one : s->catches) {
      if (breaks_out(one.body, target)) return true;
    }
  }
  return false;
}

}  // namespace

void CppPrinter::open_loop(const Stmt& s, const std::string& head) {
  FarJumps far;
  far_jumps(s.body, s.target, false, false, far);
  if (far.next) nexts_.insert(s.target);
  if (far.end) ends_.insert(s.target);
  frames_.push_back({s.target, true, false});
  open(head);
  if (far.next) open("{");
}

void CppPrinter::close_loop(const Stmt& s, const std::string& tail) {
  if (nexts_.contains(s.target)) {
    close("}");
    line(label(s.target) + "_next:;");
  }
  close(tail);
  if (ends_.contains(s.target)) line(label(s.target) + "_end:;");
  frames_.pop_back();
}

std::string CppPrinter::simple(const Stmt& s) {
  if (s.kind == StmtKind::kAssign) return plain_assignment(s);
  if (s.kind != StmtKind::kExpression) return "";
  const std::string out = text(*s.expr);
  return is_call(*s.expr) ? out : "static_cast<void>(" + out + ")";
}

void CppPrinter::print_loop(const Stmt& s) {
  std::string start;
  if (s.init.size() == 1) {
    const hir::Variable& v = variable(s.init[0]->variable);
    start = cpp_type(v.rep) + " " + v.target + " = " + argument(*s.init[0]->expr);
  }
  const std::string test = s.expr == nullptr ? "" : condition(*s.expr, s.offset);
  std::string step;
  bool is_simple = true;
  for (const auto& one : s.step) {
    const std::string made = simple(*one);
    is_simple = is_simple && !made.empty();
    step += (step.empty() ? "" : ", ") + made;
  }
  if (is_simple) {
    const bool while_loop = start.empty() && step.empty();
    open_loop(s, while_loop ? "while (" + (test.empty() ? "true" : test) + ") {"
                            : "for (" + start + "; " + test + "; " + step + ") {");
    block(s.body);
    return close_loop(s, "}");
  }
  // Steps that are no expressions run in a function of their own.
  if (!start.empty()) line(start + ";");
  open("const auto step" + std::to_string(++ways_) + " = [&] {");
  block(s.step);
  close("};");
  open_loop(s, "for (; " + test + "; step" + std::to_string(ways_) + "()) {");
  block(s.body);
  close_loop(s, "}");
}

void CppPrinter::print_switch(const Stmt& s) {
  bool falls = false;
  bool leaves = false;
  for (const hir::Case& one : s.cases) {
    falls = falls || one.falls_through;
    leaves = leaves || breaks_out(one.body, s.target);
  }
  const auto tests_of = [&](const hir::Case& one) {
    std::string tests;
    for (const auto& test : one.conditions) {
      tests += (tests.empty() ? "" : " || ") + text(*test, one.conditions.size() > 1 ? 2 : 0);
    }
    return tests;
  };
  if (!falls && !leaves) {
    std::string prefix;
    const hir::Case* last = nullptr;
    for (const hir::Case& one : s.cases) {
      if (one.is_default) {
        last = &one;
        continue;
      }
      open(prefix + "if (" + tests_of(one) + ") {");
      block(one.body);
      --indent_;
      prefix = "} else ";
    }
    if (last != nullptr && prefix.empty()) return block(last->body);
    if (last != nullptr) {
      open("} else {");
      block(last->body);
      --indent_;
    }
    if (!prefix.empty()) line("}");
    marked_ = 0;
    return;
  }
  std::string chosen;
  std::size_t other = s.cases.size();
  for (std::size_t i = 0; i < s.cases.size(); ++i) {
    if (s.cases[i].is_default) {
      other = i;
    } else {
      chosen += "(" + tests_of(s.cases[i]) + ") ? " + std::to_string(i) + " : ";
    }
  }
  open("switch (" + chosen + std::to_string(other) + ") {");
  frames_.push_back({s.target, false, false});
  for (std::size_t i = 0; i < s.cases.size(); ++i) {
    const hir::Case& one = s.cases[i];
    const std::string label = i == other ? "default:" : "case " + std::to_string(i) + ":";
    if (one.body.empty() && one.falls_through) {
      line(label);
      continue;
    }
    open(label + " {");
    block(one.body);
    if (!ends(one.body) && !one.falls_through) line("break;");
    close("}");
    if (one.falls_through && !ends(one.body)) line("  [[fallthrough]];");
  }
  if (other == s.cases.size()) {
    open("default:");
    line("break;");
    --indent_;
  }
  close("}");
  frames_.pop_back();
  marked_ = 0;
}

// Jumps out of a statement with finally are answered to it as a number, and made behind it.
void CppPrinter::print_jump(const Stmt& s) {
  bool is_loop = true;
  bool crosses = false;
  std::size_t i = frames_.size();
  while (i-- > 0) {
    if (frames_[i].is_try) crosses = true;
    if (!frames_[i].is_try && frames_[i].target == s.target) {
      is_loop = frames_[i].is_loop;
      break;
    }
    if (crosses) break;
  }
  const bool leaves = s.kind == StmtKind::kBreak;
  if (crosses) return line("return " + std::to_string(2 * s.target + (leaves ? 2 : 3)) + ";");
  bool innermost = true;
  for (std::size_t k = i + 1; k < frames_.size(); ++k) {
    if (leaves || !is_loop || frames_[k].is_loop) innermost = false;
  }
  if (!is_loop || leaves) {
    if (innermost) return line("break;");
    return line("goto " + label(s.target) + "_end;");
  }
  line(innermost ? "continue;" : "goto " + label(s.target) + "_next;");
}

void CppPrinter::print_return(const Stmt& s) {
  if (s.text == "value") {
    if (s.expr->rep == Rep::kNothing && s.expr->kind == ExprKind::kCall) {
      line(text(*s.expr) + ";");
      return line("return {};");
    }
    if (s.expr->rep == Rep::kNull && s.expr->kind != ExprKind::kNull) {
      line(text(*s.expr) + ";");
      return line("return {};");
    }
    return line("return " + argument(*s.expr) + ";");
  }
  bool crosses = false;
  for (const Frame& one : frames_) crosses = crosses || one.is_try;
  const bool gives = result_type(*function_) != "void";
  std::string given;
  if (s.expr != nullptr && function_->by_reference && !function_->is_generator) {
    given = text(*s.expr);  // a reference
  } else if (s.expr != nullptr) {
    given = returned(*s.expr);
  }
  if (crosses) {
    if (gives)
      line("result = " + (given.empty() ? (function_->by_reference ? "php::Ref()" : "php::Value()") : given) + ";");
    if (!gives && !given.empty()) line("static_cast<void>(" + given + ");");
    return line("return 1;");
  }
  if (!gives) {
    if (s.expr != nullptr) line((is_call(*s.expr) ? given : "static_cast<void>(" + given + ")") + ";");
    return line("return;");
  }
  line("return " + (given.empty() ? "{}" : given) + ";");
}

std::string CppPrinter::returned(const Expr& e) {
  const Rep wanted = function_->is_generator || function_->is_closure ? Rep::kValue : function_->result;
  if (e.rep == wanted || e.kind == ExprKind::kVerbatim || wanted == Rep::kNothing) return argument(e);
  Expr converted;
  converted.kind = ExprKind::kConvert;
  converted.rep = wanted == Rep::kNull ? Rep::kValue : wanted;
  converted.children.emplace_back(const_cast<Expr*>(&e));  // lent, and taken back below
  std::string out = conversion(converted);
  static_cast<void>(converted.children[0].release());
  return out;
}

// ---- try ----

void CppPrinter::print_guarded(const Stmt& s) {
  if (s.catches.empty()) return block(s.body);
  open("try {");
  block(s.body);
  --indent_;
  open("} catch (const php::ThrownError& thrown) {");
  std::string prefix;
  for (const hir::Catch& one : s.catches) {
    std::string test;
    for (const std::string& name : one.classes) {
      test += (test.empty() ? "" : " || ") + std::string("php::is_a(thrown.object, ") + cpp_string(name, true) + ")";
    }
    open(prefix + "if (" + test + ") {");
    if (one.variable >= 0) line(variable_text(one.variable) + " = thrown.object;");
    block(one.body);
    --indent_;
    prefix = "} else ";
  }
  open("} else {");
  line("throw;");
  close("}");
  close("}");
}

void CppPrinter::print_try(const Stmt& s) {
  marked_ = 0;
  if (s.text != "finally") return print_guarded(s);
  std::set<int> left = exits(s.body, {});
  for (const hir::Catch& one : s.catches) left.merge(exits(one.body, {}));
  left.merge(exits(s.otherwise, {}));
  const std::string way = "way" + std::to_string(++ways_);
  frames_.push_back({-1, false, true});
  open((left.empty() ? "" : "const int " + way + " = ") + std::string("php::try_finally([&]() -> int {"));
  print_guarded(s);
  if (!s.catches.empty() || !ends(s.body)) line("return 0;");
  --indent_;
  open("}, [&]() -> int {");
  block(s.otherwise);
  if (!ends(s.otherwise)) line("return 0;");
  close("});");
  frames_.pop_back();
  print_exits(left, way);
}

void CppPrinter::print_exits(const std::set<int>& left, const std::string& way) {
  for (const int one : left) {
    open("if (" + way + " == " + std::to_string(one) + ") {");
    if (one == 1) {
      bool crosses = false;
      for (const Frame& frame : frames_) crosses = crosses || frame.is_try;
      line(crosses ? "return 1;" : result_type(*function_) != "void" ? "return result;" : "return;");
    } else {
      Stmt jump;
      jump.kind = one % 2 == 0 ? StmtKind::kBreak : StmtKind::kContinue;
      jump.target = (one - 2) / 2;
      print_jump(jump);
    }
    close("}");
  }
}

}  // namespace banyan::php
