// Who calls whom, and in which order that can be walked from the leaves up.
#include <algorithm>
#include <optional>

#include "php_check/analysis.h"
#include "php_check/evaluation.h"
#include "php_check/linker.h"
#include "php_check/parallel.h"

namespace banyan::php {

void Analysis::run(ParsedFiles* files, EvaluationCache& cache, bool verdicts) {
  std::optional<Evaluation> evaluation;
  if (files != nullptr) evaluation.emplace(facts_, components_, *files, threads_, cache).prepare();
  resolve_calls(evaluation ? &*evaluation : nullptr);
  build_graph();
  if (evaluation) {
    evaluation->run();
    collect_flows(*evaluation);
    if (!verdicts) return;
    take_types(*evaluation);
    clear_graph();
    build_graph();
  }
  for (FunctionInfo& info : facts_.functions_) find_own_effects(info);
  spread_effects();
  in_parallel(facts_.functions_.size(), threads_, [this](std::size_t i) { judge(facts_.functions_[i]); });
  find_dead_code();
}

void Analysis::resolve_calls(const Evaluation* evaluation) {
  const CallResolver resolver(facts_);
  in_parallel(facts_.functions_.size(), threads_, [&](std::size_t i) {
    FunctionInfo& info = facts_.functions_[i];
    const std::vector<FunctionPlace>* const known = evaluation != nullptr ? evaluation->known_callees(info) : nullptr;
    if (known != nullptr) {
      for (const FunctionPlace& one : *known) info.callees.push_back(facts_.files_[one.file].functions[one.index]);
      return;
    }
    info.calls.reserve(info.declared->calls.size());
    for (const CallSite& site : info.declared->calls) info.calls.push_back(resolver.resolve(info, site));
  });
}

void Analysis::add_callees(FunctionInfo& info, FunctionId self) {
  for (const Call& call : info.calls) {
    const bool trusted = !call.by_name_only || call.targets.size() == 1;
    if (trusted) info.callees.insert(info.callees.end(), call.targets.begin(), call.targets.end());
  }
  const FunctionDeclaration& declared = *info.declared;
  const bool closure = declared.kind == FunctionKind::kClosure || declared.kind == FunctionKind::kArrowFunction;
  if (closure && info.parent) facts_.functions_[info.parent.value].callees.push_back(self);
}

void Analysis::clear_graph() {
  for (FunctionInfo& info : facts_.functions_) {
    info.callees.clear();
    info.callers.clear();
  }
}

void Analysis::build_graph() {
  const auto count = static_cast<std::uint32_t>(facts_.functions_.size());
  for (std::uint32_t i = 0; i < count; ++i) add_callees(facts_.functions_[i], {i});
  for (const FileInfo& file : facts_.files_) {
    for (std::size_t i = 0; i < file.include_targets.size(); ++i) {
      if (!file.include_targets[i]) continue;
      const FunctionId from = file.functions[static_cast<std::size_t>(file.declarations->includes[i].function)];
      facts_.functions_[from.value].callees.push_back(facts_.at(file.include_targets[i]).functions.front());
    }
  }
  std::vector<std::vector<std::uint32_t>> edges(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    std::vector<FunctionId>& callees = facts_.functions_[i].callees;
    std::sort(callees.begin(), callees.end());
    callees.erase(std::unique(callees.begin(), callees.end()), callees.end());
    edges[i].reserve(callees.size());
    for (const FunctionId callee : callees) {
      edges[i].push_back(callee.value);
      facts_.functions_[callee.value].callers.push_back({i});
    }
  }
  components_ = find_components(edges);
  for (std::uint32_t i = 0; i < count; ++i) {
    facts_.functions_[i].component = components_.of[i];
    facts_.functions_[i].level = components_.level[components_.of[i]];
  }
}

}  // namespace banyan::php
