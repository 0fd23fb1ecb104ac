// Statements as Go.
#include <algorithm>

#include "php_convert/go_printer.h"

namespace banyan::php {

using hir::StmtKind;

void GoPrinter::print(const hir::Block& block) {
  const std::int32_t tail = std::exchange(tail_, -1);
  for (const auto& one : block) {
    tail_ = one == block.back() ? tail : -1;
    print(*one);
  }
  tail_ = -1;
}

// Whether it would print nothing where control leaves that switch behind it anyway.
bool GoPrinter::is_void(const hir::Block& block, std::int32_t tail) {
  if (block.empty()) return true;
  const Stmt& only = *block.front();
  return block.size() == 1 && tail >= 0 && only.kind == StmtKind::kBreak && only.target == tail;
}

// Whether the statement may take several lines. Heads of loops and of switches are kept on one.
static bool is_breakable(StmtKind kind) {
  return kind == StmtKind::kExpression || kind == StmtKind::kAssign || kind == StmtKind::kBind ||
         kind == StmtKind::kIf || kind == StmtKind::kReturn;
}

// The line of Go on which the statement begins stands for that of what complains first in it.
void GoPrinter::begin(const Stmt& s) {
  const bool tells = (may_break_ || s.kind == StmtKind::kForeach) && s.expr != nullptr;
  const Expr* const first = tells ? first_told(*s.expr) : nullptr;
  at(first != nullptr && first->told != 0 ? first->told : s.offset);
}

void GoPrinter::print(const Stmt& s) {
  const bool outer = std::exchange(may_break_, is_breakable(s.kind));
  begin(s);
  print_here(s);
  may_break_ = outer;
}

void GoPrinter::print_here(const Stmt& s) {
  const std::int32_t tail = std::exchange(tail_, -1);
  if (s.kind == StmtKind::kBreak && tail >= 0 && s.target == tail) return;
  if (s.kind == StmtKind::kIf || s.kind == StmtKind::kBlock) tail_ = tail;
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
      return print_do(s);
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

void GoPrinter::print_expression(const Stmt& s) {
  const Expr& e = *s.expr;
  if (e.kind == ExprKind::kConvert && e.children[0]->kind != ExprKind::kConvert) {
    const Expr& inner = *e.children[0];
    if (inner.kind == ExprKind::kCall || inner.kind == ExprKind::kRuntime || inner.kind == ExprKind::kBuiltin ||
        inner.kind == ExprKind::kMethod) {
      return line(as_statement(inner));
    }
  }
  if (e.kind == ExprKind::kBody) {
    // Statements whose value nobody wants.
    return line(text(e));
  }
  if (e.kind == ExprKind::kRuntime && never_returns(e)) {
    std::string out = text(e);
    return line("panic(" + out + ")");
  }
  line(as_statement(e));
}

bool GoPrinter::never_returns(const Expr& e) {
  return e.text == "Raise" || e.text == "Leave" || e.text == "NoMatch" || e.text == "NeverReturned" ||
         e.text == "NoneReturned";
}

std::string GoPrinter::as_statement(const Expr& e) {
  if (e.kind == ExprKind::kRuntime && (e.text == "OrFalse" || e.text == "OrNull")) return text(*e.children[0]);
  const bool call = e.kind == ExprKind::kRuntime || e.kind == ExprKind::kBuiltin || e.kind == ExprKind::kCall ||
                    e.kind == ExprKind::kMethod || e.kind == ExprKind::kBody || e.kind == ExprKind::kCopy ||
                    e.kind == ExprKind::kArrayList || e.kind == ExprKind::kArrayMap || e.kind == ExprKind::kAssign ||
                    e.kind == ExprKind::kLambda;
  Binary binary_form;
  if (call && !as_binary(e, binary_form)) {
    std::string out = text(e);
    if (out.starts_with("len(") || out.starts_with("&") || out == "nil") return "_ = " + out;
    return out;
  }
  return "_ = " + text(e);
}

// Whether the function begins with making the variable a static one.
bool GoPrinter::binds_static_first(std::int32_t index) const {
  const auto first = std::ranges::find_if(function_->body, [](const hir::StmtPtr& one) {
    return one->kind != StmtKind::kDeclare && one->kind != StmtKind::kComment;
  });
  return first != function_->body.end() && (*first)->kind == StmtKind::kBind && (*first)->text == "static" &&
         (*first)->variable == index;
}

void GoPrinter::print_declaration(const Stmt& s) {
  const hir::Variable& v = variable(s.variable);
  if (v.storage == hir::Storage::kBox) {
    line(binds_static_first(s.variable)
             ? "var " + v.target + " *php.Ref"
             : v.target + " := " + (v.may_be_undefined ? "php.NewUndefined()" : "php.NewRef(nil)"));
    const bool ends = ends_here(s.variable);
    if (ends && (binds_element(function_->body, s.variable) || outlives(s.variable))) release_at_end(v);
    if (ends && fades(*function_, v)) line("defer " + v.target + ".Fade()");
  } else if (v.may_be_undefined && !v.name.empty()) {
    line("var " + v.target + " php.Value = php.Undef");
  } else {
    line("var " + v.target + " " + go_type(v.rep));
  }
  if (s.text == "unread") line("_ = " + v.target);
}

// Whether the variable that is declared here ends with the function.
bool GoPrinter::ends_here(std::int32_t index) const {
  const hir::Variable& v = variable(index);
  return !function_->is_main && !v.kept && !v.captured && frames_.empty() && !in_value_body_;
}

// Whether an element or property may hold the variable's reference when the variable is no more.
bool GoPrinter::outlives(std::int32_t index) const {
  const bool is_plain = !function_->is_generator && !function_->has_scope;
  return is_plain && !is_bound(function_->body, index) && hands_on(function_->body, index);
}

void GoPrinter::release_at_end(const hir::Variable& v) { line("defer func() { " + v.target + ".Release() }()"); }

static bool untyped_needs_type(const hir::Expr& e, hir::Rep rep) {
  if (rep != hir::Rep::kValue) return false;
  return e.kind != hir::ExprKind::kConvert || true;
}

// What a variable gets: null from a function that gives nothing.
std::string GoPrinter::assigned(const Expr& e, Rep rep) {
  const bool is_nothing = e.kind == ExprKind::kCall && e.rep == Rep::kNothing &&
                          program_.functions[static_cast<std::size_t>(e.function)].result == Rep::kNothing;
  if (e.rep == Rep::kNumber && rep == Rep::kNumber) return number(e, 1);
  return is_nothing ? "php.Void(func() { " + text(e, 1, 1) + " })" : text(e);
}

void GoPrinter::print_assign(const Stmt& s) {
  const hir::Variable& v = variable(s.variable);
  const Expr& e = *s.expr;
  if (s.text.starts_with("declare")) {
    if (v.storage == hir::Storage::kBox) {
      line(v.target + " := php.NewRef(" + assigned(e, Rep::kValue) + ")");
      if (ends_here(s.variable) && outlives(s.variable)) release_at_end(v);
    } else if (untyped_needs_type(e, v.rep) || (e.kind == ExprKind::kNil)) {
      line("var " + v.target + " " + go_type(v.rep) + " = " + assigned(e, v.rep));
    } else {
      line(v.target + " := " + assigned(e, v.rep));
    }
    if (s.text == "declare unread") line("_ = " + v.target);
    return;
  }
  line(plain_assignment(s));
}

std::string GoPrinter::plain_assignment(const Stmt& s) {
  const Expr& e = *s.expr;
  const std::string name = variable_text(s.variable);
  const bool is_itself = e.kind == ExprKind::kVariable && e.variable == s.variable;
  if (is_itself && e.rep == Rep::kNumber) return "_ = " + name;
  // What foreach gives to a variable that nothing reads.
  const bool is_given = e.kind == ExprKind::kMethod && (e.text == "Value" || e.text == "Key");
  const bool is_local = variable(s.variable).storage == hir::Storage::kLocal && !variable(s.variable).captured;
  if (is_given && is_local && !function_->has_scope && !read_.contains(s.variable)) return "_ = " + text(e);
  if (checks_references() && variable(s.variable).storage == hir::Storage::kBox) {
    return variable(s.variable).target + ".Set(" + assigned(e, Rep::kValue) + ")";
  }
  if (e.kind == ExprKind::kBinary && e.children[0]->kind == ExprKind::kVariable &&
      e.children[0]->variable == s.variable && e.rep == variable(s.variable).rep && e.rep != Rep::kBool) {
    const Expr& right = *e.children[1];
    const bool one = right.kind == ExprKind::kInt && right.integer == 1 && (e.text == "+" || e.text == "-");
    const bool one_float = right.kind == ExprKind::kFloat && right.number == 1 && (e.text == "+" || e.text == "-");
    if (one || one_float) return name + (e.text == "+" ? "++" : "--");
    // To add to a string again and again would copy it each time.
    const bool loops = std::any_of(frames_.begin(), frames_.end(), [](const Frame& frame) { return frame.is_loop; });
    if (e.rep == Rep::kString && loops) return name + " = php.Grow(" + name + ", " + text(right, 1, 2) + ")";
    return name + " " + e.text + "= " + text(right);
  }
  const hir::Variable& v = variable(s.variable);
  return name + " = " + assigned(e, v.storage == hir::Storage::kBox ? Rep::kValue : v.rep);
}

// Whether the variable is bound to what an array or object holds, or to a global variable that $GLOBALS may copy.
bool GoPrinter::binds_element(const hir::Block& block, std::int32_t index) const {
  for (const auto& s : block) {
    if (s->kind == StmtKind::kBind && s->variable == index && s->text.empty() &&
        (s->expr->kind == ExprKind::kMethod || s->expr->text == "IndexRef" || s->expr->text == "PropRef" ||
         s->expr->text == "ListRef" || (s->expr->text == "Global" && program_.uses_globals))) {
      return true;
    }
    if (binds_element(s->body, index) || binds_element(s->otherwise, index)) return true;
    for (const hir::Case& one : s->cases) {
      if (binds_element(one.body, index)) return true;
    }
    for (const hir::Catch& one : s->catches) {
      if (binds_element(one.body, index)) return true;
    }
  }
  return false;
}

// Whether the test holds for an expression of a statement, be it within others.
template <class Test>
static bool any_expression(const hir::Block& block, const Test& test) {
  const auto within = [&test](const hir::Block& inner) { return any_expression(inner, test); };
  const auto holds = [&test](const auto& one) { return one != nullptr && test(*one); };
  for (const auto& s : block) {
    if (holds(s->expr) || within(s->init) || within(s->step) || within(s->body) || within(s->otherwise)) return true;
    for (const hir::Case& one : s->cases) {
      if (std::ranges::any_of(one.conditions, holds) || within(one.body)) return true;
    }
    for (const hir::Catch& one : s->catches) {
      if (within(one.body)) return true;
    }
  }
  return false;
}

// Whether the code shows values as var_dump() does, which marks references.
bool GoPrinter::shows(const hir::Block& block) {
  return any_expression(block, [](const Expr& e) { return shows(e); });
}

// Whether an element, a property, or something that is called may come to hold the variable's reference.
bool GoPrinter::hands_on(const hir::Block& block, std::int32_t index) {
  return any_expression(block, [index](const Expr& e) { return hands_on(e, index); });
}

bool GoPrinter::hands_on(const Expr& e, std::int32_t index) {
  const bool holds = e.kind == ExprKind::kValueList || e.text == "WithRef" || e.text == "AddRef" ||
                     (e.kind == ExprKind::kRuntime && e.text.starts_with("Bind"));
  const auto is_handed = [&](const auto& one) {
    if (one == nullptr) return false;
    return (holds && one->kind == ExprKind::kBox && one->variable == index) || hands_on(*one, index);
  };
  return hands_on(e.body, index) || std::ranges::any_of(e.children, is_handed);
}

// Whether the variable is bound to another reference somewhere.
bool GoPrinter::is_bound(const hir::Block& block, std::int32_t index) {
  const auto within = [index](const hir::Block& inner) { return is_bound(inner, index); };
  const auto in_value = [index](const Expr& e) { return is_bound(e, index); };
  for (const auto& s : block) {
    if (s->kind == StmtKind::kBind && s->variable == index && s->text != "unset") return true;
    if (within(s->init) || within(s->step) || within(s->body) || within(s->otherwise)) return true;
    if (std::ranges::any_of(s->cases, [&](const hir::Case& one) { return within(one.body); })) return true;
    if (std::ranges::any_of(s->catches, [&](const hir::Catch& one) { return within(one.body); })) return true;
  }
  return any_expression(block, in_value);
}

bool GoPrinter::is_bound(const Expr& e, std::int32_t index) {
  const auto in_child = [index](const auto& one) { return one != nullptr && is_bound(*one, index); };
  return (!e.body.empty() && is_bound(e.body, index)) || std::ranges::any_of(e.children, in_child);
}

bool GoPrinter::shows(const Expr& e) {
  if (e.kind == ExprKind::kBuiltin && e.text == "VarDump") return true;
  return shows(e.body) ||
         std::ranges::any_of(e.children, [](const auto& one) { return one != nullptr && shows(*one); });
}

void GoPrinter::print_bind(const Stmt& s) {
  const hir::Variable& v = variable(s.variable);
  const std::string& name = v.target;
  if (s.text == "static") return print_static(s);
  if (is_global(*function_, v)) return line(name + " = " + text(*s.expr));
  if (function_->has_scope && s.text == "unset") return line(name + " = scope.Unset(" + go_string(v.name) + ")");
  if (function_->has_scope) {
    return line(name + " = scope.Bind(" + go_string(v.name) + ", " + text(*s.expr) + ")");
  }
  // What the variable was bound to before may be held by something that nobody counted.
  const bool counted = !v.kept && !v.is_parameter && !v.captured;
  if (s.text == "unset") return line(name + " = " + (counted ? name + ".Forget()" : "php.NewUndefined()"));
  const std::string given = text(*s.expr);
  line(name + " = " + (counted ? name + ".Rebind(" + given + ")" : given + ".Hold()"));
}

// The variable of the package that keeps a static one, made the first time round.
void GoPrinter::print_static(const Stmt& s) {
  const std::string name = variable(s.variable).target;
  std::string wanted = (function_->target.empty() ? "script" : function_->target) + "Static" +
                       static_cast<char>(std::toupper(name[0])) + name.substr(1);
  std::string held = wanted;
  if (lambda_statics_ != nullptr) {
    held = name + "Kept" + (lambda_statics_->empty() ? "" : std::to_string(lambda_statics_->size() + 1));
    lambda_statics_->push_back(held);
  } else {
    for (int i = 2; !static_names_.insert(held).second; ++i) held = wanted + std::to_string(i);
    statics_.push_back(held);
  }
  open("if " + held + " == nil {");
  line(held + " = php.NewRef(" + text(*s.expr->children[0]) + ")");
  close("}");
  const hir::Variable& v = variable(s.variable);
  line(name + " = " + (is_global(*function_, v) ? "php.BindGlobal(" + go_string(v.name) + ", " + held + ")" : held));
}

void GoPrinter::print_if(const Stmt& s, const std::string& prefix) {
  const std::int32_t tail = std::exchange(tail_, -1);
  const auto print_branch = [&](const hir::Block& block) {
    tail_ = tail;
    print(block);
  };
  const bool otherwise = !is_void(s.otherwise, tail);
  if (is_void(s.body, tail) && otherwise) {
    may_break_ = false;
    open(prefix + "if " + negation(*s.expr, text(*s.expr, 6)) + " {");
    print_branch(s.otherwise);
    close("}");
    return;
  }
  if (is_void(s.body, tail) && prefix.empty()) {
    const std::string test = text(*s.expr);
    line("_ = " + test);
    return;
  }
  open(prefix + "if " + text(*s.expr) + " {");
  print_branch(s.body);
  if (!otherwise) return close("}");
  --indent_;
  if (s.otherwise.size() == 1 && s.otherwise[0]->kind == StmtKind::kIf && !is_void(s.otherwise[0]->body, tail)) {
    begin(*s.otherwise[0]);
    tail_ = tail;
    print_if(*s.otherwise[0], "} else ");
    return;
  }
  open("} else {");
  print_branch(s.otherwise);
  close("}");
}

std::string GoPrinter::negation(const Expr& e, const std::string& inner) {
  if (e.kind == ExprKind::kUnary && e.text == "!") return text(*e.children[0]);
  Binary b;
  if (as_binary(e, b) && (b.op == "==" || b.op == "!=")) {
    b.op = b.op == "==" ? "!=" : "==";
    return text(*b.left, 3) + " " + b.op + " " + (b.right == nullptr ? b.right_text : text(*b.right, 4));
  }
  return "!" + inner;
}

// Whether some jump to the target is not the innermost one that Go would mean.
bool GoPrinter::jumps_from_within(const hir::Block& block, std::int32_t target, bool deep, bool in_loop,
                                  bool in_try) const {
  for (const auto& s : block) {
    const bool is_jump = s->kind == StmtKind::kBreak || s->kind == StmtKind::kContinue;
    if (is_jump && s->target == target && !in_try && (s->kind == StmtKind::kBreak ? deep : in_loop)) return true;
    const bool loop = s->kind == StmtKind::kLoop || s->kind == StmtKind::kDoLoop || s->kind == StmtKind::kForeach;
    const bool inner = deep || loop || s->kind == StmtKind::kSwitch;
    // A jump out of a try is made behind it, at the try's own depth.
    const auto within = [&](const hir::Block& part) {
      return jumps_from_within(part, target, inner, in_loop || loop, in_try);
    };
    if (within(s->body) || within(s->otherwise)) return true;
    for (const hir::Case& one : s->cases) {
      if (within(one.body)) return true;
    }
    for (const hir::Catch& one : s->catches) {
      if (within(one.body)) return true;
    }
  }
  return false;
}

bool GoPrinter::needs_label(const Stmt& s) const {
  if (jumps_from_within(s.body, s.target, false, false, false)) return true;
  for (const hir::Case& one : s.cases) {
    if (jumps_from_within(one.body, s.target, false, false, false)) return true;
  }
  return false;
}

void GoPrinter::mark_label(const Stmt& s) {
  if (!needs_label(s)) return;
  --indent_;
  line(label(s.target) + ":");
  ++indent_;
}

void GoPrinter::print_loop(const Stmt& s) {
  mark_label(s);
  frames_.push_back({s.target, true, false});
  std::string step;
  bool inline_step = s.step.size() <= 1;
  if (s.step.size() == 1) {
    step = simple(*s.step[0]);
    inline_step = !step.empty();
  }
  const std::string test = s.expr == nullptr ? "" : text(*s.expr);
  std::string start;
  if (s.init.size() == 1) {
    const hir::Variable& counter = variable(s.init[0]->variable);
    start = counter.target + " := " + assigned(*s.init[0]->expr, counter.rep);
    if (!inline_step || step.empty() || start.find('\n') != std::string::npos) {
      line(start);
      start.clear();
    }
  }
  if (!inline_step) {
    // Several steps run at the end of each round, and where it is continued.
    open("for first := true; ; first = false {");
    open("if !first {");
    print(s.step);
    close("}");
    if (s.expr != nullptr) {
      open("if " + negation(*s.expr, text(*s.expr, 6)) + " {");
      line("break");
      close("}");
    }
  } else if (!step.empty()) {
    open("for " + start + "; " + test + "; " + step + " {");
  } else {
    open(test.empty() ? "for {" : "for " + test + " {");
  }
  print(s.body);
  close("}");
  frames_.pop_back();
}

std::string GoPrinter::simple(const Stmt& s) {
  if (s.kind == StmtKind::kAssign && !s.text.starts_with("declare")) {
    const std::string out = plain_assignment(s);
    return out.find('\n') == std::string::npos ? out : "";
  }
  if (s.kind == StmtKind::kExpression) {
    const std::string out = as_statement(*s.expr);
    return out.find('\n') == std::string::npos ? out : "";
  }
  return "";
}

void GoPrinter::print_do(const Stmt& s) {
  mark_label(s);
  frames_.push_back({s.target, true, false});
  open("for again := true; again; again = " + text(*s.expr) + " {");
  print(s.body);
  close("}");
  frames_.pop_back();
}

void GoPrinter::print_foreach(const Stmt& s) {
  mark_label(s);
  frames_.push_back({s.target, true, false});
  const std::string iterator = variable(s.variable).target;
  open("for " + iterator + " := " + text(*s.expr) + "; " + iterator + ".Next(); {");
  print(s.body);
  close("}");
  frames_.pop_back();
}

void GoPrinter::print_switch(const Stmt& s) {
  mark_label(s);
  frames_.push_back({s.target, false, false});
  line("switch {");
  for (const hir::Case& one : s.cases) {
    if (one.is_default) {
      line("default:");
    } else {
      std::string tests;
      for (const auto& test : one.conditions) {
        if (!tests.empty()) tests += ", ";
        tests += text(*test, 1, one.conditions.size() > 1 ? 2 : 1);
      }
      line("case " + tests + ":");
    }
    ++indent_;
    tail_ = one.falls_through ? -1 : s.target;
    print(one.body);
    if (one.falls_through) line("fallthrough");
    --indent_;
  }
  line("}");
  frames_.pop_back();
}

// Jumps out of a try are answered to it as a number, and made behind it.
void GoPrinter::print_jump(const Stmt& s) {
  const bool leaves = s.kind == StmtKind::kBreak;
  bool crosses = false;
  bool innermost = true;
  for (std::size_t i = frames_.size(); i-- > 0;) {
    if (frames_[i].is_try) {
      crosses = true;
      break;
    }
    if (frames_[i].target == s.target) break;
    if (leaves || frames_[i].is_loop) innermost = false;
  }
  if (crosses) return line("return " + std::to_string(2 * s.target + (leaves ? 2 : 3)));
  const std::string word = leaves ? "break" : "continue";
  line(innermost ? word : word + " " + label(s.target));
}

void GoPrinter::print_return(const Stmt& s) {
  if (s.text == "value" && s.expr->rep == Rep::kNothing && s.expr->kind == ExprKind::kCall) {
    line(text(*s.expr));
    return line(returns_nil_ ? "return nil" : "panic(\"unreachable\")");
  }
  if (s.text == "value") {
    line(s.expr->rep == Rep::kNull && s.expr->kind != ExprKind::kNull ? text(*s.expr) + "\n" + tabs() + "return nil"
                                                                      : "return " + text(*s.expr));
    return;
  }
  bool crosses = false;
  for (const Frame& frame : frames_) crosses = crosses || frame.is_try;
  const bool gives = !result_type(*function_).empty() && !function_->is_main;
  std::string given;
  if (s.expr != nullptr && function_->by_reference && !function_->is_generator) {
    given = text(*s.expr);  // a reference
  } else if (s.expr != nullptr) {
    given = returned(*s.expr);
  }
  if (crosses) {
    if (gives && !given.empty()) line("result = " + given);
    if (gives && given.empty()) line("result = " + zero_result());
    if (!gives && s.expr != nullptr && !given.empty()) line("_ = " + given);
    return line("return 1");
  }
  if (!gives) {
    if (s.expr != nullptr) line(as_statement(*s.expr));
    return line("return");
  }
  line("return " + (given.empty() ? zero_result() : given));
}

std::string GoPrinter::zero_result() const {
  if (function_->by_reference && !function_->is_generator) return "php.NewRef(nil)";
  return "nil";
}

std::string GoPrinter::returned(const Expr& e) {
  const Rep wanted = function_->is_generator || function_->is_closure ? Rep::kValue : function_->result;
  if (e.rep == wanted || e.kind == ExprKind::kVerbatim) return text(e);
  Expr converted;
  converted.kind = ExprKind::kConvert;
  converted.rep = wanted;
  // The node is only lent: it is taken back before the printer goes on.
  converted.children.emplace_back(const_cast<Expr*>(&e));
  std::string out = conversion(converted, 1, 1);
  static_cast<void>(converted.children[0].release());
  return out;
}

}  // namespace banyan::php
