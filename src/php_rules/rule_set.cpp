#include "php_rules/rule_set.h"

#include <algorithm>
#include <optional>

#include "php_rules/rule_checks.h"
#include "php_rules/rule_condition.h"
#include "php_rules/rule_fix.h"

namespace banyan::php {

namespace {

struct ReadyRule {
  const Rule* rule = nullptr;
  std::vector<Pattern> match;
  std::vector<Pattern> unless;
  std::vector<Pattern> inside;
  std::vector<Pattern> not_inside;
  std::vector<ReadyCondition> where;
  std::optional<ReadyFix> fix;
  std::vector<Placeholder> placeholders;  // of the message
};

// One way a rule may begin to match.
struct Entry {
  const ReadyRule* rule = nullptr;
  const Pattern* pattern = nullptr;  // null: by the kind alone
};

std::vector<Pattern> ready_patterns(const std::vector<PatternText>& texts, const PatternOptions& options) {
  std::vector<Pattern> patterns;
  for (const PatternText& text : texts) {
    PatternMistake mistake;
    if (auto pattern = Pattern::parse(text.text, options, mistake)) patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

ReadyRule ready_rule(const Rule& rule, Features features) {
  const PatternOptions plain{.features = features};
  const PatternOptions member{.features = features, .in_class = rule.in_class};
  ReadyRule ready{.rule = &rule,
                  .match = ready_patterns(rule.match, member),
                  .unless = ready_patterns(rule.unless, member),
                  .inside = ready_patterns(rule.inside, plain),
                  .not_inside = ready_patterns(rule.not_inside, plain),
                  .where = {},
                  .fix = {},
                  .placeholders = find_placeholders(rule.message)};
  for (const Condition& condition : rule.where) {
    ready.where.push_back({&condition, ready_patterns(condition.has, plain), ready_patterns(condition.has_not, plain)});
  }
  if (rule.fix) ready.fix = ready_fix(*rule.fix, features);
  return ready;
}

// The names a pattern can call, in lower case: its own, or those a condition allows. Empty where any.
std::vector<std::string> called_names(const ReadyRule& rule, const Pattern& pattern) {
  if (pattern.ast().kind(pattern.root()) != NodeKind::kCall) return {};
  const NodeId callee = pattern.ast().child(pattern.root(), 0);
  if (pattern.role(callee) == PatternRole::kNone) {
    if (pattern.ast().kind(callee) != NodeKind::kName) return {};
    const std::string name = lowered(pattern.text(callee));
    return {name.starts_with('\\') ? name.substr(1) : name};
  }
  for (const Condition& condition : rule.rule->where) {
    if (condition.variable != pattern.name(callee) || condition.names.empty()) continue;
    std::vector<std::string> names;
    for (const std::string& name : condition.names) names.push_back(lowered(name));
    return names;
  }
  return {};
}

NodeId arguments_of(const Ast& ast, NodeId node) {
  for (const NodeId child : ast.children(node)) {
    if (child && ast.kind(child) == NodeKind::kArguments) return child;
  }
  return {};
}

bool argument_count_fits(const Rule& rule, const Ast& ast, NodeId node) {
  if (!rule.arguments_min && !rule.arguments_max) return true;
  std::int64_t count = 0;
  for (const NodeId argument : ast.children(arguments_of(ast, node))) {
    if ((ast.flags(argument) & kFlagSpread) != 0) return false;
    ++count;
  }
  return count >= rule.arguments_min.value_or(0) && count <= rule.arguments_max.value_or(count);
}

}  // namespace

struct RuleSet::State {
  std::vector<std::unique_ptr<const ReadyRule>> rules;
  std::array<std::vector<Entry>, 256> by_kind;
  std::unordered_map<std::string, std::vector<Entry>> by_call;

  void add(const ReadyRule& rule) {
    for (const NodeKind kind : rule.rule->kinds) by_kind[static_cast<unsigned>(kind)].push_back({&rule, nullptr});
    for (const Pattern& pattern : rule.match) {
      const std::vector<std::string> names = called_names(rule, pattern);
      for (const std::string& name : names) by_call[name].push_back({&rule, &pattern});
      if (!names.empty()) continue;
      by_kind[static_cast<unsigned>(pattern.ast().kind(pattern.root()))].push_back({&rule, &pattern});
    }
  }
};

namespace {

struct Frame {
  NodeId node;
  std::uint32_t next = 0;  // child to go to
};

// One walk over one file. The frames are the way from the root to the node being looked at.
class Walk {
 public:
  using Found = std::function<void(const ReadyRule&, const CodeView&, const FixPlace&, const Bindings&)>;

  Walk(const CheckedFile& file, FileNames& names, const Found& found)
      : file_(file), names_(names), code_{file.tree, file.source, names}, matcher_(code_), found_(found) {}

  template <class Entries>
  void run(const Entries& entries_of) {
    const Ast& ast = file_.tree.ast;
    frames_.push_back({ast.root()});
    look_at(entries_of);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const std::span<const NodeId> children = ast.children(frame.node);
      if (frame.next == children.size()) {
        frames_.pop_back();
        continue;
      }
      const NodeId child = children[frame.next++];
      if (!child) continue;
      frames_.push_back({child});
      look_at(entries_of);
    }
  }

  std::string called_name(NodeId call) const {
    const NodeId callee = file_.tree.ast.child(call, 0);
    if (!callee || file_.tree.ast.kind(callee) != NodeKind::kName) return {};
    return names_.function(file_.tree.node_text(file_.source, callee));
  }

 private:
  template <class Entries>
  void look_at(const Entries& entries_of) {
    const NodeId node = frames_.back().node;
    const NodeKind kind = file_.tree.ast.kind(node);
    if (kind == NodeKind::kNamespace || kind == NodeKind::kUse) names_.enter(node);
    const ReadyRule* last = nullptr;  // a rule says a thing once, whichever of its patterns matches
    entries_of(kind, node, [&](const Entry& entry) {
      if (entry.rule != last && fits(entry, node)) last = entry.rule;
    });
  }

  bool fits(const Entry& entry, NodeId node) {
    const Rule& rule = *entry.rule->rule;
    Bindings& bindings = bindings_;
    bindings.assign(1, {"MATCH", node, node});
    if (entry.pattern != nullptr && !matcher_.match(*entry.pattern, node, bindings)) return false;
    if (!argument_count_fits(rule, file_.tree.ast, node)) return false;
    const auto matches = [&](const Pattern& pattern) {
      Bindings local = bindings;
      return matcher_.match(pattern, node, local);
    };
    if (std::any_of(entry.rule->unless.begin(), entry.rule->unless.end(), matches)) return false;
    const auto holds_here = [&](const ReadyCondition& condition) {
      return holds(condition, code_, bindings, file_.type_of);
    };
    if (!std::all_of(entry.rule->where.begin(), entry.rule->where.end(), holds_here)) return false;
    if (!surroundings_fit(*entry.rule, bindings)) return false;
    FixPlace place{.node = node};
    if (frames_.size() > 1) place = {node, frames_[frames_.size() - 2].node, frames_[frames_.size() - 2].next - 1};
    found_(*entry.rule, code_, place, bindings);
    return true;
  }

  bool surroundings_fit(const ReadyRule& ready, const Bindings& bindings) {
    const Rule& rule = *ready.rule;
    bool inside = rule.inside.empty();
    bool inside_kind = rule.inside_kinds.empty();
    if (inside && inside_kind && rule.not_inside.empty() && rule.not_inside_kinds.empty()) return true;
    const std::size_t count = std::min(frames_.size() - 1, kAncestorsMax);
    for (std::size_t i = 0; i < count; ++i) {
      const NodeId ancestor = frames_[frames_.size() - 2 - i].node;
      const NodeKind kind = file_.tree.ast.kind(ancestor);
      const auto matches = [&](const Pattern& pattern) {
        if (pattern.ast().kind(pattern.root()) != kind) return false;
        Bindings local = bindings;
        return matcher_.match(pattern, ancestor, local);
      };
      const auto same = [kind](NodeKind one) { return one == kind; };
      if (std::any_of(rule.not_inside_kinds.begin(), rule.not_inside_kinds.end(), same)) return false;
      if (std::any_of(ready.not_inside.begin(), ready.not_inside.end(), matches)) return false;
      inside_kind |= std::any_of(rule.inside_kinds.begin(), rule.inside_kinds.end(), same);
      inside = inside || std::any_of(ready.inside.begin(), ready.inside.end(), matches);
    }
    return inside && inside_kind;
  }

  const CheckedFile& file_;
  FileNames& names_;
  CodeView code_;
  Matcher matcher_;
  const Found& found_;
  std::vector<Frame> frames_;
  Bindings bindings_;  // of the entry being looked at; kept, since most entries do not fit and none should allocate
};

std::string message_of(const ReadyRule& ready, const CodeView& code, const Bindings& bindings) {
  const std::string& text = ready.rule->message;
  std::string out;
  std::size_t from = 0;
  for (const Placeholder& placeholder : ready.placeholders) {
    out.append(text, from, placeholder.begin - from);
    from = placeholder.end;
    const Binding* const binding = find_binding(bindings, placeholder.name);
    if (binding != nullptr) out += shown_code(binding_text(code, *binding));
  }
  return out.append(text, from);
}

// Turns matches into findings; lines are only counted once there is one.
class Reporter {
 public:
  Reporter(const CheckedFile& file, std::vector<Finding>& findings) : file_(file), findings_(findings) {}

  void add(const ReadyRule& ready, const CodeView& code, const FixPlace& place, const Bindings& bindings) {
    if (ready.rule->message.empty() || count_ > kFindingsPerFileMax) return;
    if (!locator_) locator_.emplace(file_.source);
    const std::string_view text = code_text(file_.tree, file_.source, place.node, place.node);
    const auto offset = static_cast<std::uint32_t>(text.data() - file_.source.data());
    Finding finding;
    finding.file = file_.path;
    finding.region = locator_->region(offset, static_cast<std::uint32_t>(text.size()));
    if (++count_ > kFindingsPerFileMax) return findings_.push_back(too_many(std::move(finding)));
    finding.code = ready.rule->id;
    finding.severity = ready.rule->severity;
    finding.level = static_cast<int>(ready.rule->level);
    finding.message = message_of(ready, code, bindings);
    finding.hint = ready.rule->hint;
    finding.excerpt = locator_->excerpt(finding.region);
    if (ready.fix) {
      if (auto fix = make_fix(*ready.fix, code, place, bindings, *locator_)) finding.fixes.push_back(std::move(*fix));
    }
    findings_.push_back(std::move(finding));
  }

 private:
  static Finding too_many(Finding finding) {
    finding.code = kTooManyFindings;
    finding.message =
        "More than " + std::to_string(kFindingsPerFileMax) + " findings; the rest of the file is not shown";
    return finding;
  }

  const CheckedFile& file_;
  std::vector<Finding>& findings_;
  std::optional<Locator> locator_;
  std::size_t count_ = 0;
};

}  // namespace

RuleSet::RuleSet(std::span<const Rule> rules, Features features, int level) {
  auto state = std::make_unique<State>();
  for (const Rule& rule : rules) {
    if (!rule.applies_to(features.version()) || rule.level > level) continue;
    state->rules.push_back(std::make_unique<const ReadyRule>(ready_rule(rule, features)));
    state->add(*state->rules.back());
  }
  state_ = std::move(state);
}

RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;

std::size_t RuleSet::size() const { return state_->rules.size(); }

bool RuleSet::uses_types() const {
  const auto asks = [](const ReadyCondition& condition) { return condition.asked->type_bits != 0; };
  return std::any_of(state_->rules.begin(), state_->rules.end(), [&asks](const auto& ready) {
    return std::any_of(ready->where.begin(), ready->where.end(), asks);
  });
}

bool RuleSet::contains(std::string_view id) const {
  return std::any_of(state_->rules.begin(), state_->rules.end(),
                     [id](const auto& ready) { return ready->rule->id == id; });
}

namespace {

template <class State>
void walk(const State& state, const CheckedFile& file, const Walk::Found& found) {
  FileNames names(file.tree, file.source);
  Walk walk(file, names, found);
  walk.run([&](NodeKind kind, NodeId node, const auto& take) {
    for (const Entry& entry : state.by_kind[static_cast<unsigned>(kind)]) take(entry);
    if (kind != NodeKind::kCall) return;
    const auto entries = state.by_call.find(walk.called_name(node));
    if (entries == state.by_call.end()) return;
    for (const Entry& entry : entries->second) take(entry);
  });
}

}  // namespace

void RuleSet::check(const CheckedFile& file, std::vector<Finding>& findings) const {
  Reporter reporter(file, findings);
  walk(*state_, file,
       [&](const ReadyRule& ready, const CodeView& code, const FixPlace& place, const Bindings& bindings) {
         reporter.add(ready, code, place, bindings);
       });
}

void RuleSet::annotate(const CheckedFile& file, std::vector<Annotation>& annotations) const {
  walk(*state_, file, [&](const ReadyRule& ready, const CodeView&, const FixPlace& place, const Bindings&) {
    if (!ready.rule->annotations.empty()) annotations.push_back({ready.rule, place.node});
  });
}

}  // namespace banyan::php
