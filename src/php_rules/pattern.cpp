#include "php_rules/pattern.h"

#include <algorithm>

namespace banyan::php {

namespace {

constexpr std::string_view kOpening = "<?php ";
constexpr std::string_view kClassOpening = "<?php class A { ";
constexpr std::uint32_t kDepthMax = 100;
constexpr char kHole = '\x80';
constexpr std::string_view kEllipsisText = "$\x80\x80";
constexpr std::string_view kNamedEllipsisText = "$\x80\x80\x80";
constexpr PhpVersion kFallbackVersions[] = {{8, 5}, {7, 4}, {5, 6}};

bool wants_plain_name(TokenKind before) {
  switch (before) {
    case TokenKind::kFunction:
    case TokenKind::kClass:
    case TokenKind::kInterface:
    case TokenKind::kTrait:
    case TokenKind::kEnum:
    case TokenKind::kExtends:
    case TokenKind::kImplements:
    case TokenKind::kConst:
    case TokenKind::kGoto:
      return true;
    default:
      return false;
  }
}

// Whether "..." before this token spreads what follows rather than standing for anything.
bool begins_spread(TokenKind next) {
  switch (next) {
    case TokenKind::kVariable:
    case TokenKind::kDollar:
    case TokenKind::kIdentifier:
    case TokenKind::kQualifiedName:
    case TokenKind::kFullyQualifiedName:
    case TokenKind::kOpenBracket:
    case TokenKind::kOpenParen:
    case TokenKind::kNew:
    case TokenKind::kArray:
      return true;
    default:
      return false;
  }
}

// The text with its holes written as names that PHP can read.
std::string with_holes(std::string text, Features features) {
  const std::string source = std::string(kOpening) + text;
  const TokenStream stream = lex(source, {.features = features});
  TokenKind before = TokenKind::kWhitespace;  // the last that is no trivia and no "&"
  for (std::size_t i = 1; i + 1 < stream.tokens.size(); ++i) {
    const Token& token = stream.tokens[i];
    const std::size_t at = token.offset - kOpening.size();
    const TokenKind next = stream.tokens[i + 1].kind;
    if (token.kind == TokenKind::kEllipsis && stream.tokens[i - 1].kind == TokenKind::kDollar) {
      text.replace(at, 3, 3, kHole);
    } else if (token.kind == TokenKind::kEllipsis && !begins_spread(next)) {
      text.replace(at, 3, kEllipsisText);
    } else if (token.kind == TokenKind::kVariable && wants_plain_name(before) &&
               is_metavariable_name(stream.text(source, static_cast<std::uint32_t>(i)).substr(1))) {
      text[at] = kHole;
    }
    if (!is_trivia(token.kind) && token.kind != TokenKind::kAmpersand) before = token.kind;
  }
  return text;
}

}  // namespace

bool is_metavariable_name(std::string_view name) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (name.empty() || !is_capital(name.front()) || name == "GLOBALS") return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_capital(c) || (c >= '0' && c <= '9') || c == '_'; });
}

std::string_view Pattern::name(NodeId node) const {
  std::string_view written = text(node);
  if (role(node) == PatternRole::kEllipsis) {
    while (written.ends_with(';')) written.remove_suffix(1);
    return written.size() > kNamedEllipsisText.size() ? written.substr(kNamedEllipsisText.size()) : std::string_view();
  }
  return written.substr(1);
}

std::optional<Pattern> Pattern::parse(std::string_view text, const PatternOptions& options, PatternMistake& mistake) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  if (text.size() > kPatternBytesMax) {
    mistake = {0, "the pattern has more than " + std::to_string(kPatternBytesMax) + " bytes", "shorten it"};
    return std::nullopt;
  }
  const auto attempt = [&](Features features, PatternMistake& why) {
    Pattern pattern;
    const std::string written = with_holes(std::string(text), features);
    pattern.source_ = std::string(options.in_class ? kClassOpening : kOpening) + written;
    pattern.prefix_bytes_ = pattern.source_.size() - written.size();
    const bool read = pattern.read({features, options.in_class}, why);
    return read ? std::optional(std::move(pattern)) : std::nullopt;
  };
  if (auto pattern = attempt(options.features, mistake)) return pattern;
  for (const PhpVersion version : kFallbackVersions) {
    PatternMistake later;
    if (auto pattern = attempt(Features(version), later)) return pattern;
  }
  return std::nullopt;
}

bool Pattern::read(const PatternOptions& options, PatternMistake& mistake) {
  source_ += options.in_class ? " }" : ";";
  tree_ = php::parse(source_, {.features = options.features, .depth_max = kDepthMax});
  if (!tree_.diagnostics.empty()) return take_mistake(mistake);
  if (!(options.in_class ? read_member(mistake) : read_statement(mistake))) return false;
  assign_roles();
  if (role(root_) == PatternRole::kNone) return true;
  mistake = {0, "the pattern matches everything", "write the code around the metavariable, or use 'kind'"};
  return false;
}

bool Pattern::take_mistake(PatternMistake& mistake) const {
  const Diagnostic& diagnostic = tree_.diagnostics.front();
  const std::size_t offset = std::max<std::size_t>(diagnostic.offset, prefix_bytes_) - prefix_bytes_;
  mistake = {static_cast<std::uint32_t>(offset), "this is no PHP: " + diagnostic.message,
             "write an expression, a statement that ends in ';', or a declaration; '...' stands for arguments, items, "
             "parameters or '...;' for statements"};
  for (char& c : mistake.message) {
    if (c == kHole) c = '.';
  }
  return false;
}

bool Pattern::read_member(PatternMistake& mistake) {
  const NodeId members = tree_.ast.child(tree_.ast.child(tree_.ast.root(), 0), class_slot::kMembers);
  if (tree_.ast.children(members).size() == 1) {
    root_ = tree_.ast.child(members, 0);
    return true;
  }
  mistake = {0, "the pattern is not one member of a class", "write one method, property, constant or 'use' of a trait"};
  return false;
}

bool Pattern::read_statement(PatternMistake& mistake) {
  const std::span<const NodeId> statements = tree_.ast.children(tree_.ast.root());
  // Our own semicolon is a statement of its own behind one that was ended already.
  const bool ended = statements.size() == 2 && tree_.ast.kind(statements[1]) == NodeKind::kEmptyStatement;
  if ((statements.size() != 1 && !ended) || tree_.ast.kind(statements[0]) == NodeKind::kEmptyStatement) {
    mistake = {0, "the pattern is not one expression or statement", "write one; give several as a list"};
    return false;
  }
  root_ = statements[0];
  is_expression_ = tree_.ast.kind(root_) == NodeKind::kExpressionStatement && !ended;
  if (is_expression_) root_ = tree_.ast.child(root_, 0);
  while (tree_.ast.kind(root_) == NodeKind::kParenthesized) root_ = tree_.ast.child(root_, 0);
  return true;
}

// Nodes are made after their children, so one pass in order of id sees children first; ids are found from the root.
void Pattern::assign_roles() {
  roles_.assign(tree_.ast.bytes() / sizeof(std::uint32_t), PatternRole::kNone);
  std::vector<NodeId> nodes = {root_};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const NodeId child : tree_.ast.children(nodes[i])) {
      if (child) nodes.push_back(child);
    }
  }
  for (std::size_t i = nodes.size(); i-- > 0;) roles_[nodes[i].value] = role_of(nodes[i]);
  for (const NodeId node : nodes) {
    if (roles_[node.value] == PatternRole::kNone) continue;
    const std::string known(name(node));
    if (!known.empty() && std::find(names_.begin(), names_.end(), known) == names_.end()) names_.push_back(known);
  }
}

PatternRole Pattern::role_of(NodeId node) const {
  const Ast& ast = tree_.ast;
  const auto is_ellipsis = [&](NodeId child) { return child && roles_[child.value] == PatternRole::kEllipsis; };
  switch (ast.kind(node)) {
    case NodeKind::kVariable: {
      const std::string_view written = text(node);
      if (written.starts_with(kEllipsisText)) return PatternRole::kEllipsis;
      return is_metavariable_name(written.substr(1)) ? PatternRole::kMetavariable : PatternRole::kNone;
    }
    case NodeKind::kIdentifier:
    case NodeKind::kName:
      return text(node).starts_with(kHole) ? PatternRole::kMetavariable : PatternRole::kNone;
    case NodeKind::kExpressionStatement:
      return is_ellipsis(ast.child(node, 0)) ? PatternRole::kEllipsis : PatternRole::kNone;
    case NodeKind::kArgument:
    case NodeKind::kArrayItem:
      return !ast.child(node, 0) && ast.flags(node) == 0 && is_ellipsis(ast.child(node, 1)) ? PatternRole::kEllipsis
                                                                                            : PatternRole::kNone;
    case NodeKind::kParameter: {
      const bool plain = !ast.child(node, parameter_slot::kType) && !ast.child(node, parameter_slot::kDefault);
      return plain && ast.flags(node) == 0 && is_ellipsis(ast.child(node, parameter_slot::kVariable))
                 ? PatternRole::kEllipsis
                 : PatternRole::kNone;
    }
    default:
      return PatternRole::kNone;
  }
}

}  // namespace banyan::php
