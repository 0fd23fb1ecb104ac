#include "php_convert/go_names.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace banyan::php {

namespace {

constexpr auto kTaken = std::to_array<std::string_view>(
    {"any",   "append",      "arguments", "bool",     "break",   "byte",     "cap",     "case",      "chan",
     "close", "complex",     "const",     "continue", "copy",    "default",  "defer",   "delete",    "else",
     "error", "fallthrough", "false",     "float32",  "float64", "for",      "func",    "generator", "go",
     "goto",  "if",          "imag",      "import",   "init",    "int",      "int64",   "interface", "iota",
     "len",   "main",        "make",      "map",      "new",     "nil",      "package", "panic",     "php",
     "print", "println",     "range",     "real",     "recover", "register", "result",  "return",    "rune",
     "scope", "script",      "select",    "static",   "string",  "struct",   "switch",  "this",      "thrown",
     "true",  "type",        "uint",      "uint64",   "var",     "within"});

std::string unique(std::string wanted, std::set<std::string>& taken) {
  if (is_taken_in_go(wanted)) wanted += "Value";
  std::string out = wanted;
  for (int i = 2; !taken.insert(out).second; ++i) out = wanted + std::to_string(i);
  return out;
}

}  // namespace

bool is_taken_in_go(std::string_view name) { return std::binary_search(kTaken.begin(), kTaken.end(), name); }

std::string go_name(std::string_view php_name) {
  std::string out;
  bool upper = false;
  for (const char c : php_name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 || static_cast<unsigned char>(c) >= 0x80) {
      upper = !out.empty();
      continue;
    }
    out += upper ? static_cast<char>(std::toupper(c)) : c;
    upper = false;
  }
  if (out.empty() || std::isdigit(static_cast<unsigned char>(out[0])) != 0) out.insert(0, "v");
  std::size_t capitals = 0;
  while (capitals < out.size() && std::isupper(static_cast<unsigned char>(out[capitals])) != 0) ++capitals;
  const std::size_t lower = capitals > 1 && capitals < out.size() ? capitals - 1 : capitals;
  for (std::size_t i = 0; i < std::max<std::size_t>(lower, 1); ++i) out[i] = static_cast<char>(std::tolower(out[i]));
  return out;
}

void name_for_go(hir::Program& program) {
  std::set<std::string> package = {"main", "script", "register"};
  for (const hir::Class& one : program.classes) package.insert(one.target);
  for (hir::Class& one : program.classes) {
    std::string wanted = go_name(one.is_anonymous ? "anonymous" : one.name);
    wanted[0] = static_cast<char>(std::toupper(wanted[0]));
    one.struct_name = unique(std::move(wanted), package);
  }
  for (hir::Function& one : program.functions) {
    if (one.is_main || one.is_closure) continue;
    std::string wanted = one.name;
    one.target = unique(go_name(wanted), package);
  }
  for (hir::Function& one : program.functions) {
    std::set<std::string> taken = package;
    int temporaries = 0;
    for (hir::Variable& v : one.variables) {
      v.target = unique(v.name.empty() ? "t" + std::to_string(++temporaries) : go_name(v.name), taken);
    }
  }
}

}  // namespace banyan::php
