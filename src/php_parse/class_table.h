// The classes of one file that PHP links while it compiles: those at its top that have neither interfaces nor traits,
// and whose parent, if they have one, is such a class above them. Only among these can inheritance be refused by `php
// -l`.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "php_parse/ast.h"
#include "php_parse/name_scope.h"

namespace banyan::php {

enum class Compatibility { kYes, kNo, kUnknown };

struct ClassFacts;

struct MethodFacts {
  std::string name;  // in lower case
  NodeId node;
  const ClassFacts* owner = nullptr;
  std::uint16_t modifiers = 0;  // with a visibility
  bool is_abstract = false;
};

struct PropertyFacts {
  std::string name;
  NodeId at;    // the item or parameter
  NodeId type;  // none where none is written
  const ClassFacts* owner = nullptr;
  std::uint16_t modifiers = 0;
};

struct ConstantFacts {
  std::string name;
  NodeId at;
  const ClassFacts* owner = nullptr;
  std::uint16_t modifiers = 0;
};

// Members are in the order PHP goes through them: own ones first, then what was inherited.
struct ClassFacts {
  std::string name;
  NodeId node;
  NodeKind kind = NodeKind::kClass;
  std::uint16_t modifiers = 0;
  std::shared_ptr<NameScope> names;  // to resolve the types of its members
  const ClassFacts* parent = nullptr;
  const MethodFacts* constructor_prototype = nullptr;  // the abstract constructor that its own one fulfils
  bool collected = false;
  std::vector<std::unique_ptr<MethodFacts>> own_methods;
  std::vector<const MethodFacts*> methods;
  std::vector<PropertyFacts> properties;
  std::vector<ConstantFacts> constants;

  void add(const MethodFacts* method);
  void add(PropertyFacts property);
  void add(ConstantFacts constant);
  // None where there is none. Valid until the next one is added.
  const MethodFacts* method(const std::string& wanted) const;
  const PropertyFacts* property(const std::string& wanted) const;
  const ConstantFacts* constant(const std::string& wanted) const;

 private:
  std::unordered_map<std::string, std::size_t> method_index_;
  std::unordered_map<std::string, std::size_t> property_index_;
  std::unordered_map<std::string, std::size_t> constant_index_;
};

using ClassTable = std::unordered_map<std::string, std::unique_ptr<ClassFacts>>;

}  // namespace banyan::php
