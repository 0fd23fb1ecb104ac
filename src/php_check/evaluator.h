// Runs one function on types in place of values, and on where they come from. Private.
//
// An abstract interpretation of the tree: a state says for each variable which type it has and whether it comes from a
// client; branches are joined, loops are gone round twice, widened, and a third time where that changed something; what
// other functions do is taken from their summaries. Conditions narrow: is_string($a), $a instanceof B, $a !== null.
// Properties of $this are followed like variables until something else may have changed them, and what a client sent
// ($_GET['a']) as far as conditions and assignments say what it can still harm.
//
// Limits: 200 levels of nesting, 200,000 nodes visited; beyond the latter the evaluation is given up. Functions with
// goto are not evaluated.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "php_check/linker.h"
#include "php_check/names.h"
#include "php_check/taint.h"

namespace banyan::php {

// A file's tree with the names at each of its places.
struct ParsedFile {
  SyntaxTree tree;
  std::string_view source;
  std::vector<std::pair<std::uint32_t, Names>> names;  // from which offset on
  std::unique_ptr<LineTable> lines;

  const Names& names_at(std::uint32_t offset) const;
};
ParsedFile parse_file(std::string_view source, const ParseOptions& options);
// Makes names and lines; the file must not move afterwards, since the names point at its tree.
void complete(ParsedFile& file);

// What an evaluation may ask about other functions.
class Summaries {
 public:
  virtual ~Summaries() = default;
  // None where it is not there yet.
  virtual const Summary* find(FunctionId callee) const = 0;
};

class Evaluator {
 public:
  Evaluator(const Facts& facts, const ParsedFile& file, FunctionId function, const Summaries& summaries,
            ExpressionTypes* record = nullptr);
  // Nothing where it was given up.
  std::optional<Summary> run();

 private:
  using Kind = NodeKind;
  struct State {
    std::vector<Value> variables;
    bool reachable = true;
  };
  struct Loop {
    State left;       // where break leads
    State continued;  // where continue leads
  };

  // ---- States ----
  std::uint32_t slot(std::string_view name);
  Value& variable(std::uint32_t index);
  void join_into(State& into, const State& other) const;
  bool same(const State& a, const State& b) const;
  void widen(State& state) const;
  void forget_properties();
  void forget_everything();

  // ---- Statements (evaluate_statement.cpp) ----
  void run_statement(NodeId node);
  void run_list(NodeId node);
  void run_if(NodeId node);
  template <class Round>
  void run_loop(const Round& round);
  void run_while(NodeId node);
  void run_do(NodeId node);
  void run_for(NodeId node);
  void run_foreach(NodeId node);
  void run_foreach_body(NodeId node, const Value& subject);
  void run_switch(NodeId node);
  void run_try(NodeId node);
  void run_return(NodeId node);
  void run_jump(NodeId node);
  void run_echo(NodeId node);
  void run_global(NodeId node);
  void bind_parameters();

  // ---- Conditions (narrow.cpp) ----
  void narrow(NodeId condition, bool holds, int depth = 0);
  void narrow_truth(NodeId place, bool holds);
  void narrow_comparison(NodeId node, bool holds);
  void narrow_call(NodeId node, bool holds);
  void narrow_instance(NodeId node, bool holds);
  void narrow_taint(const CallSite& site, NodeId node);
  void forget_taint(NodeId place, SinkMask harmless);
  static bool is_literal(NodeKind kind);
  std::optional<std::uint32_t> place_slot(NodeId node);
  std::optional<std::uint32_t> client_slot(NodeId node);
  NodeId tested_value(NodeId node) const;

  // ---- Expressions (evaluate_expression.cpp) ----
  Value eval(NodeId node);
  Value eval_leaf(NodeId node);
  Value eval_other(NodeId node);
  Value eval_link(NodeId node, Value base);
  Value eval_variable(NodeId node);
  Value eval_integer(NodeId node) const;
  Value eval_string(NodeId node) const;
  Value eval_parts(NodeId node);
  Value eval_constant(NodeId node) const;
  Value eval_class_constant(NodeId node);
  Value eval_array(NodeId node);
  Value eval_index(NodeId node, const Value& base);
  Value eval_property(NodeId node, const Value& base);
  Value eval_static_property(NodeId node);
  Value eval_binary(NodeId node, const Value& left);
  Value eval_logical(NodeId node, const Value& left);
  Value eval_unary(NodeId node);
  Value eval_cast(NodeId node);
  Value eval_update(NodeId node);
  Value eval_assign(NodeId node);
  Value eval_ternary(NodeId node);
  Value eval_match(NodeId node);
  Value eval_include(NodeId node);
  static Type arithmetic(TokenKind op, const Type& left, const Type& right);
  void assign(NodeId target, const Value& value);
  void assign_list(NodeId list, const Value& value);
  void assign_index(NodeId target, const Value& value);

  // ---- Calls (evaluate_call.cpp) ----
  struct Argument {
    NodeId node;
    Value value;
  };
  std::vector<Argument> eval_arguments(NodeId arguments);
  Value eval_call(NodeId node);
  Value eval_method_call(NodeId node, const Value& object);
  Value eval_static_call(NodeId node);
  Value eval_new(NodeId node);
  Value call_result(const Call& call, NodeId node, const std::vector<Argument>& arguments, const Type* receiver);
  Value builtin_result(const BuiltinFunction& builtin, NodeId node, const std::vector<Argument>& arguments);
  Type builtin_type_of(const BuiltinFunction& builtin, const std::vector<Argument>& arguments) const;
  Taint builtin_taint(const BuiltinFunction& builtin, NodeId node, const std::vector<Argument>& arguments);
  Value function_result(FunctionId callee, NodeId node, const std::vector<Argument>& arguments, const Type* receiver);
  void builtin_method_sinks(const Call& call, NodeId node, const std::vector<Argument>& arguments);
  std::vector<Type> class_arguments(const std::string& key, const std::vector<Argument>& arguments) const;
  Type bound_type(const FunctionInfo& callee, Type type, const std::vector<Argument>& arguments,
                  const Type* receiver) const;
  void write_references(const Call& call, const std::vector<Argument>& arguments);
  const CallSite* site_of(NodeId node, std::size_t* index = nullptr) const;
  SinkMask known_cleaner(const FunctionDeclaration& declared) const;
  SinkMask cleaned_by_mapping(const std::vector<Argument>& arguments) const;
  SinkMask cleaned_by(const BuiltinFunction& builtin, const std::vector<Argument>& arguments) const;
  bool filter_cleans(const std::vector<Argument>& arguments, std::size_t filter) const;
  Taint text_taint(const BuiltinFunction& builtin, const std::vector<Argument>& arguments) const;

  // ---- Taint ----
  void check_sink(TaintSink sink, const Value& value, NodeId node, std::string_view name);
  void add_flow(TaintSink sink, std::string name, const TaintOrigin& origin, FlowStep step, const TaintPath& after);
  FlowStep step_at(NodeId node, std::string text) const;
  Taint read_here(const Taint& taint, NodeId node) const;
  static Taint appended(const Type& before, const Taint& taint);

  Kind kind(NodeId node) const { return ast_.kind(node); }
  NodeId child(NodeId node, std::uint32_t index) const { return ast_.child(node, index); }
  std::string_view text(NodeId node) const { return file_.tree.node_text(file_.source, node); }
  std::string class_of(NodeId name) const;
  bool exhausted() { return ++visited_ > kNodesMax; }

  static constexpr std::uint32_t kNodesMax = 200000;
  static constexpr int kDepthMax = 200;

  const Facts& facts_;
  const ParsedFile& file_;
  const Ast& ast_;
  FunctionId self_;
  const FunctionInfo& info_;
  const FunctionDeclaration& declared_;
  const Names& names_;
  const Summaries& summaries_;
  CallResolver resolver_;
  ExpressionTypes* record_;
  std::unordered_map<std::string, std::uint32_t> slots_;
  enum class SlotKind : std::uint8_t { kVariable, kProperty, kClient };
  std::vector<SlotKind> slot_kinds_;
  std::unordered_map<std::uint32_t, std::size_t> sites_;
  State state_;
  std::vector<Loop> loops_;
  Summary summary_;
  Taint returned_taint_;
  std::uint32_t visited_ = 0;
  int depth_ = 0;
  int loop_depth_ = 0;
};

}  // namespace banyan::php
