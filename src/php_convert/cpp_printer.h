// The middle representation as C++23. Private to the C++ printer.
//
// It shares with the Go printer what does not depend on the language: where variables are declared, which ways lead out
// of a block, lines of the source. Arguments of a call are evaluated from the left, as clang does; the projects say
// that they need it.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "php_convert/go_printer.h"

namespace banyan::php {

class CppPrinter : private GoPrinter {
 public:
  explicit CppPrinter(hir::Program& program);
  // The only source of the file; what it defines is in namespace `space`.
  std::string run(const std::string& space);
  using GoPrinter::lines;
  using GoPrinter::set_line_table;

 private:
  // ---- Declarations (cpp_declarations.cpp) ----
  void print_prototype(const hir::Function& f);
  void print_function(std::int32_t index);
  void print_class(const hir::Class& one);
  void print_registry();
  void print_script();
  std::string result_type(const hir::Function& f) const;
  std::string parameter_list(const hir::Function& f, bool names);
  std::string signature(const hir::Function& f, bool names);
  void prologue(hir::Function& f);
  void print_scope(const hir::Function& f);
  void body(hir::Function& f);
  void body_inside(hir::Function& f);
  std::string metadata(const hir::Function& f, const std::vector<std::string>& defaults);
  std::string default_text(const hir::Function& f, std::size_t position);
  std::string work(const hir::ExprPtr& value);
  std::string lambda(const Expr& e);
  bool leaves_finally(const hir::Block& block) const;

  // ---- Statements (cpp_statement.cpp) ----
  void print(const hir::Block& block);
  void print(const Stmt& s);
  void print_here(const Stmt& s);
  void block(const hir::Block& inner);
  void mark(const Stmt& s);  // the line of PHP, where what follows may warn or throw
  static bool complains(const Expr& e);
  bool may_fail(const Expr& e) const;
  static const Expr* first_run(const Expr& e);
  std::uint32_t line_begun(const Expr& e, std::uint32_t offset) const;
  void say(std::uint32_t number);
  std::string on_its_line(const Expr& e, const std::function<std::string()>& print);
  std::string behind(const Expr& e, std::string printed);
  std::string condition(const Expr& e, std::uint32_t offset);
  void print_expression(const Stmt& s);
  void print_declaration(const Stmt& s);
  void print_assign(const Stmt& s);
  std::string plain_assignment(const Stmt& s);
  std::string assigned(const Expr& e);
  void print_bind(const Stmt& s);
  void print_static(const Stmt& s);
  void print_if(const Stmt& s, const std::string& prefix);
  void print_foreach(const Stmt& s);
  void print_loop(const Stmt& s);
  void print_switch(const Stmt& s);
  void print_try(const Stmt& s);
  void print_guarded(const Stmt& s);
  void print_exits(const std::set<int>& left, const std::string& way);
  void print_jump(const Stmt& s);
  void print_return(const Stmt& s);
  std::string returned(const Expr& e);
  std::string simple(const Stmt& s);
  void open_loop(const Stmt& s, const std::string& head);
  void close_loop(const Stmt& s, const std::string& tail);

  // ---- Expressions (cpp_expression.cpp) ----
  std::string text(const Expr& e, int outer = 0);
  std::string plain_text(const Expr& e, int outer);
  std::string argument(const Expr& e);  // where a literal may be plain
  std::string list(const std::vector<const Expr*>& all);
  std::string call(const std::string& callee, const std::vector<const Expr*>& all);
  std::string call_rest(const std::string& callee, const std::vector<const Expr*>& all, std::size_t fixed);
  std::string binary(const Expr& e, int outer);
  std::string runtime(const Expr& e);
  std::string method(const Expr& e);
  std::string builtin(const Expr& e);
  std::string conversion(const Expr& e);
  std::string assignment(const Expr& e);
  std::string user_call(const Expr& e);
  std::string verbatim(const std::string& word) const;
  std::string body_expression(const Expr& e);
  std::string variable_text(std::int32_t index) const;
  std::string class_argument(const Expr& e);

  std::uint32_t marked_ = 0;               // the line that was said last on this straight way; 0: not known
  std::uint32_t least_said_ = UINT32_MAX;  // of the lines said since somebody began to watch them
  std::uint32_t most_said_ = 0;
  bool says_lines_ = false;  // operations may say their lines
  std::map<const Expr*, std::uint32_t> said_behind_;
  std::set<std::int32_t> nexts_;  // loops whose `continue` is a goto
  std::set<std::int32_t> ends_;   // and whose `break` is one
  int ways_ = 0;
  int lambda_statics_count_ = 0;
  bool in_lambda_ = false;
  std::vector<std::string> kept_;  // static variables of the closure being printed
};

std::string cpp_type(hir::Rep rep);
std::string cpp_string(std::string_view bytes, bool plain);
// What the C++ runtime lacks of what the program does, as reasons of its functions.
void refuse_missing_in_cpp(hir::Program& program);

}  // namespace banyan::php
