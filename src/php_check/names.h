// Names as PHP resolves them at one point of a file, while a tree is walked in order: the namespace and its imports.
#pragma once

#include <string>
#include <string_view>

#include "php_parse/ast.h"
#include "php_parse/name_scope.h"
#include "php_parse/parse.h"

namespace banyan::php {

// A function or constant as written may mean two: the namespace's own, and if there is none, the global one.
struct ResolvedName {
  std::string key;
  std::string fallback;  // empty where the name says which
};

class Names {
 public:
  Names(const SyntaxTree& tree, std::string_view source) : tree_(&tree), source_(source) {}

  void enter_namespace(NodeId node);  // a kNamespace
  void enter_use(NodeId node);        // a kUse
  // The text of a name without the white space that may stand in it before PHP 8.
  std::string text(NodeId name) const;
  // Keys are in lower case; self, parent and static stay.
  std::string class_key(std::string_view written) const { return scope_.resolve_class(written); }
  ResolvedName function_key(std::string_view written) const { return resolve(SymbolKind::kFunction, written); }
  // Constants keep the case of their last part.
  ResolvedName constant_key(std::string_view written) const { return resolve(SymbolKind::kConstant, written); }
  // A declared name with the namespace as it was written before it.
  std::string qualified(std::string_view name) const;
  const std::string& current() const { return written_; }

 private:
  ResolvedName resolve(SymbolKind kind, std::string_view written) const;

  const SyntaxTree* tree_;
  std::string_view source_;
  NameScope scope_;
  std::string written_;
};

// The key of a constant: the namespace in lower case, the name as it is.
std::string key_of_constant(std::string_view full_name);

}  // namespace banyan::php
