#include "php_rules/file_types.h"

namespace banyan::php {

TypeOracle type_oracle(const ExpressionTypes& types) {
  return [&types](NodeId node) {
    const Type type = types.at(node);
    return type.is_unverified() ? 0U : type.bits();
  };
}

FileTypes::FileTypes(const RuleSet& rules, const SyntaxTree& tree, std::string_view source,
                     const ParseOptions& options) {
  if (!rules.uses_types()) return;
  Project project({.parse = options});
  project.set_file("a.php", std::string(source));
  const FileId file = project.analyze().find_file("a.php");
  types_ = project.expression_types(file, tree, source);
  oracle_ = type_oracle(types_);
}

}  // namespace banyan::php
