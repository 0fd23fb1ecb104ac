#include "json/parse.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "json/lexer.h"

namespace banyan::json {
namespace {

constexpr std::size_t kTextCeiling = std::size_t{1} << 30;
constexpr std::uint32_t kNoParent = 0;

class Parser {
 public:
  Parser(std::string_view source, const ParseOptions& options)
      : lexer_(source), options_(options), depth_max_(std::min(options.depth_max, kDepthCeiling)) {
    nodes_.reserve(std::min(source.size() / 8 + 8, options.nodes_max));
  }

  Result<Document> run() {
    if (!document()) return lexer_.failure();
    return Document(lexer_.take_text(), std::move(nodes_));
  }

 private:
  // Each of these moves the lexer past what it read, or notes what is wrong and returns false.
  bool document();
  bool value();
  bool open(Kind kind);
  bool after_value();
  bool key();
  bool string();
  bool number();
  bool literal(std::string_view word, Kind kind, bool flag);

  bool push(Kind kind, bool flag, std::uint32_t offset, std::uint32_t length) {
    if (nodes_.size() >= options_.nodes_max)
      return lexer_.exhausted("more values than the limit of ", options_.nodes_max);
    nodes_.push_back({kind, flag, offset, length, 1});
    return true;
  }
  void close();
  std::uint32_t offset() const { return static_cast<std::uint32_t>(lexer_.offset()); }
  std::uint32_t offset_of(std::string_view token) const {
    return static_cast<std::uint32_t>(token.data() - lexer_.text());
  }

  Lexer lexer_;
  const ParseOptions& options_;
  std::size_t depth_max_;
  std::vector<Node> nodes_;
  std::size_t depth_ = 0;
  std::uint32_t container_ = 0;  // the innermost open one, meaningful while depth_ > 0
};

bool Parser::document() {
  lexer_.skip_space();
  do {
    if (!value()) return false;
    if (!after_value()) return false;
  } while (depth_ > 0);
  lexer_.skip_space();
  return lexer_.at_end() || lexer_.unexpected("the end of the text after the value");
}

// Reads one scalar, or opens containers up to the first scalar or empty container in them.
bool Parser::value() {
  for (;;) {
    lexer_.skip_space();
    switch (lexer_.peek()) {
      case '{':
        if (!open(Kind::kObject)) return false;
        if (lexer_.peek() == '}') return true;
        if (!key()) return false;
        break;
      case '[':
        if (!open(Kind::kArray)) return false;
        if (lexer_.peek() == ']') return true;
        break;
      case '"':
        return string();
      case 't':
        return literal("true", Kind::kBoolean, true);
      case 'f':
        return literal("false", Kind::kBoolean, false);
      case 'n':
        return literal("null", Kind::kNull, false);
      default:
        return number();
    }
    ++nodes_[container_].length;
  }
}

bool Parser::open(Kind kind) {
  if (depth_ == depth_max_) return lexer_.exhausted("nested deeper than the limit of ", depth_max_);
  auto index = static_cast<std::uint32_t>(nodes_.size());
  if (!push(kind, false, offset(), 0)) return false;
  nodes_[index].span = depth_ == 0 ? kNoParent : container_;  // the parent, until close() puts the span here
  container_ = index;
  ++depth_;
  lexer_.advance();
  lexer_.skip_space();
  return true;
}

void Parser::close() {
  Node& node = nodes_[container_];
  std::uint32_t parent = node.span;
  node.span = static_cast<std::uint32_t>(nodes_.size()) - container_;
  container_ = parent;
  --depth_;
  lexer_.advance();
}

// After a value: closes what ends here, and stops where the next value begins or the document is complete.
bool Parser::after_value() {
  while (depth_ > 0) {
    lexer_.skip_space();
    bool object = nodes_[container_].kind == Kind::kObject;
    if (lexer_.peek() == (object ? '}' : ']')) {
      close();
    } else if (lexer_.peek() == ',') {
      lexer_.advance();
      ++nodes_[container_].length;
      return !object || (lexer_.skip_space(), key());
    } else {
      return lexer_.unexpected(object ? "',' or '}' after a member" : "',' or ']' after an element");
    }
  }
  return true;
}

bool Parser::key() {
  if (lexer_.peek() != '"') return lexer_.unexpected("a member's name in double quotes");
  if (!string()) return false;
  lexer_.skip_space();
  if (lexer_.peek() != ':') return lexer_.unexpected("':' after a member's name");
  lexer_.advance();
  return true;
}

bool Parser::string() {
  std::string_view text;
  return lexer_.string(&text) && push(Kind::kString, false, offset_of(text), static_cast<std::uint32_t>(text.size()));
}

bool Parser::number() {
  NumberToken token;
  return lexer_.number(&token) &&
         push(Kind::kNumber, token.integer, offset_of(token.text), static_cast<std::uint32_t>(token.text.size()));
}

bool Parser::literal(std::string_view word, Kind kind, bool flag) {
  const std::uint32_t start = offset();
  return lexer_.literal(word) && push(kind, flag, start, static_cast<std::uint32_t>(word.size()));
}

}  // namespace

Result<Document> parse(std::string_view text, const ParseOptions& options) {
  std::size_t bytes_max = std::min(options.bytes_max, kTextCeiling);
  if (text.size() > bytes_max) {
    return Error(ErrorCode::kResourceExhausted, "a JSON text of " + std::to_string(text.size()) +
                                                    " bytes, more than the limit of " + std::to_string(bytes_max));
  }
  BANYAN_TRY(Document document, Parser(text, options).run());
  if (options.refuse_duplicate_keys) {
    for (const DuplicateKey& duplicate : find_duplicate_keys(document.root(), 1)) {
      return error_at(text, duplicate.offset, ErrorCode::kInvalidArgument,
                      "the name '" + std::string(duplicate.key) + "' stands twice in one object");
    }
  }
  return document;
}

}  // namespace banyan::json
