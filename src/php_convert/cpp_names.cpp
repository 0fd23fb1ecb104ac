#include "php_convert/cpp_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace banyan::php {

namespace {

constexpr auto kTaken = std::to_array<std::string_view>(
    {"alignas",      "alignof",   "and",      "argument", "arguments", "asm",       "assert",    "auto",
     "banyan",       "bitand",    "bitor",    "bool",     "break",     "case",      "catch",     "char",
     "class",        "compl",     "concept",  "const",    "consteval", "constexpr", "constinit", "continue",
     "co_await",     "co_return", "co_yield", "decltype", "default",   "delete",    "describe",  "do",
     "double",       "else",      "enum",     "errno",    "explicit",  "export",    "extern",    "false",
     "final",        "float",     "for",      "frame",    "friend",    "generator", "goto",      "if",
     "import",       "inline",    "int",      "long",     "main",      "module",    "mutable",   "namespace",
     "new",          "noexcept",  "not",      "nullptr",  "operator",  "or",        "override",  "php",
     "private",      "protected", "public",   "register", "requires",  "result",    "return",    "scope",
     "script",       "self",      "short",    "signed",   "sizeof",    "source",    "static",    "static_class",
     "std",          "stderr",    "stdin",    "stdout",   "struct",    "switch",    "template",  "this",
     "thread_local", "throw",     "thrown",   "true",     "try",       "typedef",   "typeid",    "typename",
     "union",        "unsigned",  "using",    "virtual",  "void",      "volatile",  "wchar_t",   "while",
     "xor"});

std::string unique(std::string wanted, std::set<std::string>& taken) {
  if (std::find(kTaken.begin(), kTaken.end(), wanted) != kTaken.end()) wanted += '_';
  std::string out = wanted;
  for (int i = 2; !taken.insert(out).second; ++i) out = wanted + (wanted.back() == '_' ? "" : "_") + std::to_string(i);
  return out;
}

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::string cpp_name(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) == 0) {
      if (!out.empty() && out.back() != '_') out += '_';
      continue;
    }
    if (is_upper(c)) {
      const bool begins = i > 0 && (!is_upper(name[i - 1]) || (i + 1 < name.size() && is_lower(name[i + 1])));
      if (begins && !out.empty() && out.back() != '_') out += '_';
    }
    out += static_cast<char>(std::tolower(byte));
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  if (out.empty() || std::isdigit(static_cast<unsigned char>(out[0])) != 0) out.insert(0, "v");
  return out;
}

std::string cpp_operation(std::string_view name) {
  if (name == "New") return "new_object";
  if (name == "Parent") return "parent_of";
  if (name == "Union") return "array_union";
  std::string out = cpp_name(name);
  if (std::find(kTaken.begin(), kTaken.end(), out) != kTaken.end()) out += '_';
  return out;
}

void name_for_cpp(hir::Program& program) {
  std::set<std::string> all = {"script", "described", "register_functions", "frame", "self", "scope", "source"};
  for (hir::Class& one : program.classes) {
    one.struct_name = unique("class_" + cpp_name(one.is_anonymous ? "anonymous" : one.name), all);
  }
  for (hir::Function& one : program.functions) {
    if (!one.is_main && !one.is_closure) one.target = unique(cpp_name(one.name), all);
  }
  for (hir::Function& one : program.functions) {
    std::set<std::string> taken = all;
    int temporaries = 0;
    for (hir::Variable& v : one.variables) {
      v.target = unique(v.name.empty() ? "t" + std::to_string(++temporaries) : cpp_name(v.name), taken);
    }
  }
}

}  // namespace banyan::php
