// The compile checks' inside: one walk over the tree that knows the namespace, class and function it is in. Private.
//
// Expressions are visited with what is done to them (Access), as PHP compiles them: $a[] may be written to but not
// read. Chains that lean left ($a . $b . $c, $a->b()->c()) may be as long as the file, so they are walked with a list;
// all other nesting is bounded by the parser's depth.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "php_parse/class_table.h"
#include "php_parse/name_scope.h"
#include "php_parse/parse.h"
#include "php_parse/type_info.h"

namespace banyan::php {

struct ParentMethod;

enum class Access : std::uint8_t { kRead, kWrite, kReadWrite, kIsset, kUnset, kArgument };

// What a jump may not cross.
struct JumpContainer {
  bool is_finally = false;
  NodeId node;
};

struct JumpLabel {
  std::string name;
  NodeId node;
  std::vector<JumpContainer> path;
};

struct FunctionScope {
  NodeId node;              // none for the file itself
  bool is_closure = false;  // closures may be bound to another class
  bool by_reference = false;
  bool is_generator = false;
  TypeInfo return_type;
  std::vector<NodeId> returns;
  std::vector<NodeId> yields;
  std::vector<JumpContainer> containers;
  std::vector<JumpLabel> labels;
  std::vector<JumpLabel> gotos;
  std::unordered_set<std::string_view> statics;  // and what a closure takes from around it
};

struct ClassScope {
  NodeId node;
  NodeKind kind = NodeKind::kClass;
  std::uint16_t modifiers = 0;
  bool has_parent = false;
  std::string name;
  std::uint32_t backing = 0;  // of an enum: kTypeInt, kTypeString or nothing
  std::unordered_set<std::string> methods;
  std::unordered_set<std::string> properties;
  std::unordered_set<std::string> constants;
  std::unordered_set<std::string> case_values;  // of an enum, where they are known
};

// What its hooks need to know of a property.
struct HookedProperty {
  std::string name;
  TypeInfo type;
  std::uint16_t modifiers = 0;
  bool has_default = false;
};

class Checker {
 public:
  Checker(SyntaxTree& tree, std::string_view source);
  void run();

 private:
  using Kind = NodeKind;

  // ---- The tree (checker.cpp) ----
  Kind kind(NodeId node) const { return ast_.kind(node); }
  std::uint16_t flags(NodeId node) const { return ast_.flags(node); }
  NodeId child(NodeId node, std::uint32_t slot) const { return ast_.child(node, slot); }
  std::span<const NodeId> children(NodeId node) const { return ast_.children(node); }
  bool has(Feature feature) const { return tree_.features.has(feature); }
  // Whether no class may have the name in this version.
  bool is_reserved(std::string_view name) const;
  std::string_view text(NodeId node) const { return tree_.node_text(source_, node); }
  // A name's parts joined: before PHP 8 white space may stand between them.
  std::string name_text(NodeId node) const;
  // The name of $a without the dollar sign; empty for $$a and for what is no variable.
  std::string_view variable_name(NodeId node) const;
  NodeId without_parentheses(NodeId node) const;
  void complain(NodeId node, const char* code, std::string message);

  // ---- Statements (check_statement.cpp, check_jump.cpp) ----
  void check_top_statements(NodeId list, bool is_file);
  void check_statements(NodeId list);
  void check_statement(NodeId node);
  void check_body(NodeId node, bool is_loop);
  void check_foreach(NodeId node);
  void check_foreach_value(NodeId value);
  void check_switch(NodeId node);
  void check_try(NodeId node);
  void check_catch(NodeId node);
  void check_static_variables(NodeId node);
  void check_unset(NodeId node);
  void check_jump(NodeId node);
  void check_gotos(FunctionScope& scope);
  void check_goto_target(const JumpLabel& jump, const JumpLabel& target);
  void check_return(NodeId node);
  Access reference_access(NodeId value) const;
  void enter_container(NodeId node, bool is_finally);
  void leave_container();

  // ---- Files (check_file.cpp) ----
  void check_namespace(NodeId node);
  void check_declare(NodeId node);
  void note_statement(Kind statement);
  void check_use(NodeId node);
  void check_use_item(NodeId item, SymbolKind symbol, const std::string& prefix);
  void check_global_constants(NodeId node);
  void check_code_placement(NodeId node);

  // ---- Functions (check_function.cpp, check_magic_method.cpp) ----
  void check_top_function(NodeId node);
  void check_function_declaration(NodeId node);
  void check_function(NodeId node, std::uint16_t modifiers);
  void check_parameters(NodeId node, std::uint16_t modifiers);
  void check_parameter(NodeId parameter, std::unordered_set<std::string_view>& names);
  void check_promotion(NodeId parameter, NodeId function, std::uint16_t modifiers, const TypeInfo& type);
  void check_closure_uses(NodeId node);
  void check_function_end(FunctionScope& scope);
  void check_return_value(NodeId node, const FunctionScope& scope);
  void check_generator_type(const FunctionScope& scope);
  void check_magic_method(NodeId method, std::uint16_t modifiers, std::string_view name);
  void check_magic_arguments(NodeId method, std::string_view name, std::size_t count);
  void check_magic_argument_type(NodeId method, std::size_t index, std::uint32_t bits);
  void check_magic_return_type(NodeId method, std::uint32_t bits);

  // ---- Classes (check_class.cpp, check_member.cpp) ----
  void check_class_declaration(NodeId node);
  void check_class(NodeId node, std::string name);
  void check_members(NodeId node);
  void check_method(NodeId node);
  void check_method_modifiers(NodeId node, std::uint16_t modifiers);
  void check_properties(NodeId node);
  void check_property(NodeId item, const TypeInfo& type, std::uint16_t modifiers);
  static bool is_weaker_than_set(std::uint16_t modifiers);
  static bool is_asymmetric(std::uint16_t modifiers);
  void check_hooks(NodeId hooks, const HookedProperty& property);
  void check_hook(NodeId hook, const HookedProperty& property);
  void check_hook_parameter(NodeId parameter, const HookedProperty& property);
  bool uses_property(NodeId body, std::string_view name) const;
  void check_class_constants(NodeId node);
  void check_enum_case(NodeId node);
  void check_trait_use(NodeId node);
  void check_class_references(NodeId list, const char* what);
  void check_class_reference(NodeId name, const char* what);
  void declare_constant(NodeId name);

  // ---- Inheritance (check_inheritance.cpp, check_override.cpp) ----
  void bind_class(NodeId node, const std::string& name);
  bool may_bind(NodeId node) const;
  void collect_members(ClassFacts& facts);
  void collect_method(ClassFacts& facts, NodeId member);
  bool inherit(ClassFacts& facts);
  bool check_parent(const ClassFacts& facts);
  void inherit_methods(ClassFacts& facts);
  // Of one of PHP's own (check_builtin_parent.cpp).
  void inherit_builtin(ClassFacts& facts, const std::string& parent);
  const char* builtin_override_problem(const MethodFacts& own, const ParentMethod& inherited);
  bool types_are_known(const MethodFacts& method);
  void inherit_properties(ClassFacts& facts);
  void inherit_constants(ClassFacts& facts);
  Compatibility try_override(const ClassFacts& facts, const MethodFacts& child, const MethodFacts& parent, bool report);
  bool only_warns(const MethodFacts& own, const MethodFacts& parent);
  Compatibility check_return_types(const MethodFacts& own, const MethodFacts& parent);
  std::size_t required_parameters(NodeId function) const;
  Compatibility check_signature(const MethodFacts& child, const MethodFacts& parent);
  Compatibility check_parameter_types(const MethodFacts& child, const MethodFacts& parent);
  Compatibility check_property_types(const PropertyFacts& child, const PropertyFacts& parent);
  Compatibility is_covariant(const ClassFacts& scope, const TypeInfo& type, const ClassFacts& parent_scope,
                             const TypeInfo& parent_type);
  Compatibility is_subtype(const std::vector<std::string>& names, const TypeInfo& parent_type);
  Compatibility is_subclass(const std::string& name, const std::string& ancestor) const;
  TypeInfo type_in(const ClassFacts& facts, NodeId type, NodeId parameter = {});

  // ---- Attributes (check_attribute.cpp) ----
  void check_attributes(NodeId list, std::uint32_t target, std::uint32_t promoted = 0);
  void check_attribute_arguments(NodeId arguments);
  bool fits_class(std::string_view attribute) const;
  bool has_attribute(NodeId list, std::string_view name) const;

  // ---- Types (check_type.cpp) ----
  TypeInfo check_type(NodeId node);
  TypeInfo check_single_type(NodeId node);
  TypeInfo check_union(NodeId node);
  void add_to_union(TypeInfo& type, const TypeInfo& single, NodeId node);
  TypeInfo check_intersection(NodeId node);
  bool default_fits(const TypeInfo& type, NodeId value) const;
  std::uint32_t literal_type(NodeId value) const;

  // ---- Values that are known before the program runs (fold_constant.cpp) ----
  static constexpr int kFoldDepthMax = 100;
  std::optional<std::int64_t> literal_integer(NodeId node) const;
  Folded fold(NodeId node, int depth = kFoldDepthMax) const;
  Folded fold_operator(NodeId node, int depth) const;
  Folded fold_string(NodeId node) const;
  Folded fold_array(NodeId node, int depth) const;
  Folded fold_unary(NodeId node, int depth) const;
  Folded fold_binary(NodeId node, int depth) const;
  std::uint32_t magic_constant_type(NodeId node) const;
  bool is_known_class_name(NodeId node) const;

  // ---- Expressions (check_expression.cpp, check_call.cpp, check_assignment.cpp) ----
  void visit(NodeId node, Access access = Access::kRead);
  void visit_list(NodeId list);
  bool is_chain(NodeId node, Access access, NodeId* base, Access* base_access) const;
  void visit_chain_link(NodeId node, Access access);
  void visit_leaf(NodeId node, Access access);
  void visit_operator(NodeId node);
  void visit_interpolated(NodeId node);
  void check_index(NodeId node, Access access);
  void check_array(NodeId node);
  void check_known_array(NodeId node);
  void check_ternary(NodeId node);
  void check_isset(NodeId node);
  void check_match(NodeId node);
  void check_new(NodeId node);
  void check_arguments(NodeId arguments, NodeId callee = {});
  std::string global_function(NodeId callee) const;
  NodeId known_function(const std::string& name) const;
  Access argument_access(NodeId value, NodeId function, std::size_t index) const;
  void check_method_name(NodeId name);
  void check_class_operand(NodeId node);
  void check_class_constant(NodeId node);
  void check_scope_word(NodeId name);
  bool scope_is_known() const;
  void check_assignment(NodeId node);
  void check_assign_target(NodeId target, NodeId at);
  void check_list_target(NodeId list, std::uint16_t style);
  void check_list_item(NodeId item, bool keyed, std::uint16_t style);
  bool list_has_references(NodeId list) const;
  bool is_decided(NodeId node) const;
  void check_temporary(NodeId node);
  bool is_inlined_call(NodeId node) const;
  void check_writable(NodeId node);
  void check_readable(NodeId node);
  void check_referenceable(NodeId node);
  bool is_short_circuited(NodeId node) const;
  bool is_variable(NodeId node) const;
  bool is_call(NodeId node) const;
  bool can_write_to(NodeId node) const;
  bool is_this(NodeId node) const { return variable_name(node) == "this"; }
  // An array like any other before PHP 8.1.
  bool is_globals(NodeId node) const { return has(Feature::kEnum) && variable_name(node) == "GLOBALS"; }

  // ---- Constant expressions (check_constant_expression.cpp) ----
  void check_constant_expression(NodeId node, bool new_allowed);
  void check_constant_parts(NodeId node, bool new_allowed);
  bool is_constant_node(NodeId node) const;
  void check_constant_new(NodeId node);

  SyntaxTree& tree_;
  const Ast& ast_;
  std::string_view source_;
  std::shared_ptr<NameScope> names_ = std::make_shared<NameScope>();  // one per namespace
  std::unordered_set<std::string> seen_[3];  // by SymbolKind: what the file declared so far, in any namespace
  ClassTable classes_;
  FunctionScope* function_ = nullptr;
  ClassScope* class_ = nullptr;
  std::unordered_map<std::string, NodeId> functions_;  // at the top of the file; none while one is being checked
  const ClassFacts* binding_ = nullptr;                // the class whose inheritance is being checked
  NodeId top_statement_;                               // the statement of the file itself being checked
  TypeInfo hook_return_;                               // of the hook that is checked next
  bool only_declares_ = true;                          // before it
  bool only_declares_or_empty_ = true;
  bool bracketed_ = false;  // namespaces have braces
  bool in_namespace_ = false;
  bool named_namespace_ = false;
};

}  // namespace banyan::php
