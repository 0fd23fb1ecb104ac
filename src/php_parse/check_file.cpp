// What concerns the file as a whole: namespaces, imports, declare and global constants.
#include <string>

#include "php_lex/keywords.h"
#include "php_parse/checker.h"

namespace banyan::php {

namespace {

constexpr std::uint32_t kOnGlobalConstant = 64;

constexpr const char* symbol_word(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::kClass:
      return "";
    case SymbolKind::kFunction:
      return "function ";
    case SymbolKind::kConstant:
      return "const ";
  }
  return "";
}

}  // namespace

// `is_file`: the list is the whole file, not the body of a namespace.
void Checker::check_top_statements(NodeId list, bool is_file) {
  for (const NodeId statement : children(list)) {
    if (is_file) {
      check_code_placement(statement);
      top_statement_ = statement;
    }
    switch (kind(statement)) {
      case Kind::kNamespace:
        check_namespace(statement);
        break;
      case Kind::kFunction:
        check_top_function(statement);
        break;
      case Kind::kClass:
      case Kind::kInterface:
      case Kind::kTrait:
        check_class_declaration(statement);
        bind_class(statement, names_->qualified(text(child(statement, class_slot::kName))));
        break;
      case Kind::kBlock:
        check_top_statements(statement, false);
        break;
      case Kind::kHaltCompiler:
        if (bracketed_ && in_namespace_) {
          complain(statement, "file.halt-compiler", "__halt_compiler() can only be used from the outermost scope");
        }
        break;
      default:
        check_statement(statement);
        break;
    }
    if (is_file) note_statement(kind(statement));
  }
}

// Beside namespaces with braces there may be nothing but empty statements.
void Checker::check_code_placement(NodeId node) {
  if (!bracketed_ || in_namespace_) return;
  const Kind what = kind(node);
  const bool free = what == Kind::kNamespace || what == Kind::kHaltCompiler || what == Kind::kEmptyStatement;
  if (!free) complain(node, "namespace.code-outside", "No code may exist outside of namespace {}");
}

// Some things may stand only before all others in the file, or behind declares.
void Checker::note_statement(Kind statement) {
  if (statement == Kind::kDeclare) return;
  only_declares_ = false;
  if (statement != Kind::kEmptyStatement) only_declares_or_empty_ = false;
}

void Checker::check_namespace(NodeId node) {
  const bool with_braces = (flags(node) & kFlagBracketed) != 0;
  if (bracketed_ ? !with_braces : named_namespace_ && with_braces) {
    complain(node, "namespace.mixed", "Cannot mix namespaces with braces and namespaces without");
  } else if (bracketed_ && in_namespace_) {
    complain(node, "namespace.nested", "Namespace declarations cannot be nested");
  }
  const bool first = with_braces ? !bracketed_ : !named_namespace_;
  if (first && !(only_declares_or_empty_ && node == top_statement_)) {
    complain(node, "namespace.not-first", "The namespace has to be the very first statement of the file");
  }
  const NodeId name = child(node, 0);
  const std::string full = name ? name_text(name) : std::string();
  if (equals_ignoring_case(full, "namespace"))
    complain(name, "namespace.name", "A namespace cannot be called namespace");
  names_ = std::make_shared<NameScope>(full);
  if (has(Feature::kPropertyHook)) {
    for (auto& seen : seen_) seen.clear();  // before, what any namespace declared was in the way of all imports
  }
  named_namespace_ = !full.empty();
  in_namespace_ = true;
  bracketed_ = bracketed_ || with_braces;
  if (!with_braces) return;
  check_top_statements(child(node, 1), false);
  in_namespace_ = false;
  named_namespace_ = false;
  names_ = std::make_shared<NameScope>();
}

void Checker::check_declare(NodeId node) {
  for (const NodeId item : children(child(node, 0))) {
    const std::string_view name = text(child(item, 0));
    const NodeId value = child(item, 1);
    const Kind what = kind(value);
    const bool literal = what == Kind::kInteger || what == Kind::kFloat || what == Kind::kString ||
                         what == Kind::kHeredoc || what == Kind::kMagicConstant;
    if (!literal) complain(value, "declare.literal", "The value of a declare must be a literal");
    const bool strict = equals_ignoring_case(name, "strict_types");
    if (strict || equals_ignoring_case(name, "encoding")) {
      if (!(only_declares_ && node == top_statement_)) {
        complain(item, "declare.not-first", std::string(name) + " must be declared in the very first statement");
      }
    }
    if (!strict) continue;
    if (!has(Feature::kScalarTypes)) continue;
    if (child(node, 1) && kind(child(node, 1)) != Kind::kEmptyStatement) {
      complain(node, "declare.strict-block", "strict_types must not be declared with a block");
    }
    const std::int64_t given = what == Kind::kInteger ? literal_integer(value).value_or(-1) : -1;
    if (literal && given != 0 && given != 1) {
      complain(value, "declare.strict-value", "strict_types must be 0 or 1");
    }
  }
  check_body(child(node, 1), false);
}

void Checker::check_use(NodeId node) {
  const NodeId prefix_name = child(node, 0);
  std::string prefix = prefix_name ? name_text(prefix_name) : std::string();
  if (prefix.starts_with('\\')) prefix.erase(0, 1);
  if (!prefix.empty()) prefix += '\\';
  for (const NodeId item : children(child(node, 1))) {
    const std::uint16_t both = static_cast<std::uint16_t>(flags(node) | flags(item));
    SymbolKind symbol = SymbolKind::kClass;
    if ((both & kFlagUseFunction) != 0) symbol = SymbolKind::kFunction;
    if ((both & kFlagUseConstant) != 0) symbol = SymbolKind::kConstant;
    check_use_item(item, symbol, prefix);
  }
}

void Checker::check_use_item(NodeId item, SymbolKind symbol, const std::string& prefix) {
  std::string full = prefix + name_text(child(item, 0));
  if (full.starts_with('\\')) full.erase(0, 1);
  const std::size_t separator = full.rfind('\\');
  const NodeId alias_node = child(item, 1);
  const std::string alias =
      alias_node ? std::string(text(alias_node)) : full.substr(separator == std::string::npos ? 0 : separator + 1);
  if (symbol == SymbolKind::kClass && is_reserved(alias)) {
    complain(item, "use.reserved", "Cannot use " + full + " as " + alias + ": the name is a special class name");
    return;
  }
  std::string local = names_->current();
  if (!local.empty()) local += '\\';
  local += symbol == SymbolKind::kConstant ? alias : lowered(alias);
  const bool taken = seen_[static_cast<int>(symbol)].contains(local) && !equals_ignoring_case(local, full);
  if (taken || !names_->import(symbol, alias, full)) {
    complain(item, "use.in-use",
             std::string("Cannot use ") + symbol_word(symbol) + full + " as " + alias + ": the name is already in use");
  }
}

void Checker::check_global_constants(NodeId node) {
  const NodeId attributes = child(node, member_slot::kAttributes);
  check_attributes(attributes, kOnGlobalConstant);
  if (attributes && children(child(node, member_slot::kItems)).size() > 1) {
    complain(attributes, "attribute.constants", "Attributes can stand on one constant at a time");
  }
  for (const NodeId item : children(child(node, member_slot::kItems))) {
    check_constant_expression(child(item, 1), true);
    const std::string name(text(child(item, 0)));
    const std::string lower = lowered(name);
    if (lower == "true" || lower == "false" || lower == "null") {
      complain(item, "constant.reserved", "Cannot redeclare constant " + name);
    }
    std::string full = names_->current();
    if (!full.empty()) full += '\\';
    full += name;
    const std::string_view imported = names_->imported(SymbolKind::kConstant, name);
    if (!imported.empty() && !equals_ignoring_case(imported, full)) {
      complain(item, "constant.in-use", "Cannot declare const " + name + ": the name is already in use");
    }
    seen_[static_cast<int>(SymbolKind::kConstant)].insert(full);
  }
}

}  // namespace banyan::php
