// One walk over a tree that notes what it declares and does. Private.
//
// The walk keeps a list of its own in place of the stack, since chains may be as long as the file. What belongs to a
// function or class that is being walked is put aside in a frame and written down when the walk leaves it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "php_check/declarations.h"
#include "php_check/docblock.h"
#include "php_check/names.h"
#include "php_parse/parse.h"

namespace banyan::php {

// What one function's code does with one of its variables.
struct VariableUse {
  std::uint32_t assignments = 0;
  std::string class_name;  // of the first assignment, where that is "new A"
  bool from_docblock = false;
  bool all_new = true;
};

// A call whose receiver is a variable: known when the function has been read to its end.
struct PendingReceiver {
  std::size_t call = 0;
  std::string variable;
};

struct FunctionFrame {
  std::size_t function = 0;
  std::unordered_map<std::string, VariableUse> variables;
  std::unordered_set<std::string> globals;
  std::unordered_set<std::string> by_reference;  // parameters
  std::unordered_set<std::string> mentions;
  std::vector<PendingReceiver> pending;
  Effects effects = 0;
};

struct ClassFrame {
  std::size_t index = 0;
};

class Declarer {
 public:
  Declarer(const SyntaxTree& tree, std::string_view source);
  FileDeclarations run();

 private:
  using Kind = NodeKind;

  // ---- The walk (declarer.cpp) ----
  void walk(NodeId root);
  void enter(NodeId node);
  void leave(NodeId node);
  void push_children(NodeId node);
  void push(NodeId node) {
    if (node) tasks_.push_back({node, false});
  }
  // The children of interest in order, and a visit of the node itself behind them.
  void push_leave(NodeId node) { tasks_.push_back({node, true}); }
  void mark_top(NodeId list);
  void enter_block(NodeId node);
  Place place(NodeId node) const;
  std::string_view text(NodeId node) const { return tree_.node_text(source_, node); }
  Kind kind(NodeId node) const { return ast_.kind(node); }
  NodeId child(NodeId node, std::uint32_t slot) const { return ast_.child(node, slot); }
  std::string_view variable_name(NodeId node) const;
  std::string_view docblock_of(NodeId node) const;
  DocScope doc_scope() const;
  FunctionFrame& frame() { return frames_.back(); }
  FunctionDeclaration& function() { return out_.functions[frames_.back().function]; }
  void hazard(const char* code, NodeId at, std::string_view subject = {});
  void effect(Effects bit, NodeId at);
  void mention(std::string name) {
    if (name.size() <= kMentionBytesMax) frame().mentions.insert(std::move(name));
  }

  // ---- Declarations (declare_function.cpp, declare_class.cpp) ----
  void enter_namespace(NodeId node);
  void enter_use(NodeId node);
  void enter_function(NodeId node);
  void leave_function();
  void declare_parameters(NodeId node, const Docblock& doc);
  void declare_parameter(NodeId node, const Docblock& doc);
  void declare_property(NodeId variable, std::uint16_t modifiers, NodeId type, const Docblock& doc);
  void enter_class(NodeId node);
  void declare_members(NodeId members);
  void declare_properties(NodeId node);
  void declare_class_constants(NodeId node);
  void declare_trait_use(NodeId node);
  void declare_adaptation(NodeId node);
  void declare_constants(NodeId node);
  void settle_receivers();
  void note_unreachable(NodeId block);
  bool terminates(NodeId statement) const;
  bool loop_is_endless(NodeId statement) const;
  std::string class_name_of(NodeId node) const;
  std::string method_function_name(NodeId node) const;

  // ---- What code does (declare_statement.cpp, declare_call.cpp) ----
  void enter_expression(NodeId node);
  void enter_statement(NodeId node);
  void note_property(NodeId node);
  void enter_variable(NodeId node);
  void enter_assignment(NodeId node);
  void note_write(NodeId target, NodeId value);
  void note_target_effect(NodeId target);
  void enter_try(NodeId node);
  void enter_include(NodeId node);
  void enter_global(NodeId node);
  void enter_foreach(NodeId node);
  void enter_throw(NodeId node);
  void enter_call(NodeId node);
  void enter_function_call(NodeId node, NodeId name);
  void enter_special_function(NodeId node, std::string_view name);
  void enter_define(NodeId node);
  void enter_method_call(NodeId node);
  void enter_static_call(NodeId node);
  void enter_new(NodeId node);
  void enter_class_use(NodeId node, NodeId name);
  void enter_callbacks(NodeId arguments);
  void set_receiver(CallSite& site, NodeId object);
  CallSite& add_call(CallKind call_kind, NodeId node, NodeId arguments);
  NodeId argument(NodeId arguments, std::uint32_t index) const;
  std::uint16_t argument_count(NodeId arguments) const;
  bool constant_path(NodeId node, std::string& out, int depth = 0) const;

  // ---- Types and names ----
  Type native_type(NodeId node);
  Type named_native_type(std::string_view name);
  std::string resolve_class(std::string_view written) const;
  std::string name_text(NodeId node) const;

  static constexpr std::size_t kMentionBytesMax = 200;

  struct Task {
    NodeId node;
    bool leaving;
  };
  const SyntaxTree& tree_;
  const Ast& ast_;
  std::string_view source_;
  LineTable lines_;
  FileDeclarations out_;
  Names names_;
  ClassResolver resolver_;
  std::vector<Task> tasks_;
  std::vector<FunctionFrame> frames_;
  std::vector<ClassFrame> classes_;
  std::unordered_set<std::uint32_t> top_;  // functions and classes that stand inside of nothing
};

}  // namespace banyan::php
