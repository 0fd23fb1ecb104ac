// A converted file: its functions and classes in the middle representation, and what the runtime offers.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "php_convert/hir.h"

namespace banyan::php::hir {

struct ClassConstant {
  std::string name;
  std::uint16_t modifiers = 0;
  bool is_case = false;
  ExprPtr value;
};

struct PropertySpec {
  std::string name;
  std::string type;
  std::uint16_t modifiers = 0;
  bool has_default = false;
  bool promoted_untyped = false;
  ExprPtr value;
};

struct MethodSpec {
  std::string name;
  std::uint16_t modifiers = 0;
  std::int32_t function = -1;   // -1: abstract
  std::int32_t signature = -1;  // the function that says its parameters, with or without a body
  bool from_trait = false;
};

struct TraitRule {
  std::string trait;  // empty: any
  std::string method;
  std::string alias;
  std::uint16_t modifiers = 0;
  bool is_alias = false;
  std::vector<std::string> instead_of;  // of a precedence rule
};

struct Class {
  std::string name;  // as declared, with its namespace
  std::string key;
  std::string target;
  std::string struct_name;  // of the target language
  std::string kind;         // "class", "interface", "trait", "enum"
  std::string parent;
  std::vector<std::string> interfaces;
  std::vector<std::string> traits;
  std::vector<TraitRule> trait_rules;
  std::string backing;  // of an enum: "int", "string" or empty
  std::string comment;
  std::uint16_t modifiers = 0;
  std::uint32_t offset = 0;
  std::uint32_t line = 1;
  std::int32_t initializer = 0;  // the function that its constant expressions belong to
  bool is_anonymous = false;
  bool allows_dynamic = false;  // properties that are not declared
  bool is_hoisted = false;      // stands where nothing but the file is around it, as do all that it needs
  bool is_bound = false;        // which PHP declares as it compiles
  bool is_early = false;        // declared before the file's code runs
  std::vector<std::pair<std::uint32_t, std::string>> deprecations;  // that PHP gives as it declares it
  std::vector<ClassConstant> constants;
  std::vector<PropertySpec> properties;
  std::vector<MethodSpec> methods;
};

struct Program {
  std::string path;  // as PHP would name it
  bool strict_types = false;
  bool is_mounted = false;             // ConvertOptions::is_mounted
  bool uses_globals = false;           // $GLOBALS
  bool shows_closures = false;         // some output may show what a closure holds
  bool unsets_globals = false;         // variables of the file's code may go by a computed name
  bool refers_to_properties = false;   // what a reference gets may have to suit a typed property
  std::set<std::string> global_names;  // variables of the file's code that functions reach
  std::vector<std::pair<std::uint32_t, std::string>> deprecations;  // that PHP gives as it compiles: line and message
  std::vector<Function> functions;                                  // the first is the file's own code
  std::vector<Class> classes;
  std::vector<std::int32_t> hoisted;  // classes in the order in which they are declared at the start
};

}  // namespace banyan::php::hir
