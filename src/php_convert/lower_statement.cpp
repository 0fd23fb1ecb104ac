// Statements without loops: blocks, if, echo, return, global, static, unset, constants.
#include "php_convert/lowering.h"

namespace banyan::php {

using hir::Block;
using hir::ExprKind;
using hir::ExprPtr;
using hir::Rep;
using hir::StmtKind;

void FunctionLowering::statements(std::span<const NodeId> list) {
  const std::vector<NodeId> copy(list.begin(), list.end());
  for (const NodeId node : copy) {
    // What nothing leads to is left out: the target language may refuse it, and it can do nothing.
    if (!reachable_ && kind(node) != Kind::kFunction && kind(node) != Kind::kClass) continue;
    if (!comments_of_declaration(node)) comments_before(node);
    statement(node);
  }
}

Block FunctionLowering::block_of(NodeId body) {
  Block block;
  Block* const outer = std::exchange(out_, &block);
  if (body) {
    if (kind(body) == Kind::kBlock) {
      statements(children(body));
    } else {
      statement(body);
    }
  }
  out_ = outer;
  return block;
}

// Comments that stand on lines of their own, between the last statement and this one.
void FunctionLowering::comments_before(NodeId node) {
  const std::uint32_t first = ast_.header(node).first;
  std::uint32_t begin = first;
  while (begin > 0 && is_trivia(tree_.stream.tokens[begin - 1].kind)) --begin;
  for (std::uint32_t token = begin; token < first; ++token) {
    const TokenKind kind = tree_.stream.tokens[token].kind;
    if (kind != TokenKind::kComment && kind != TokenKind::kDocComment) continue;
    std::string_view text = tree_.token_text(source_, token);
    const std::uint32_t at = tree_.stream.tokens[token].offset;
    const std::size_t line_start = source_.rfind('\n', at);
    const std::string_view before = source_.substr(line_start + 1, at - line_start - 1);
    if (before.find_first_not_of(" \t") != std::string_view::npos) continue;
    hir::Stmt& stmt = emit(StmtKind::kComment, {});
    stmt.offset = at;
    stmt.text = std::string(text);
  }
}

// What stands above a function or class goes where that is printed.
bool FunctionLowering::comments_of_declaration(NodeId node) {
  std::string* where = nullptr;
  if (kind(node) == Kind::kFunction) {
    for (std::size_t i = 1; i < shared_.nodes.size() && where == nullptr; ++i) {
      if (shared_.nodes[i] == node) where = &shared_.program.functions[i].comment;
    }
  } else if (const auto it = shared_.class_of_node.find(node.value); it != shared_.class_of_node.end()) {
    where = &shared_.program.classes[static_cast<std::size_t>(it->second)].comment;
  }
  if (where == nullptr) return false;
  Block block;
  Block* const outer = std::exchange(out_, &block);
  comments_before(node);
  out_ = outer;
  where->clear();
  for (const auto& one : block) *where += one->text + "\n";
  return true;
}

void FunctionLowering::statement(NodeId node) {
  at_ = offset_of(node);
  switch (kind(node)) {
    case Kind::kBlock:
    case Kind::kList:
      return statements(children(node));
    case Kind::kEmptyStatement:
    case Kind::kUse:
    case Kind::kHaltCompiler:
      return;
    case Kind::kInlineHtml:
      if (has_short_tag(html_text(node))) return refuse(node, "short-open-tag");
      return emit_expression(runtime("Echo", Rep::kNull, literal(html_text(node))), node);
    case Kind::kExpressionStatement:
      return expression_statement(child(node, 0));
    case Kind::kEcho:
      return lower_echo(node);
    case Kind::kIf:
      return lower_if(node);
    case Kind::kWhile:
      return lower_while(node);
    case Kind::kDoWhile:
      return lower_do(node);
    case Kind::kFor:
      return lower_for(node);
    case Kind::kForeach:
      return lower_foreach(node);
    case Kind::kSwitch:
      return lower_switch(node);
    case Kind::kBreak:
    case Kind::kContinue:
      return lower_jump(node);
    case Kind::kReturn:
      return lower_return(node);
    case Kind::kTry:
      return lower_try(node);
    case Kind::kGlobal:
      return lower_global(node);
    case Kind::kStaticVariables:
      return lower_static(node);
    case Kind::kUnset:
      return lower_unset(node);
    case Kind::kConstants:
      return lower_constants(node);
    case Kind::kNamespace:
      if (child(node, 1)) statements(children(child(node, 1)));
      return;
    case Kind::kDeclare:
      if (child(node, 1)) statement(child(node, 1));
      return;
    case Kind::kFunction:
      return declare_function(node);
    case Kind::kClass:
    case Kind::kInterface:
    case Kind::kTrait:
    case Kind::kEnum:
      return declare_class_here(node);
    case Kind::kGoto:
    case Kind::kLabel:
      return refuse(node, "goto");
    default:
      return refuse(node, "statement-" + std::string(node_kind_name(kind(node))));
  }
}

// Whether the text has "<?", which opens code where the setting short_open_tag says so.
bool FunctionLowering::has_short_tag(std::string_view html) {
  std::size_t at = html.find("<?");
  while (at != std::string_view::npos && lowered(html.substr(at + 2, 3)) == "xml") at = html.find("<?", at + 2);
  return at != std::string_view::npos;
}

// The line end right behind "?>" belongs to the tag.
std::string FunctionLowering::html_text(NodeId node) const {
  std::string out;
  const NodeHeader header = ast_.header(node);
  for (std::uint32_t token = header.first; token < header.end; ++token) {
    if (tree_.stream.tokens[token].kind == TokenKind::kInlineHtml) out += tree_.token_text(source_, token);
  }
  return out;
}

void FunctionLowering::expression_statement(NodeId node) {
  const NodeId inner = plain(node);
  if (kind(inner) == Kind::kVariable) return;  // it is not even read
  NodeId call = inner;
  while (kind(call) == Kind::kUnary && ast_.header(call).op == TokenKind::kAt) call = plain(child(call, 0));
  unread_call_ = call.value;
  switch (kind(inner)) {
    case Kind::kAssign: {
      const TokenKind op = ast_.header(inner).op;
      if (op == TokenKind::kAssign && lower_conditional_statement(inner)) return;
      ExprPtr made = op == TokenKind::kAssign ? lower_assign(inner, false) : lower_compound(inner, false);
      if (made != nullptr) emit_expression(std::move(made), node);
      return;
    }
    case Kind::kPrefixUpdate:
    case Kind::kPostfixUpdate:
      lower_update_statement(inner);
      return;
    case Kind::kAssignReference:
      return bind_assigned(inner);
    case Kind::kTernary:
      if (child(inner, 1)) {
        lower_branches(
            child(inner, 0), [&] { expression_statement(child(inner, 1)); },
            [&] { expression_statement(child(inner, 2)); }, inner);
        return;
      }
      break;
    case Kind::kBinary: {
      const TokenKind op = ast_.header(inner).op;
      if (op == TokenKind::kAndAnd || op == TokenKind::kLogicalAnd) {
        return lower_branches(child(inner, 0), [&] { expression_statement(child(inner, 1)); }, [] {}, inner);
      }
      if (op == TokenKind::kOrOr || op == TokenKind::kLogicalOr) {
        return lower_branches(child(inner, 0), [] {}, [&] { expression_statement(child(inner, 1)); }, inner);
      }
      break;
    }
    case Kind::kMatch:
      return store_match(inner, [&](ExprPtr made) {
        const std::uint32_t offset = made->offset;
        emit_expression(std::move(made), inner);
        stand_at(offset);
      });
    case Kind::kThrow:
      emit_expression(runtime("Raise", Rep::kNothing, value(child(inner, 0))), node);
      reachable_ = false;
      return;
    case Kind::kExit:
      emit_expression(lower_exit(inner), node);
      reachable_ = false;
      return;
    case Kind::kPrint:
      emit_expression(runtime("Echo", Rep::kNull, convert(expression(child(inner, 0)), Rep::kString)), node);
      return;
    default:
      break;
  }
  ExprPtr made = expression(inner);
  if (made->kind == ExprKind::kVariable || made->kind == ExprKind::kNull || made->kind == ExprKind::kInt ||
      made->kind == ExprKind::kString || made->kind == ExprKind::kBool || made->kind == ExprKind::kFloat) {
    return;
  }
  emit_expression(std::move(made), node);
}

// if (condition) { then } else { otherwise }, with what is known to be assigned after both.
void FunctionLowering::lower_branches(NodeId condition_node, const std::function<void()>& then,
                                      const std::function<void()>& otherwise, NodeId at) {
  ExprPtr test = condition(condition_node);
  hir::Stmt& stmt = emit(StmtKind::kIf, at);
  stmt.expr = std::move(test);
  fill_branches(stmt, then, otherwise);
}

void FunctionLowering::fill_branches(hir::Stmt& stmt, const std::function<void()>& then,
                                     const std::function<void()>& otherwise) {
  Block* const outer = out_;
  const Assigned before = assigned_;
  const bool was_reachable = reachable_;
  out_ = &stmt.body;
  then();
  const Assigned after_then = assigned_;
  const bool then_reaches = reachable_;
  assigned_ = before;
  reachable_ = was_reachable;
  out_ = &stmt.otherwise;
  otherwise();
  out_ = outer;
  if (!then_reaches) return;
  assigned_ = reachable_ ? assigned_both(after_then, assigned_) : after_then;
  reachable_ = true;
}

void FunctionLowering::lower_if(NodeId node) {
  const std::vector<NodeId> branches(children(node).begin(), children(node).end());
  lower_if_from(branches, 0);
}

void FunctionLowering::lower_if_from(const std::vector<NodeId>& branches, std::size_t at) {
  const NodeId branch = branches[at];
  const NodeId test = child(branch, 0);
  const auto body = [&](NodeId which) {
    if (kind(which) == Kind::kBlock) {
      statements(children(which));
    } else {
      statement(which);
    }
  };
  if (!test) return body(child(branch, 1));
  lower_branches(
      test, [&] { body(child(branch, 1)); },
      [&] {
        if (at + 1 < branches.size()) lower_if_from(branches, at + 1);
      },
      branch);
}

void FunctionLowering::lower_echo(NodeId node) {
  const std::vector<NodeId> parts(children(node).begin(), children(node).end());
  for (const NodeId part : parts) {
    emit_expression(runtime("Echo", Rep::kNull, convert(expression(part), Rep::kString)), node);
  }
}

ExprPtr FunctionLowering::returned_value(NodeId node) {
  if (!node) return nullptr;
  if (gives_reference()) return returned_reference(plain(node));
  ExprPtr made = expression(node);
  // A local of the function dies here, so that its array need not be copied.
  const bool dies = made->kind == ExprKind::kVariable && !function_.is_main &&
                    function_.variables[static_cast<std::size_t>(made->variable)].storage == hir::Storage::kLocal &&
                    tries_ == 0 && !function_.is_generator;
  return dies ? std::move(made) : copied(std::move(made));
}

// A value, or the reference that a function gave.
ExprPtr FunctionLowering::value_or_reference(NodeId node) {
  ExprPtr made = expression(node);
  if (made->kind != ExprKind::kRuntime) return convert(copied(std::move(made)), Rep::kValue);
  if (made->text == "DerefResult") return std::move(made->children[0]);
  if (made->text == "CallValue") {
    made->children.insert(made->children.begin() + 1, nil());
    made->text = "CallValueIn";
  }
  if (made->text == "CallValueIn" || made->text == "CallMethodIn") {
    made->text.replace(made->text.size() - 2, 2, "Raw");
  } else if (made->text == "CallStatic") {
    made->text = "CallStaticRaw";
  }
  return convert(copied(std::move(made)), Rep::kValue);
}

// What a function that returns by reference gives: PHP complains of what is no variable and no other such function.
ExprPtr FunctionLowering::returned_reference(NodeId node) {
  if (is_place(node) || kind(node) == Kind::kVariableVariable) return reference_of(node);
  return runtime("ReturnedRef", Rep::kValue, value_or_reference(node));
}

void FunctionLowering::emit_return(ExprPtr made, NodeId at) {
  if (function_.is_main && shared_.program.is_mounted) {
    emit_expression(
        runtime("FileReturns", Rep::kNull, made == nullptr ? null() : convert(std::move(made), Rep::kValue)), at);
    made = nullptr;
  }
  const std::string& type = function_.return_type;
  if (gives_reference()) {
    if (made == nullptr) made = runtime("ReturnedRef", Rep::kValue, convert(null(), Rep::kValue));
    if (!type.empty() && type != "void" && type != "mixed") {
      made = runtime(shared_.program.strict_types ? "CheckStrictResultRef" : "CheckResultRef", Rep::kValue,
                     std::move(made), literal(type), own_name());
    }
  } else if (made == nullptr) {
    returns_nothing_ = true;
  } else if (!type.empty() && type != "void" && !function_.is_generator) {
    made = checked_return(std::move(made));
  }
  if (made != nullptr && !function_.is_generator && !function_.is_main) {
    grow_result(made->rep);
    returns_value_ = returns_value_ || made->kind != ExprKind::kNull;
  }
  hir::Stmt& stmt = emit(StmtKind::kReturn, at);
  if (made != nullptr) stmt.expr = told(std::move(made));
  reachable_ = false;
}

void FunctionLowering::lower_return(NodeId node) {
  const NodeId given = child(node, 0);
  const NodeId inner = given ? plain(given) : NodeId{};
  const auto finish = [&](ExprPtr made) {
    const std::uint32_t offset = made->offset;
    emit_return(copied(std::move(made)), node);
    stand_at(offset);
  };
  if (inner && !function_.by_reference && is_conditional(inner)) return assign_conditional(inner, finish);
  emit_return(returned_value(given), node);
}

void FunctionLowering::lower_global(NodeId node) {
  for (const NodeId one : children(node)) {
    const std::string name = variable_name(one);
    if (name.empty()) {
      refuse(one, "variable-variable");
      continue;
    }
    const std::int32_t slot = variable(name);
    box(slot);
    if (function_.is_main && !shared_.program.is_mounted) {
      mark_assigned(slot);
      continue;
    }
    hir::Stmt& stmt = emit(StmtKind::kBind, one);
    stmt.variable = slot;
    stmt.expr = runtime("Global", Rep::kValue, literal(name));
    // A file that a function includes has no global variables of its own.
    if (function_.is_main) {
      stmt.expr = runtime("BindFileVariable", Rep::kValue, literal(name), std::move(stmt.expr));
    }
    mark_assigned(slot);
  }
}

void FunctionLowering::lower_static(NodeId node) {
  for (const NodeId one : children(node)) {
    const NodeId initial = child(one, 1);
    const std::int32_t slot = variable(variable_name(child(one, 0)));
    box(slot);
    ExprPtr made = initial ? copied_value(initial) : convert(null(), Rep::kValue);
    hir::Stmt& stmt = emit(StmtKind::kBind, one);
    stmt.variable = slot;
    stmt.text = "static";
    function_.variables[static_cast<std::size_t>(slot)].kept = true;
    stmt.expr = runtime("Static", Rep::kValue, std::move(made));
    mark_assigned(slot);
  }
}

void FunctionLowering::lower_unset(NodeId node) {
  for (const NodeId one : children(node)) {
    complain_of_root(plain(one));
    lower_unset_target(plain(one));
  }
}

// PHP complains where something is unset in a variable that is not there, but for a property of its own.
void FunctionLowering::complain_of_root(NodeId node) {
  NodeId root = node;
  int steps = 0;
  while ((kind(root) == Kind::kIndex && !is_global_element(root)) || kind(root) == Kind::kProperty) {
    root = plain(child(root, 0));
    ++steps;
  }
  const std::string name = variable_name(root);
  if (steps == 0 || (steps == 1 && kind(node) == Kind::kProperty) || name.empty() || name == "this" ||
      name == "GLOBALS" || is_superglobal(name) || !shared_.is_exact) {
    return;
  }
  ExprPtr read = load(variable(name), root);
  if (read->kind == ExprKind::kRuntime && read->text == "Read") emit_expression(std::move(read), node);
}

void FunctionLowering::lower_unset_target(NodeId node) {
  if (const std::string name = variable_name(node); !name.empty()) {
    const std::int32_t slot = variable(name);
    if (keeps(name)) {
      emit_expression(runtime("Keep", Rep::kNull, convert(null(), Rep::kValue), literal(name)), node);
    }
    hir::Variable& v = function_.variables[static_cast<std::size_t>(slot)];
    assigned_.resize(std::max(assigned_.size(), function_.variables.size()));
    if (!v.may_be_undefined) {
      v.may_be_undefined = true;
      shared_.changed = true;
    }
    grow(slot, Rep::kValue);
    hir::Stmt& stmt = emit(StmtKind::kExpression, node);
    if (v.storage == hir::Storage::kBox) {
      stmt.kind = StmtKind::kBind;
      stmt.variable = slot;
      stmt.text = "unset";
      stmt.expr = runtime(shared_.program.is_mounted ? "UnsetFileVariable" : "UnsetGlobal", Rep::kValue, literal(name));
    } else {
      stmt.kind = StmtKind::kAssign;
      stmt.variable = slot;
      stmt.expr = verbatim("php.Undef");
    }
    assigned_[static_cast<std::size_t>(slot)] = false;
    return;
  }
  switch (kind(node)) {
    case Kind::kVariableVariable:
      return emit_expression(method("Forget", Rep::kNull, verbatim("scope"), computed_name(node)), node);
    case Kind::kIndex: {
      if (is_global_element(node)) {
        return emit_expression(runtime("ForgetGlobal", Rep::kNull, global_name(node)), node);
      }
      const NodeId base = plain(child(node, 0));
      ExprPtr key = value(child(node, 1));
      ExprPtr where = unset_place(base);
      if (where == nullptr) return refuse(node, "unset-target");
      emit_expression(runtime(where->kind == ExprKind::kPlace || is_place_expression(*where) ? "Remove" : "UnsetIndex",
                              Rep::kNull, std::move(where), std::move(key)),
                      node);
      return;
    }
    case Kind::kProperty:
    case Kind::kNullsafeProperty:
      emit_expression(runtime("UnsetProp", Rep::kNull,
                              kind(node) == Kind::kProperty ? changed_object(child(node, 0), true)
                                                            : convert(quiet_base(child(node, 0)), Rep::kValue),
                              member_name(child(node, 1)), scope()),
                      node);
      return;
    default:
      refuse(node, "unset-target");
  }
}

void FunctionLowering::lower_constants(NodeId node) {
  for (const NodeId item : children(child(node, member_slot::kItems))) {
    const std::string name = names(item).qualified(text(child(item, 0)));
    emit_expression(runtime("DefineConst", Rep::kNull, literal(name), copied_value(child(item, 1))), node);
  }
}

}  // namespace banyan::php
