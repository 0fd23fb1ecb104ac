#include "php_check/builtins.h"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "embed/archive.h"
#include "php_check/builtin_effects.h"
#include "php_parse/name_scope.h"

namespace banyan {
extern const EmbeddedArchive kBuiltinTable;
}

namespace banyan::php {

namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  if (text.empty()) return parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// Separates by commas that are not inside of "(A&B)|C".
BuiltinParameter parse_parameter(std::string_view text) {
  BuiltinParameter one;
  if (text.starts_with('&') || text.starts_with('~')) {
    one.by_reference = text[0] == '&';
    text.remove_prefix(1);
  }
  if (text.starts_with("...")) {
    one.variadic = one.optional = true;
    text.remove_prefix(3);
  }
  const std::size_t colon = text.find(':');
  one.name = text.substr(0, colon);
  if (colon != std::string_view::npos) one.type = text.substr(colon + 1);
  if (one.name.ends_with('?')) {
    one.optional = true;
    one.name.remove_suffix(1);
  }
  return one;
}

struct Tables {
  std::string text;  // what all of it points at
  std::vector<BuiltinFunction> functions;
  std::unordered_map<std::string_view, std::size_t> function_index;
  std::vector<BuiltinClass> classes;
  std::unordered_map<std::string_view, std::size_t> class_index;
  std::deque<std::string> keys;  // what both indices point at
  std::unordered_map<std::string_view, std::string_view> constants;
};

void add_function(Tables& tables, const std::vector<std::string_view>& fields) {
  BuiltinFunction one;
  one.name = fields[1];
  one.extension = fields[2];
  one.deprecated = fields[3].find('d') != std::string_view::npos;
  one.return_text = fields[4];
  one.parameter_text = fields[5];
  tables.function_index.emplace(tables.keys.emplace_back(lowered(one.name)), tables.functions.size());
  tables.functions.push_back(one);
}

void add_class(Tables& tables, const std::vector<std::string_view>& fields) {
  BuiltinClass one;
  one.name = fields[1];
  one.extension = fields[2];
  one.is_interface = fields[3].starts_with('i');
  one.is_final = fields[3].find('f') != std::string_view::npos;
  one.is_abstract = fields[3].find('a') != std::string_view::npos;
  one.parent = fields[4];
  one.interfaces = fields[5];
  one.effects = effects_of_builtin_class(one.name, one.extension);
  tables.class_index.emplace(tables.keys.emplace_back(lowered(one.name)), tables.classes.size());
  tables.classes.push_back(std::move(one));
}

void add_method(BuiltinClass& owner, const std::vector<std::string_view>& fields) {
  BuiltinMethod one;
  one.name = fields[1];
  one.is_static = fields[2].find('s') != std::string_view::npos;
  one.is_abstract = fields[2].find('a') != std::string_view::npos;
  one.is_private = fields[2].find('x') != std::string_view::npos;
  one.return_text = fields[3];
  one.parameter_text = fields[4];
  owner.methods.push_back(one);
}

void add_line(Tables& tables, std::string_view line) {
  std::vector<std::string_view> fields = split(line, '\t');
  if (fields.empty()) return;
  fields.resize(6);
  switch (fields[0].empty() ? '\0' : fields[0][0]) {
    case 'F':
      return add_function(tables, fields);
    case 'C':
      return add_class(tables, fields);
    case 'M':
      return add_method(tables.classes.back(), fields);
    case 'P':
      tables.classes.back().properties.emplace_back(fields[1], fields[3]);
      return;
    case 'K':
      tables.classes.back().constants.emplace_back(fields[1], fields[2]);
      return;
    case 'D':
      tables.constants.emplace(fields[1], fields[3]);
      return;
    default:
      return;
  }
}

const Tables& tables() {
  static const Tables* const kMade = [] {
    auto* const made = new Tables;
    std::vector<EmbeddedFile> files = unpack_archive(kBuiltinTable);
    made->text = take_file(files, "builtin_table.tsv");
    for (const std::string_view line : split(made->text, '\n')) add_line(*made, line);
    apply_builtin_effects(made->functions);
    return made;
  }();
  return *kMade;
}

}  // namespace

std::span<const BuiltinFunction> builtin_functions() { return tables().functions; }

const BuiltinFunction* find_builtin_function(std::string_view key) {
  const Tables& all = tables();
  const auto found = all.function_index.find(key);
  return found == all.function_index.end() ? nullptr : &all.functions[found->second];
}

const BuiltinClass* find_builtin_class(std::string_view key) {
  const Tables& all = tables();
  const auto found = all.class_index.find(key);
  return found == all.class_index.end() ? nullptr : &all.classes[found->second];
}

const BuiltinMethod* find_builtin_method(std::string_view class_key, std::string_view key) {
  const BuiltinClass* of = find_builtin_class(class_key);
  while (of != nullptr) {
    for (const BuiltinMethod& one : of->methods) {
      if (lowered(one.name) == key) return &one;
    }
    for (const std::string_view interface : split(of->interfaces, ',')) {
      if (!of->is_interface && !of->is_abstract) break;
      const BuiltinMethod* const inherited = find_builtin_method(lowered(interface), key);
      if (inherited != nullptr) return inherited;
    }
    of = of->parent.empty() ? nullptr : find_builtin_class(lowered(of->parent));
  }
  return nullptr;
}

bool is_builtin_descendant(std::string_view class_key, std::string_view ancestor_key) {
  if (class_key == ancestor_key) return true;
  const BuiltinClass* const of = find_builtin_class(class_key);
  if (of == nullptr) return false;
  for (const std::string_view interface : split(of->interfaces, ',')) {
    if (lowered(interface) == ancestor_key) return true;
  }
  return !of->parent.empty() && is_builtin_descendant(lowered(of->parent), ancestor_key);
}

std::string_view builtin_constant_type(std::string_view name) {
  const auto found = tables().constants.find(name);
  return found == tables().constants.end() ? std::string_view() : found->second;
}

Type builtin_type(std::string_view text) {
  struct Simple {
    std::string_view name;
    std::uint32_t bits;
  };
  static constexpr Simple kSimple[] = {
      {"int", kTypeInt},     {"float", kTypeFloat},   {"string", kTypeString}, {"bool", kTypeBool},
      {"array", kTypeArray}, {"object", kTypeObject}, {"null", kTypeNull},     {"false", kTypeFalse},
      {"true", kTypeTrue},   {"void", kTypeVoid},     {"never", kTypeNever},   {"callable", kTypeCallable},
      {"mixed", kTypeMixed},
  };
  if (text.empty()) return Type::mixed();
  Type type;
  if (text.starts_with('?')) {
    type = Type(kTypeNull);
    text.remove_prefix(1);
  }
  for (const std::string_view one : split(text, '|')) {
    const auto* const simple =
        std::find_if(std::begin(kSimple), std::end(kSimple), [one](const Simple& known) { return known.name == one; });
    if (simple != std::end(kSimple)) {
      type = join(type, Type(simple->bits));
    } else if (one == "iterable" || one.empty() || one.find_first_of("&()") != std::string_view::npos) {
      type = join(type, Type(kTypeArray | kTypeObject));
    } else if (one == "static" || one == "self") {
      type = join(type, Type(kTypeObject));
    } else {
      type = join(type, Type::object(lowered(one)));
    }
  }
  return type;
}

std::vector<BuiltinParameter> BuiltinFunction::parameters() const {
  std::vector<BuiltinParameter> list;
  for (const std::string_view one : split(parameter_text, ',')) list.push_back(parse_parameter(one));
  return list;
}

bool BuiltinFunction::takes_callable(std::size_t argument) const {
  if (parameter_text.find("allable") == std::string_view::npos) return false;
  const std::vector<BuiltinParameter> list = parameters();
  if (list.empty() || (argument >= list.size() && !list.back().variadic)) return false;
  return list[std::min(argument, list.size() - 1)].type.find("callable") != std::string_view::npos;
}

bool BuiltinFunction::takes_reference(std::size_t argument) const {
  if (!has_reference()) return false;
  const std::vector<BuiltinParameter> list = parameters();
  if (list.empty() || (argument >= list.size() && !list.back().variadic)) return false;
  return list[std::min(argument, list.size() - 1)].by_reference;
}

// Functions without a declared type are those that give resources, which PHP cannot write down.
Type BuiltinFunction::return_type() const {
  if (return_text.empty()) return Type(kTypeResource | kTypeFalse);
  return builtin_type(return_text);
}

Type BuiltinMethod::return_type() const { return builtin_type(return_text); }

}  // namespace banyan::php
