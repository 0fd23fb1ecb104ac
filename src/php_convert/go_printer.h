// The middle representation as Go source. Private to the Go printer.
//
// The layout is gofmt's, blanks around operators included, so that the files need no tool behind them. A line of Go is
// remembered with the line of PHP it comes from.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "php_convert/program.h"

namespace banyan::php {

class GoPrinter {
 public:
  explicit GoPrinter(hir::Program& program);
  // The package's only file.
  std::string run(const std::string& package);
  // Lines of Go and of PHP, both from 1, in order of the first.
  const std::vector<std::pair<std::uint32_t, std::uint32_t>>& lines() const { return lines_; }
  // The lines of Go on which a function of PHP begins.
  const std::set<std::uint32_t>& declarations() const { return declarations_; }
  // The call that says which of $_ENV and $_REQUEST the source names; empty where it names neither.
  std::string mentions() const;
  void set_line_table(std::vector<std::uint32_t> starts) { starts_ = std::move(starts); }

 protected:
  // For a printer of another language, which names things itself and shares what is known of the program's shape.
  struct Unnamed {};
  GoPrinter(hir::Program& program, Unnamed) : program_(program) {}
  using Rep = hir::Rep;
  using ExprKind = hir::ExprKind;
  using Expr = hir::Expr;
  using Stmt = hir::Stmt;

  // ---- Text (go_printer.cpp) ----
  void line(const std::string& text);
  void open(const std::string& text) {
    line(text);
    ++indent_;
  }
  void close(const std::string& text) {
    --indent_;
    line(text);
  }
  void at(std::uint32_t offset);
  std::uint32_t line_of(std::uint32_t offset) const;
  void claim(std::uint32_t php_line);
  static const Expr* first_told(const Expr& e);
  std::string gap(const Expr& e, const char* blank);
  void comment(const std::string& text);
  void comments(const std::string& all);
  std::string tabs() const {
    std::string out;
    for (int i = 0; i < indent_; ++i) out += step_;
    return out;
  }

  // ---- Declarations (go_declarations.cpp, go_class.cpp) ----
  void print_function(std::int32_t index);
  void print_main();
  void print_registry();
  void print_class(const hir::Class& one);
  void print_method_entry(const hir::Class& one, const hir::MethodSpec& method);
  std::string lazy(const hir::ExprPtr& value);
  std::string signature(const hir::Function& f, bool with_this);
  std::string result_type(const hir::Function& f) const;
  std::string parameter_list(const hir::Function& f, bool as_values);
  void prologue(hir::Function& f);
  void function_body(hir::Function& f);
  std::string lambda(const Expr& e);
  std::string metadata(const hir::Function& f, const std::vector<std::string>& defaults);
  std::uint32_t statics_in(const hir::Block& block) const;
  std::string binding(const hir::Function& f) const;
  std::string surroundings(const hir::Function& outer, const hir::Function& f) const;
  void print_scope(const hir::Function& f);
  static bool needs_own_variable(const hir::Parameter& one, const hir::Variable& v);
  static bool fades(const hir::Function& f, const hir::Variable& v);
  bool has_try_return(const hir::Block& block) const;
  static std::string argument_as(const hir::Parameter& one, Rep rep, std::string from);
  static bool is_plain(const Expr& e);
  std::string default_text(const hir::Function& f, std::size_t position);

  // ---- Where variables are declared (go_placement.cpp) ----
  struct Use {
    std::set<std::int32_t> mentioned;
    std::set<std::int32_t> read;
  };
  void mentions(const Expr& e, Use& use, bool as_target = false) const;
  void mentions(const Stmt& s, Use& use) const;
  void mentions(const hir::Block& block, Use& use) const;
  void place_variables(hir::Function& f);
  void place(hir::Block& block, std::set<std::int32_t> variables, bool in_loop);
  void move_into_loop(hir::Block& block, const std::vector<std::size_t>& where, std::int32_t variable) const;
  bool place_inside(Stmt& s, std::int32_t variable);
  bool starts_with_assignment(const hir::Block& block, std::int32_t variable) const;
  void declare_before(hir::Block& block, std::size_t at, std::int32_t variable) const;
  bool is_global(const hir::Function& f, const hir::Variable& v) const;

  // ---- Statements (go_statement.cpp) ----
  void print(const hir::Block& block);
  static std::uint32_t newlines(const std::string& text);
  static bool is_void(const hir::Block& block, std::int32_t tail);
  void print(const Stmt& s);
  void print_here(const Stmt& s);
  void begin(const Stmt& s);
  void print_expression(const Stmt& s);
  void print_declaration(const Stmt& s);
  void print_assign(const Stmt& s);
  void print_static(const Stmt& s);
  std::string plain_assignment(const Stmt& s);
  std::string assigned(const Expr& e, Rep rep);
  std::string as_statement(const Expr& e);
  std::string negation(const Expr& e, const std::string& inner);
  static bool never_returns(const Expr& e);
  std::string returned(const Expr& e);
  std::string zero_result() const;
  void print_bind(const Stmt& s);
  void print_if(const Stmt& s, const std::string& prefix);
  void print_loop(const Stmt& s);
  void print_do(const Stmt& s);
  void print_foreach(const Stmt& s);
  void print_switch(const Stmt& s);
  void print_try(const Stmt& s);
  void try_part(const hir::Block& part, const char* end);
  void print_catch(const hir::Catch& one);
  void print_exits(const std::set<int>& left, const std::string& number);
  void go_back_over_line_end();
  static std::string with_second_result(const std::string& inner, int depth);
  void print_return(const Stmt& s);
  void print_jump(const Stmt& s);
  std::string simple(const Stmt& s);  // on one line, for the heads of loops; empty where it is not
  std::string label(std::int32_t target) const { return "loop" + std::to_string(target + 1); }
  bool needs_label(const Stmt& s) const;
  void mark_label(const Stmt& s);
  bool jumps_from_within(const hir::Block& block, std::int32_t target, bool deep, bool in_loop, bool in_try) const;
  bool ends(const hir::Block& block) const;
  bool ends(const Stmt& s) const;
  std::set<int> exits(const hir::Block& block, std::set<std::int32_t> inside) const;

  // ---- Expressions (go_expression.cpp) ----
  enum class ListKind : std::uint8_t { kPlain, kPairs, kTyped };
  std::string text(const Expr& e, int precedence = 1, int depth = 1);
  std::string plain_text(const Expr& e, int precedence, int depth);
  std::string number(const Expr& e, int depth);
  std::string assignment(const Expr& e, int depth);
  std::string value(const Expr& e) { return text(e); }
  std::string call(const std::string& callee, const std::vector<const Expr*>& arguments, int depth);
  std::string arguments(const std::vector<const Expr*>& list, int depth, ListKind kind = ListKind::kPlain);
  std::string runtime(const Expr& e, int precedence, int depth);
  std::string giving(const std::string& header, const std::function<std::string()>& value);
  std::string with_functions(const Expr& e, int depth);
  std::string unbroken(const Expr& e, int depth);
  void mention(const Expr& name, std::uint32_t offset);
  std::string method(const Expr& e, int depth);
  std::string number_operation(const Expr& e, int depth);
  std::string number_conversion(const Expr& e, int depth);
  std::string conversion(const Expr& e, int precedence, int depth);
  std::string body_expression(const Expr& e);
  std::string user_call(const Expr& e, int depth);
  struct Binary {
    std::string op;
    const Expr* left = nullptr;
    const Expr* right = nullptr;
    std::string right_text;
  };
  static bool as_binary(const Expr& e, Binary& out);
  static int precedence_of(std::string_view op);
  static void walk(const Expr& e, bool& has4, bool& has5, int& problem);
  std::string binary(const Expr& e, int precedence, int depth);
  std::string variable_text(std::int32_t variable) const;
  bool checks_references() const;
  bool binds_element(const hir::Block& block, std::int32_t index) const;
  static bool shows(const hir::Block& block);
  static bool shows(const Expr& e);
  static bool hands_on(const hir::Block& block, std::int32_t index);
  static bool hands_on(const Expr& e, std::int32_t index);
  static bool is_bound(const hir::Block& block, std::int32_t index);
  static bool is_bound(const Expr& e, std::int32_t index);
  bool ends_here(std::int32_t index) const;
  bool outlives(std::int32_t index) const;
  bool binds_static_first(std::int32_t index) const;
  void release_at_end(const hir::Variable& v);
  std::string target_name(std::int32_t variable) const;
  const hir::Variable& variable(std::int32_t index) const;

  hir::Program& program_;
  std::string out_;
  int indent_ = 0;
  std::string_view step_ = "\t";      // one level of indentation
  std::uint32_t go_line_ = 1;         // of what is printed next
  std::uint32_t statement_line_ = 1;  // on which the statement begins that this is part of
  std::uint32_t claimed_ = 0;         // the line of PHP that this line of Go stands for; 0: not known
  bool may_break_ = false;            // lines may end within the statement
  std::vector<std::pair<std::uint32_t, std::uint32_t>> lines_;
  std::set<std::uint32_t> declarations_;
  std::map<std::string, std::uint32_t> superglobals_;  // where those are that only exist where they are named
  std::vector<std::uint32_t> starts_;
  hir::Function* function_ = nullptr;
  std::vector<std::string> statics_;  // package variables for static ones
  std::vector<std::string>* lambda_statics_ = nullptr;
  struct Frame {
    std::int32_t target;
    bool is_loop;
    bool is_try;
  };
  std::vector<Frame> frames_;  // what is around, innermost last
  std::int32_t tail_ = -1;     // the switch that ends behind what is printed next, which has then no need to break
  int exits_ = 0;
  bool in_catch_ = false;
  std::set<std::string> static_names_;
  std::set<std::int32_t> read_;  // variables of the function that something reads
  // Whether $n = $n + 1 reads $n: not to compilers of C++, which warn where nothing else does.
  bool counts_own_reads_ = true;
  bool in_value_body_ = false;
  bool returns_nil_ = true;  // the body of an expression can give nil
};

std::string go_type(hir::Rep rep);
std::string go_string(std::string_view bytes);
std::string go_float(double value);

}  // namespace banyan::php
