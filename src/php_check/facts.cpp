#include "php_check/facts.h"

#include <algorithm>

#include "php_check/builtins.h"
#include "php_check/names.h"

namespace banyan::php {

namespace {

std::string key_of(std::string_view name) {
  if (name.starts_with('\\')) name.remove_prefix(1);
  return lowered(name);
}

template <class Map>
auto found_in(const Map& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type{} : found->second;
}

}  // namespace

std::string_view readiness_name(Readiness readiness) {
  static constexpr std::string_view kNames[] = {"convertible", "review", "refused"};
  return kNames[static_cast<unsigned>(readiness)];
}

std::string Reason::text() const { return subject.empty() ? code : std::string(code) + ":" + subject; }

FileId Facts::find_file(std::string_view path) const {
  const auto found = file_index_.find(path);
  return found == file_index_.end() ? FileId{} : found->second;
}

ClassId Facts::find_class(std::string_view name) const { return found_in(class_index_, key_of(name)); }

FunctionId Facts::find_function(std::string_view name) const { return found_in(function_index_, key_of(name)); }

const ConstantDeclaration* Facts::find_constant(std::string_view name) const {
  if (name.starts_with('\\')) name.remove_prefix(1);
  const auto found = constant_index_.find(name);
  return found == constant_index_.end() ? nullptr : found->second;
}

FunctionId Facts::find_method(ClassId of, std::string_view name) const {
  if (!of) return {};
  const std::string key = key_of(name);
  if (const FunctionId own = found_in(method_tables_[of.value], key)) return own;
  const auto has = [&](ClassId id) { return found_in(method_tables_[id.value], key); };
  // Ancestors are nearest first, but code comes before what is only declared.
  FunctionId declared;
  for (const ClassId ancestor : classes_[of.value].ancestors) {
    if (classes_[ancestor.value].declared->kind == ClassKind::kTrait) continue;
    const FunctionId found = has(ancestor);
    if (!found) continue;
    if (functions_[found.value].declared->has_body) return found;
    if (!declared) declared = found;
  }
  return declared;
}

const PropertyDeclaration* Facts::find_property(ClassId of, std::string_view name, ClassId* owner) const {
  if (!of) return nullptr;
  const auto search = [&](ClassId id) -> const PropertyDeclaration* {
    for (const PropertyDeclaration& one : classes_[id.value].declared->properties) {
      if (one.name != name) continue;
      if (owner != nullptr) *owner = id;
      return &one;
    }
    return nullptr;
  };
  if (const PropertyDeclaration* const own = search(of)) return own;
  for (const ClassId ancestor : classes_[of.value].ancestors) {
    if (const PropertyDeclaration* const found = search(ancestor)) return found;
  }
  return nullptr;
}

const ConstantDeclaration* Facts::find_class_constant(ClassId of, std::string_view name, ClassId* owner) const {
  if (!of) return nullptr;
  const auto search = [&](ClassId id) -> const ConstantDeclaration* {
    for (const ConstantDeclaration& one : classes_[id.value].declared->constants) {
      if (one.name != name) continue;
      if (owner != nullptr) *owner = id;
      return &one;
    }
    return nullptr;
  };
  if (const ConstantDeclaration* const own = search(of)) return own;
  for (const ClassId ancestor : classes_[of.value].ancestors) {
    if (const ConstantDeclaration* const found = search(ancestor)) return found;
  }
  return nullptr;
}

bool Facts::is_subclass(std::string_view name, std::string_view ancestor) const {
  const std::string key = key_of(name);
  const std::string wanted = key_of(ancestor);
  if (key == wanted) return true;
  const ClassId id = found_in(class_index_, key);
  if (!id) return is_builtin_descendant(key, wanted);
  const auto matches = [&](const ClassDeclaration& one) {
    if (one.key == wanted || is_builtin_descendant(one.parent, wanted)) return true;
    return std::any_of(one.interfaces.begin(), one.interfaces.end(),
                       [&](const std::string& interface) { return is_builtin_descendant(interface, wanted); });
  };
  if (matches(*classes_[id.value].declared)) return true;
  for (const ClassId one : classes_[id.value].ancestors) {
    if (matches(*classes_[one.value].declared)) return true;
  }
  return false;
}

FunctionId Facts::function_at(FileId file, std::uint32_t offset) const {
  const FileInfo& info = files_[file.value];
  FunctionId best = info.functions.front();
  for (const FunctionId id : info.functions) {
    const Place& place = functions_[id.value].declared->place;
    if (place.offset <= offset && offset < place.end) best = id;
  }
  return best;
}

std::vector<FunctionId> Facts::why(FunctionId function, Effects effect) const {
  std::unordered_map<std::uint32_t, std::uint32_t> came_from;
  std::vector<std::uint32_t> queue = {function.value};
  came_from.emplace(function.value, function.value);
  for (std::size_t at = 0; at < queue.size(); ++at) {
    const FunctionInfo& info = functions_[queue[at]];
    if ((info.own_effects & effect) != 0) {
      std::vector<FunctionId> chain = {{queue[at]}};
      while (chain.back() != function) chain.push_back({came_from[chain.back().value]});
      std::reverse(chain.begin(), chain.end());
      return chain;
    }
    for (const FunctionId callee : info.callees) {
      if (came_from.emplace(callee.value, queue[at]).second) queue.push_back(callee.value);
    }
  }
  return {};
}

std::string Facts::signature(FunctionId function) const {
  const FunctionInfo& info = functions_[function.value];
  const FunctionDeclaration& declared = *info.declared;
  std::string out = declared.name + "(";
  bool first = true;
  for (const ParameterDeclaration& one : declared.parameters) {
    if (!first) out += ", ";
    first = false;
    const Type& type = one.has_native ? one.native : one.doc;
    if (!type.is_nothing()) out += type_text(type) + " ";
    out += std::string(one.by_reference ? "&" : "") + (one.variadic ? "..." : "") + "$" + one.name;
    if (!one.default_text.empty()) out += " = " + one.default_text;
  }
  return out + "): " + type_text(info.return_type);
}

namespace {

void spell(const Facts& facts, const Type& type, std::vector<std::pair<std::string, std::string>>& names) {
  for (const ClassType& one : type.detail().classes) {
    const ClassId id = facts.find_class(one.name);
    const BuiltinClass* const builtin = id ? nullptr : find_builtin_class(one.name);
    if (id) names.emplace_back(one.name, facts.at(id).declared->name);
    if (builtin != nullptr) names.emplace_back(one.name, builtin->name);
    for (const Type& argument : one.arguments) spell(facts, argument, names);
  }
  if (!type.detail().has_array) return;
  spell(facts, type.detail().key, names);
  spell(facts, type.detail().value, names);
  for (const ShapeKey& one : type.detail().shape) spell(facts, one.value, names);
}

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '\\' ||
         c == '@' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string Facts::type_text(const Type& type) const {
  const std::string text = type.text();
  std::vector<std::pair<std::string, std::string>> names;
  spell(*this, type, names);
  if (names.empty()) return text;
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\'') {
      const std::size_t close = std::min(text.find('\'', i + 1), text.size() - 1);
      out.append(text, i, close - i + 1);
      i = close + 1;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_word_byte(text[end]) &&
           !(text[end] == ':' && end + 1 < text.size() && text[end + 1] == ' '))
      ++end;
    if (end == i) {
      out += text[i++];
      continue;
    }
    const std::string word = text.substr(i, end - i);
    const auto known = std::find_if(names.begin(), names.end(), [&word](const auto& one) { return one.first == word; });
    out += known == names.end() ? word : known->second;
    i = end;
  }
  return out;
}

Type ExpressionTypes::at(NodeId node) const {
  const auto found = types_.find(node.value);
  return found == types_.end() ? Type() : found->second;
}

void ExpressionTypes::add(NodeId node, const Type& type) {
  Type& known = types_[node.value];
  known = join(known, type);
}

}  // namespace banyan::php
