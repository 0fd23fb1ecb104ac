// The parser's inside: a cursor over the tokens that are not trivia, the arena being filled, and one function per
// construct. Recursive descent for statements and declarations, precedence climbing for expressions. Private.
//
// After an error the parser is `lost_` until it is at the next statement or member: it says nothing more, lists end,
// and what cannot be taken in is stepped over into a kError node. Every loop either takes a token or ends.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "php_parse/parse.h"

namespace banyan::php {

class Parser {
 public:
  Parser(std::string_view source, const ParseOptions& options);
  SyntaxTree run();

 private:
  using Kind = NodeKind;
  using Children = std::initializer_list<NodeId>;

  // What may follow an operand.
  enum Suffix : std::uint8_t {
    kNothing = 0,
    kIndexed = 1,
    kScoped = 2,
    kCalled = 4,
    kAssigned = 8,
    kDereferenced = 7,
    kAll = 15
  };
  struct Operand {
    NodeId node;
    std::uint8_t suffixes = kNothing;
  };

  // How many lists are being gathered at once is bounded by the depth; their elements share one stack.
  class ListScope {
   public:
    explicit ListScope(Parser& parser) : parser_(parser), base_(parser.gathered_.size()), first_(parser.position_) {}
    void add(NodeId node) { parser_.gathered_.push_back(node); }
    bool empty() const { return parser_.gathered_.size() == base_; }
    NodeId finish(Kind kind, std::uint16_t flags = 0);
    void begin_at(std::uint32_t first) { first_ = first; }

   private:
    Parser& parser_;
    std::size_t base_;
    std::uint32_t first_;
  };

  // Counts nesting; false when it is too deep, which is reported once.
  class DepthScope {
   public:
    explicit DepthScope(Parser& parser) : parser_(parser) { ++parser_.depth_; }
    ~DepthScope() { --parser_.depth_; }
    DepthScope(const DepthScope&) = delete;
    DepthScope& operator=(const DepthScope&) = delete;
    bool ok() { return parser_.depth_ <= parser_.options_.depth_max || parser_.too_deep(); }

   private:
    Parser& parser_;
  };

  // ---- Tokens (parser.cpp) ----
  TokenKind kind() const { return kind_; }
  bool at(TokenKind wanted) const { return kind_ == wanted; }
  TokenKind peek(std::uint32_t ahead = 1) const;
  bool at_terminator() const { return at(TokenKind::kSemicolon) || at(TokenKind::kCloseTag); }
  bool at_end() const { return at(TokenKind::kEndOfFile); }
  void advance();
  bool accept(TokenKind wanted);
  bool expect(TokenKind wanted);
  bool expect_terminator();
  bool has(Feature feature) const { return options_.features.has(feature); }
  bool require(Feature feature, std::string_view what);
  std::string_view text() const { return stream_.text(source_, position_); }
  void unexpected(std::string_view wanted = {});
  void complain(std::uint32_t token, const char* code, std::string message);
  bool too_deep();
  bool ampersand_before_variable() const;

  // ---- Nodes (parser.cpp) ----
  NodeId node(Kind kind, std::uint32_t first, std::span<const NodeId> children, std::uint16_t flags = 0,
              TokenKind op = TokenKind::kWhitespace);
  NodeId node(Kind kind, std::uint32_t first, Children children, std::uint16_t flags = 0,
              TokenKind op = TokenKind::kWhitespace) {
    return node(kind, first, std::span<const NodeId>(children.begin(), children.size()), flags, op);
  }
  NodeId token_node(Kind kind, std::uint16_t flags = 0);
  NodeId error_node();
  NodeId skip_to_statement();

  // ---- Statements (parse_statement.cpp, parse_control.cpp) ----
  NodeId parse_file();
  void parse_statements_until(ListScope& list, bool (*ends)(TokenKind));
  NodeId parse_body_block(bool (*ends)(TokenKind));
  NodeId parse_block();
  NodeId parse_statement();
  NodeId parse_statement_inner();
  NodeId parse_declaration_or_expression();
  NodeId parse_attributed_statement();
  bool at_function_declaration() const;
  NodeId parse_expression_statement();
  NodeId parse_echo();
  NodeId parse_global();
  NodeId parse_static_variables();
  NodeId parse_unset();
  NodeId parse_jump(Kind kind);
  NodeId parse_goto();
  NodeId parse_label();
  NodeId parse_halt_compiler();
  NodeId parse_namespace();
  NodeId parse_use();
  NodeId parse_use_item(bool typed, bool grouped);
  NodeId parse_use_name(bool leading_separator);
  NodeId parse_declare();
  NodeId parse_if();
  bool parse_if_branch(ListScope& list, bool* colon_form, bool first);
  bool parse_else(ListScope& list, bool colon_form);
  NodeId parse_condition();
  NodeId parse_loop_body(TokenKind end);
  NodeId parse_while();
  NodeId parse_do_while();
  NodeId parse_for();
  NodeId parse_for_expressions(TokenKind end);
  NodeId parse_foreach();
  NodeId parse_foreach_target();
  NodeId parse_switch();
  NodeId parse_case();
  NodeId parse_try();
  NodeId parse_catch();

  // ---- Declarations (parse_function.cpp, parse_class.cpp, parse_member.cpp) ----
  NodeId parse_attributes();
  NodeId parse_attribute_group();
  NodeId parse_function(std::uint32_t first, NodeId attributes);
  NodeId parse_closure(std::uint32_t first, NodeId attributes);
  NodeId parse_parameters();
  NodeId parse_parameter();
  NodeId parse_return_type();
  NodeId parse_closure_uses();
  NodeId parse_constants(std::uint32_t first, NodeId attributes, NodeId modifiers, bool in_class);
  NodeId parse_class_declaration(std::uint32_t first, NodeId attributes);
  bool at_class_declaration() const;
  NodeId parse_anonymous_class(std::uint32_t first, NodeId attributes);
  NodeId parse_name_list();
  NodeId parse_members();
  NodeId parse_member();
  NodeId parse_modifiers(bool (*allowed)(TokenKind));
  NodeId parse_method(std::uint32_t first, NodeId attributes, NodeId modifiers);
  NodeId parse_properties(std::uint32_t first, NodeId attributes, NodeId modifiers);
  NodeId parse_property_item();
  NodeId parse_hooks();
  NodeId parse_hook();
  NodeId parse_enum_case(std::uint32_t first, NodeId attributes);
  NodeId parse_trait_use();
  NodeId parse_trait_adaptation();

  // ---- Types and names (parse_type.cpp) ----
  NodeId parse_type(bool allow_static);
  NodeId parse_type_element(bool allow_static);
  NodeId parse_simple_type(bool allow_static);
  bool at_type(bool allow_static) const;
  bool at_name() const;
  NodeId parse_name();
  NodeId parse_class_name();
  NodeId parse_identifier(bool reserved_allowed);
  NodeId parse_declared_name();
  bool at_member_identifier() const;

  // ---- Expressions (parse_expression.cpp, parse_operand.cpp, parse_suffix.cpp, parse_string.cpp) ----
  NodeId parse_expression(int power = 0);
  NodeId parse_infix(NodeId left, std::uint32_t first, int power);
  NodeId parse_ternary(NodeId condition, std::uint32_t first);
  int infix_power(TokenKind kind) const;
  NodeId parse_operand();
  NodeId parse_prefix(Kind kind, int power);
  NodeId parse_update();
  NodeId parse_assignment(NodeId target, std::uint32_t first);
  NodeId parse_variable();
  NodeId parse_class_reference();
  NodeId parse_class_reference_suffixes(NodeId base, std::uint32_t first);
  bool starts_expression() const;
  Operand parse_primary();
  Operand parse_other_primary();
  Operand parse_keyword_primary();
  Operand parse_name_primary();
  Operand parse_static_primary();
  NodeId parse_yield();
  NodeId parse_throw();
  NodeId parse_clone();
  NodeId parse_exit();
  NodeId parse_isset();
  NodeId parse_parenthesized_operand(Kind kind);
  Operand parse_new();
  NodeId parse_match();
  NodeId parse_match_arm();
  Operand parse_array(TokenKind close, std::uint16_t flags);
  NodeId parse_array_item();
  NodeId parse_list_target();
  Operand parse_suffixes(Operand operand, std::uint32_t first);
  Operand parse_index(NodeId base, std::uint32_t first);
  Operand parse_member_access(NodeId object, std::uint32_t first);
  Operand parse_scope(NodeId scope, std::uint32_t first);
  NodeId parse_property_name();
  NodeId parse_simple_variable();
  NodeId parse_arguments();
  NodeId parse_argument();
  NodeId parse_interpolated(Kind kind, TokenKind close);
  NodeId parse_heredoc();
  NodeId parse_string_part();
  NodeId parse_string_variable();
  NodeId parse_dollar_brace();
  bool ends_operand_list(TokenKind close);

  std::string_view source_;
  ParseOptions options_;
  TokenStream stream_;
  std::vector<Diagnostic> diagnostics_;
  Ast ast_;
  std::vector<NodeId> gathered_;
  std::uint32_t position_ = 0;  // of the current token, never trivia
  std::uint32_t last_end_ = 0;  // behind the last token taken
  TokenKind kind_ = TokenKind::kEndOfFile;
  std::uint32_t statement_first_ = 0;  // where the expression statement being read began
  std::uint32_t depth_ = 0;
  std::uint32_t inner_ = 0;  // how many statement lists are around: 0 at the top of the file or of a namespace
  bool lost_ = false;
  bool stopped_ = false;  // too deep: the rest of the file is one error node
};

}  // namespace banyan::php
