#include "php_rules/rule_fix.h"

#include <algorithm>

#include "base/utf8.h"
#include "php_rules/rule_checks.h"

namespace banyan::php {

namespace {

constexpr std::size_t kShownBytesMax = 60;

// Kinds that stay whole wherever they are put.
bool is_tight(NodeKind kind) {
  switch (kind) {
    case NodeKind::kNone:  // no expression
    case NodeKind::kIdentifier:
    case NodeKind::kName:
    case NodeKind::kVariable:
    case NodeKind::kVariableVariable:
    case NodeKind::kInteger:
    case NodeKind::kFloat:
    case NodeKind::kString:
    case NodeKind::kInterpolated:
    case NodeKind::kMagicConstant:
    case NodeKind::kConstant:
    case NodeKind::kClassConstant:
    case NodeKind::kArray:
    case NodeKind::kIndex:
    case NodeKind::kProperty:
    case NodeKind::kNullsafeProperty:
    case NodeKind::kStaticProperty:
    case NodeKind::kCall:
    case NodeKind::kMethodCall:
    case NodeKind::kNullsafeMethodCall:
    case NodeKind::kStaticCall:
    case NodeKind::kParenthesized:
    case NodeKind::kIsset:
    case NodeKind::kEmpty:
      return true;
    default:
      return false;
  }
}

// Parents in which an operand may bind with what stands beside it.
bool may_tear(NodeKind parent, std::uint32_t slot) {
  switch (parent) {
    case NodeKind::kBinary:
    case NodeKind::kUnary:
    case NodeKind::kCast:
    case NodeKind::kTernary:
    case NodeKind::kInstanceof:
    case NodeKind::kClone:
    case NodeKind::kPrint:
    case NodeKind::kInclude:
      return true;
    case NodeKind::kIndex:
    case NodeKind::kProperty:
    case NodeKind::kNullsafeProperty:
    case NodeKind::kStaticProperty:
    case NodeKind::kClassConstant:
    case NodeKind::kCall:
    case NodeKind::kMethodCall:
    case NodeKind::kNullsafeMethodCall:
    case NodeKind::kStaticCall:
      return slot == 0;
    default:
      return false;
  }
}

bool is_comparison(TokenKind op) { return op >= TokenKind::kLess && op <= TokenKind::kSpaceship; }
bool is_logical(TokenKind op) {
  return op == TokenKind::kAndAnd || op == TokenKind::kOrOr || op == TokenKind::kCoalesce ||
         op == TokenKind::kLogicalAnd || op == TokenKind::kLogicalOr || op == TokenKind::kLogicalXor;
}

// Whether the replacement binds tighter than the operator around it, so that parentheses would be noise.
bool binds_tighter(const ReadyFix& fix, const NodeHeader& parent, std::uint32_t slot) {
  const bool prefix = fix.kind == NodeKind::kCast || fix.kind == NodeKind::kUnary;
  if (prefix)
    return parent.kind == NodeKind::kTernary || (parent.kind == NodeKind::kBinary && parent.op != TokenKind::kPower);
  if (fix.kind == NodeKind::kBinary && fix.op == TokenKind::kCoalesce) {
    return parent.kind == NodeKind::kTernary && slot == 0;
  }
  if (fix.kind != NodeKind::kBinary) return false;
  if (parent.kind == NodeKind::kTernary) return is_comparison(fix.op);
  return parent.kind == NodeKind::kBinary && is_comparison(fix.op) && is_logical(parent.op);
}

bool is_opening(char c) { return std::string_view("([{,;").find(c) != std::string_view::npos; }
bool is_closing(char c) { return std::string_view(")]},;").find(c) != std::string_view::npos; }

// Whether what stands at [begin, end) of the template is alone between delimiters.
bool is_delimited(std::string_view text, std::size_t begin, std::size_t end) {
  const std::string_view before = text.substr(0, begin);
  const std::string_view after = text.substr(end);
  const std::size_t last = before.find_last_not_of(" \n");
  const std::size_t next = after.find_first_not_of(" \n");
  const bool opened =
      last == std::string_view::npos || is_opening(before[last]) || before.substr(0, last + 1).ends_with("=>");
  const bool closed = next == std::string_view::npos || is_closing(after[next]) || after.substr(next).starts_with("=>");
  return opened && closed;
}

bool is_comment(TokenKind kind) { return kind == TokenKind::kComment || kind == TokenKind::kDocComment; }

class FixMaker {
 public:
  FixMaker(const ReadyFix& fix, const CodeView& code, const FixPlace& place, const Bindings& bindings)
      : fix_(fix), code_(code), ast_(code.tree.ast), place_(place), bindings_(bindings) {}

  std::optional<Fix> make(const Locator& locator) {
    if (stands_in_string() || !find_target()) return std::nullopt;
    std::string text = expanded();
    if (loses_comment() || (opens_braces() && !text.starts_with('$'))) return std::nullopt;
    if (!fix_.text->replace && must_wrap()) text = "(" + text + ")";
    const std::string_view old = binding_text(code_, target_);
    const auto offset = static_cast<std::uint32_t>(old.data() - code_.source.data());
    Fix made{.safe = fix_.text->safe, .title = fix_.text->title, .edits = {}};
    if (made.title.empty()) {
      made.title =
          text.empty() ? "Delete " + shown_code(old) : "Replace " + shown_code(old) + " by " + shown_code(text);
    }
    made.edits.push_back({locator.region(offset, static_cast<std::uint32_t>(old.size())), std::move(text)});
    return made;
  }

 private:
  struct TokenRange {
    std::uint32_t first = 0;
    std::uint32_t end = 0;  // behind the last one
  };

  bool stands_in_string() const {
    const NodeKind kind = ast_.kind(place_.node);
    const bool may_be_plain = kind == NodeKind::kVariable || kind == NodeKind::kIndex || kind == NodeKind::kProperty ||
                              kind == NodeKind::kNullsafeProperty || kind == NodeKind::kVariableVariable;
    if (may_be_plain && (ast_.flags(place_.node) & kFlagInString) != 0) return true;
    if (!place_.parent) return false;
    const NodeKind parent = ast_.kind(place_.parent);
    const bool in_plain_index = parent == NodeKind::kIndex && (ast_.flags(place_.parent) & kFlagInString) != 0;
    return parent == NodeKind::kInterpolated || parent == NodeKind::kHeredoc || parent == NodeKind::kShellCommand ||
           in_plain_index;
  }

  // "{$a}" in a string: what follows the brace must stay a variable.
  bool opens_braces() const {
    const std::uint32_t first = ast_.header(target_.first).first;
    return first > 0 && code_.tree.stream.tokens[first - 1].kind == TokenKind::kBraceDollar;
  }

  bool find_target() {
    target_ = {"MATCH", place_.node, place_.node};
    if (!fix_.text->replace) return true;
    const Binding* const bound = find_binding(bindings_, std::string_view(*fix_.text->replace).substr(1));
    if (bound == nullptr || !bound->first) return false;
    target_ = *bound;
    return true;
  }

  std::string expanded() {
    const std::string& text = fix_.text->with;
    std::string out;
    std::size_t from = 0;
    for (std::size_t i = 0; i < fix_.places.size(); ++i) {
      const auto [begin, end] = fix_.places[i];
      out.append(text, from, begin - from);
      from = end;
      const Binding* const bound = find_binding(bindings_, fix_.names[i]);
      if (bound == nullptr || !bound->first) continue;
      const bool single = bound->first == bound->last;
      const bool wrap =
          single && !is_tight(ast_.kind(bound->first)) && is_operand(bound->first) && !is_delimited(text, begin, end);
      const TokenRange range = fills_brackets(begin, end) ? between_brackets(*bound) : tokens_of(*bound);
      kept_.push_back(range);
      const std::uint32_t offset = tokens()[range.first].offset;
      out.append(wrap ? "(" : "").append(code_.source, offset, tokens()[range.end].offset - offset);
      out.append(wrap ? ")" : "");
    }
    return out.append(text, from);
  }

  const std::vector<Token>& tokens() const { return code_.tree.stream.tokens; }

  // Without blanks and comments at either end.
  TokenRange tokens_of(const Binding& binding) const {
    TokenRange range{ast_.header(binding.first).first, ast_.header(binding.last).end};
    while (range.first < range.end && is_trivia(tokens()[range.first].kind)) ++range.first;
    while (range.first < range.end && is_trivia(tokens()[range.end - 1].kind)) --range.end;
    return range;
  }

  // Whether a list, $...ITEMS, is all that stands between two brackets of the template.
  bool fills_brackets(std::size_t begin, std::size_t end) const {
    const std::string& text = fix_.text->with;
    if (!text.substr(begin).starts_with("$...") || begin == 0 || end == text.size()) return false;
    return (text[begin - 1] == '[' && text[end] == ']') || (text[begin - 1] == '(' && text[end] == ')');
  }

  // All that stands around the list between its brackets in the code: lines, comments and a last comma stay.
  TokenRange between_brackets(const Binding& binding) const {
    const TokenRange inner = tokens_of(binding);
    std::uint32_t first = inner.first;
    while (first > 0 && is_trivia(tokens()[first - 1].kind)) --first;
    std::uint32_t end = inner.end;
    for (int commas = 0; commas < 2; ++commas) {
      while (is_trivia(tokens()[end].kind)) ++end;
      if (commas == 0 && tokens()[end].kind == TokenKind::kComma) ++end;
    }
    const TokenKind open = first > 0 ? tokens()[first - 1].kind : TokenKind::kEndOfFile;
    const TokenKind close = tokens()[end].kind;
    const bool whole = open == TokenKind::kOpenParen && close == TokenKind::kCloseParen;
    return whole ? TokenRange{first, end} : inner;
  }

  bool is_operand(NodeId node) const {
    const NodeKind kind = ast_.kind(node);
    return kind >= NodeKind::kVariable && kind != NodeKind::kArrayItem && kind != NodeKind::kArgument &&
           kind != NodeKind::kArguments;
  }

  bool loses_comment() const {
    const NodeHeader first = ast_.header(target_.first);
    const NodeHeader last = ast_.header(target_.last);
    for (std::uint32_t token = first.first; token < last.end; ++token) {
      if (!is_comment(code_.tree.stream.tokens[token].kind)) continue;
      const bool kept = std::any_of(kept_.begin(), kept_.end(),
                                    [&](const TokenRange& range) { return token >= range.first && token < range.end; });
      if (!kept) return true;
    }
    return false;
  }

  bool must_wrap() const {
    if (is_tight(fix_.kind) || !place_.parent) return false;
    const NodeHeader parent = ast_.header(place_.parent);
    return may_tear(parent.kind, place_.slot) && !binds_tighter(fix_, parent, place_.slot);
  }

  const ReadyFix& fix_;
  const CodeView& code_;
  const Ast& ast_;
  const FixPlace& place_;
  const Bindings& bindings_;
  Binding target_;
  std::vector<TokenRange> kept_;
};

}  // namespace

ReadyFix ready_fix(const FixTemplate& text, Features features) {
  ReadyFix ready{.text = &text};
  for (const Placeholder& placeholder : find_placeholders(text.with)) {
    ready.places.emplace_back(placeholder.begin, placeholder.end);
    ready.names.push_back(placeholder.name);
  }
  PatternMistake ignored;
  const auto pattern = Pattern::parse(text.with, {.features = features}, ignored);
  if (!pattern || !pattern->is_expression()) return ready;
  ready.kind = pattern->ast().kind(pattern->root());
  ready.op = pattern->ast().header(pattern->root()).op;
  return ready;
}

std::optional<Fix> make_fix(const ReadyFix& fix, const CodeView& code, const FixPlace& place, const Bindings& bindings,
                            const Locator& locator) {
  return FixMaker(fix, code, place, bindings).make(locator);
}

std::string shown_code(std::string_view code) {
  std::string line;
  for (const char c : code) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
    if (line.size() > kShownBytesMax + 4) break;
  }
  if (line.size() <= kShownBytesMax) return line;
  std::size_t end = kShownBytesMax - 3;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
  return line.substr(0, end) + "...";
}

}  // namespace banyan::php
