// Expressions as Go. Blanks around binary operators follow gofmt: they show how tightly an operator binds where several
// of different strength meet (go/printer, nodes.go).
#include <charconv>
#include <cmath>

#include "php_convert/go_printer.h"

namespace banyan::php {

std::string go_type(hir::Rep rep) {
  switch (rep) {
    case hir::Rep::kBool:
      return "bool";
    case hir::Rep::kInt:
      return "int";
    case hir::Rep::kFloat:
      return "float64";
    case hir::Rep::kNumber:
      return "php.Num";
    case hir::Rep::kString:
      return "string";
    case hir::Rep::kArray:
      return "*php.Array";
    default:
      return "php.Value";
  }
}

std::string go_string(std::string_view bytes) {
  std::string out = "\"";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        if (c >= 0x20 && c < 0x7f) {
          out += static_cast<char>(c);
        } else {
          constexpr char kDigits[] = "0123456789abcdef";
          out += "\\x";
          out += kDigits[c >> 4];
          out += kDigits[c & 15];
        }
    }
  }
  return out + "\"";
}

std::string go_float(double number) {
  if (std::isnan(number)) return "math.NaN()";
  if (std::isinf(number)) return number > 0 ? "math.Inf(1)" : "math.Inf(-1)";
  if (number == 0 && std::signbit(number)) return "math.Copysign(0, -1)";
  char buffer[64];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number);
  std::string out(buffer, end);
  if (out.find_first_of(".e") == std::string::npos) out += ".0";
  return out;
}

const hir::Variable& GoPrinter::variable(std::int32_t index) const {
  return function_->variables[static_cast<std::size_t>(index)];
}

std::string GoPrinter::target_name(std::int32_t index) const { return variable(index).target; }

std::string GoPrinter::variable_text(std::int32_t index) const {
  return variable(index).storage == hir::Storage::kBox ? target_name(index) + ".V" : target_name(index);
}

// Whether a reference may be bound to a typed property, which then has a say in what is assigned.
bool GoPrinter::checks_references() const {
  if (!program_.refers_to_properties) return false;
  for (const hir::Class& one : program_.classes) {
    for (const hir::PropertySpec& property : one.properties) {
      if (!property.type.empty() && property.type != "mixed") return true;
    }
  }
  return false;
}

int GoPrinter::precedence_of(std::string_view op) {
  if (op == "||") return 1;
  if (op == "&&") return 2;
  if (op == "==" || op == "!=" || op == "<" || op == "<=" || op == ">" || op == ">=") return 3;
  if (op == "+" || op == "-" || op == "|" || op == "^") return 4;
  return 5;
}

static bool is_literal(const hir::Expr& e) {
  return e.kind == hir::ExprKind::kInt || e.kind == hir::ExprKind::kFloat || e.kind == hir::ExprKind::kString;
}

bool GoPrinter::as_binary(const Expr& e, Binary& out) {
  if (e.kind == ExprKind::kBinary) {
    out = {e.text, e.children[0].get(), e.children[1].get(), ""};
    // Go puts what is compared first, and the literal that it is compared with behind.
    const bool equality = e.text == "==" || e.text == "!=";
    if (equality && is_literal(*out.left) && !is_literal(*out.right)) std::swap(out.left, out.right);
    return true;
  }
  if (e.kind == ExprKind::kRuntime && e.text == "IsNull") {
    out = {"==", e.children[0].get(), nullptr, "nil"};
    return true;
  }
  if (e.kind == ExprKind::kUnary && e.text == "!") {  // !(a == b) is a != b
    Binary inner;
    if (as_binary(*e.children[0], inner) && (inner.op == "==" || inner.op == "!=")) {
      out = inner;
      out.op = inner.op == "==" ? "!=" : "==";
      return true;
    }
  }
  if (e.kind == ExprKind::kConvert && e.rep == Rep::kBool) {
    const Expr& from = *e.children[0];
    if (from.rep == Rep::kInt || from.rep == Rep::kFloat) {
      out = {"!=", &from, nullptr, "0"};
      return true;
    }
  }
  return false;
}

void GoPrinter::walk(const Expr& e, bool& has4, bool& has5, int& problem) {
  Binary b;
  if (!as_binary(e, b)) return;
  const int precedence = precedence_of(b.op);
  has4 = has4 || precedence == 4;
  has5 = has5 || precedence == 5;
  Binary side;
  if (b.left != nullptr && as_binary(*b.left, side) && precedence_of(side.op) >= precedence) {
    walk(*b.left, has4, has5, problem);
  }
  if (b.right == nullptr) return;
  if (as_binary(*b.right, side)) {
    if (precedence_of(side.op) > precedence) walk(*b.right, has4, has5, problem);
  } else if (b.right->kind == ExprKind::kUnary || (b.right->kind == ExprKind::kInt && b.right->integer < 0)) {
    if (b.op == "-" || b.op == "+") problem = std::max(problem, 4);
    if (b.op == "&") problem = std::max(problem, b.right->text == "^" ? 5 : problem);
  }
}

std::string GoPrinter::binary(const Expr& e, int outer, int depth) {
  Binary b;
  as_binary(e, b);
  const int precedence = precedence_of(b.op);
  if (precedence < outer) {
    const int inner = depth - 1 > 1 ? depth - 2 : std::max(depth - 1, 1);
    return "(" + text(e, 1, std::max(inner, 1)) + ")";
  }
  bool has4 = false;
  bool has5 = false;
  int problem = 0;
  walk(e, has4, has5, problem);
  int cutoff = depth == 1 ? 6 : 4;
  if (has4 && has5) cutoff = depth == 1 ? 5 : 4;
  if (problem > 0) cutoff = problem + 1;
  Binary side;
  const bool same = as_binary(*b.left, side) && precedence_of(side.op) == precedence;
  const std::string left = text(*b.left, precedence, depth + (same ? 0 : 1));
  const char* const blank = precedence < cutoff ? " " : "";
  const std::string before = b.right == nullptr ? blank : gap(*b.right, blank);
  const bool breaks = before == "\n";
  indent_ += breaks ? 1 : 0;
  const std::string right = b.right == nullptr ? b.right_text : text(*b.right, precedence + 1, depth + 1);
  std::string out = left + blank + b.op + before + (breaks ? tabs() : "") + right;
  indent_ -= breaks ? 1 : 0;
  return out;
}

std::string GoPrinter::arguments(const std::vector<const Expr*>& list, int depth, ListKind kind) {
  std::string out;
  if (list.size() > 1) ++depth;
  const int indent = indent_;
  for (std::size_t i = 0; i < list.size(); ++i) {
    // A key stands on the line of its value.
    const bool is_key =
        kind == ListKind::kPairs && i % 2 == 0 && i + 1 < list.size() && first_told(*list[i]) == nullptr;
    const std::string before = gap(*list[is_key ? i + 1 : i], i == 0 ? "" : " ");
    if (i > 0) out += ",";
    out += before;
    if (before == "\n") {
      indent_ = indent + 1;
      out += tabs();
    }
    // Where any type is taken, a number need not become a value.
    const Expr& given = *list[i];
    const bool is_number = kind == ListKind::kTyped && given.kind == ExprKind::kConvert && given.rep == Rep::kValue &&
                           given.children[0]->rep == Rep::kNumber;
    const std::string one = is_number ? number(*given.children[0], depth) : text(given, 1, depth);
    // Where any type is taken, a bare nil does not tell its own.
    out += kind == ListKind::kTyped && one == "nil" ? "php.Value(nil)" : one;
  }
  indent_ = indent;
  return out;
}

std::string GoPrinter::call(const std::string& callee, const std::vector<const Expr*>& list, int depth) {
  // A list of arguments is spread at the end.
  if (!list.empty() && list.back()->kind == ExprKind::kValueList) {
    const Expr& values = *list.back();
    bool spreads = false;
    for (const auto& one : values.children) spreads = spreads || one->kind == ExprKind::kSpread;
    std::vector<const Expr*> all(list.begin(), list.end() - 1);
    if (!spreads) {
      for (const auto& one : values.children) all.push_back(one.get());
      return callee + "(" + arguments(all, depth) + ")";
    }
    const bool may_break = std::exchange(may_break_, false);  // two lists would be one
    std::string out = arguments(all, depth + 1);
    if (!out.empty()) out += ", ";
    std::vector<const Expr*> spread;
    for (const auto& one : values.children) spread.push_back(one.get());
    out = callee + "(" + out + "php.Arguments(" + arguments(spread, depth + 1) + ")...)";
    may_break_ = may_break;
    return out;
  }
  return callee + "(" + arguments(list, depth) + ")";
}

static std::vector<const hir::Expr*> pointers(const std::vector<hir::ExprPtr>& list, std::size_t from = 0) {
  std::vector<const hir::Expr*> out;
  for (std::size_t i = from; i < list.size(); ++i) out.push_back(list[i].get());
  return out;
}

// Whatever takes no php.Num takes any value, in which none may be hidden.
std::string GoPrinter::text(const Expr& e, int precedence, int depth) {
  if (e.rep != Rep::kNumber) return plain_text(e, precedence, depth);
  // Arithmetic of values is there with a value as its result, too: php.NumAdd is php.Add.
  std::string out = number(e, depth);
  const bool is_turned = e.text == "Turned";
  const bool has_twin = e.kind == ExprKind::kRuntime && !e.text.starts_with("Num.");
  const std::string_view made = is_turned ? "php.Turned(php.Num" : "php.Num";
  if (has_twin && out.starts_with(made)) return out.erase(made.size() - 3, 3);
  return out + ".Value()";
}

// An expression of a number as a php.Num, to which a method may be added.
std::string GoPrinter::number(const Expr& e, int depth) {
  const std::string out = plain_text(e, 7, depth);
  return out.starts_with('&') || out.starts_with('*') ? "(" + out + ")" : out;
}

std::string GoPrinter::plain_text(const Expr& e, int precedence, int depth) {
  Binary as;
  if (as_binary(e, as)) return binary(e, precedence, depth);
  switch (e.kind) {
    case ExprKind::kNull:
    case ExprKind::kNil:
      return "nil";
    case ExprKind::kBool:
      return e.integer != 0 ? "true" : "false";
    case ExprKind::kInt:
      if (e.integer == INT64_MIN) return "math.MinInt64";
      if (e.integer == INT64_MAX) return "math.MaxInt64";
      return std::to_string(e.integer);
    case ExprKind::kFloat:
      return go_float(e.number);
    case ExprKind::kString:
      return go_string(e.text);
    case ExprKind::kVariable:
      return variable_text(e.variable);
    case ExprKind::kBox:
      return target_name(e.variable);
    case ExprKind::kPlace:
      return "&" + variable_text(e.variable);
    case ExprKind::kConvert:
      return conversion(e, precedence, depth);
    case ExprKind::kCopy:
      if (e.rep == Rep::kArray) return text(*e.children[0], 7, depth) + ".Clone()";
      return "php.Copy(" + text(*e.children[0], 1, depth) + ")";
    case ExprKind::kUnary:
      return e.text + text(*e.children[0], 6, depth);
    case ExprKind::kRuntime:
      return runtime(e, precedence, depth);
    case ExprKind::kMethod:
      return method(e, depth);
    case ExprKind::kBuiltin:
      return call("php." + e.text, pointers(e.children), depth);
    case ExprKind::kCall:
      return user_call(e, depth);
    case ExprKind::kArrayList:
      return e.children.empty() ? "php.NewArray()" : call("php.List", pointers(e.children), depth);
    case ExprKind::kArrayMap:
      return "php.Map(" + arguments(pointers(e.children), depth, ListKind::kPairs) + ")";
    case ExprKind::kAssign:
      return assignment(e, depth);
    case ExprKind::kLambda:
      return lambda(e);
    case ExprKind::kBody:
      return body_expression(e) + "()";
    case ExprKind::kValueList:
      return "[]php.Value{" + arguments(pointers(e.children), depth) + "}";
    case ExprKind::kSpread:
      return "php.Spread(" + text(*e.children[0], 1, depth) + ")";
    case ExprKind::kVerbatim:
      return e.text;
    case ExprKind::kFunctionRef:
      return program_.functions[static_cast<std::size_t>(e.function)].target;
    default:
      return "nil";
  }
}

// An assignment whose value is wanted.
std::string GoPrinter::assignment(const Expr& e, int depth) {
  const Expr& target = *e.children[0];
  const bool boxed = variable(target.variable).storage == hir::Storage::kBox;
  const std::string where = "&" + variable_text(target.variable);
  const std::string type = go_type(boxed ? Rep::kValue : variable(target.variable).rep);
  if (boxed && checks_references()) {
    return target_name(target.variable) + ".Set(" + text(*e.children[1], 1, depth) + ")";
  }
  if (type == "php.Value") return "php.Set(" + where + ", " + text(*e.children[1], 1, depth + 1) + ")";
  const Expr& given = *e.children[1];
  const bool is_number = type == go_type(Rep::kNumber);
  return "php.Assign(" + where + ", " + (is_number ? number(given, depth + 1) : text(given, 1, depth + 1)) + ")";
}

std::string GoPrinter::user_call(const Expr& e, int depth) {
  const hir::Function& callee = program_.functions[static_cast<std::size_t>(e.function)];
  std::vector<const Expr*> list = pointers(e.children);
  std::string out;
  if (!callee.reasons.empty()) out = "";
  out = call(callee.target, list, depth);
  return out;
}

std::string GoPrinter::method(const Expr& e, int depth) {
  const Expr& of = *e.children[0];
  std::string base = of.rep == Rep::kNumber ? number(of, depth) : text(of, 7, depth);
  if (base[0] == '&') base = "(" + base + ")";
  const bool has_key = of.rep == Rep::kArray && (e.text == "Get" || e.text == "Put");
  const Expr* const key = has_key ? e.children[1].get() : nullptr;
  if (key == nullptr || key->kind != ExprKind::kConvert || key->rep != Rep::kValue) {
    return call(base + "." + e.text, pointers(e.children, 1), depth);
  }
  // A key that is a number need not become a value.
  const Expr& given = *key->children[0];
  if (given.rep == Rep::kInt && given.kind != ExprKind::kInt) {
    return call(base + "." + e.text + "Int", pointers(e.children, 1), depth);
  }
  if (given.rep != Rep::kNumber) return call(base + "." + e.text, pointers(e.children, 1), depth);
  const std::string at = number(given, depth + (e.text == "Put" ? 1 : 0));
  if (e.text == "Get") return base + ".GetNum(" + at + ")";
  return base + ".PutNum(" + at + ", " + text(*e.children[2], 1, depth + 1) + ")";
}

void GoPrinter::mention(const Expr& name, std::uint32_t offset) {
  if (name.text != "_ENV" && name.text != "_REQUEST") return;
  std::uint32_t& first = superglobals_.emplace(name.text, offset).first->second;
  first = std::min(first, offset);
}

std::string GoPrinter::mentions() const {
  if (superglobals_.empty()) return {};
  const auto env = superglobals_.find("_ENV");
  const auto request = superglobals_.find("_REQUEST");
  if (env == superglobals_.end()) return "php.Mentions(\"_REQUEST\")";
  if (request == superglobals_.end()) return "php.Mentions(\"_ENV\")";
  return env->second < request->second ? "php.Mentions(\"_ENV\", \"_REQUEST\")"
                                       : "php.Mentions(\"_REQUEST\", \"_ENV\")";
}

// A function that gives one value: on one line where gofmt has it so, which is by its length (go/printer, nodes.go).
std::string GoPrinter::giving(const std::string& header, const std::function<std::string()>& value) {
  constexpr std::size_t kLengthMax = 100;
  const std::size_t marks = lines_.size();
  const std::uint32_t line_at = go_line_;
  const std::string body = "return " + value();
  if (header.size() + body.size() <= kLengthMax && body.find('\n') == std::string::npos) {
    return header + " { " + body + " }";
  }
  // What was printed moves a line down and a step in.
  for (std::size_t i = marks; i < lines_.size(); ++i) ++lines_[i].first;
  std::string out = header + " {\n" + tabs() + std::string(step_);
  for (const char c : body) {
    out += c;
    if (c == '\n') out += step_;
  }
  out += "\n" + tabs() + "}";
  go_line_ = line_at + newlines(out);
  claimed_ = 0;
  return out;
}

std::string GoPrinter::with_functions(const Expr& e, int depth) {
  if (e.text == "NewWith") {
    const std::string what = text(*e.children[0]) + ", " + text(*e.children[1]);
    return "php.NewWith(" + what + ", " +
           giving("func() []php.Value",
                  [&] {
                    const std::string list = call("", {e.children[2].get()}, depth);
                    const bool spreads = list.ends_with(")...)");
                    const std::string given = list.substr(1, list.size() - (spreads ? 5 : 2));
                    return spreads ? given : "[]php.Value{" + given + "}";
                  }) +
           ")";
  }
  const std::string reference = giving("func() *php.Ref", [&] { return text(*e.children[0]); });
  return "php.EitherWay(" + reference + ", " + giving("func() php.Value", [&] { return text(*e.children[1]); }) + ")";
}

std::string GoPrinter::runtime(const Expr& e, int precedence, int depth) {
  static_cast<void>(precedence);
  const bool names = e.text == "Superglobal" || e.text == "SuperglobalPlace" || e.text == "SuperglobalRef" ||
                     e.text == "SetSuperglobal";
  if (names) mention(*e.children[0], e.offset);
  if (e.text.starts_with("Num.")) return number_operation(e, depth);
  if (e.text == "Now" && e.rep == Rep::kNumber) return "php.Now(" + number(*e.children[0], depth) + ")";
  if (e.text == "#len") return "len(" + text(*e.children[0], 1, depth) + ")";
  if (e.text == "Silence") return "php.Silence(" + body_expression(*e.children[0]) + ")";
  if (e.text == "Replace") {
    const std::int32_t slot = e.children[0]->variable;
    if (variable(slot).storage == hir::Storage::kBox && checks_references()) {
      return target_name(slot) + ".Replace(" + text(*e.children[1], 1, depth) + ")";
    }
    const Expr& given = *e.children[1];
    return "php.Replace(&" + variable_text(slot) + ", " +
           (given.rep == Rep::kNumber ? number(given, depth + 1) : text(given, 1, depth + 1)) + ")";
  }
  if (e.text == "Static") return "nil";
  if (e.text == "NewWith" || e.text == "EitherWay") {
    const bool may_break = std::exchange(may_break_, false);
    std::string out = with_functions(e, depth);
    may_break_ = may_break;
    return out;
  }
  if (e.text == "OrFalse" || e.text == "OrNull") return "php." + e.text + "(" + text(*e.children[0], 1, depth) + ")";
  if (e.text == "Less" || e.text == "LessEqual" || e.text == "Greater" || e.text == "GreaterEqual") {
    return "php." + e.text + "(" + arguments(pointers(e.children), depth, ListKind::kTyped) + ")";
  }
  return call("php." + e.text, pointers(e.children), depth);
}

std::string GoPrinter::conversion(const Expr& e, int precedence, int depth) {
  const Expr& from = *e.children[0];
  if (from.kind == ExprKind::kCall && from.rep == Rep::kNothing) {
    // A function that gives nothing, where PHP has null.
    const hir::Function& callee = program_.functions[static_cast<std::size_t>(from.function)];
    if (callee.result == Rep::kNothing) {
      const std::string nothing = "php.Void(func() { " + unbroken(from, 1) + " })";
      if (e.rep == Rep::kValue) return nothing;
      Expr held;
      held.kind = ExprKind::kVerbatim;
      held.rep = Rep::kValue;
      held.text = nothing;
      Expr outer;
      outer.kind = ExprKind::kConvert;
      outer.rep = e.rep;
      outer.children.push_back(std::make_unique<Expr>(std::move(held)));
      return conversion(outer, precedence, depth);
    }
  }
  // A builtin that gives nothing is null, too.
  const bool is_void = from.rep == Rep::kNull && from.kind != ExprKind::kNull && from.kind != ExprKind::kNil;
  const bool is_literal_float = from.rep == Rep::kFloat && from.kind == ExprKind::kFloat;
  const bool is_limit = from.kind == ExprKind::kInt && (from.integer == INT64_MAX || from.integer == INT64_MIN);
  if (e.rep == Rep::kValue && !is_void && !is_literal_float && !is_limit && from.rep != Rep::kNumber) {
    const bool is_array = from.rep == Rep::kArray && from.kind == ExprKind::kVariable;
    return text(from, is_array ? 1 : precedence, depth);
  }
  if (e.rep == Rep::kNumber || from.rep == Rep::kNumber) return number_conversion(e, depth);
  const std::string inner = is_void ? "php.Void(func() { " + unbroken(from, depth) + " })" : text(from, 1, depth);
  switch (e.rep) {
    case Rep::kValue:
      return is_literal_float ? "float64(" + inner + ")" : is_limit ? "int(" + inner + ")" : inner;
    case Rep::kFloat:
      if (from.rep == Rep::kInt) return "float64(" + inner + ")";
      return "php.ToFloat(" + inner + ")";
    case Rep::kInt:
      if (from.rep == Rep::kFloat) return "php.FloatToInt(" + inner + ")";
      return "php.ToInt(" + inner + ")";
    case Rep::kString:
      if (from.rep == Rep::kInt) return "strconv.Itoa(" + inner + ")";
      return "php.ToString(" + inner + ")";
    case Rep::kBool:
      if (from.rep == Rep::kArray) return "php.ToBool(" + inner + ")";
      return "php.ToBool(" + inner + ")";
    case Rep::kArray:
      return "php.ToArray(" + inner + ")";
    default:
      return inner;
  }
}

// A method of php.Num.
std::string GoPrinter::number_operation(const Expr& e, int depth) {
  return number(*e.children[0], depth) + "." + e.text.substr(4) + "(" + number(*e.children[1], depth) + ")";
}

std::string GoPrinter::number_conversion(const Expr& e, int depth) {
  const Expr& from = *e.children[0];
  if (e.rep == Rep::kNumber) {
    const char* const made = from.rep == Rep::kInt ? "php.Int(" : from.rep == Rep::kFloat ? "php.Float(" : "php.ToNum(";
    return made + text(from, 1, depth) + ")";
  }
  if (e.rep == Rep::kValue) return text(from, 1, depth);
  const std::string given = number(from, depth);
  switch (e.rep) {
    case Rep::kInt:
      return given + ".Int()";
    case Rep::kFloat:
      return given + ".Float()";
    case Rep::kString:
      return given + ".String()";
    case Rep::kBool:
      return given + ".Bool()";
    case Rep::kArray:
      return "php.ToArray(" + given + ".Value())";
    default:
      return text(from, 1, depth);
  }
}

// What stands in a function on one line.
std::string GoPrinter::unbroken(const Expr& e, int depth) {
  const bool may_break = std::exchange(may_break_, false);
  std::string out = text(e, 1, depth);
  may_break_ = may_break;
  return out;
}

std::string GoPrinter::body_expression(const Expr& e) {
  const auto outer_frames = std::exchange(frames_, {});
  const bool outer = std::exchange(in_value_body_, true);
  const bool outer_nil = std::exchange(returns_nil_, go_type(e.rep) == "php.Value" || e.rep == Rep::kArray);
  const std::string printed = std::exchange(out_, "");
  const std::uint32_t line_at = go_line_;
  const std::uint32_t statement_line = statement_line_;
  ++indent_;
  statement_line_ = ++go_line_;
  print(e.body);
  --indent_;
  std::string inner = std::exchange(out_, printed);
  statement_line_ = statement_line;
  frames_ = outer_frames;
  in_value_body_ = outer;
  returns_nil_ = outer_nil;
  std::string out = "func() " + go_type(e.rep) + " {\n" + inner;
  if (!ends(e.body)) out += tabs() + "\treturn nil\n";
  out += tabs() + "}";
  go_line_ = line_at + newlines(out);
  claimed_ = 0;
  return out;
}

}  // namespace banyan::php
