// What names mean in one file, at the place a walk over it has come to.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "php_parse/name_scope.h"
#include "php_parse/parse.h"

namespace banyan::php {

class FileNames {
 public:
  // Looks for the functions the file declares in its namespaces: only those hide PHP's own of the same name.
  FileNames(const SyntaxTree& tree, std::string_view source);

  // To be told of every kNamespace and kUse node in order.
  void enter(NodeId node);

  // Full names in lower case without a leading backslash. An unqualified function is PHP's own or global unless it is
  // imported or the file declares it in its namespace; a constant likewise, in its own case.
  std::string function(std::string_view written) const;
  std::string class_name(std::string_view written) const { return scope_.resolve_class(written); }
  std::string constant(std::string_view written) const;

 private:
  void collect_functions();
  void import(NodeId use);

  const SyntaxTree& tree_;
  std::string_view source_;
  NameScope scope_;
  std::unordered_set<std::string> functions_;
};

}  // namespace banyan::php
