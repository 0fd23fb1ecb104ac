// Expressions as C++.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "php_convert/cpp_names.h"
#include "php_convert/cpp_printer.h"
#include "php_convert/runtime_table.h"

namespace banyan::php {

using hir::Rep;

std::string cpp_type(Rep rep) {
  switch (rep) {
    case Rep::kBool:
      return "bool";
    case Rep::kInt:
      return "std::int64_t";
    case Rep::kFloat:
      return "double";
    case Rep::kString:
      return "php::String";
    case Rep::kArray:
      return "php::Array";
    default:
      return "php::Value";
  }
}

std::string cpp_string(std::string_view bytes, bool plain) {
  std::string out = "\"";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const char* named = c == '"'    ? "\\\""
                        : c == '\\' ? "\\\\"
                        : c == '\n' ? "\\n"
                        : c == '\t' ? "\\t"
                        : c == '\r' ? "\\r"
                                    : nullptr;
    if (named != nullptr) {
      out += named;
    } else if (byte >= 0x20 && byte < 0x7f) {
      if (c == '?' && out.ends_with("?")) out += '\\';
      out += c;
    } else {
      out += '\\';
      for (int shift = 6; shift >= 0; shift -= 3) out += static_cast<char>('0' + ((byte >> shift) & 7));
    }
  }
  const bool has_zero = bytes.find('\0') != std::string_view::npos;
  return out + (plain && !has_zero ? "\"" : "\"_s");
}

static std::string cpp_float(double number) {
  if (std::isnan(number)) return "std::numeric_limits<double>::quiet_NaN()";
  if (std::isinf(number)) return std::string(number > 0 ? "" : "-") + "std::numeric_limits<double>::infinity()";
  char buffer[64];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number);
  std::string out(buffer, end);
  if (out.find_first_of(".e") == std::string::npos) out += ".0";
  return out;
}

static std::vector<const hir::Expr*> pointers(const std::vector<hir::ExprPtr>& list, std::size_t from = 0) {
  std::vector<const hir::Expr*> out;
  for (std::size_t i = from; i < list.size(); ++i) out.push_back(list[i].get());
  return out;
}

std::string CppPrinter::variable_text(std::int32_t index) const {
  const hir::Variable& v = variable(index);
  return v.storage == hir::Storage::kBox ? "*" + v.target : v.target;
}

std::string CppPrinter::argument(const Expr& e) {
  const Expr* one = &e;
  while (one->kind == ExprKind::kConvert && one->rep == Rep::kValue) one = one->children[0].get();
  return one->kind == ExprKind::kString ? behind(e, cpp_string(one->text, true)) : text(e);
}

std::string CppPrinter::list(const std::vector<const Expr*>& all) {
  std::string out;
  for (const Expr* one : all) out += (out.empty() ? "" : ", ") + argument(*one);
  return out;
}

// A list of arguments at the end is one argument in braces.
std::string CppPrinter::call(const std::string& callee, const std::vector<const Expr*>& all) {
  if (all.empty() || all.back()->kind != ExprKind::kValueList) return callee + "(" + list(all) + ")";
  std::string out = list({all.begin(), all.end() - 1});
  const std::string given = text(*all.back());
  if (given != "{}") out += (out.empty() ? "" : ", ") + given;
  return callee + "(" + out + ")";
}

std::string CppPrinter::call_rest(const std::string& callee, const std::vector<const Expr*>& all, std::size_t fixed) {
  if (!all.empty() && all.back()->kind == ExprKind::kValueList) return call(callee, all);
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(std::min(fixed, all.size()));
  std::string out = list({all.begin(), middle});
  if (middle != all.end()) out += std::string(out.empty() ? "" : ", ") + "{" + list({middle, all.end()}) + "}";
  return callee + "(" + out + ")";
}

static int strength(std::string_view op) {
  if (op == "||") return 1;
  if (op == "&&") return 2;
  if (op == "|") return 3;
  if (op == "^") return 4;
  if (op == "&") return 5;
  if (op == "==" || op == "!=") return 6;
  if (op == "<" || op == "<=" || op == ">" || op == ">=") return 7;
  if (op == "<<" || op == ">>") return 8;
  return op == "+" || op == "-" ? 9 : 10;
}

std::string CppPrinter::binary(const Expr& e, int outer) {
  const int own = strength(e.text);
  const Expr& left = *e.children[0];
  const Expr& right = *e.children[1];
  // Parentheses also where readers, and the compiler's warnings, want them.
  const auto side = [&](const Expr& one, int wanted) {
    if (one.kind == ExprKind::kString) {
      const Expr& other = &one == &left ? right : left;
      return cpp_string(one.text, other.kind != ExprKind::kString);
    }
    // A variable beside itself, of which compilers warn.
    if (&one == &right && one.kind == ExprKind::kVariable && left.kind == ExprKind::kVariable &&
        one.variable == left.variable && one.rep >= Rep::kBool && one.rep <= Rep::kFloat) {
      return "+" + text(one, 11);
    }
    const bool mixed =
        one.kind == ExprKind::kBinary && own <= 5 && strength(one.text) <= 5 && strength(one.text) != own;
    return mixed ? "(" + text(one) + ")" : text(one, wanted);
  };
  std::string out = side(left, own) + " " + e.text + " ";
  const std::uint32_t before = marked_;
  out += side(right, own + 1);
  if (own <= 2 && marked_ != before) marked_ = 0;  // it may not have run
  return own < outer ? "(" + out + ")" : out;
}

std::string CppPrinter::verbatim(const std::string& word) const {
  if (word == "this") return "self";
  if (word == "static") return "static_class";
  if (word == "php.Undef") return "php::Value::undefined()";
  if (word == "php.Optional{}") return "php::Value::undefined()";
  if (word.starts_with("php.")) return "php::" + cpp_operation(std::string_view(word).substr(4));
  for (const hir::Class& one : program_.classes) {
    if (one.target == word) return "&" + one.struct_name;
  }
  return word;
}

std::string CppPrinter::text(const Expr& e, int outer) {
  return behind(e, on_its_line(e, [&] { return plain_text(e, outer); }));
}

std::string CppPrinter::plain_text(const Expr& e, int outer) {
  switch (e.kind) {
    case ExprKind::kNull:
      return "php::Value()";
    case ExprKind::kNil:
      return "nullptr";
    case ExprKind::kBool:
      return e.integer != 0 ? "true" : "false";
    case ExprKind::kInt:
      if (e.integer == INT64_MIN) return "std::numeric_limits<std::int64_t>::min()";
      return std::to_string(e.integer);
    case ExprKind::kFloat:
      return cpp_float(e.number);
    case ExprKind::kString:
      return cpp_string(e.text, false);
    case ExprKind::kVariable:
    case ExprKind::kPlace:
      return variable_text(e.variable);
    case ExprKind::kBox:
      return variable(e.variable).target;
    case ExprKind::kConvert:
      return conversion(e);
    case ExprKind::kCopy:
      return text(*e.children[0], outer);
    case ExprKind::kBinary:
      return binary(e, outer);
    case ExprKind::kUnary: {
      const Expr& inner = *e.children[0];
      const std::string op = e.text == "^" ? "~" : e.text;
      const std::string of = inner.kind == ExprKind::kUnary ? "(" + text(inner) + ")" : text(inner, 11);
      if (op == "-" && of.starts_with("-")) return "-(" + of + ")";
      return op + of;
    }
    case ExprKind::kRuntime:
      return runtime(e);
    case ExprKind::kMethod:
      return method(e);
    case ExprKind::kBuiltin:
      return builtin(e);
    case ExprKind::kCall:
      return user_call(e);
    case ExprKind::kArrayList:
      return e.children.empty() ? "php::Array()" : "php::Array::list({" + list(pointers(e.children)) + "})";
    case ExprKind::kArrayMap:
      return "php::Array::map({" + list(pointers(e.children)) + "})";
    case ExprKind::kAssign:
      return assignment(e);
    case ExprKind::kLambda:
      return lambda(e);
    case ExprKind::kBody:
      return body_expression(e) + "()";
    case ExprKind::kValueList: {
      bool spreads = false;
      for (const auto& one : e.children) spreads = spreads || one->kind == ExprKind::kSpread;
      const std::string inner = "{" + list(pointers(e.children)) + "}";
      return spreads ? "php::arguments(" + inner + ")" : inner;
    }
    case ExprKind::kSpread:
      return "php::spread(" + argument(*e.children[0]) + ")";
    case ExprKind::kVerbatim:
      return verbatim(e.text);
    case ExprKind::kFunctionRef:
      return "&" + program_.functions[static_cast<std::size_t>(e.function)].target;
    default:
      return "php::Value()";
  }
}

std::string CppPrinter::assignment(const Expr& e) {
  const Expr& target = *e.children[0];
  const bool boxed = variable(target.variable).storage == hir::Storage::kBox;
  if (boxed && checks_references()) return variable(target.variable).target + ".set(" + argument(*e.children[1]) + ")";
  return "(" + variable_text(target.variable) + " = " + text(*e.children[1]) + ")";
}

std::string CppPrinter::user_call(const Expr& e) {
  const hir::Function& f = program_.functions[static_cast<std::size_t>(e.function)];
  std::size_t fixed = f.parameters.size();
  const bool on_class = f.class_index >= 0 && !f.is_closure;
  if (on_class) ++fixed;
  if (f.parameters.empty() || !f.parameters.back().variadic) return call(f.target, pointers(e.children));
  std::string out = call_rest(f.target, pointers(e.children), fixed - 1);
  if (e.children.size() < fixed) out.insert(out.size() - 1, e.children.empty() ? "{}" : ", {}");
  return out;
}

std::string CppPrinter::builtin(const Expr& e) {
  const RuntimeFunction* known = go_runtime_table().find_target(e.text);
  std::string out;
  std::size_t i = 0;
  const std::string callee = "php::" + cpp_operation(e.text);
  if (known == nullptr) return call(callee, pointers(e.children));
  for (; i < e.children.size(); ++i) {
    const RuntimeParameter* parameter = known->parameter(i);
    if (parameter != nullptr && parameter->variadic) break;
    const Expr& one = *e.children[i];
    std::string given = argument(one);
    if (parameter != nullptr && parameter->written_only && one.kind != ExprKind::kNil) {
      given = given.starts_with('*') ? given.substr(1) + ".place()" : "&" + given;
    } else if (parameter != nullptr && one.kind == ExprKind::kNil && !parameter->by_reference &&
               parameter->type == "?array") {
      given = "{}";
    }
    out += (i == 0 ? "" : ", ") + given;
  }
  if (i < e.children.size()) {
    const std::vector<const Expr*> rest = pointers(e.children, i);
    const bool is_list = rest.size() == 1 && rest[0]->kind == ExprKind::kValueList;
    out += std::string(i == 0 ? "" : ", ") + (is_list ? text(*rest[0]) : "{" + list(rest) + "}");
  } else if (!known->parameters.empty() && known->parameters.back().variadic &&
             e.children.size() < known->parameters.size()) {
    out += i == 0 ? "{}" : ", {}";
  }
  return callee + "(" + out + ")";
}

std::string CppPrinter::method(const Expr& e) {
  std::string base = text(*e.children[0], 11);
  if (base.starts_with('*') || base.starts_with('&')) base = "(" + base + ")";
  if (e.text == "Iter") return "php::ArrayWalk(" + text(*e.children[0]) + ")";
  if (e.text == "Len") return base + ".count()";
  if (e.text == "Extract") return call_rest(base + ".extract", pointers(e.children, 1), 1);
  return call(base + "." + cpp_operation(e.text), pointers(e.children, 1));
}

// Operations whose last arguments are any number: how many come before them.
static int fixed_before(std::string_view name) {
  if (name == "ConstantOf" || name == "MultisortPlaces") return 0;
  if (name == "FuncGetArgs" || name == "IndexPath") return 1;
  if (name == "FuncGetArg" || name == "Sscanf" || name == "StreamScan") return 2;
  constexpr auto kOfScope = std::to_array<std::string_view>(
      {"ClassNameOf",       "ParentClassOf",         "ClassExistsIn",     "InterfaceExistsIn", "TraitExistsIn",
       "EnumExistsIn",      "MethodExistsIn",        "PropertyExistsIn",  "IsAClass",          "IsSubclassOfIn",
       "ClassImplementsIn", "ClassParentsIn",        "ClassUsesIn",       "FunctionExistsIn",  "CallUser",
       "CallUserArray",     "SplAutoloadRegisterIn", "IteratorToArrayIn", "IteratorCountIn",   "IteratorApplyIn"});
  for (const std::string_view one : kOfScope) {
    if (one == name) return 1;
  }
  return -1;
}

std::string CppPrinter::runtime(const Expr& e) {
  const std::string_view name = e.text;
  auto all = pointers(e.children);
  const std::size_t object = name == "SeenByThis"             ? 2
                             : name == "StaticClosure"        ? 3
                             : name.starts_with("CallStatic") ? 4
                                                              : all.size();
  if (object < all.size() && all[object]->text == "Self") all[object] = all[object]->children[0].get();  // as it is
  if (name == "#len") return "php::length(" + text(*e.children[0]) + ")";
  if (name == "Keep") return text(*e.children[0]);
  if (name == "Given") return "php::Value(" + argument(*e.children[0]) + ")";
  if (name == "Self") {
    const bool is_method = function_->class_index >= 0 && !function_->is_closure && !function_->is_static;
    return is_method ? "self" : "php::this_value(" + text(*e.children[0]) + ")";
  }
  if (name == "NeedClass" || name == "ClassFor") return "&php::" + cpp_operation(name) + "(" + list(all) + ")";
  if (name == "ClassOf") return "&self->of()";
  if (name == "Silence") return "php::silence(" + body_expression(*e.children[0]) + ")";
  if (name == "DerefResult") return text(*e.children[0]) + ".value()";
  if (name == "ArrayOrNull") return "php::or_null(" + text(*e.children[0]) + ")";
  if (name == "Refused") return "php::not_converted(" + list(all) + ")";
  if (name == "NewRef") {
    return e.children[0]->kind == ExprKind::kNil ? "php::Ref()"
                                                 : "php::Ref(php::Value(" + argument(*e.children[0]) + "))";
  }
  if (name == "Replace" && variable(e.children[0]->variable).storage == hir::Storage::kBox && checks_references()) {
    return variable(e.children[0]->variable).target + ".replace(" + argument(*e.children[1]) + ")";
  }
  if (name == "Replace") {
    const Rep rep = variable(e.children[0]->variable).storage == hir::Storage::kBox
                        ? Rep::kValue
                        : variable(e.children[0]->variable).rep;
    return "php::replace(" + variable_text(e.children[0]->variable) + ", " + cpp_type(rep) + "(" +
           text(*e.children[1]) + "))";
  }
  if (name == "NewWith") {
    return "php::new_with(" + text(*e.children[0]) + ", " + text(*e.children[1]) +
           ", [&]() -> std::vector<php::Value> { return " + text(*e.children[2]) + "; })";
  }
  if (name == "EitherWay") {
    return "php::either_way([&]() -> php::Ref { return " + text(*e.children[0]) + "; }, [&]() -> php::Value { return " +
           text(*e.children[1]) + "; })";
  }
  const int fixed = fixed_before(name);
  const std::string callee = "php::" + cpp_operation(name);
  return fixed >= 0 ? call_rest(callee, all, static_cast<std::size_t>(fixed)) : call(callee, all);
}

std::string CppPrinter::conversion(const Expr& e) {
  const Expr& from = *e.children[0];
  const bool calls_procedure = from.kind == ExprKind::kCall && from.rep == Rep::kNothing &&
                               program_.functions[static_cast<std::size_t>(from.function)].result == Rep::kNothing;
  if (calls_procedure || (from.rep == Rep::kNull && from.kind != ExprKind::kNull)) {
    const std::string nothing = "php::null_after([&] { " + text(from) + "; })";
    constexpr std::string_view kTo[] = {
        "", "", "php::to_bool", "php::to_int", "php::to_float", "", "php::to_string", "php::to_array", ""};
    const std::string_view to = kTo[static_cast<std::size_t>(e.rep)];
    return to.empty() ? nothing : std::string(to) + "(" + nothing + ")";
  }
  switch (e.rep) {
    case Rep::kValue:
      return text(from);
    case Rep::kFloat:
      if (from.rep == Rep::kInt) return "static_cast<double>(" + text(from) + ")";
      return "php::to_float(" + text(from) + ")";
    case Rep::kInt:
      return "php::to_int(" + text(from) + ")";
    case Rep::kString:
      return "php::to_string(" + text(from) + ")";
    case Rep::kBool:
      if (from.rep == Rep::kInt || from.rep == Rep::kFloat) return "(" + text(from, 7) + " != 0)";
      return "php::to_bool(" + text(from) + ")";
    case Rep::kArray:
      return "php::to_array(" + text(from) + ")";
    default:
      return text(from);
  }
}

std::string CppPrinter::body_expression(const Expr& e) {
  const auto outer_frames = std::exchange(frames_, {});
  const bool outer = std::exchange(in_value_body_, true);
  const std::string printed = std::exchange(out_, "");
  const std::uint32_t line_at = go_line_;
  const std::uint32_t outer_marked = std::exchange(marked_, 0);
  const std::uint32_t least = std::exchange(least_said_, UINT32_MAX);
  const std::uint32_t most = std::exchange(most_said_, 0);
  ++indent_;
  ++go_line_;
  print(e.body);
  --indent_;
  const std::string inner = std::exchange(out_, printed);
  go_line_ = line_at;
  const bool strays = most_said_ != 0 && (least_said_ != outer_marked || most_said_ != outer_marked);
  marked_ = strays ? 0 : outer_marked;
  least_said_ = std::min(least, least_said_);
  most_said_ = std::max(most, most_said_);
  frames_ = outer_frames;
  in_value_body_ = outer;
  const Rep rep = e.rep == Rep::kNothing || e.rep == Rep::kNull ? Rep::kValue : e.rep;
  std::string out = "[&]() -> " + cpp_type(rep) + " {\n" + inner;
  if (!ends(e.body)) out += tabs() + "  return {};\n";
  return out + tabs() + "}";
}

}  // namespace banyan::php
