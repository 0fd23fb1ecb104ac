// What functions do and throw, on their own and through what they call.
#include <algorithm>

#include "php_check/analysis.h"
#include "php_check/builtins.h"

namespace banyan::php {

namespace {

constexpr std::size_t kThrowsMax = 32;
constexpr int kRoundsMax = 4;

// Some of PHP's own functions do something only for some arguments.
Effects builtin_effects(const Call& call) {
  const BuiltinFunction& builtin = *call.builtin;
  Effects effects = builtin.effects;
  const bool gives_text = builtin.name == "print_r" || builtin.name == "var_export";
  if (gives_text && call.site->arguments > 1) effects &= ~Effects{kEffectOutput};
  const bool dates = builtin.name == "date" || builtin.name == "gmdate" || builtin.name == "strtotime";
  if (dates && call.site->arguments > 1) effects &= ~Effects{kEffectTime};
  const bool literal = builtin.name == "compact" || builtin.name == "define" || builtin.name == "constant";
  if (literal) effects &= ~Effects{kEffectDynamicCode};
  if (builtin.name.starts_with("call_user_func")) effects &= ~Effects{kEffectDynamicCode};
  return effects;
}

// What the caller of a call does not see: references into the callee's variables, and a new object being filled.
Effects visible(const Call& call, Effects effects) {
  effects &= ~Effects{kEffectReferenceWrite};
  if (call.site->kind == CallKind::kConstructor) effects &= ~Effects{kEffectObjectWrite};
  return effects & ~Effects{kEffectThrow};
}

}  // namespace

void Analysis::find_own_effects(FunctionInfo& info) const {
  for (const EffectSite& site : info.declared->effects) info.own_effects |= site.effect;
  for (const Call& call : info.calls) {
    if (call.builtin != nullptr) info.own_effects |= builtin_effects(call);
    if (call.builtin_class != nullptr) info.own_effects |= call.builtin_class->effects;
    const bool known = call.resolution != Resolution::kUnknown || (call.by_name_only && call.targets.size() == 1);
    if (!known) info.own_effects |= kEffectUnknownCall;
  }
  if (!info.declared->has_body) info.own_effects |= kEffectUnknownCall;
  info.effects = info.own_effects & ~Effects{kEffectThrow};
}

bool Analysis::is_caught(const FunctionDeclaration& declared, std::uint32_t offset, const std::string& thrown) const {
  for (const TryRange& range : declared.tries) {
    if (offset < range.begin || offset >= range.end) continue;
    const bool caught = std::any_of(range.catches.begin(), range.catches.end(),
                                    [&](const std::string& one) { return facts_.is_subclass(thrown, one); });
    if (caught) return true;
  }
  return false;
}

bool Analysis::add_throw(FunctionInfo& info, const std::string& thrown) const {
  const auto at = std::lower_bound(info.throws.begin(), info.throws.end(), thrown);
  if (at != info.throws.end() && *at == thrown) return false;
  if (info.throws.size() == kThrowsMax) return false;
  info.throws.insert(at, thrown);
  info.effects |= kEffectThrow;
  return true;
}

// One round over what the function calls. Says whether anything became more.
bool Analysis::spread_to(FunctionInfo& info) const {
  const Effects before = info.effects;
  bool more = false;
  const auto take_throws = [&](const FunctionInfo& from, std::uint32_t offset) {
    for (const std::string& one : std::vector<std::string>(from.throws)) {
      if (!is_caught(*info.declared, offset, one)) more |= add_throw(info, one);
    }
  };
  for (const Call& call : info.calls) {
    if (call.by_name_only && call.targets.size() != 1) continue;
    for (const FunctionId target : call.targets) {
      const FunctionInfo& callee = facts_.at(target);
      info.effects |= visible(call, callee.effects);
      take_throws(callee, call.site->place.offset);
    }
  }
  // Closures and included files are callees without a call.
  for (const FunctionId target : info.callees) {
    const FunctionInfo& callee = facts_.at(target);
    const FunctionKind kind = callee.declared->kind;
    const bool closure = kind == FunctionKind::kClosure || kind == FunctionKind::kArrowFunction;
    if (kind != FunctionKind::kFile && !closure) continue;
    info.effects |= callee.effects & ~Effects{kEffectReferenceWrite | kEffectThrow};
    if (kind == FunctionKind::kFile) take_throws(callee, 0);
  }
  return more || info.effects != before;
}

void Analysis::spread_effects() {
  for (FunctionInfo& info : facts_.functions_) {
    if (!info.declared->has_body) {
      for (const std::string& one : info.declared->doc_throws) add_throw(info, one);
    }
    for (const ThrowSite& site : info.declared->throws) {
      if (!is_caught(*info.declared, site.place.offset, site.class_name)) add_throw(info, site.class_name);
    }
    for (const Call& call : info.calls) {
      if (call.builtin == nullptr || call.builtin->throws.empty()) continue;
      const std::string thrown(call.builtin->throws);
      if (!is_caught(*info.declared, call.site->place.offset, thrown)) add_throw(info, thrown);
    }
  }
  for (const std::vector<std::uint32_t>& members : components_.members) {
    bool more = true;
    for (std::size_t round = 0; more && round < kRoundsMax + members.size(); ++round) {
      more = false;
      for (const std::uint32_t member : members) more |= spread_to(facts_.functions_[member]);
      if (members.size() == 1) break;
    }
  }
}

}  // namespace banyan::php
