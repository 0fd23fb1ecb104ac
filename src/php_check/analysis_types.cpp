// Types and taint: what the evaluation found, put into the facts.
#include <algorithm>

#include "php_check/analysis.h"
#include "php_check/evaluation.h"
#include "php_check/linker.h"
#include "php_check/parallel.h"

namespace banyan::php {

namespace {

// Box<User> where the code only shows Box: the same class, and the docblock knows its arguments.
bool claims_more(const Type& claimed, const Type& inferred) {
  const std::vector<ClassType>& a = claimed.detail().classes;
  const std::vector<ClassType>& b = inferred.detail().classes;
  return a.size() == 1 && b.size() == 1 && a[0].name == b[0].name && !a[0].arguments.empty() &&
         b[0].arguments.empty() && claimed.bits() == inferred.bits();
}

// The narrower of what is declared and what the code does; a docblock comes last.
Type best_return(const FunctionDeclaration& declared, const Type& inferred) {
  const bool found = !inferred.is_nothing() && !inferred.is_mixed();
  if (declared.has_native_return) {
    const bool narrower = found && !inferred.is_unverified() && (inferred.bits() & ~declared.native_return.bits()) == 0;
    const bool doc_says_more = !declared.doc_return.is_nothing() &&
                               (declared.doc_return.bits() & ~declared.native_return.bits()) == 0 &&
                               declared.native_return.bits() == kTypeArray;
    if (narrower) return inferred;
    return doc_says_more ? declared.doc_return : declared.native_return;
  }
  if (found && claims_more(declared.doc_return, inferred)) return declared.doc_return;
  if (found) return inferred;
  if (!declared.doc_return.is_nothing()) return declared.doc_return;
  return inferred.is_nothing() && declared.has_body && !inferred.is_mixed() ? Type(kTypeNever) : Type::mixed();
}

}  // namespace

void Analysis::take_types(const Evaluation& evaluation) {
  const CallResolver resolver(facts_);
  in_parallel(facts_.functions_.size(), threads_, [&](std::size_t i) {
    FunctionInfo& info = facts_.functions_[i];
    const Summary& summary = *evaluation.at({static_cast<std::uint32_t>(i)});
    info.was_evaluated = summary.was_evaluated;
    if (!summary.was_evaluated) return;
    info.inferred_return = summary.returned;
    info.return_type = best_return(*info.declared, summary.returned);
    const Type& claimed = info.declared->doc_return;
    const bool says_nothing = claimed.is_nothing() || claimed.may_be(kTypeVoid | kTypeNever) ||
                              summary.returned.is_nothing() || summary.returned.is_unverified();
    info.doc_return_contradicted = !says_nothing && (claimed.bits() & summary.returned.bits()) == 0;
    for (std::size_t k = 0; k < info.calls.size(); ++k) {
      const Type& receiver = summary.receivers[k];
      if (!receiver.is_nothing()) info.calls[k] = resolver.resolve(info, *info.calls[k].site, &receiver);
    }
  });
}

void Analysis::collect_flows(const Evaluation& evaluation) {
  in_parallel(facts_.files_.size(), threads_, [&](std::size_t i) {  // those that sleep are woken side by side
    const FileId file{static_cast<std::uint32_t>(i)};
    if (evaluation.may_have_flows(file)) evaluation.at(facts_.at(file).functions.front());
  });
  for (std::uint32_t i = 0; i < facts_.functions_.size(); ++i) {
    if (!evaluation.may_have_flows(facts_.functions_[i].file)) continue;
    for (const Summary::Flow& flow : evaluation.at({i})->flows) {
      facts_.flows_.push_back({flow.sink, {i}, flow.name, steps_of(flow.path)});
    }
  }
  const auto end_of = [](const TaintFlow& flow) { return flow.steps.back(); };
  std::sort(facts_.flows_.begin(), facts_.flows_.end(), [&](const TaintFlow& a, const TaintFlow& b) {
    const FlowStep x = end_of(a);
    const FlowStep y = end_of(b);
    if (x.file != y.file) return x.file < y.file;
    if (x.place.offset != y.place.offset) return x.place.offset < y.place.offset;
    if (a.sink != b.sink) return a.sink < b.sink;
    const FlowStep& from = a.steps.front();
    const FlowStep& other = b.steps.front();
    return from.file != other.file ? from.file < other.file : from.place.offset < other.place.offset;
  });
}

}  // namespace banyan::php
