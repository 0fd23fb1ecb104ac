#include "php_convert/lower_result_types.h"

#include <algorithm>

#include "php_check/builtins.h"

namespace banyan::php {

namespace {

constexpr int kClassesMax = 64;  // one above the other

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t at = text.find(separator);
    out.push_back(text.substr(0, at));
    text = at == text.npos ? std::string_view() : text.substr(at + 1);
  }
  return out;
}

// Whether what a method of this type gives may stand for what one of that type gives. Classes are not looked into.
bool is_covariant(std::string_view own, std::string_view wanted) {
  if (own.empty()) return false;
  if (own == "never" || own == wanted || (wanted == "mixed" && own != "void")) return true;
  const auto parts = [](std::string_view type) {
    std::vector<std::string_view> out = split(type.starts_with('?') ? type.substr(1) : type, '|');
    if (type.starts_with('?')) out.emplace_back("null");
    return out;
  };
  const auto is_class = [](std::string_view one) {
    return rep_of_type(one) == hir::Rep::kValue && one != "null" && one != "void" && one != "mixed" && one != "false";
  };
  const std::vector<std::string_view> theirs = parts(wanted);
  return std::ranges::all_of(parts(own), [&](std::string_view one) {
    return std::ranges::any_of(theirs, [&](std::string_view other) {
      return one == other || (one == "false" && other == "bool") || (is_class(one) && is_class(other));
    });
  });
}

// A method of one of PHP's own classes that a class has from above.
struct Inherited {
  const BuiltinClass* of;
  const BuiltinMethod* method;
};

class ResultTypes {
 public:
  ResultTypes(const FileLowering& shared, const hir::Class& own) : shared_(shared), own_(own) {}

  std::vector<std::pair<std::uint32_t, std::string>> deprecations() {
    if (!own_.parent.empty()) add_class(own_.parent, 0);
    const std::set<std::string> of_parent = implemented_;
    for (const std::string& one : own_.interfaces) {
      hidden_.clear();
      if (!of_parent.contains(lowered(one))) add_interface(one, 0);
    }
    return std::move(out_);
  }

 private:
  const Ast& ast() const { return shared_.file->tree.ast; }
  std::string_view text(NodeId node) const { return shared_.file->tree.node_text(shared_.file->source, node); }

  const hir::Class* find(const std::string& name) const {
    const auto found = shared_.classes.find(lowered(name));
    return found == shared_.classes.end() ? nullptr : &shared_.program.classes[static_cast<std::size_t>(found->second)];
  }

  // What it has itself and from above; what is nearer hides what is further.
  void add_class(const std::string& name, int depth) {
    if (depth > kClassesMax) return;
    if (const hir::Class* const known = find(name); known != nullptr) {
      for (const hir::MethodSpec& one : known->methods) hidden_.insert(lowered(one.name));
      if (!known->parent.empty()) add_class(known->parent, depth + 1);
      for (const std::string& one : known->interfaces) add_interface(one, depth + 1);
      return;
    }
    const BuiltinClass* const builtin = find_builtin_class(lowered(name));
    if (builtin == nullptr) return;
    add_builtin(*builtin);
    if (!builtin->parent.empty()) add_class(std::string(builtin->parent), depth + 1);
    for (const std::string_view one : split(builtin->interfaces, ',')) add_interface(std::string(one), depth + 1);
  }

  void add_interface(const std::string& name, int depth) {
    if (depth > kClassesMax || !implemented_.insert(lowered(name)).second) return;
    add_class(name, depth);
  }

  void add_builtin(const BuiltinClass& of) {
    for (const BuiltinMethod& one : of.methods) {
      const std::string key = lowered(one.name);
      if (one.is_private || one.return_text.empty() || key.starts_with("__") || !hidden_.insert(key).second) continue;
      const auto own = std::ranges::find_if(own_.methods, [&](const auto& m) { return lowered(m.name) == key; });
      if (own != own_.methods.end() && told_.insert(key).second) compare(*own, {&of, &one});
    }
  }

  void compare(const hir::MethodSpec& own, const Inherited& above) {
    const hir::Function& f = shared_.program.functions[static_cast<std::size_t>(own.signature)];
    if (is_covariant(f.return_type, above.method->return_text)) return;
    const NodeId node = shared_.nodes[static_cast<std::size_t>(own.signature)];
    const NodeId attributes = ast().child(node, function_slot::kAttributes);
    if (attributes && lowered(text(attributes)).find("returntypewillchange") != std::string::npos) return;
    const std::string mine = declaration(own, f, node);
    const std::string theirs = declaration(above);
    const bool is_known = !mine.empty() && !theirs.empty();
    out_.emplace_back(f.line, !is_known ? "result-type"
                                        : "Return type of " + mine + " should either be compatible with " + theirs +
                                              ", or the #[\\ReturnTypeWillChange] attribute should be used to"
                                              " temporarily suppress the notice");
  }

  std::string title() const {
    if (!own_.is_anonymous) return own_.name;
    if (!own_.parent.empty()) return own_.parent + "@anonymous";
    return own_.interfaces.empty() ? own_.name : own_.interfaces[0] + "@anonymous";
  }

  // "A::f(int $a, ...$b): string"; empty where a default is more than a word.
  std::string declaration(const hir::MethodSpec& own, const hir::Function& f, NodeId node) const {
    std::string list;
    const auto parameters = ast().children(ast().child(node, function_slot::kParameters));
    for (std::size_t i = 0; i < f.parameters.size(); ++i) {
      const hir::Parameter& one = f.parameters[i];
      list += (i == 0 ? "" : ", ") + one.type + (one.type.empty() ? "" : " ") + (one.by_reference ? "&" : "") +
              (one.variadic ? "..." : "") + "$" + one.name;
      if (!one.optional) continue;
      const std::string made(text(ast().child(parameters[i], parameter_slot::kDefault)));
      const bool is_word = made == "null" || made == "true" || made == "false" || made == "[]" ||
                           (made.size() < 10 && std::ranges::all_of(made, [](char c) { return c >= '0' && c <= '9'; }));
      if (!is_word) return {};
      list += " = " + made;
    }
    return (f.by_reference ? "& " : "") + title() + "::" + own.name + "(" + list + ")" +
           (f.return_type.empty() ? "" : ": " + f.return_type);
  }

  // Of PHP's own; empty where there is a default, which is not known.
  static std::string declaration(const Inherited& above) {
    std::string list;
    for (const std::string_view one : split(above.method->parameter_text, ',')) {
      const std::size_t colon = one.find(':');
      const std::string_view name = one.substr(0, colon);
      if (name.find_first_of("?&~.") != name.npos) return {};
      list += list.empty() ? "" : ", ";
      if (colon != one.npos) list += std::string(one.substr(colon + 1)) + " ";
      list += "$" + std::string(name);
    }
    return std::string(above.of->name) + "::" + std::string(above.method->name) + "(" + list +
           "): " + std::string(above.method->return_text);
  }

  const FileLowering& shared_;
  const hir::Class& own_;
  std::set<std::string> hidden_;       // by what is nearer
  std::set<std::string> implemented_;  // interfaces
  std::set<std::string> told_;
  std::vector<std::pair<std::uint32_t, std::string>> out_;
};

}  // namespace

std::vector<std::pair<std::uint32_t, std::string>> result_type_deprecations(const FileLowering& shared,
                                                                            std::int32_t class_index) {
  return ResultTypes(shared, shared.program.classes[static_cast<std::size_t>(class_index)]).deprecations();
}

}  // namespace banyan::php
