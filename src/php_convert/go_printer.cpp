#include "php_convert/go_printer.h"

#include <algorithm>

#include "php_convert/go_names.h"

namespace banyan::php {

using hir::StmtKind;

GoPrinter::GoPrinter(hir::Program& program) : program_(program) { name_for_go(program_); }

void GoPrinter::line(const std::string& text) {
  if (!text.empty()) out_ += tabs() + text;
  out_ += '\n';
  statement_line_ += 1 + newlines(text);
  go_line_ = statement_line_;
}

std::uint32_t GoPrinter::newlines(const std::string& text) {
  return static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

// Remembers that what is printed next comes from there.
void GoPrinter::at(std::uint32_t offset) {
  claimed_ = 0;
  if (offset != 0 && !starts_.empty()) claim(line_of(offset));
}

std::uint32_t GoPrinter::line_of(std::uint32_t offset) const {
  if (starts_.empty()) return 1;
  return static_cast<std::uint32_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin());
}

void GoPrinter::claim(std::uint32_t php_line) {
  claimed_ = php_line;
  lines_.emplace_back(go_line_, php_line);
}

// What in the expression is first to stand for a line of PHP: what may complain, by which the runtime finds the line.
const hir::Expr* GoPrinter::first_told(const Expr& e) {
  static constexpr std::string_view kQuiet[] = {"#len",   "ClassOf", "Coalesce", "Echo",  "IsNull", "Keep",
                                                "NameOf", "NewRef",  "Quiet",    "Raise", "Self"};
  switch (e.kind) {
    case ExprKind::kLambda:
    case ExprKind::kBody:
      return nullptr;
    case ExprKind::kRuntime:
      if (std::ranges::find(kQuiet, e.text) == std::end(kQuiet)) return &e;
      break;
    case ExprKind::kConvert:
      if (e.rep != Rep::kValue && e.rep != Rep::kBool && e.children[0]->rep >= Rep::kArray) return &e;
      break;
    case ExprKind::kMethod:
    case ExprKind::kBuiltin:
    case ExprKind::kCall:
      return &e;
    default:
      break;
  }
  for (const auto& one : e.children) {
    const Expr* const found = one == nullptr ? nullptr : first_told(*one);
    if (found != nullptr) return found;
  }
  return nullptr;
}

// What stands before a part of an expression: where it comes from another line of PHP, it begins a line of Go, which is
// indented as the caller says.
std::string GoPrinter::gap(const Expr& e, const char* blank) {
  const Expr* const first = may_break_ ? first_told(e) : nullptr;
  if (first == nullptr || first->told == 0 || starts_.empty()) return blank;
  const std::uint32_t wanted = line_of(first->told);
  if (wanted == claimed_) return blank;
  const bool breaks = claimed_ != 0;
  if (breaks) ++go_line_;
  claim(wanted);
  return breaks ? "\n" : blank;
}

// Several comments, each as PHP has it, one below the other.
void GoPrinter::comments(const std::string& all) {
  std::size_t begin = 0;
  while (begin < all.size()) {
    const bool block = all.compare(begin, 2, "/*") == 0;
    const std::size_t end = block ? all.find("*/", begin) + 2 : std::min(all.find('\n', begin), all.size());
    comment(all.substr(begin, end - begin));
    begin = all.find_first_not_of('\n', end);
  }
}

// A comment of PHP's in Go's form: "#" becomes "//", a block keeps its lines.
void GoPrinter::comment(const std::string& text) {
  if (text.starts_with("/*")) {
    std::string inner = text.substr(2, text.size() - 4);
    if (inner.starts_with("*")) inner.erase(0, 1);
    std::size_t begin = 0;
    while (begin <= inner.size()) {
      std::size_t end = std::min(inner.find('\n', begin), inner.size());
      std::string one = inner.substr(begin, end - begin);
      const std::size_t first = one.find_first_not_of(" \t\r*");
      one = first == std::string::npos ? "" : one.substr(first);
      while (!one.empty() && (one.back() == ' ' || one.back() == '\r' || one.back() == '\t')) one.pop_back();
      if (!one.empty()) line("// " + one);
      begin = end + 1;
    }
    return;
  }
  std::string rest = text.substr(text.starts_with("#") ? 1 : 2);
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == '\r' || rest.back() == ' ' || rest.back() == '\t')) {
    rest.pop_back();
  }
  const std::size_t first = rest.find_first_not_of(" \t");
  line(first == std::string::npos ? "//" : "// " + rest.substr(first));
}

// ---- Whether Go sees that control does not come out below ----

bool GoPrinter::ends(const hir::Block& block) const { return !block.empty() && ends(*block.back()); }

static bool breaks_to(const hir::Block& block, std::int32_t target) {
  for (const auto& s : block) {
    if (s->kind == StmtKind::kBreak && s->target == target) return true;
    if (breaks_to(s->body, target) || breaks_to(s->otherwise, target)) return true;
    for (const hir::Case& one : s->cases) {
      if (breaks_to(one.body, target)) return true;
    }
    for (const hir::Catch& one : s->catches) {
      if (breaks_to(one.body, target)) return true;
    }
  }
  return false;
}

bool GoPrinter::ends(const Stmt& s) const {
  switch (s.kind) {
    case StmtKind::kReturn:
    case StmtKind::kBreak:
    case StmtKind::kContinue:
      return true;
    case StmtKind::kExpression:
      return s.expr->kind == ExprKind::kRuntime && never_returns(*s.expr);
    case StmtKind::kIf:
      return !s.body.empty() && ends(s.body) && ends(s.otherwise);
    case StmtKind::kLoop:
      return s.expr == nullptr && s.step.empty() && !breaks_to(s.body, s.target);
    case StmtKind::kSwitch: {
      bool has_default = false;
      for (const hir::Case& one : s.cases) {
        has_default = has_default || one.is_default;
        if (!(ends(one.body) || one.falls_through) || breaks_to(one.body, s.target)) return false;
      }
      return has_default;
    }
    default:
      return false;
  }
}

std::string GoPrinter::run(const std::string& package) {
  hir::Function& main = program_.functions[0];
  std::string bodies;
  // The head is known when everything else is printed; it has a fixed number of lines.
  const std::uint32_t head_lines = 9;
  go_line_ = head_lines + 1;
  statement_line_ = go_line_;
  for (const hir::Class& one : program_.classes) print_class(one);
  for (std::size_t i = 1; i < program_.functions.size(); ++i) {
    const hir::Function& one = program_.functions[i];
    if (one.is_closure || one.target.empty() || one.class_index >= 0) continue;
    print_function(static_cast<std::int32_t>(i));
  }
  print_main();
  print_registry();
  static_cast<void>(main);
  bodies = std::move(out_);
  std::string imports;
  const bool math = bodies.find("math.") != std::string::npos;
  const bool strconv = bodies.find("strconv.") != std::string::npos;
  std::vector<std::string> std_imports;
  if (math) std_imports.emplace_back("\t\"math\"");
  if (strconv) std_imports.emplace_back("\t\"strconv\"");
  std::string head = "// Converted from " + program_.path.substr(program_.path.rfind('/') + 1) +
                     " by banyan php convert.\npackage " + package + "\n\nimport (\n";
  for (const std::string& one : std_imports) head += one + "\n";
  if (!std_imports.empty()) head += "\n";
  head += "\t\"banyan/php\"\n";
  // Names that are computed may be those of PHP's own functions.
  const bool by_name =
      bodies.find("php.Call") != std::string::npos || bodies.find("php.IsCallable") != std::string::npos ||
      bodies.find("php.Function") != std::string::npos || bodies.find("php.CallUser") != std::string::npos;
  if (by_name) head += "\t_ \"banyan/php/builtins\"\n";
  head += ")\n\n";
  const auto lines = static_cast<std::uint32_t>(std::count(head.begin(), head.end(), '\n'));
  for (auto& [go, php] : lines_) go = go - head_lines + lines;
  std::set<std::uint32_t> moved;
  for (const std::uint32_t go : declarations_) moved.insert(go - head_lines + lines);
  declarations_ = std::move(moved);
  return head + bodies;
}

}  // namespace banyan::php
