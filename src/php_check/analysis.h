// From linked declarations to facts about functions: the steps in order, each over all functions. Private.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "php_check/components.h"
#include "php_check/facts.h"

namespace banyan::php {

class Evaluation;
class ParsedFiles;
struct EvaluationCache;

class Analysis {
 public:
  Analysis(Facts& facts, std::size_t threads) : facts_(facts), threads_(threads) {}
  // Without files nothing is evaluated. Without verdicts it ends when types and flows are known.
  void run(ParsedFiles* files, EvaluationCache& cache, bool verdicts);

 private:
  // ---- The call graph (call_graph.cpp) ----
  // Without those of functions whose callees the evaluation knows, if there is one.
  void resolve_calls(const Evaluation* evaluation);
  void build_graph();
  void add_callees(FunctionInfo& info, FunctionId self);

  void clear_graph();

  // ---- Types and taint (analysis_types.cpp) ----
  void take_types(const Evaluation& evaluation);
  void collect_flows(const Evaluation& evaluation);

  // ---- Effects and exceptions (effects.cpp) ----
  void find_own_effects(FunctionInfo& info) const;
  void spread_effects();
  bool spread_to(FunctionInfo& info) const;
  bool is_caught(const FunctionDeclaration& declared, std::uint32_t offset, const std::string& thrown) const;
  bool add_throw(FunctionInfo& info, const std::string& thrown) const;

  // ---- Verdicts (judge.cpp) ----
  void judge(FunctionInfo& info) const;
  void judge_call(const Call& call, FunctionInfo& info) const;
  void judge_class(FunctionInfo& info) const;

  // ---- What nobody needs (dead_code.cpp) ----
  void find_dead_code();
  void note_references();
  std::unordered_map<std::string_view, std::vector<FunctionId>> functions_by_short_name() const;
  void find_unused_members(ClassId id);

  Facts& facts_;
  std::size_t threads_;
  Components components_;
};

}  // namespace banyan::php
