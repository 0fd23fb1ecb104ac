// Declarations of many files to Facts: who is called what, who inherits from whom, who calls whom. Private.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "php_check/facts.h"

namespace banyan::php {

using FileSet = std::map<std::string, std::shared_ptr<const FileDeclarations>, std::less<>>;

class Linker {
 public:
  Linker(Facts& facts, const ComposerAutoload& autoload) : facts_(facts), autoload_(autoload) {}
  // Everything but what needs the call graph to be whole (call_graph.h).
  void link(const FileSet& files);

 private:
  void add_file(const std::string& path, const std::shared_ptr<const FileDeclarations>& declarations);
  void index_symbols();
  void index_classes();
  void link_classes();
  ClassId known_class(const std::string& key) const;
  void add_ancestors(ClassInfo& info, ClassId self);
  void fill_method_table(ClassId id, int depth);
  void add_trait_methods(ClassId id, const ClassInfo& trait, const std::string& trait_key);
  void note_magic(ClassInfo& info, ClassId id);
  void link_includes();

  Facts& facts_;
  const ComposerAutoload& autoload_;
  std::vector<ClassId> seen_by_;  // by class: the last one that found it among its ancestors
  std::vector<bool> table_done_;
};

// What a call may lead to. Needs the classes linked.
class CallResolver {
 public:
  explicit CallResolver(const Facts& facts) : facts_(facts) {}
  // By the declarations alone, or with what the types say about the receiver.
  Call resolve(const FunctionInfo& caller, const CallSite& site, const Type* receiver = nullptr) const;

 private:
  void resolve_function(const CallSite& site, Call& call) const;
  void resolve_method(const FunctionInfo& caller, const CallSite& site, Call& call) const;
  void resolve_by_type(const CallSite& site, const Type& receiver, Call& call) const;
  void resolve_in_class(const std::string& key, const CallSite& site, bool exact, Call& call) const;
  void resolve_in_known_class(ClassId id, const CallSite& site, bool exact, Call& call) const;
  void resolve_by_name(const CallSite& site, Call& call) const;
  void resolve_closure(const FunctionInfo& caller, const CallSite& site, Call& call) const;
  void add_overrides(ClassId id, const std::string& name, Call& call) const;
  void add_target(FunctionId target, Call& call) const;
  void add_definitions(const std::vector<FunctionId>& same, Call& call) const;
  const std::string* property_class(const FunctionInfo& caller, const std::string& name, std::string& storage) const;

  const Facts& facts_;
};

}  // namespace banyan::php
