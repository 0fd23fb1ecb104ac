// A piece of PHP with holes, to be looked for in trees: what the rules' `match` holds.
//
//   mysql_query($SQL, ...)      any call of it; $SQL is the first argument
//   in_array($A, $B)            with exactly two arguments
//   md5($X . "...")             "..." is any quoted string
//   $F(...)                     any call by name or by value; $F is what is called
//   if ($A = $B) ...;           "...;" is any statements
//   function $NAME($...PARAMS) { ...; }
//
// The idea: a pattern is read by the parser that reads the code, so whatever PHP can say a pattern can. Metavariables
// are variables in capitals ($X, $ITEMS_2; not $GLOBALS), match anything that may stand there, and the same one twice
// means the same code twice. "..." is any number of arguments, items, parameters or statements, and $...NAME keeps
// them. Before parsing, what PHP would not read is written over with bytes of the same length: "..." becomes the
// variable "$\x80\x80", "$...A" the variable "$\x80\x80\x80A", and a metavariable where PHP wants a plain name
// ("function $F", "extends $C") the name "\x80F"; so places in the pattern are places in the text.
//
// Names of functions, classes and methods match in any case and as the file's namespace and imports resolve them;
// quoted strings by what they say; array(...) and list(...) only where the code writes them so, [...] either way.
// A class's attributes, modifiers and clauses, and a function's, are compared only where the pattern has them.
//
// Limits: kPatternBytesMax, 100 levels of nesting. One statement, or one member of a class.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "php_parse/parse.h"

namespace banyan::php {

inline constexpr std::size_t kPatternBytesMax = 4096;

enum class PatternRole : std::uint8_t { kNone, kMetavariable, kEllipsis };

struct PatternOptions {
  Features features = Features();  // of the code; what it cannot read is tried as the newest and as older versions
  bool in_class = false;           // the text is a member of a class
};

struct PatternMistake {
  std::uint32_t offset = 0;  // in the text
  std::string message;
  std::string hint;
};

class Pattern {
 public:
  // Nothing where the text is no pattern; then `mistake` says why.
  static std::optional<Pattern> parse(std::string_view text, const PatternOptions& options, PatternMistake& mistake);

  const Ast& ast() const { return tree_.ast; }
  NodeId root() const { return root_; }
  // An expression to be found anywhere, rather than a statement or member.
  bool is_expression() const { return is_expression_; }
  PatternRole role(NodeId node) const { return roles_[node.value]; }
  // Of $X and $...X it is "X", of an ellipsis without a name "".
  std::string_view name(NodeId node) const;
  std::string_view text(NodeId node) const { return tree_.node_text(source_, node); }
  // Each name once, in order.
  const std::vector<std::string>& names() const { return names_; }

 private:
  bool read(const PatternOptions& options, PatternMistake& mistake);
  bool read_member(PatternMistake& mistake);
  bool read_statement(PatternMistake& mistake);
  bool take_mistake(PatternMistake& mistake) const;
  void assign_roles();
  PatternRole role_of(NodeId node) const;

  std::string source_;  // with what stands around the text
  std::size_t prefix_bytes_ = 0;
  SyntaxTree tree_;
  NodeId root_;
  bool is_expression_ = false;
  std::vector<PatternRole> roles_;  // by id of node
  std::vector<std::string> names_;
};

// Whether $NAME is a metavariable: capitals, digits and underscores, with a capital first.
bool is_metavariable_name(std::string_view name);

}  // namespace banyan::php
