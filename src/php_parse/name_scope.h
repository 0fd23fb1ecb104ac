// Names as PHP resolves them: the namespace, its imports, and what they make of a name.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

namespace banyan::php {

enum class SymbolKind { kClass, kFunction, kConstant };

std::string lowered(std::string_view text);

// Whether the name means the class it stands in: self, parent or static, in any case.
bool is_relative_class(std::string_view name);
// Names no class may have: int, self, mixed...
bool is_reserved_class_name(std::string_view name);
// $_GET and its like, without the dollar sign.
bool is_superglobal(std::string_view name);

class NameScope {
 public:
  // `name` has no leading backslash and may be empty.
  explicit NameScope(std::string_view name = {}) : namespace_(lowered(name)) {}
  const std::string& current() const { return namespace_; }  // in lower case

  // False where the alias is taken by another import.
  bool import(SymbolKind kind, std::string_view alias, std::string_view full_name);
  // The full name behind the alias, in lower case (constants keep theirs); empty where there is none.
  std::string_view imported(SymbolKind kind, std::string_view alias) const;

  // A declared name: with the namespace before it, in lower case.
  std::string qualified(std::string_view name) const;
  // The full name, in lower case, of a class as written. self, parent and static stay.
  std::string resolve_class(std::string_view written) const;

 private:
  std::string namespace_;
  std::unordered_map<std::string, std::string> imports_[3];
};

}  // namespace banyan::php
