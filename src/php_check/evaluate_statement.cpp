#include <algorithm>

#include "php_check/declare.h"
#include "php_check/evaluator.h"

namespace banyan::php {

namespace {

constexpr int kRoundsOuter = 3;

}  // namespace

Evaluator::Evaluator(const Facts& facts, const ParsedFile& file, FunctionId function, const Summaries& summaries,
                     ExpressionTypes* record)
    : facts_(facts),
      file_(file),
      ast_(file.tree.ast),
      self_(function),
      info_(facts.at(function)),
      declared_(*info_.declared),
      names_(file.names_at(declared_.place.offset)),
      summaries_(summaries),
      resolver_(facts),
      record_(record) {
  summary_.receivers.resize(declared_.calls.size());
  for (std::size_t i = 0; i < declared_.calls.size(); ++i) sites_.emplace(declared_.calls[i].node.value, i);
}

std::optional<Summary> Evaluator::run() {
  const bool jumps = std::any_of(declared_.hazards.begin(), declared_.hazards.end(),
                                 [](const Hazard& one) { return std::string_view(one.code) == "goto"; });
  if (jumps || !declared_.has_body) return std::nullopt;
  bind_parameters();
  if (declared_.kind == FunctionKind::kFile) {
    run_list(declared_.node);
    if (state_.reachable) summary_.returned = join(summary_.returned, Type::integer(1, 1));
  } else {
    const NodeId body = child(declared_.node, function_slot::kBody);
    if (declared_.kind == FunctionKind::kArrowFunction || kind(body) != Kind::kBlock) {
      const Value value = eval(body);
      summary_.returned = value.type;
      returned_taint_ = value.taint;
    } else {
      run_list(body);
      if (state_.reachable) summary_.returned = join(summary_.returned, Type(kTypeNull));
    }
  }
  if (visited_ > kNodesMax) return std::nullopt;
  if (declared_.is_generator) summary_.returned = Type::object("generator");
  if (returned_taint_ != nullptr) summary_.to_return = *returned_taint_;
  summary_.was_evaluated = true;
  return std::move(summary_);
}

void Evaluator::bind_parameters() {
  std::int32_t index = 0;
  for (const ParameterDeclaration& one : declared_.parameters) {
    Type type = one.has_native ? one.native : one.doc;
    // A docblock that says more than the native type is believed for what it adds, and marked.
    if (one.has_native && !one.doc.is_nothing() && (one.doc.bits() & ~one.native.bits()) == 0) type = one.doc;
    if (type.is_nothing()) type = Type::mixed();
    if (one.variadic) type = Type::array(Type(kTypeInt | kTypeString), type);
    Value& value = variable(slot(one.name));
    value.type = type;
    const bool harmless = !one.variadic && type.only(kTypeInt | kTypeFloat | kTypeBool | kTypeNull) && one.has_native;
    if (!harmless) value.taint = make_taint({index, kAllSinks, nullptr});
    ++index;
  }
}

// ---- States ----

std::uint32_t Evaluator::slot(std::string_view name) {
  const auto [at, is_new] = slots_.emplace(std::string(name), static_cast<std::uint32_t>(slots_.size()));
  if (is_new) {
    slot_kinds_.push_back(name.starts_with("->")  ? SlotKind::kProperty
                          : name.starts_with("[") ? SlotKind::kClient
                                                  : SlotKind::kVariable);
  }
  return at->second;
}

Value& Evaluator::variable(std::uint32_t index) {
  if (index >= state_.variables.size()) state_.variables.resize(index + 1);
  return state_.variables[index];
}

// A variable that only one side has may be unset, which reads as null.
void Evaluator::join_into(State& into, const State& other) const {
  if (!other.reachable) return;
  if (!into.reachable) {
    into = other;
    return;
  }
  const std::size_t count = std::max(into.variables.size(), other.variables.size());
  into.variables.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    static const Value kUnset;
    const Value& theirs = i < other.variables.size() ? other.variables[i] : kUnset;
    Value& ours = into.variables[i];
    if (slot_kinds_[i] != SlotKind::kVariable && (ours.type.is_nothing() || theirs.type.is_nothing())) {
      ours = {{}, join_taints(ours.taint, theirs.taint)};
    } else if (ours.type.is_nothing() != theirs.type.is_nothing()) {
      ours = {join(join(ours.type, theirs.type), Type(kTypeNull)), join_taints(ours.taint, theirs.taint)};
    } else {
      ours = join(ours, theirs);
    }
  }
}

bool Evaluator::same(const State& a, const State& b) const {
  if (a.reachable != b.reachable) return false;
  const std::size_t count = std::max(a.variables.size(), b.variables.size());
  static const Value kUnset;
  for (std::size_t i = 0; i < count; ++i) {
    const Value& x = i < a.variables.size() ? a.variables[i] : kUnset;
    const Value& y = i < b.variables.size() ? b.variables[i] : kUnset;
    if (!(x.type == y.type) || !same_taint(x.taint, y.taint)) return false;
  }
  return true;
}

void Evaluator::widen(State& state) const {
  for (Value& one : state.variables) one.type = one.type.widened();
}

// Something else may have written to the properties of $this.
void Evaluator::forget_properties() {
  for (std::size_t i = 0; i < state_.variables.size(); ++i) {
    if (slot_kinds_[i] == SlotKind::kProperty) state_.variables[i] = {};
  }
}

void Evaluator::forget_everything() {
  for (std::size_t i = 0; i < state_.variables.size(); ++i) {
    if (slot_kinds_[i] == SlotKind::kClient) continue;
    Value& one = state_.variables[i];
    one = slot_kinds_[i] == SlotKind::kProperty ? Value{} : Value{Type::mixed(), one.taint};
  }
}

// ---- Statements ----

void Evaluator::run_list(NodeId node) {
  for (const NodeId one : ast_.children(node)) {
    if (!state_.reachable || exhausted()) return;
    run_statement(one);
  }
}

void Evaluator::run_statement(NodeId node) {
  if (!node || !state_.reachable || exhausted()) return;
  if (++depth_ > kDepthMax) {
    --depth_;
    return forget_everything();
  }
  switch (kind(node)) {
    case Kind::kBlock:
    case Kind::kList:
      run_list(node);
      break;
    case Kind::kNamespace:
      run_statement(child(node, 1));
      break;
    case Kind::kDeclare:
      run_statement(child(node, 1));
      break;
    case Kind::kExpressionStatement:
    case Kind::kVoidStatement:
      eval(child(node, 0));
      break;
    case Kind::kEcho:
      run_echo(node);
      break;
    case Kind::kIf:
      run_if(node);
      break;
    case Kind::kWhile:
      run_while(node);
      break;
    case Kind::kDoWhile:
      run_do(node);
      break;
    case Kind::kFor:
      run_for(node);
      break;
    case Kind::kForeach:
      run_foreach(node);
      break;
    case Kind::kSwitch:
      run_switch(node);
      break;
    case Kind::kTry:
      run_try(node);
      break;
    case Kind::kBreak:
    case Kind::kContinue:
      run_jump(node);
      break;
    case Kind::kReturn:
      run_return(node);
      break;
    case Kind::kGlobal:
    case Kind::kStaticVariables:
      run_global(node);
      break;
    case Kind::kUnset:
      for (const NodeId one : ast_.children(node)) {
        if (const auto index = place_slot(one)) variable(*index) = {Type(kTypeNull), nullptr};
      }
      break;
    default:
      break;
  }
  --depth_;
}

void Evaluator::run_echo(NodeId node) {
  for (const NodeId one : ast_.children(node)) check_sink(TaintSink::kHtml, eval(one), one, "echo");
}

void Evaluator::run_if(NodeId node) {
  State after{{}, false};
  for (const NodeId branch : ast_.children(node)) {
    const NodeId condition = child(branch, 0);
    if (!condition) {
      run_statement(child(branch, 1));
      join_into(after, state_);
      state_.reachable = false;
      break;
    }
    eval(condition);
    const State before = state_;
    narrow(condition, true);
    run_statement(child(branch, 1));
    join_into(after, state_);
    state_ = before;
    narrow(condition, false);
  }
  join_into(after, state_);
  state_ = std::move(after);
}

// Goes round until the state before the body no longer changes. `round` runs the condition and the body once; what it
// leaves in state_ is the end of the body, and in the loop's `left` every state that leaves it.
template <class Round>
void Evaluator::run_loop(const Round& round) {
  ++loop_depth_;
  State entry = state_;
  State left{{}, false};
  const int rounds = loop_depth_ > 2 ? 2 : kRoundsOuter;
  for (int i = 0; i < rounds; ++i) {
    loops_.push_back({State{{}, false}, State{{}, false}});
    round();
    Loop loop = std::move(loops_.back());
    loops_.pop_back();
    join_into(state_, loop.continued);
    join_into(left, loop.left);
    State next = entry;
    join_into(next, state_);
    widen(next);
    const bool settled = same(next, entry);
    entry = std::move(next);
    state_ = entry;
    if (settled) break;
  }
  state_ = std::move(left);
  --loop_depth_;
}

void Evaluator::run_while(NodeId node) {
  run_loop([&] {
    const NodeId condition = child(node, 0);
    eval(condition);
    const State before = state_;
    narrow(condition, false);
    if (text(condition) != "true" && text(condition) != "1") join_into(loops_.back().left, state_);
    state_ = before;
    narrow(condition, true);
    run_statement(child(node, 1));
  });
}

void Evaluator::run_do(NodeId node) {
  run_loop([&] {
    run_statement(child(node, 0));
    join_into(state_, loops_.back().continued);
    if (!state_.reachable) return;
    eval(child(node, 1));
    const State before = state_;
    narrow(child(node, 1), false);
    join_into(loops_.back().left, state_);
    state_ = before;
    narrow(child(node, 1), true);
  });
}

void Evaluator::run_for(NodeId node) {
  const auto eval_list = [&](NodeId list) {
    if (list && kind(list) != Kind::kList) return void(eval(list));
    for (const NodeId one : ast_.children(list)) eval(one);
  };
  eval_list(child(node, 0));
  run_loop([&] {
    const NodeId conditions = child(node, 1);
    eval_list(conditions);
    const std::span<const NodeId> list = ast_.children(conditions);
    const State before = state_;
    if (!list.empty()) {
      narrow(list.back(), false);
      join_into(loops_.back().left, state_);
      state_ = before;
      narrow(list.back(), true);
    }
    run_statement(child(node, 3));
    join_into(state_, loops_.back().continued);
    eval_list(child(node, 2));
  });
}

void Evaluator::run_foreach(NodeId node) {
  const Value subject = eval(child(node, 0));
  const bool never_empty = subject.type.only(kTypeArray) && subject.type.detail().non_empty;
  bool first = true;
  run_loop([&] {
    if (!first || !never_empty) join_into(loops_.back().left, state_);
    first = false;
    run_foreach_body(node, subject);
  });
}

void Evaluator::run_foreach_body(NodeId node, const Value& subject) {
  const TypeDetail& detail = subject.type.detail();
  const bool is_array = subject.type.only(kTypeArray | kTypeNull) && detail.has_array;
  const NodeId key = child(node, 1);
  if (key) assign(key, {is_array && !detail.key.is_nothing() ? detail.key : Type::mixed(), subject.taint});
  NodeId target = child(node, 2);
  if (target && kind(target) == Kind::kArrayItem) target = child(target, 1) ? child(target, 1) : child(target, 0);
  Type value = Type::mixed();
  if (is_array && !detail.value.is_nothing()) value = detail.value;
  if (!is_array && subject.type.only(kTypeObject) && detail.classes.size() == 1 &&
      !detail.classes[0].arguments.empty()) {
    value = detail.classes[0].arguments.back();
  }
  if (target) assign(target, {value.unverified(subject.type.is_unverified()), subject.taint});
  run_statement(child(node, 3));
}

void Evaluator::run_switch(NodeId node) {
  eval(child(node, 0));
  const State before = state_;
  loops_.push_back({State{{}, false}, State{{}, false}});
  state_.reachable = false;
  bool has_default = false;
  for (const NodeId one : ast_.children(child(node, 1))) {
    const State fallen = state_;
    state_ = before;
    if (child(one, 0)) eval(child(one, 0));
    if (child(one, 0) && is_literal(kind(child(one, 0)))) forget_taint(child(node, 0), kAllSinks);
    has_default = has_default || !child(one, 0);
    join_into(state_, fallen);
    run_statement(child(one, 1));
  }
  if (!has_default) join_into(state_, before);
  join_into(state_, loops_.back().left);
  join_into(state_, loops_.back().continued);
  loops_.pop_back();
}

// An exception may come from anywhere in the body: what the body changed may be changed or not.
void Evaluator::run_try(NodeId node) {
  const State before = state_;
  run_statement(child(node, 0));
  State thrown = before;
  join_into(thrown, state_);
  State after = state_;
  for (const NodeId one : ast_.children(child(node, 1))) {
    state_ = thrown;
    Type caught;
    for (const NodeId name : ast_.children(child(one, 0))) caught = join(caught, Type::object(class_of(name)));
    if (child(one, 1)) assign(child(one, 1), {caught, nullptr});
    run_statement(child(one, 2));
    join_into(after, state_);
  }
  state_ = std::move(after);
  const NodeId last = child(node, 2);
  if (!last) return;
  const bool reachable = state_.reachable;
  if (!reachable) state_ = thrown;
  run_statement(last);
  state_.reachable = state_.reachable && reachable;
}

void Evaluator::run_return(NodeId node) {
  const NodeId value = child(node, 0);
  const Value given = value ? eval(value) : Value{Type(kTypeNull), nullptr};
  summary_.returned = join(summary_.returned, given.type);
  returned_taint_ = join_taints(returned_taint_, given.taint);
  state_.reachable = false;
}

void Evaluator::run_jump(NodeId node) {
  const NodeId count = child(node, 0);
  std::size_t levels = 1;
  if (count && kind(count) == Kind::kInteger) levels = static_cast<std::size_t>(std::max(1, text(count)[0] - '0'));
  if (levels <= loops_.size()) {
    Loop& loop = loops_[loops_.size() - levels];
    join_into(kind(node) == Kind::kBreak ? loop.left : loop.continued, state_);
  }
  state_.reachable = false;
}

void Evaluator::run_global(NodeId node) {
  for (const NodeId one : ast_.children(node)) {
    const bool is_static = kind(one) == Kind::kStaticVariable;
    const NodeId name = is_static ? child(one, 0) : one;
    if (is_static && child(one, 1)) eval(child(one, 1));
    if (kind(name) != Kind::kVariable) continue;
    Type type = Type::mixed();
    for (const auto& [global, claimed] : declared_.doc_globals) {
      if (!is_static && "$" + global == text(name)) type = claimed;
    }
    assign(name, {type, nullptr});
  }
}

}  // namespace banyan::php
