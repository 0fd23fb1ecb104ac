#include "php_rules/file_types.h"

namespace banyan::php {

namespace {

std::uint32_t proved_bits(const Type& type) { return type.is_unverified() ? 0U : type.bits(); }

}  // namespace

TypeOracle type_oracle(LazyTypes& types) {
  return [&types](NodeId node) { return proved_bits(types.at(node)); };
}

FileTypes::FileTypes(const RuleSet& rules, const SyntaxTree& tree, std::string_view source, const ParseOptions& options)
    : tree_(tree), source_(source), options_(options) {
  if (rules.uses_types()) oracle_ = [this](NodeId node) { return proved_bits(types().at(node)); };
}

LazyTypes& FileTypes::types() {
  if (!types_) {
    project_.emplace(ProjectOptions{.parse = options_, .verdicts = false});
    project_->set_file("a.php", std::string(source_));
    const FileId file = project_->analyze().find_file("a.php");
    types_.emplace(*project_, file, tree_, source_);
  }
  return *types_;
}

}  // namespace banyan::php
