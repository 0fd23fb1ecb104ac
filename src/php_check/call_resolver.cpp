#include <algorithm>

#include "php_check/builtins.h"
#include "php_check/linker.h"

namespace banyan::php {

namespace {

constexpr std::size_t kDescendantsMax = 256;
constexpr int kInheritanceDepthMax = 256;

}  // namespace

Call CallResolver::resolve(const FunctionInfo& caller, const CallSite& site, const Type* receiver) const {
  Call call;
  call.site = &site;
  switch (site.kind) {
    case CallKind::kFunction:
      resolve_function(site, call);
      break;
    case CallKind::kCallback:
      if (site.receiver == ReceiverKind::kUnknown && site.class_name.empty()) {
        resolve_function(site, call);
      } else if (receiver != nullptr && site.receiver == ReceiverKind::kUnknown) {
        resolve_by_type(site, *receiver, call);
      } else {
        resolve_method(caller, site, call);
      }
      break;
    case CallKind::kMethod:
    case CallKind::kStatic:
    case CallKind::kConstructor:
      if (receiver != nullptr && site.receiver != ReceiverKind::kParent && site.receiver != ReceiverKind::kThis) {
        resolve_by_type(site, *receiver, call);
      } else {
        resolve_method(caller, site, call);
      }
      break;
    case CallKind::kClosure:
      resolve_closure(caller, site, call);
      break;
    case CallKind::kDynamic:
      break;
  }
  if (call.targets.size() > Call::kCandidatesMax) {
    call.targets.clear();
    call.resolution = Resolution::kUnknown;
  } else if (call.targets.size() > 1) {
    call.resolution = Resolution::kCandidates;
  } else if (call.targets.size() == 1 && !call.by_name_only && call.resolution != Resolution::kUnknown) {
    call.resolution = Resolution::kResolved;
  }
  std::sort(call.targets.begin(), call.targets.end());
  return call;
}

void CallResolver::add_target(FunctionId target, Call& call) const {
  if (std::find(call.targets.begin(), call.targets.end(), target) == call.targets.end()) call.targets.push_back(target);
}

void CallResolver::resolve_function(const CallSite& site, Call& call) const {
  for (const std::string* name : {&site.name, &site.fallback}) {
    if (name->empty()) continue;
    const auto found = facts_.function_index_.find(*name);
    if (found != facts_.function_index_.end()) {
      call.resolution = Resolution::kResolved;
      const auto several = facts_.same_functions_.find(*name);
      if (several == facts_.same_functions_.end()) return add_target(found->second, call);
      return add_definitions(several->second, call);
    }
    call.builtin = find_builtin_function(*name);
    if (call.builtin != nullptr) {
      call.resolution = Resolution::kBuiltin;
      return;
    }
  }
  call.is_undefined = true;
}

// Of a function declared several times, those that are empty stand in for the others (as in a load without plugins).
void CallResolver::add_definitions(const std::vector<FunctionId>& same, Call& call) const {
  for (const FunctionId one : same) {
    if (facts_.at(one).declared->statements > 0) add_target(one, call);
  }
  if (call.targets.empty()) add_target(same.front(), call);
}

// A property's class, where its declared type names one.
const std::string* CallResolver::property_class(const FunctionInfo& caller, const std::string& name,
                                                std::string& storage) const {
  if (!caller.owner) return nullptr;
  const PropertyDeclaration* const property = facts_.find_property(caller.owner, name);
  if (property == nullptr) return nullptr;
  const Type& type = property->has_native ? property->native : property->doc;
  const std::vector<std::string> classes = type.class_names();
  if (classes.size() != 1 || classes[0][0] == '#') return nullptr;
  storage = classes[0];
  return &storage;
}

void CallResolver::resolve_method(const FunctionInfo& caller, const CallSite& site, Call& call) const {
  const bool exact = site.kind == CallKind::kStatic || site.kind == CallKind::kConstructor;
  switch (site.receiver) {
    case ReceiverKind::kClass:
      return resolve_in_class(site.class_name, site, exact, call);
    case ReceiverKind::kThis:
    case ReceiverKind::kStatic:
      if (!caller.owner) return;
      return resolve_in_known_class(caller.owner, site, exact && site.receiver == ReceiverKind::kThis, call);
    case ReceiverKind::kParent:
      if (caller.owner) resolve_in_class(facts_.at(caller.owner).declared->parent, site, true, call);
      return;
    case ReceiverKind::kProperty: {
      std::string storage;
      const std::string* const key = property_class(caller, site.class_name, storage);
      return key != nullptr ? resolve_in_class(*key, site, false, call) : resolve_by_name(site, call);
    }
    case ReceiverKind::kUnknown:
      return resolve_by_name(site, call);
  }
}

void CallResolver::resolve_by_type(const CallSite& site, const Type& receiver, Call& call) const {
  const std::vector<std::string> classes = receiver.class_names();
  if (!receiver.may_be(kTypeObject) || classes.empty() || classes.size() > Call::kCandidatesMax) {
    return resolve_by_name(site, call);
  }
  bool undefined = true;
  bool unknown = false;
  for (const std::string& key : classes) {
    Call one;
    if (key[0] == '#') {
      unknown = true;
      continue;
    }
    resolve_in_class(key, site, false, one);
    undefined = undefined && one.is_undefined;
    unknown = unknown || (one.resolution == Resolution::kUnknown && !one.is_undefined);
    for (const FunctionId target : one.targets) add_target(target, call);
    if (one.builtin_class != nullptr) call.builtin_class = one.builtin_class;
    if (one.resolution != Resolution::kUnknown) call.resolution = one.resolution;
  }
  call.is_undefined = undefined && !unknown && !receiver.is_unverified();
  if (unknown) call.resolution = Resolution::kUnknown;
}

void CallResolver::resolve_in_class(const std::string& key, const CallSite& site, bool exact, Call& call) const {
  const ClassId id = facts_.find_class(key);
  if (id) return resolve_in_known_class(id, site, exact, call);
  const BuiltinClass* const builtin = key.empty() ? nullptr : find_builtin_class(key);
  if (builtin == nullptr) {
    call.is_undefined = !key.empty() && !site.doc_only;
    return;
  }
  call.builtin_class = builtin;
  call.resolution = Resolution::kBuiltin;
}

void CallResolver::resolve_in_known_class(ClassId id, const CallSite& site, bool exact, Call& call) const {
  const ClassInfo& info = facts_.at(id);
  const FunctionId found = facts_.find_method(id, site.name);
  if (found) {
    add_target(found, call);
    call.resolution = Resolution::kResolved;
    const FunctionDeclaration& declared = *facts_.at(found).declared;
    const bool fixed = exact || (declared.modifiers & (kFlagPrivate | kFlagFinal)) != 0;
    if (!fixed) add_overrides(id, site.name, call);
    // Where there is code below what is only declared here, that is what runs.
    if (call.targets.size() > 1 && !declared.has_body) std::erase(call.targets, found);
    return;
  }
  // What the last known ancestor extends may be one of PHP's own; ancestors may lead in a circle.
  const ClassInfo* at = &info;
  for (int depth = 0; at->parent && depth < kInheritanceDepthMax; ++depth) at = &facts_.at(at->parent);
  const std::string& outside = at->declared->parent;
  if (!at->parent && !outside.empty() && find_builtin_class(outside) != nullptr) {
    call.builtin_class = find_builtin_class(outside);
    call.resolution = Resolution::kBuiltin;
    return;
  }
  if (site.kind == CallKind::kConstructor) {
    call.resolution = info.has_unknown_ancestor ? Resolution::kUnknown : Resolution::kResolved;
    return;
  }
  add_overrides(id, site.name, call);
  if (!call.targets.empty()) {
    call.resolution = Resolution::kResolved;
    return;
  }
  const bool builtin_enum = info.declared->kind == ClassKind::kEnum &&
                            (site.name == "cases" || site.name == "from" || site.name == "tryfrom");
  if (builtin_enum) {
    call.resolution = Resolution::kBuiltin;
  } else if (info.has_magic_call) {
    const FunctionId magic = facts_.find_method(id, "__call");
    if (magic) add_target(magic, call);
    call.resolution = magic ? Resolution::kResolved : Resolution::kUnknown;
  } else {
    call.is_undefined = !info.has_unknown_ancestor && info.declared->kind == ClassKind::kClass && !site.doc_only;
  }
}

// What the descendants have in its place; too many are as good as unknown.
void CallResolver::add_overrides(ClassId id, const std::string& name, Call& call) const {
  const auto everywhere = facts_.methods_by_name_.find(name);
  if (everywhere == facts_.methods_by_name_.end()) return;
  if (everywhere->second.size() == 1 && !call.targets.empty()) return;
  std::vector<ClassId> queue = {id};
  for (std::size_t at = 0; at < queue.size() && queue.size() < kDescendantsMax; ++at) {
    for (const ClassId child : facts_.at(queue[at]).children) {
      if (std::find(queue.begin(), queue.end(), child) != queue.end()) continue;
      queue.push_back(child);
      const auto& table = facts_.method_tables_[child.value];
      const auto own = table.find(name);
      if (own != table.end()) {
        add_target(own->second, call);
      } else if (facts_.at(id).declared->kind != ClassKind::kClass) {
        // A class that uses a trait or fulfils an interface may have the method from its parent.
        const FunctionId inherited = facts_.find_method(child, name);
        if (inherited) add_target(inherited, call);
      }
    }
  }
}

void CallResolver::resolve_by_name(const CallSite& site, Call& call) const {
  const auto found = facts_.methods_by_name_.find(site.name);
  if (found == facts_.methods_by_name_.end() || found->second.size() > Call::kCandidatesMax) return;
  call.by_name_only = true;
  call.targets = found->second;
}

void CallResolver::resolve_closure(const FunctionInfo& caller, const CallSite& site, Call& call) const {
  const FileInfo& file = facts_.at(caller.file);
  for (std::size_t i = caller.index + 1; i < file.functions.size(); ++i) {
    const FunctionInfo& one = facts_.at(file.functions[i]);
    const FunctionDeclaration& declared = *one.declared;
    const bool closure = declared.kind == FunctionKind::kClosure || declared.kind == FunctionKind::kArrowFunction;
    if (!closure || declared.place.offset < site.place.offset) continue;
    if (declared.place.offset >= site.place.end) return;
    call.resolution = Resolution::kResolved;
    return add_target(file.functions[i], call);
  }
}

}  // namespace banyan::php
