// Statements nothing leads to, and declarations nothing names.
//
// PHP can call by a name in a string, so a function counts as used when a string anywhere spells its name, and a
// private member when its class does anything by a computed name.
#include <algorithm>

#include "php_check/analysis.h"

namespace banyan::php {

namespace {

bool is_magic(std::string_view key) { return key.starts_with("__"); }

template <class Visit>
void for_each_function_of(const Facts& facts, const ClassInfo& info, Visit visit) {
  for (const FunctionId id : facts.at(info.file).functions) {
    const FunctionDeclaration& one = *facts.at(id).declared;
    if (one.class_index == static_cast<std::int32_t>(info.index)) visit(one);
    if (one.kind == FunctionKind::kFile) visit(one);  // defaults of properties are written there
  }
}

bool mentions(const FunctionDeclaration& declared, const std::string& name) {
  return std::binary_search(declared.mentions.begin(), declared.mentions.end(), name);
}

}  // namespace

// The functions that have one name, whichever their namespace or class: a string that spells it may mean any of them.
std::unordered_map<std::string_view, std::vector<FunctionId>> Analysis::functions_by_short_name() const {
  std::unordered_map<std::string_view, std::vector<FunctionId>> index;
  for (std::uint32_t i = 0; i < facts_.functions_.size(); ++i) {
    const std::string_view key = facts_.functions_[i].declared->key;
    if (key.empty()) continue;
    index[key].push_back({i});
    const std::size_t separator = key.rfind('\\');
    if (separator != std::string_view::npos) index[key.substr(separator + 1)].push_back({i});
  }
  return index;
}

void Analysis::note_references() {
  const auto index = functions_by_short_name();
  const auto mark = [&](std::string_view name) {
    const std::size_t colons = name.rfind("::");
    const auto found = index.find(colons == std::string_view::npos ? name : name.substr(colons + 2));
    if (found == index.end()) return;
    for (const FunctionId one : found->second) facts_.functions_[one.value].is_referenced = true;
  };
  for (FunctionInfo& info : facts_.functions_) {
    const FunctionKind kind = info.declared->kind;
    if (kind != FunctionKind::kFunction && kind != FunctionKind::kMethod) info.is_referenced = true;
    // They are sorted, and the mark of strings comes early.
    const std::vector<std::string>& mentions = info.declared->mentions;
    for (auto one = std::lower_bound(mentions.begin(), mentions.end(), "'"); one != mentions.end(); ++one) {
      if ((*one)[0] != '\'') break;
      mark(std::string_view(*one).substr(1));
    }
    for (const Call& call : info.calls) {
      for (const FunctionId target : call.targets) facts_.functions_[target.value].is_referenced = true;
      if (call.resolution == Resolution::kUnknown && !call.site->name.empty()) mark(call.site->name);
    }
  }
}

// Only private members: any other may be used by code that is not among the files.
void Analysis::find_unused_members(ClassId id) {
  const ClassInfo& info = facts_.at(id);
  const ClassDeclaration& declared = *info.declared;
  if (declared.kind == ClassKind::kTrait || !declared.traits.empty() || info.has_magic_properties) return;
  const auto is_used = [&](const std::string& mark) {
    bool used = false;
    for_each_function_of(facts_, info, [&](const FunctionDeclaration& one) {
      used = used || mentions(one, mark) || mentions(one, "->");
    });
    return used;
  };
  for (const PropertyDeclaration& one : declared.properties) {
    if ((one.modifiers & kFlagPrivate) == 0 || is_used("->" + one.name)) continue;
    facts_.dead_.push_back({DeadKind::kUnusedProperty, info.file, {}, declared.name + "::$" + one.name, one.place});
  }
  for (const ConstantDeclaration& one : declared.constants) {
    if ((one.modifiers & kFlagPrivate) == 0 || is_used("::" + one.name)) continue;
    facts_.dead_.push_back({DeadKind::kUnusedConstant, info.file, {}, declared.name + "::" + one.name, one.place});
  }
}

void Analysis::find_dead_code() {
  note_references();
  for (std::uint32_t i = 0; i < facts_.functions_.size(); ++i) {
    const FunctionInfo& info = facts_.functions_[i];
    const FunctionDeclaration& declared = *info.declared;
    for (const Place& place : declared.unreachable) {
      facts_.dead_.push_back({DeadKind::kUnreachable, info.file, {i}, "", place});
    }
    if (info.is_referenced) continue;
    const bool method = declared.kind == FunctionKind::kMethod;
    if (method && ((declared.modifiers & kFlagPrivate) == 0 || is_magic(declared.key))) continue;
    facts_.dead_.push_back({method ? DeadKind::kUnusedMethod : DeadKind::kUnusedFunction,
                            info.file,
                            {i},
                            declared.name,
                            declared.name_place});
  }
  for (std::uint32_t i = 0; i < facts_.classes_.size(); ++i) find_unused_members({i});
  std::sort(facts_.dead_.begin(), facts_.dead_.end(), [](const DeadCode& a, const DeadCode& b) {
    if (a.file != b.file) return a.file < b.file;
    return a.place.offset != b.place.offset ? a.place.offset < b.place.offset : a.name < b.name;
  });
}

}  // namespace banyan::php
