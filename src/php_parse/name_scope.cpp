#include "php_parse/name_scope.h"

#include <algorithm>

#include "php_lex/keywords.h"

namespace banyan::php {

namespace {

template <std::size_t kCount>
bool is_among(std::string_view text, const std::string_view (&words)[kCount]) {
  return std::any_of(std::begin(words), std::end(words),
                     [text](std::string_view word) { return equals_ignoring_case(text, word); });
}

}  // namespace

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = to_lower(c);
  return result;
}

bool is_relative_class(std::string_view name) {
  static constexpr std::string_view kNames[] = {"self", "parent", "static"};
  return is_among(name, kNames);
}

bool is_reserved_class_name(std::string_view name) {
  static constexpr std::string_view kNames[] = {"bool",   "false",    "float",  "int",    "null",
                                                "parent", "self",     "static", "string", "true",
                                                "void",   "iterable", "object", "mixed",  "never"};
  return is_among(name, kNames);
}

bool is_superglobal(std::string_view name) {
  static constexpr std::string_view kNames[] = {"GLOBALS", "_GET",     "_POST",  "_COOKIE", "_SERVER",
                                                "_ENV",    "_REQUEST", "_FILES", "_SESSION"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

bool NameScope::import(SymbolKind kind, std::string_view alias, std::string_view full_name) {
  const bool constant = kind == SymbolKind::kConstant;
  return imports_[static_cast<int>(kind)]
      .emplace(constant ? std::string(alias) : lowered(alias), constant ? std::string(full_name) : lowered(full_name))
      .second;
}

std::string_view NameScope::imported(SymbolKind kind, std::string_view alias) const {
  const auto& imports = imports_[static_cast<int>(kind)];
  if (imports.empty()) return {};
  const auto found = imports.find(kind == SymbolKind::kConstant ? std::string(alias) : lowered(alias));
  return found == imports.end() ? std::string_view() : std::string_view(found->second);
}

std::string NameScope::qualified(std::string_view name) const {
  return namespace_.empty() ? lowered(name) : namespace_ + "\\" + lowered(name);
}

std::string NameScope::resolve_class(std::string_view written) const {
  if (written.starts_with('\\')) return lowered(written.substr(1));
  constexpr std::string_view kRelative = "namespace\\";
  if (written.size() > kRelative.size() && equals_ignoring_case(written.substr(0, kRelative.size()), kRelative)) {
    return qualified(written.substr(kRelative.size()));
  }
  if (is_relative_class(written)) return lowered(written);
  const std::size_t separator = written.find('\\');
  const std::string_view full = imported(SymbolKind::kClass, written.substr(0, separator));
  if (full.empty()) return qualified(written);
  std::string result(full);
  if (separator != std::string_view::npos) result += lowered(written.substr(separator));
  return result;
}

}  // namespace banyan::php
