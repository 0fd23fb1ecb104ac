#include "php_parse/parser.h"

#include <algorithm>
#include <tuple>

#include "php_parse/compile_checks.h"

namespace banyan::php {

namespace {

// WordPress: 1.4 words of tree per byte of source.
constexpr std::size_t kWordsPerByte = 2;

}  // namespace

SyntaxTree parse(std::string_view source, const ParseOptions& options) { return Parser(source, options).run(); }

SyntaxTree lint(std::string_view source, const ParseOptions& options) {
  SyntaxTree tree = parse(source, options);
  if (tree.diagnostics.empty()) compile_checks(tree, source);
  return tree;
}

std::string_view SyntaxTree::node_text(std::string_view source, NodeId node) const {
  const NodeHeader header = ast.header(node);
  if (header.end <= header.first) return {};
  const std::uint32_t from = stream.tokens[header.first].offset;
  const std::size_t end = std::min<std::size_t>(header.end, stream.tokens.size() - 1);
  return source.substr(from, stream.tokens[end].offset - from);
}

Parser::Parser(std::string_view source, const ParseOptions& options)
    : source_(source),
      options_(options),
      stream_(lex(source, {.features = options.features, .short_tags = options.short_tags})) {
  diagnostics_ = std::move(stream_.diagnostics);
  ast_.reserve_words(source.size() * kWordsPerByte + 64);
  kind_ = stream_.tokens.front().kind;
  if (is_trivia(kind_)) advance();
  last_end_ = 0;
}

SyntaxTree Parser::run() {
  ast_.set_root(parse_file());
  const auto in_order = [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.offset, a.message) < std::tie(b.offset, b.message);
  };
  std::sort(diagnostics_.begin(), diagnostics_.end(), in_order);
  SyntaxTree tree;
  tree.stream = std::move(stream_);
  tree.ast = std::move(ast_);
  tree.diagnostics = std::move(diagnostics_);
  tree.features = options_.features;
  return tree;
}

// ---- Tokens ----

void Parser::advance() {
  if (kind_ == TokenKind::kEndOfFile) return;
  if (!is_trivia(kind_)) last_end_ = position_ + 1;
  const std::vector<Token>& tokens = stream_.tokens;
  do {
    ++position_;
  } while (is_trivia(tokens[position_].kind));
  kind_ = tokens[position_].kind;
}

TokenKind Parser::peek(std::uint32_t ahead) const {
  const std::vector<Token>& tokens = stream_.tokens;
  std::size_t i = position_;
  while (ahead > 0 && i + 1 < tokens.size()) {
    ++i;
    if (!is_trivia(tokens[i].kind)) --ahead;
  }
  return tokens[i].kind;
}

bool Parser::accept(TokenKind wanted) {
  if (kind_ != wanted) return false;
  advance();
  return true;
}

bool Parser::expect(TokenKind wanted) {
  if (accept(wanted)) return true;
  unexpected(token_kind_text(wanted));
  return false;
}

// A statement ends with ";" or with the closing tag.
bool Parser::expect_terminator() {
  if (at_terminator()) {
    advance();
    return true;
  }
  unexpected(";");
  return false;
}

bool Parser::require(Feature feature, std::string_view what) {
  if (has(feature)) return true;
  complain(position_, "parse.version",
           std::string(what) + " needs PHP " + first_version(feature).text() + " or newer, this is read as PHP " +
               options_.features.version().text());
  return false;
}

void Parser::complain(std::uint32_t token, const char* code, std::string message) {
  if (lost_ || stopped_ || diagnostics_.size() >= kDiagnosticsMax) return;
  const std::uint32_t offset = stream_.tokens[token].offset;
  const auto length = static_cast<std::uint32_t>(stream_.text(source_, token).size());
  diagnostics_.push_back({offset, length, code, std::move(message)});
}

void Parser::unexpected(std::string_view wanted) {
  if (lost_ || stopped_) return;
  constexpr std::size_t kShownBytes = 30;
  std::string message = "Unexpected " + std::string(token_kind_text(kind_));
  const std::string_view shown = text().substr(0, kShownBytes);
  if (!shown.empty() && shown != token_kind_text(kind_)) message.append(" \"").append(shown).append("\"");
  if (!wanted.empty()) message.append(", expected ").append(wanted);
  complain(position_, "parse.unexpected-token", std::move(message));
  lost_ = true;
}

// The rest of the file becomes one error node: what is nested this deep cannot be resumed.
bool Parser::too_deep() {
  complain(position_, "parse.too-deep", "Nested deeper than " + std::to_string(options_.depth_max) + " levels");
  stopped_ = true;
  lost_ = true;
  position_ = static_cast<std::uint32_t>(stream_.tokens.size() - 1);
  kind_ = TokenKind::kEndOfFile;
  return false;
}

// Whether the "&" here is followed by a variable or "...": then it marks a reference and joins no types.
bool Parser::ampersand_before_variable() const {
  const std::vector<Token>& tokens = stream_.tokens;
  std::uint32_t next = position_ + 1;
  const bool comments = options_.features.version() >= PhpVersion{8, 3} || !has(Feature::kIntersectionType);
  while (comments ? is_trivia(tokens[next].kind) : tokens[next].kind == TokenKind::kWhitespace) ++next;
  const TokenKind kind = tokens[next].kind;
  return kind == TokenKind::kVariable || kind == TokenKind::kEllipsis || kind == TokenKind::kDollar;
}

// ---- Nodes ----

NodeId Parser::node(Kind kind, std::uint32_t first, std::span<const NodeId> children, std::uint16_t flags,
                    TokenKind op) {
  NodeHeader header{.kind = kind, .op = op, .flags = flags, .first = first, .end = last_end_};
  if (header.end < header.first) header.first = header.end;
  return ast_.add(header, children);
}

NodeId Parser::token_node(Kind kind, std::uint16_t flags) {
  const std::uint32_t first = position_;
  advance();
  return node(kind, first, Children{}, flags);
}

NodeId Parser::error_node() { return node(Kind::kError, position_, Children{}); }

NodeId Parser::ListScope::finish(Kind kind, std::uint16_t flags) {
  const std::span<const NodeId> all(parser_.gathered_);
  const NodeId list = parser_.node(kind, first_, all.subspan(base_), flags);
  parser_.gathered_.resize(base_);
  return list;
}

// Steps over what cannot be read: at least one token, then up to and including the next ";" or up to what may begin or
// end a statement.
NodeId Parser::skip_to_statement() {
  const std::uint32_t first = position_;
  do {
    const bool done = at_terminator();
    advance();
    if (done) break;
  } while (!at_end() && !at(TokenKind::kCloseBrace) && !at(TokenKind::kOpenBrace) && !at(TokenKind::kInlineHtml) &&
           !(is_semi_reserved(kind()) && kind() >= TokenKind::kAbstract && kind() != TokenKind::kAs));
  lost_ = stopped_;
  return node(Kind::kError, first, Children{});
}

bool Parser::ends_operand_list(TokenKind close) { return at(close) || at_end() || lost_; }

}  // namespace banyan::php
