// From the tree of a file to the middle representation: start here for how a construct is converted. Private.
//
// One FunctionLowering turns one function into HIR under what is believed of representations so far: each variable and
// each function's result has one, which only grows. The program is lowered again until nothing grew: a fixed point,
// reached soon since there are few steps from nothing to a dynamic value. So a variable is native exactly where
// everything assigned to it is.
//
// Definite assignment is followed with the flow: a variable that some path reads unassigned is dynamic and says so when
// read, as PHP does.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "php_check/evaluator.h"
#include "php_check/facts.h"
#include "php_convert/program.h"
#include "php_convert/runtime_table.h"

namespace banyan::php {

// What functions of one file share while they are lowered.
struct FileLowering {
  const ParsedFile* file = nullptr;
  const ExpressionTypes* types = nullptr;
  const RuntimeTable* runtime = nullptr;
  hir::Program program;
  std::unordered_map<std::string, std::int32_t> functions;  // by key
  // Closures by the function they stand in and their node, since methods of traits are there once per class; functions
  // declared when the code runs, with 0.
  std::map<std::pair<std::int32_t, std::uint32_t>, std::int32_t> function_of_node;
  std::unordered_map<std::string, std::int32_t> classes;  // by key
  std::unordered_map<std::uint32_t, std::int32_t> class_of_node;
  std::vector<NodeId> nodes;                             // of functions, by index
  std::vector<NodeId> class_nodes;                       // by index
  std::vector<std::int32_t> owner;                       // the class of each function, -1 none
  std::vector<std::int32_t> outer;                       // what a closure stands in, -1 none
  std::unordered_map<std::string, std::string> imports;  // full names of imports as written, by key
  bool has_reference_parameters = false;                 // of a method or closure
  std::unordered_set<std::string> reference_methods;     // names of methods that take references, in lower case
  std::unordered_set<std::string> method_names;          // of the file's classes, in lower case
  std::unordered_set<std::string> has_children;          // keys of classes that are extended
  bool changed = false;                                  // in this round something grew
  bool shows_numbers = false;                            // of objects, as var_dump() does
  bool is_exact = true;                                  // the runtime has the operations that only Go's has so far
  bool widen = false;                                    // give up precision, so that the rounds end
  std::uint32_t line_of(std::uint32_t offset) const { return file->lines->at(offset).line; }
};

// The representation of values of a type as PHP writes it.
hir::Rep rep_of_type(std::string_view type);
// Whether every value of the representation is of the type as it is.
bool fits_type(hir::Rep rep, std::string_view type);
// Fills the parameters of a function from its declaration.
void declare_parameters(FileLowering& shared, std::int32_t index);

class FunctionLowering {
 public:
  FunctionLowering(FileLowering& shared, std::int32_t index);
  void run();
  // A constant expression that stands in this function's declaration.
  hir::ExprPtr constant_expression(NodeId node);
  // What the class that the function stands for is made of.
  std::string type_text(NodeId node, bool resolved = true) const;
  void read_type(NodeId node, bool resolved, std::vector<std::string>& classes, std::set<std::string>& simple) const;
  std::string parent_written() const;
  std::string class_written(NodeId name) const;
  std::string text_of(NodeId node) const { return std::string(text(node)); }

 private:
  using Kind = NodeKind;
  using Rep = hir::Rep;
  using ExprKind = hir::ExprKind;
  using ExprPtr = hir::ExprPtr;
  using Block = hir::Block;
  using Assigned = std::vector<bool>;
  using Temporaries = std::array<int, static_cast<std::size_t>(Rep::kValue) + 1>;  // how many of each representation

  static constexpr int kDepthMax = 400;

  // ---- The tree ----
  Kind kind(NodeId node) const { return ast_.kind(node); }
  NodeId child(NodeId node, std::uint32_t slot) const { return ast_.child(node, slot); }
  std::span<const NodeId> children(NodeId node) const { return ast_.children(node); }
  std::uint16_t flags(NodeId node) const { return ast_.flags(node); }
  std::string_view text(NodeId node) const { return tree_.node_text(source_, node); }
  std::uint32_t offset_of(NodeId node) const { return tree_.stream.tokens[ast_.header(node).first].offset; }
  NodeId plain(NodeId node) const;               // without parentheses
  std::string variable_name(NodeId node) const;  // empty for $$a and what is no variable
  const Names& names(NodeId node) const { return shared_.file->names_at(offset_of(node)); }
  NodeId base_of(NodeId index) const { return child(index, 0); }
  std::string_view text_whole(NodeId node) const;
  std::optional<std::int64_t> integer_value(NodeId node) const;
  Type type_of(NodeId node) const { return shared_.types->at(node); }
  bool proved_int(NodeId node) const;
  bool fits(NodeId node, TokenKind op) const;
  Rep number_rep() const { return shared_.is_exact ? Rep::kNumber : Rep::kValue; }  // of numbers of either kind

  // ---- Making nodes (lower_make.cpp) ----
  ExprPtr make(ExprKind kind, Rep rep, NodeId at) const;
  ExprPtr literal(std::string_view bytes) const;
  ExprPtr integer(std::int64_t value) const;
  ExprPtr boolean(bool value) const;
  ExprPtr null() const;
  ExprPtr nil() const;
  ExprPtr verbatim(std::string text) const;
  ExprPtr load(std::int32_t variable, NodeId at);
  ExprPtr place(std::int32_t variable);
  ExprPtr box(std::int32_t variable);
  ExprPtr convert(ExprPtr value, Rep rep) const;
  ExprPtr copied(ExprPtr value) const;
  template <class... Children>
  ExprPtr runtime(std::string name, Rep rep, Children... children) const {
    ExprPtr out = std::make_unique<hir::Expr>();
    out->kind = ExprKind::kRuntime;
    out->rep = rep;
    out->text = std::move(name);
    (out->children.push_back(std::move(children)), ...);
    return out;
  }
  template <class... Children>
  ExprPtr method(std::string name, Rep rep, Children... children) const {
    ExprPtr out = runtime(std::move(name), rep, std::move(children)...);
    out->kind = ExprKind::kMethod;
    return out;
  }
  ExprPtr value(NodeId node) { return convert(expression(node), Rep::kValue); }
  ExprPtr copied_value(NodeId node) { return convert(copied(expression(node)), Rep::kValue); }
  static bool changes(const hir::Expr& e, std::int32_t variable);
  void read_in_turn(std::vector<ExprPtr>& operands) const;
  hir::Stmt& emit(hir::StmtKind kind, NodeId at);
  void emit_expression(ExprPtr expr, NodeId at);
  void stand_at(std::uint32_t offset);
  void tell(hir::Expr& e, std::uint32_t offset, bool each = false) const;
  ExprPtr told(ExprPtr e) const;
  ExprPtr told_as(NodeId target, ExprPtr made) const;
  std::uint32_t told_at(NodeId node) const;
  void refuse(NodeId node, std::string code);
  ExprPtr refused(NodeId node, std::string code);
  std::int32_t hold(ExprPtr made, NodeId at);

  // ---- Variables (lower_variable.cpp) ----
  std::int32_t variable(const std::string& name);
  static std::string temporary_key(Rep rep, Temporaries& made);
  std::int32_t temporary(Rep rep);
  void grow(std::int32_t variable, Rep rep);
  void grow_result(Rep rep);
  void mark_assigned(std::int32_t variable);
  bool is_assigned(std::int32_t variable) const;
  Assigned assigned_both(const Assigned& a, const Assigned& b) const;
  void forget_unset(NodeId node, Assigned& assigned);
  void scan();
  void note_assignment(NodeId node);
  bool is_small(NodeId node) const;
  std::optional<std::int64_t> magnitude(NodeId node, bool with_counters) const;
  std::optional<std::string> counted_from(NodeId node) const;
  bool is_counter(const std::string& name) const;
  void settle_counters();
  void scan_arrow(NodeId node);
  void free_variables(NodeId node, std::set<std::string>& out);
  void scan_node(NodeId node);
  void scan_sharing(NodeId node);
  void scan_foreach(NodeId node);
  void scan_call(NodeId node);
  void box_target(NodeId node);
  static void box_target_named(hir::Variable& v);
  void make_dynamic();
  bool reaches_variables(NodeId node) const;
  void bind_parameters();
  void bind_captures();
  void promote(NodeId parameter, const hir::Parameter& spec);

  // ---- Statements (lower_statement.cpp, lower_loop.cpp, lower_try.cpp) ----
  void statements(std::span<const NodeId> list);
  void statement(NodeId node);
  void expression_statement(NodeId node);
  Block block_of(NodeId body);
  void comments_before(NodeId node);
  bool comments_of_declaration(NodeId node);
  static bool has_short_tag(std::string_view html);
  std::string html_text(NodeId node) const;
  void lower_branches(NodeId condition, const std::function<void()>& then, const std::function<void()>& otherwise,
                      NodeId at);
  void fill_branches(hir::Stmt& stmt, const std::function<void()>& then, const std::function<void()>& otherwise);
  void fill_loop(hir::Stmt& stmt, const std::function<void()>& body);
  void body_statements(NodeId body);
  void lower_if(NodeId node);
  void lower_if_from(const std::vector<NodeId>& branches, std::size_t at);
  void give_arguments();
  ExprPtr returned_value(NodeId node);
  ExprPtr returned_reference(NodeId node);
  ExprPtr value_or_reference(NodeId node);
  bool gives_reference() const { return function_.by_reference && !function_.is_generator && !function_.is_main; }
  void finish_without_return();
  void emit_return(ExprPtr made, NodeId at);
  ExprPtr case_condition(std::int32_t held, NodeId node);
  void declare_function(NodeId node);
  void declare_class_here(NodeId node);
  void lower_update_statement(NodeId node);
  bool is_conditional(NodeId node) const;
  void lower_echo(NodeId node);
  void lower_return(NodeId node);
  void lower_while(NodeId node);
  void lower_do(NodeId node);
  void lower_for(NodeId node);
  void leave_unless(const std::vector<NodeId>& tests, std::int32_t loop);
  void lower_foreach(NodeId node);
  ExprPtr walked_reference(NodeId subject);
  void lower_switch(NodeId node);
  void lower_try(NodeId node);
  void lower_jump(NodeId node);
  void lower_global(NodeId node);
  void lower_static(NodeId node);
  void lower_unset(NodeId node);
  void lower_unset_target(NodeId node);
  void complain_of_root(NodeId node);
  void lower_constants(NodeId node);
  bool lower_conditional_statement(NodeId node);
  void assign_conditional(NodeId node, const std::function<void(ExprPtr)>& sink);
  void store_match(NodeId node, const std::function<void(ExprPtr)>& sink);

  // ---- Expressions (lower_expression.cpp, lower_operator.cpp, lower_string.cpp) ----
  ExprPtr expression(NodeId node);
  ExprPtr other_expression(NodeId node);
  ExprPtr condition(NodeId node);  // a bool
  ExprPtr rarer_expression(NodeId node);
  ExprPtr lower_number(NodeId node) const;
  std::string function_name_constant() const;
  std::string method_name_constant(NodeId node) const;
  std::string trait_around(NodeId node) const;
  ExprPtr build_array(NodeId node);
  ExprPtr empty_subject(NodeId node);
  ExprPtr joined(std::vector<ExprPtr> parts, NodeId node) const;
  ExprPtr native_not(ExprPtr operand) const;
  ExprPtr native_minus(ExprPtr operand) const;
  ExprPtr minus_one() const;
  ExprPtr comparison_or_null(TokenKind op, ExprPtr& left, ExprPtr& right);
  ExprPtr lower_interpolated(NodeId node);
  ExprPtr lower_binary(NodeId node);
  ExprPtr lower_logical(NodeId node);
  ExprPtr arithmetic(TokenKind op, ExprPtr left, ExprPtr right, NodeId node, NodeId right_node);
  enum class OperandKind : std::uint8_t { kConstant, kTemporary, kResult, kVariable };
  OperandKind operand_kind(NodeId given, const hir::Expr& made) const;
  bool is_read_late(const hir::Expr& read, const hir::Expr& other) const;
  ExprPtr number_arithmetic(TokenKind op, ExprPtr& left, ExprPtr& right, NodeId node);
  ExprPtr turned(const char* name, ExprPtr left, ExprPtr right, NodeId node);
  ExprPtr number_comparison(TokenKind op, ExprPtr& left, ExprPtr& right) const;
  ExprPtr comparison(TokenKind op, ExprPtr left, ExprPtr right);
  ExprPtr native(std::string op, Rep rep, ExprPtr left, ExprPtr right) const;
  ExprPtr lower_unary(NodeId node);
  ExprPtr lower_cast(NodeId node);
  ExprPtr lower_update(NodeId node, bool wanted = true);
  ExprPtr lower_constant(NodeId node);
  ExprPtr lower_magic_constant(NodeId node);
  ExprPtr lower_array(NodeId node);
  ExprPtr lower_ternary(NodeId node);
  ExprPtr lower_coalesce(NodeId node);
  ExprPtr lower_match(NodeId node);
  ExprPtr lower_isset(NodeId node);
  ExprPtr isset_one(NodeId node);
  ExprPtr quiet(NodeId node);
  ExprPtr quiet_base(NodeId node);
  bool is_global_element(NodeId node) const;
  ExprPtr global_name(NodeId node);
  ExprPtr computed_name(NodeId node);
  ExprPtr no_scope(const char* word);
  bool is_active(NodeId node) const;
  ExprPtr late_index(NodeId node);
  ExprPtr lower_index(NodeId node);
  ExprPtr extension_constants(NodeId node);
  bool is_true(NodeId node) const;
  ExprPtr lower_exit(NodeId node);
  ExprPtr lower_include(NodeId node);
  ExprPtr lower_yield(NodeId node);
  // Statements that give a value, as an expression.
  ExprPtr body_expression(NodeId at, const std::function<void(const std::function<void(ExprPtr)>&)>& fill);
  bool is_simple(NodeId node) const;  // costs nothing and has no effect

  // ---- Assignments (lower_assign.cpp, lower_place.cpp) ----
  ExprPtr lower_assign(NodeId node, bool wanted);
  bool keeps(const std::string& name) const;
  ExprPtr kept(const std::string& name, ExprPtr made) const;
  bool makes_objects(NodeId node, bool in_array) const;
  ExprPtr assign_to(NodeId target, ExprPtr value, bool wanted);
  ExprPtr assign_variable(std::int32_t variable, ExprPtr value, NodeId at);
  static bool is_inert(const hir::Expr& e);
  static bool is_inert_list(const hir::Expr& list);
  bool shows_when_worked_out(NodeId node) const;
  static bool is_constant_array(const hir::Expr& e);
  static bool runs_code(const hir::Expr& e);
  ExprPtr assign_element(NodeId target, ExprPtr made, bool wanted);
  static bool may_read(const hir::Expr& made, const hir::Expr& where);
  static bool comes_first(const hir::Expr& made, const hir::Expr* key, const hir::Expr& where);
  static bool is_read_where_used(const hir::Expr& key);
  static bool has_inner_key(const hir::Expr& where);
  void hold_key(ExprPtr& key, NodeId at);
  static bool runs_inside(const hir::Expr& where);
  void hold_inner_keys(ExprPtr& where, NodeId at);
  ExprPtr stored(NodeId target, ExprPtr where, ExprPtr key, ExprPtr made);
  ExprPtr in_turn(bool wanted, NodeId at, const std::function<ExprPtr()>& make);
  ExprPtr assign_list(NodeId list, ExprPtr value, bool wanted);
  ExprPtr body_expression_or_statements(NodeId list, ExprPtr made);
  ExprPtr update_place(NodeId target, const std::string& operation, ExprPtr operand, bool old, bool wanted);
  ExprPtr lower_coalesce_assign(NodeId node, bool wanted);
  NodeId hold_parts(NodeId given, std::vector<std::uint32_t>& parts);
  ExprPtr value_before(NodeId call, NodeId written);
  bool is_repeatable(NodeId node) const;
  ExprPtr stepped(std::int32_t slot, NodeId node);
  void bind_assigned(NodeId node);
  ExprPtr unpack_assigned(NodeId node, bool wanted);
  bool is_parallel(NodeId target, NodeId given) const;
  void assign_in_parallel(NodeId target, NodeId given);
  void bind_reference(NodeId target, ExprPtr reference);
  std::int32_t array_variable(NodeId node);
  ExprPtr to_place(ExprPtr made) const;
  ExprPtr container_place(NodeId node);
  ExprPtr unset_place(NodeId node);
  std::string through_alias(const std::string& written, const std::string& key) const;
  ExprPtr updated_place(NodeId node);
  static bool is_place_expression(const hir::Expr& e);
  ExprPtr reference_of_variable(const std::string& name);
  void unpack(NodeId list, std::int32_t source);
  bool has_reference_item(NodeId list) const;
  void assign_item(NodeId target, ExprPtr element);
  void unpack_place(NodeId list, const std::function<ExprPtr()>& place);
  ExprPtr lower_compound(NodeId node, bool wanted);
  ExprPtr lower_assign_reference(NodeId node);
  ExprPtr place_of(NodeId node);      // a pointer to a dynamic value, made if it is not there
  ExprPtr reference_of(NodeId node);  // a box
  bool is_place(NodeId node) const;
  ExprPtr index_key(NodeId node);  // null where it is []

  // ---- Calls (lower_call.cpp, lower_builtin.cpp, lower_closure.cpp) ----
  ExprPtr lower_call(NodeId node);
  ExprPtr call_user(std::int32_t callee, NodeId node, NodeId arguments, ExprPtr self);
  bool order_arguments(const hir::Function& callee, NodeId arguments, std::vector<NodeId>& out);
  bool is_referable(NodeId node) const;
  bool may_give_reference(NodeId given) const;
  ExprPtr unreferable(NodeId node, const std::string& place);
  void refuse_values(const hir::Function& callee, NodeId arguments, hir::Expr& list);
  static std::string reference_place(const hir::Function& callee, std::size_t position);
  bool is_part_of_temporary(NodeId node) const;
  ExprPtr argument_for(const hir::Parameter& parameter, const hir::Function& callee, std::size_t position, NodeId node);
  bool asks_whether_null(NodeId node) const;
  ExprPtr default_for(std::int32_t callee, std::size_t position);
  ExprPtr lower_builtin(const RuntimeFunction& builtin, NodeId node);
  ExprPtr builtin_argument(const RuntimeFunction& builtin, std::size_t position, NodeId node);
  bool only_sets(const std::string& name, NodeId node) const;
  ExprPtr special_call(const std::string& name, NodeId node, bool* handled);
  // A kValueList; with may_refer, places are passed so that they can be referred to.
  ExprPtr argument_list(NodeId arguments, bool may_refer = false);
  ExprPtr unknown_list(NodeId arguments, bool may_refer);
  bool is_simple_place(NodeId node) const;
  ExprPtr lower_closure(NodeId node);
  std::int32_t user_function(NodeId callee) const;
  const RuntimeFunction* builtin_function(NodeId callee) const;
  bool parameter_is_reference(std::int32_t callee, std::size_t position, NodeId name) const;
  bool dynamic_may_take_reference() const;
  bool gives_unassigned(NodeId arguments) const;
  bool is_met_first(NodeId argument) const;
  bool elsewhere_takes_reference(NodeId callee) const;
  bool method_may_take_reference(NodeId node) const;
  NodeId argument_value(NodeId argument) const;
  ExprPtr callable_of(NodeId callee);
  std::string spelled(const std::string& key, NodeId node) const;
  std::string function_key(std::int32_t index) const;
  ExprPtr checked_argument(const hir::Parameter& parameter, const std::string& function, std::size_t position,
                           ExprPtr made);
  ExprPtr checked_return(ExprPtr made);
  ExprPtr default_argument(const RuntimeParameter& parameter) const;
  bool is_written_only(const RuntimeFunction& builtin, std::size_t position) const;
  bool is_written_out(NodeId node) const;
  bool needs_write_back(const RuntimeFunction& builtin, std::size_t position, NodeId node);
  ExprPtr builtin_call(const RuntimeFunction& builtin, const std::vector<NodeId>& given, NodeId node,
                       std::vector<std::pair<NodeId, std::int32_t>>* written);
  ExprPtr typed_place(std::int32_t slot);
  ExprPtr coerced_argument(ExprPtr made, std::string_view type, Rep wanted, const std::string& place);
  ExprPtr builtin_idiom(const RuntimeFunction& builtin, const std::vector<NodeId>& given);
  ExprPtr class_function(const std::string& name, NodeId arguments);
  ExprPtr uses_arguments(const char* operation, Rep rep, ExprPtr index);
  ExprPtr quiet_parameter(const hir::Parameter& one);
  bool has_spread(NodeId arguments) const;
  bool has_named(NodeId arguments) const;
  static bool may_complain(const hir::Expr& argument);
  static bool calls_or_reads(const hir::Expr& e);
  bool calls_program(NodeId node) const;
  bool must_stay(const RuntimeFunction& builtin, const std::vector<NodeId>& given, std::size_t at) const;
  bool is_instruction(NodeId node) const;
  bool writes_and_throws(const RuntimeFunction& builtin) const;
  bool has_known_flags(const RuntimeFunction& builtin, const std::vector<NodeId>& given) const;
  std::int32_t call_and_store(const std::vector<std::pair<NodeId, std::int32_t>>& written,
                              const std::function<std::int32_t()>& call, const std::function<void()>& store,
                              NodeId node);
  void write_back(NodeId target, std::int32_t slot, bool trusted, bool may_be_unwritten);
  ExprPtr coerced_late(const RuntimeFunction& builtin, const std::vector<NodeId>& given, ExprPtr made);
  ExprPtr spread_call(const RuntimeFunction& builtin, NodeId arguments);
  ExprPtr multisort(NodeId arguments);
  ExprPtr compact(NodeId arguments);
  ExprPtr quiet_or_undefined(const std::string& name, NodeId at);

  // ---- Assertions (lower_assert.cpp) ----
  ExprPtr assertion(NodeId node);
  std::optional<std::string> shown(NodeId given, int outer) const;
  std::optional<std::string> shown_binary(NodeId node, int outer) const;
  std::optional<std::string> shown_parts(const std::vector<std::pair<NodeId, int>>& parts,
                                         std::string_view between) const;
  std::optional<std::string> shown_list(NodeId node) const;

  // ---- Objects (lower_object.cpp) ----
  ExprPtr lower_new(NodeId node);
  ExprPtr lower_method_call(NodeId node);
  ExprPtr lower_static_call(NodeId node);
  ExprPtr lower_property(NodeId node);
  Rep property_rep(NodeId node) const;
  ExprPtr lower_static_property(NodeId node);
  ExprPtr lower_class_constant(NodeId node);
  ExprPtr lower_instanceof(NodeId node);
  ExprPtr class_reference(NodeId node);  // a class descriptor
  ExprPtr class_named(const std::string& key, const std::string& written) const;
  ExprPtr member_name(NodeId node);  // a string
  ExprPtr scope() const;
  ExprPtr this_value(NodeId at);
  ExprPtr static_class(NodeId at);
  bool stands_in_method(std::int32_t at) const;
  ExprPtr own_name() const;
  bool names_own_class(NodeId node) const;
  bool has_this() const;
  bool may_be_above(const std::string& written) const;
  bool may_name_method(NodeId given) const;
  ExprPtr seen_by_this(NodeId node, ExprPtr made);
  ExprPtr is_callable(NodeId node);
  ExprPtr static_property_name(NodeId node);
  ExprPtr object_value(NodeId node);
  ExprPtr own_field(NodeId node);
  ExprPtr changed_object(NodeId node, bool unsets);
  ExprPtr class_descriptor(std::int32_t index) const;
  bool continues_nullsafe(NodeId node) const;
  NodeId unsafe_link(NodeId node) const;
  ExprPtr nullsafe(NodeId node, NodeId link);
  ExprPtr object_of(NodeId node);
  std::int32_t own_method(const std::string& name) const;
  bool may_lack_method(NodeId which, const std::string& name) const;
  ExprPtr computed_method(NodeId node);
  ExprPtr self_or_nil();

  FileLowering& shared_;
  const std::int32_t index_;
  hir::Function& function_;
  const SyntaxTree& tree_;
  const Ast& ast_;
  std::string_view source_;
  NodeId node_;
  std::unordered_map<std::string, std::int32_t> slots_;
  Assigned assigned_;
  bool reachable_ = true;
  Block* out_ = nullptr;
  struct Jump {
    std::int32_t number;
    bool is_switch;
    int tries;
  };
  std::vector<Jump> jumps_;
  std::int32_t jump_count_ = 0;
  std::set<std::int32_t> was_left_;             // loops and switches that something breaks out of
  std::set<std::int32_t> was_continued_;        // loops that something continues
  std::map<std::uint32_t, std::int32_t> safe_;  // what is held of the objects of ?->, where they are not null
  std::map<std::uint32_t, std::int32_t> once_;  // what is held of the parts of a target that is read and then written
  bool stays_ = false;                          // the place that is asked for has to stay where it is
  std::uint32_t unread_call_ = 0;               // the node of the statement: if a call, one whose result nobody reads
  Temporaries temporaries_{};
  int tries_ = 0;
  bool uses_this_ = false;
  std::set<std::string> keepable_;            // variables that are assigned what may be or hold new objects
  std::set<std::string> written_otherwise_;   // by what is no plain assignment
  std::set<std::string> assigned_otherwise_;  // variables that are not only counted with
  std::map<std::string, std::set<std::string>> counts_from_;  // those that continue where others are
  bool is_trusted_ = true;  // what the builtin now lowered writes is surely of its type
  bool returns_value_ = false;
  bool returns_nothing_ = false;
  int depth_ = 0;
  std::uint32_t at_ = 0;  // where PHP's compiler is, as far as the lines of what it makes tell
};

}  // namespace banyan::php
