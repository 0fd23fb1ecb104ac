// Whether a function can be converted, and why not.
#include <algorithm>

#include "php_check/analysis.h"
#include "php_check/builtins.h"

namespace banyan::php {

namespace {

// A reason of the same code and subject is only counted.
void add_reason(FunctionInfo& info, const char* code, std::string_view subject, const Place& place) {
  for (Reason& one : info.reasons) {
    if (std::string_view(one.code) == code && one.subject == subject) {
      ++one.count;
      return;
    }
  }
  info.reasons.push_back({code, std::string(subject), place, 1});
}

bool refuses(const Reason& reason) {
  const VerdictCode* const code = find_verdict_code(reason.code);
  return code != nullptr && code->refuses;
}

}  // namespace

void Analysis::judge_call(const Call& call, FunctionInfo& info) const {
  const CallSite& site = *call.site;
  if (call.builtin != nullptr) {
    if (!call.builtin->has_native_twin) add_reason(info, "builtin-missing", call.builtin->name, site.place);
    return;
  }
  if (call.is_undefined) {
    const bool function =
        site.kind == CallKind::kFunction || (site.kind == CallKind::kCallback && site.class_name.empty());
    if (function)
      return add_reason(info, "undefined-function", site.fallback.empty() ? site.name : site.fallback, site.place);
    const bool no_class =
        !site.class_name.empty() && site.receiver == ReceiverKind::kClass && !facts_.find_class(site.class_name);
    if (no_class) return add_reason(info, "undefined-class", site.class_name, site.place);
    return add_reason(info, "undefined-method", site.name, site.place);
  }
  const bool unknown = call.resolution == Resolution::kUnknown && site.kind != CallKind::kDynamic;
  if (unknown && !(call.by_name_only && call.targets.size() == 1)) {
    add_reason(info, "unresolved-call", site.name, site.place);
  }
}

void Analysis::judge_class(FunctionInfo& info) const {
  if (!info.owner || info.declared->kind != FunctionKind::kMethod) return;
  const ClassInfo& owner = facts_.at(info.owner);
  if (owner.has_unknown_ancestor) add_reason(info, "unknown-parent", "", info.declared->name_place);
  static constexpr std::string_view kMagic[] = {"__get", "__set", "__isset", "__unset", "__call", "__callstatic"};
  const bool is_magic = std::find(std::begin(kMagic), std::end(kMagic), info.declared->key) != std::end(kMagic);
  if (is_magic) add_reason(info, "magic-method", info.declared->key, info.declared->name_place);
}

void Analysis::judge(FunctionInfo& info) const {
  for (const Hazard& hazard : info.declared->hazards) add_reason(info, hazard.code, hazard.subject, hazard.place);
  for (const Call& call : info.calls) judge_call(call, info);
  judge_class(info);
  const bool unreadable = facts_.at(info.file).declarations->has_syntax_errors;
  if (unreadable && info.index != 0) add_reason(info, "syntax-error", "", info.declared->place);
  for (const Reason& reason : info.reasons) {
    info.readiness = std::max(info.readiness, refuses(reason) ? Readiness::kRefused : Readiness::kReview);
  }
  std::sort(info.reasons.begin(), info.reasons.end(), [](const Reason& a, const Reason& b) {
    if (refuses(a) != refuses(b)) return refuses(a);
    if (a.place.offset != b.place.offset) return a.place.offset < b.place.offset;
    const int order = std::string_view(a.code).compare(b.code);
    return order != 0 ? order < 0 : a.subject < b.subject;
  });
}

}  // namespace banyan::php
