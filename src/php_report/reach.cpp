#include "php_report/reach.h"

#include <algorithm>

namespace banyan::php {

namespace {

std::uint32_t line_count(const FunctionInfo& function) {
  const FunctionDeclaration& declaration = function.declaration();
  return declaration.end_line >= declaration.place.line ? declaration.end_line - declaration.place.line + 1 : 1;
}

}  // namespace

std::string_view endpoint_state_name(EndpointState state) {
  constexpr std::string_view kNames[] = {"ready", "review", "blocked", "unknown"};
  return kNames[static_cast<int>(state)];
}

ReachFinder::ReachFinder(const Facts& facts)
    : facts_(facts), next_(facts.functions().size()), seen_(facts.functions().size()) {
  for (std::size_t i = 0; i < next_.size(); ++i) next_[i] = facts.functions()[i].callees;
  for (const FileInfo& file : facts.files()) {
    for (const IncludeSite& include : file.declarations->includes) {
      const FileId target = include.is_constant ? facts.find_file(include.path) : FileId();
      const auto from = static_cast<std::size_t>(include.function);
      if (!target || facts.at(target).functions.empty() || from >= file.functions.size()) continue;
      next_[file.functions[from].value].push_back(facts.at(target).functions.front());
    }
  }
}

FunctionId ReachFinder::find(std::string_view name) const {
  const std::size_t colons = name.find("::");
  if (colons != name.npos) {
    const ClassId owner = facts_.find_class(name.substr(0, colons));
    return owner ? facts_.find_method(owner, name.substr(colons + 2)) : FunctionId();
  }
  const FunctionId found = facts_.find_function(name);
  return found ? found : facts_.find_function(name.substr(name.rfind('\\') + 1));
}

// Lines of a file: a closure as a whole, or what is called on these lines.
void ReachFinder::add_code(const Handler& handler, std::vector<FunctionId>& out) const {
  const FileId file = facts_.find_file(handler.file);
  if (!file) return;
  for (const FunctionId id : facts_.at(file).functions) {
    const FunctionInfo& function = facts_.at(id);
    const FunctionDeclaration& declaration = function.declaration();
    const bool is_closure =
        declaration.kind == FunctionKind::kClosure || declaration.kind == FunctionKind::kArrowFunction;
    if (is_closure && declaration.place.line >= handler.line && declaration.end_line <= handler.end_line)
      out.push_back(id);
    for (const Call& call : function.calls) {
      if (call.by_name_only || call.site->place.line < handler.line || call.site->place.line > handler.end_line)
        continue;
      out.insert(out.end(), call.targets.begin(), call.targets.end());
    }
  }
  for (const std::string& call : handler.calls) {
    if (const FunctionId id = find(call)) out.push_back(id);
  }
}

std::vector<FunctionId> ReachFinder::entries(const Handler& handler) const {
  std::vector<FunctionId> out;
  if (handler.kind == HandlerKind::kCode) {
    add_code(handler, out);
  } else if (handler.kind == HandlerKind::kFile) {
    const FileId file = facts_.find_file(handler.name);
    if (file && !facts_.at(file).functions.empty()) out.push_back(facts_.at(file).functions.front());
  } else if (const FunctionId id = find(handler.name)) {
    out.push_back(id);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// What a file takes in before the lines of a branch runs for that branch too, where it does more than declare.
void ReachFinder::add_prelude(const Handler& handler, std::vector<FunctionId>& out) const {
  const FileId file = handler.kind == HandlerKind::kCode ? facts_.find_file(handler.file) : FileId();
  if (!file) return;
  const FileInfo& info = facts_.at(file);
  for (std::size_t i = 0; i < info.include_targets.size(); ++i) {
    const IncludeSite& include = info.declarations->includes[i];
    if (!info.include_targets[i] || include.function != 0 || include.place.line >= handler.line) continue;
    const FunctionId taken_in = facts_.at(info.include_targets[i]).functions.front();
    const FunctionInfo& code = facts_.at(taken_in);
    if (!code.callees.empty() || !code.reasons.empty() || code.own_effects != 0) out.push_back(taken_in);
  }
}

Reach ReachFinder::of(const Endpoint& endpoint) {
  Reach reach;
  reach.entries = entries(endpoint.handler);
  std::vector<FunctionId> prelude;
  add_prelude(endpoint.handler, prelude);
  ++search_;
  const auto visit = [&](FunctionId id) {
    if (seen_[id.value] == search_) return;
    seen_[id.value] = search_;
    reach.functions.push_back(id);
  };
  for (const FunctionId id : reach.entries) visit(id);
  for (const FunctionId id : prelude) visit(id);
  for (std::size_t i = 0; i < reach.functions.size(); ++i) {
    for (const FunctionId id : next_[reach.functions[i].value]) visit(id);
  }
  for (const FunctionId id : reach.functions) {
    const FunctionInfo& function = facts_.at(id);
    ++reach.by_readiness[static_cast<std::size_t>(function.readiness)];
    if (function.declaration().kind != FunctionKind::kFile) reach.lines += line_count(function);
    for (const Reason& reason : function.reasons) ++reach.reasons[reason.code];
  }
  const auto [convertible, review, refused] = reach.by_readiness;
  const bool is_plain_code = endpoint.handler.kind == HandlerKind::kCode && endpoint.handler.line > 0;
  if (reach.functions.empty() && !is_plain_code) return reach;
  reach.state = refused > 0 ? EndpointState::kBlocked : review > 0 ? EndpointState::kReview : EndpointState::kReady;
  const double all = std::max<double>(1, convertible + review + refused);
  reach.readiness = reach.functions.empty() ? 1 : (convertible + 0.5 * review) / all;
  reach.readiness /= 1 + refused;
  return reach;
}

}  // namespace banyan::php
