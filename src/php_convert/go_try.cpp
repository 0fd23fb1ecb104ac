// try as Go: the parts are functions, and jumps out of them become numbers that the runtime hands on.
#include "php_convert/go_printer.h"

namespace banyan::php {

using hir::StmtKind;

// The numbers with which a block may be left: 1 for return, 2 and more for jumps to what is outside.
std::set<int> GoPrinter::exits(const hir::Block& block, std::set<std::int32_t> inside) const {
  std::set<int> out;
  for (const auto& s : block) {
    switch (s->kind) {
      case StmtKind::kReturn:
        if (s->text != "value") out.insert(1);
        break;
      case StmtKind::kBreak:
      case StmtKind::kContinue:
        if (!inside.contains(s->target)) out.insert(2 * s->target + (s->kind == StmtKind::kBreak ? 2 : 3));
        break;
      default: {
        std::set<std::int32_t> within = inside;
        if (s->target >= 0) within.insert(s->target);
        const auto add = [&](const hir::Block& part) {
          for (const int one : exits(part, within)) out.insert(one);
        };
        add(s->body);
        add(s->otherwise);
        for (const hir::Case& one : s->cases) add(one.body);
        for (const hir::Catch& one : s->catches) add(one.body);
      }
    }
  }
  return out;
}

void GoPrinter::try_part(const hir::Block& part, const char* end) {
  print(part);
  if (!ends(part)) line(end);
}

void GoPrinter::print_try(const Stmt& s) {
  std::set<int> left = exits(s.body, {});
  for (const hir::Catch& one : s.catches) {
    for (const int exit : exits(one.body, {})) left.insert(exit);
  }
  for (const int exit : exits(s.otherwise, {})) left.insert(exit);
  const std::string number = "exit" + std::to_string(++exits_);
  frames_.push_back({-1, false, true});
  open((left.empty() ? "" : number + " := ") + std::string("php.TryCatch(func() int {"));
  try_part(s.body, "return 0");
  --indent_;
  if (s.catches.empty()) {
    line("}, nil,");
    indent_ += 1;
    go_back_over_line_end();
  } else {
    open("}, func(thrown php.Value) (int, bool) {");
    for (const hir::Catch& one : s.catches) print_catch(one);
    line("return 0, false");
    --indent_;
    if (s.text == "finally") {
      open("}, func() int {");
    } else {
      line("}, nil)");
    }
  }
  if (s.text == "finally") {
    if (s.catches.empty()) {
      out_ += " func() int {\n";
      go_line_ = ++statement_line_;
    }
    try_part(s.otherwise, "return 0");
    close("})");
  }
  frames_.pop_back();
  print_exits(left, number);
}

void GoPrinter::go_back_over_line_end() {
  out_.pop_back();
  go_line_ = --statement_line_;
}

void GoPrinter::print_catch(const hir::Catch& one) {
  std::string test;
  for (const std::string& name : one.classes) {
    if (!test.empty()) test += " || ";
    test += "php.IsA(thrown, " + go_string(name) + ")";
  }
  open("if " + test + " {");
  if (one.variable >= 0) line(variable_text(one.variable) + " = thrown");
  in_catch_ = true;
  // Returns of this function have two results.
  const std::string before = std::exchange(out_, "");
  print(one.body);
  if (!ends(one.body)) line("return 0");
  std::string inner = std::exchange(out_, before);
  out_ += with_second_result(inner, indent_);
  in_catch_ = false;
  close("}");
}

// "return 1" of the catch's own level becomes "return 1, true". Inner functions are indented deeper and are left alone
// by their own printing, which marks their returns.
std::string GoPrinter::with_second_result(const std::string& inner, int) {
  std::string out;
  std::size_t at = 0;
  std::vector<std::size_t> functions;  // indentations of function literals that are open
  while (at < inner.size()) {
    const std::size_t end = inner.find('\n', at);
    std::string one = inner.substr(at, end - at);
    at = end + 1;
    const std::size_t depth = one.find_first_not_of('\t');
    if (depth != std::string::npos) {
      while (!functions.empty() && depth <= functions.back() && one[depth] == '}') functions.pop_back();
      const std::string_view rest = std::string_view(one).substr(depth);
      if (functions.empty() && rest.starts_with("return ") &&
          rest.find_first_not_of("0123456789", 7) == std::string_view::npos) {
        one += ", true";
      }
      if (one.ends_with("{") && one.find("func(") != std::string::npos) functions.push_back(depth);
    }
    out += one + "\n";
  }
  return out;
}

void GoPrinter::print_exits(const std::set<int>& left, const std::string& number) {
  if (left.empty()) return;
  for (const int exit : left) {
    open("if " + number + " == " + std::to_string(exit) + " {");
    if (exit == 1) {
      bool crosses = false;
      for (const Frame& frame : frames_) crosses = crosses || frame.is_try;
      const bool gives = !result_type(*function_).empty() && !function_->is_main;
      line(crosses ? "return 1" : gives ? "return result" : "return");
    } else {
      Stmt jump;
      jump.kind = exit % 2 == 0 ? StmtKind::kBreak : StmtKind::kContinue;
      jump.target = (exit - 2) / 2;
      print_jump(jump);
    }
    close("}");
  }
}

}  // namespace banyan::php
