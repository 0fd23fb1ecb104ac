// Classes as Go: a descriptor with constants, properties and methods, which are functions of the package.
#include "php_convert/go_printer.h"
#include "php_parse/ast.h"

namespace banyan::php {

namespace {

std::string flags_text(std::uint16_t modifiers) {
  std::string out = (modifiers & kFlagPrivate) != 0     ? "php.Private"
                    : (modifiers & kFlagProtected) != 0 ? "php.Protected"
                                                        : "php.Public";
  if ((modifiers & kFlagStatic) != 0) out += "|php.Static";
  if ((modifiers & kFlagAbstract) != 0) out += "|php.Abstract";
  if ((modifiers & kFlagFinal) != 0) out += "|php.Final";
  if ((modifiers & kFlagReadonly) != 0) out += "|php.ReadOnly";
  return out;
}

std::string string_list(const std::vector<std::string>& list) {
  std::string out = "[]string{";
  for (std::size_t i = 0; i < list.size(); ++i) out += (i == 0 ? "" : ", ") + go_string(list[i]);
  return out + "}";
}

}  // namespace

std::string GoPrinter::lazy(const hir::ExprPtr& value) {
  if (value == nullptr) return "nil";
  Use use;
  mentions(*value, use);
  if (use.mentioned.empty()) return giving("func() php.Value", [&] { return text(*value); });
  std::string out = "func() php.Value {\n";
  ++indent_;
  for (const std::int32_t one : use.mentioned) {
    out += tabs() + "var " + variable(one).target + " " + go_type(variable(one).rep) + "\n";
  }
  out += tabs() + "return " + text(*value) + "\n";
  --indent_;
  return out + tabs() + "}";
}

void GoPrinter::print_class(const hir::Class& one) {
  function_ = &program_.functions[static_cast<std::size_t>(one.initializer)];
  comments(one.comment);
  at(one.offset);
  const std::string kind = one.kind == "interface" ? ", Interface: true"
                           : one.kind == "enum"    ? ", Enum: true, Final: true"
                                                   : "";
  line("var " + one.target + " = &php.Class{Name: " + go_string(one.name) + kind + "}");
  line("");
  open("func init() {");
  const std::string c = one.target;
  if (!one.parent.empty()) line(c + ".Extends(" + go_string(one.parent) + ")");
  if (!one.interfaces.empty()) line(c + ".Implements(" + string_list(one.interfaces) + "...)");
  if (!one.traits.empty()) line(c + ".Uses(" + string_list(one.traits) + "...)");
  if (one.kind == "trait") line(c + ".Trait()");
  if (!one.backing.empty()) line(c + ".Backed(" + go_string(one.backing) + ")");
  if ((one.modifiers & (kFlagAbstract | kFlagFinal)) != 0) {
    line(c + ".Modify(" + ((one.modifiers & kFlagAbstract) != 0 ? "php.Abstract" : "php.Final") + ")");
  }
  if ((one.modifiers & kFlagReadonly) != 0) line(c + ".ReadOnlyClass()");
  if (one.allows_dynamic) line(c + ".AllowDynamic()");
  if (one.is_anonymous) line(c + ".Anonymous(" + std::to_string(one.line) + ")");
  for (const auto& [at_line, message] : one.deprecations) {
    line(c + ".Deprecates(" + std::to_string(at_line) + ", " + go_string(message) + ")");
  }
  for (const hir::ClassConstant& constant : one.constants) {
    const std::string name = go_string(constant.name);
    if (constant.is_case) {
      line(c + ".Case(" + name + ", " + lazy(constant.value) + ")");
    } else {
      line(c + ".Const(" + name + ", " + flags_text(constant.modifiers) + ", " + lazy(constant.value) + ")");
    }
  }
  for (const hir::PropertySpec& property : one.properties) {
    const bool starts_null = !property.has_default && (property.type.empty() || property.promoted_untyped);
    const std::string value = property.has_default ? lazy(property.value) : starts_null ? "php.StartNull" : "nil";
    line(c + ".Prop(" + go_string(property.name) + ", " + flags_text(property.modifiers) + ", " +
         go_string(property.type) + ", " + value + ")");
  }
  for (const hir::MethodSpec& method : one.methods) print_method_entry(one, method);
  close("}");
  line("");
  for (const hir::MethodSpec& method : one.methods) {
    if (method.function >= 0 && one.kind != "trait") print_function(method.function);
  }
}

void GoPrinter::print_method_entry(const hir::Class& one, const hir::MethodSpec& method) {
  hir::Function& f = program_.functions[static_cast<std::size_t>(method.signature)];
  std::uint16_t modifiers = method.modifiers;
  if (one.kind == "interface") modifiers |= kFlagAbstract;
  if (one.kind == "trait" && method.function >= 0) {
    line(one.target + ".Method(" + go_string(method.name) + ", " + flags_text(modifiers) + ", php.OfTrait)");
    return;
  }
  std::vector<std::string> defaults;
  hir::Function* const outer = std::exchange(function_, &f);
  for (std::size_t i = 0; i < f.parameters.size(); ++i) defaults.push_back(default_text(f, i));
  function_ = outer;
  const std::string target = method.function < 0 ? "nil" : f.target;
  line(one.target + ".Method(" + go_string(method.name) + ", " + flags_text(modifiers) + ", " + target + ")" +
       metadata(f, defaults));
}

}  // namespace banyan::php
