#include "php_check/docblock.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "php_lex/keywords.h"
#include "php_parse/name_scope.h"

namespace banyan::php {

namespace {

constexpr std::size_t kTagsMax = 64;
constexpr int kNestingMax = 16;
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

struct NamedBits {
  std::string_view name;
  std::uint32_t bits;
};

constexpr NamedBits kSimpleTypes[] = {
    {"int", kTypeInt},
    {"integer", kTypeInt},
    {"float", kTypeFloat},
    {"double", kTypeFloat},
    {"string", kTypeString},
    {"bool", kTypeBool},
    {"boolean", kTypeBool},
    {"true", kTypeTrue},
    {"false", kTypeFalse},
    {"null", kTypeNull},
    {"mixed", kTypeMixed},
    {"object", kTypeObject},
    {"array", kTypeArray},
    {"callable", kTypeCallable},
    {"void", kTypeVoid},
    {"never", kTypeNever},
    {"never-return", kTypeNever},
    {"no-return", kTypeNever},
    {"noreturn", kTypeNever},
    {"resource", kTypeResource},
    {"scalar", kTypeInt | kTypeFloat | kTypeString | kTypeBool},
    {"numeric", kTypeInt | kTypeFloat | kTypeString},
    {"number", kTypeInt | kTypeFloat},
    {"array-key", kTypeInt | kTypeString},
    {"class-string", kTypeString},
    {"interface-string", kTypeString},
    {"callable-string", kTypeString},
    {"numeric-string", kTypeString},
    {"literal-string", kTypeString},
    {"non-empty-string", kTypeString},
    {"non-falsy-string", kTypeString},
    {"lowercase-string", kTypeString},
    {"trait-string", kTypeString},
    {"key-of", kTypeInt | kTypeString},
    {"value-of", kTypeMixed},
    {"callable-object", kTypeObject},
    {"callable-array", kTypeArray},
    {"literal-int", kTypeInt},
};

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '\\' ||
         c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

class TypeReader {
 public:
  TypeReader(std::string_view text, const DocScope& scope, const std::vector<std::string>& templates)
      : text_(text), scope_(scope), templates_(templates) {}

  Type read_union() {
    if (++depth_ > kNestingMax) return give_up();
    Type type = read_single();
    for (skip_blanks(); !failed_ && (peek() == '|' || (peek() == '&' && peek(1) != '$')); skip_blanks()) {
      const bool intersection = text_[at_++] == '&';
      const Type next = read_single();
      if (!intersection) type = join(type, next);
    }
    --depth_;
    return type;
  }
  std::size_t used() const { return end_; }
  bool failed() const { return failed_; }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool take(char c) {
    skip_blanks();
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  // Blanks end a type where it is complete, so what was used is noted before them.
  void skip_blanks() {
    if (!failed_) end_ = at_;
    if (depth_ <= 1 && inside_ == 0) {
      std::size_t next = at_;
      while (next < text_.size() && text_[next] == ' ') ++next;
      if (next < text_.size() && text_[next] == '|') at_ = next;
      return;
    }
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  Type give_up() {
    failed_ = true;
    at_ = text_.size();
    return Type::mixed();
  }

  Type read_single() {
    if (inside_ > 0) skip_blanks();
    while (peek() == ' ') ++at_;
    Type type;
    if (peek() == '?') {
      ++at_;
      type = join(Type(kTypeNull), read_single());
    } else if (peek() == '(') {
      ++at_;
      ++inside_;
      type = read_union();
      --inside_;
      if (!take(')')) return give_up();
    } else if (peek() == '\'' || peek() == '"') {
      type = read_literal();
    } else if (peek() == '$') {
      type = read_this();
    } else {
      type = read_named();
    }
    while (!failed_ && peek() == '[' && peek(1) == ']') {
      at_ += 2;
      type = Type::array(Type(kTypeInt | kTypeString), type);
    }
    if (!failed_) end_ = at_;
    return type;
  }

  Type read_literal() {
    const char quote = text_[at_++];
    const std::size_t close = text_.find(quote, at_);
    if (close == std::string_view::npos) return give_up();
    const Type type = Type::string_literal(text_.substr(at_, close - at_));
    at_ = close + 1;
    return type;
  }

  Type read_this() {
    if (!text_.substr(at_).starts_with("$this")) return give_up();
    at_ += 5;
    return scope_.self.empty() ? Type(kTypeObject) : Type::object(scope_.self);
  }

  std::string_view read_word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_byte(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  Type read_named() {
    const std::string_view word = read_word();
    if (word.empty()) return give_up();
    std::int64_t number = 0;
    if (const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        error == std::errc() && end == word.data() + word.size()) {
      return Type::integer(number, number);
    }
    const std::string key = lowered(word);
    if (peek() == ':' && peek(1) == ':') return read_class_constant();
    std::vector<Type> arguments;
    if (peek() == '<') arguments = read_arguments(key);
    if (peek() == '{' && (key == "array" || key == "list" || key == "object")) return read_shape(key);
    if (peek() == '(' && (key == "callable" || key == "closure" || key == "\\closure")) skip_signature();
    return failed_ ? Type::mixed() : named(word, key, std::move(arguments));
  }

  Type read_class_constant() {
    at_ += 2;
    while (at_ < text_.size() && (is_name_byte(text_[at_]) || text_[at_] == '*')) ++at_;
    return Type::mixed();
  }

  Type named(std::string_view word, const std::string& key, std::vector<Type> arguments) {
    if (key == "int" && arguments.size() == 2 && range_.has_range) return Type::integer(range_.low, range_.high);
    if (key == "positive-int") return Type::integer(1, kHighest);
    if (key == "non-negative-int") return Type::integer(0, kHighest);
    if (key == "negative-int") return Type::integer(-kHighest - 1, -1);
    if (key == "list" || key == "non-empty-list") {
      return Type::list(arguments.empty() ? Type::mixed() : arguments.front(), key != "list");
    }
    if (key == "iterable") return join(Type::object("traversable", arguments), array_of(arguments, false));
    if ((key == "array" && !arguments.empty()) || key == "non-empty-array" || key == "associative-array") {
      return array_of(arguments, key == "non-empty-array");
    }
    for (const NamedBits& one : kSimpleTypes) {
      if (one.name == key) return Type(one.bits);
    }
    if (key == "self" || key == "static") {
      return scope_.self.empty() ? Type(kTypeObject) : Type::object(scope_.self, std::move(arguments));
    }
    if (key == "parent" || key.find('-') != std::string::npos)
      return key == "parent" ? Type(kTypeObject) : Type::mixed();
    if (is_template(word)) return Type::object("#" + std::string(word));
    return Type::object(scope_.resolve(word), std::move(arguments));
  }

  bool is_template(std::string_view word) const {
    if (std::find(templates_.begin(), templates_.end(), word) != templates_.end()) return true;
    return scope_.templates != nullptr &&
           std::find(scope_.templates->begin(), scope_.templates->end(), word) != scope_.templates->end();
  }

  static Type array_of(const std::vector<Type>& arguments, bool non_empty) {
    if (arguments.empty()) return Type::array(Type(kTypeInt | kTypeString), Type::mixed(), non_empty);
    if (arguments.size() == 1) return Type::array(Type(kTypeInt | kTypeString), arguments[0], non_empty);
    return Type::array(arguments[0].intersected(kTypeInt | kTypeString), arguments[1], non_empty);
  }

  std::vector<Type> read_arguments(const std::string& key) {
    std::vector<Type> arguments;
    ++at_;
    ++inside_;
    range_ = {};
    if (key == "int") {
      read_range();
      arguments.resize(2);
    } else {
      do {
        arguments.push_back(read_union());
      } while (!failed_ && take(','));
    }
    --inside_;
    if (!take('>')) give_up();
    return arguments;
  }

  void read_range() {
    range_.low = read_bound(-kHighest - 1);
    if (!take(',')) return;
    range_.high = read_bound(kHighest);
    range_.has_range = true;
  }

  std::int64_t read_bound(std::int64_t otherwise) {
    skip_blanks();
    const std::string_view word = read_word();
    std::int64_t number = otherwise;
    std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
  }

  Type read_shape(const std::string& kind) {
    ++at_;
    ++inside_;
    TypeDetail detail;
    detail.has_array = true;
    detail.is_list = kind == "list";
    detail.is_sealed = true;
    std::int64_t next = 0;
    while (!failed_ && !take('}')) {
      if (text_.substr(at_).starts_with("...")) {
        at_ += 3;
        detail.is_sealed = false;
      } else {
        detail.shape.push_back(read_shape_key(next));
      }
      take(',');
    }
    --inside_;
    if (failed_ || kind == "object") return failed_ ? Type::mixed() : Type(kTypeObject);
    return Type::shape(std::move(detail));
  }

  ShapeKey read_shape_key(std::int64_t& next) {
    skip_blanks();
    const std::size_t begin = at_;
    ShapeKey one;
    if (peek() == '\'' || peek() == '"') {
      const Type literal = read_literal();
      one.key = literal.literal_string() != nullptr ? *literal.literal_string() : "";
    } else {
      one.key = read_word();
    }
    if (peek() == '?') {
      one.optional = true;
      ++at_;
    }
    if (!one.key.empty() && peek() == ':' && peek(1) != ':') {
      ++at_;
      one.is_integer = one.key.find_first_not_of("0123456789") == std::string::npos;
    } else {
      at_ = begin;
      one = {std::to_string(next++), true, false, {}};
    }
    one.value = read_union();
    return one;
  }

  void skip_signature() {
    int open = 0;
    do {
      if (peek() == '(') ++open;
      if (peek() == ')') --open;
      ++at_;
    } while (open > 0 && at_ < text_.size());
    if (peek() == ':') {
      ++at_;
      read_single();
    }
  }

  std::string_view text_;
  const DocScope& scope_;
  const std::vector<std::string>& templates_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  int depth_ = 0;
  int inside_ = 0;  // brackets that are open
  bool failed_ = false;
  TypeDetail range_;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r*");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find_first_of(" \t")); }

std::string_view without_tool(std::string_view tag) {
  for (const std::string_view tool : {"phpstan-", "psalm-", "phan-"}) {
    if (tag.starts_with(tool)) return tag.substr(tool.size());
  }
  return tag;
}

class DocReader {
 public:
  DocReader(const DocScope& scope, Docblock& out) : scope_(scope), out_(out) {}

  void read_tag(std::string_view tag, std::string_view rest) {
    tag = without_tool(tag);
    if (tag == "param") return read_variable(rest, out_.parameters);
    if (tag == "var") return read_variable(rest, out_.variables);
    if (tag == "global") return read_variable(rest, out_.globals);
    if (tag == "property" || tag == "property-read") return read_variable(rest, out_.properties);
    if (tag == "return") out_.returned = parse_doc_type(rest, scope_, out_.templates).unverified();
    if (tag == "throws") read_throws(rest);
    if (tag == "deprecated") out_.is_deprecated = true;
    if (tag == "extends" || tag == "implements" || tag == "use" || tag == "template-extends") read_extended(rest);
  }
  void read_template(std::string_view rest) {
    const std::string_view name = first_word(rest);
    if (!name.empty()) out_.templates.emplace_back(name);
  }

 private:
  void read_variable(std::string_view rest, std::vector<DocVariable>& into) {
    DocVariable one;
    std::size_t used = 0;
    if (!rest.starts_with('$') || rest.starts_with("$this")) {
      one.type = parse_doc_type(rest, scope_, out_.templates, &used).unverified();
    }
    std::string_view after = rest.substr(std::min(used, rest.size()));
    const std::size_t dollar = after.find('$');
    if (dollar != std::string_view::npos) {
      after.remove_prefix(dollar + 1);
      std::size_t end = 0;
      while (end < after.size() && after[end] != '-' && is_name_byte(after[end])) ++end;
      one.name = after.substr(0, end);
    }
    if (!one.type.is_nothing()) into.push_back(std::move(one));
  }
  void read_throws(std::string_view rest) {
    const Type type = parse_doc_type(rest, scope_, out_.templates);
    for (const std::string& name : type.class_names()) {
      if (name[0] != '#') out_.throws.push_back(name);
    }
  }
  void read_extended(std::string_view rest) {
    for (const ClassType& one : parse_doc_type(rest, scope_, out_.templates).detail().classes) {
      out_.extended.push_back(one);
    }
  }

  const DocScope& scope_;
  Docblock& out_;
};

struct Tag {
  std::string_view name;
  std::string text;  // with the lines below it
};

std::vector<Tag> tags_of(std::string_view comment) {
  std::vector<Tag> tags;
  if (comment.size() < 5) return tags;
  comment = comment.substr(3, comment.size() - 5);
  while (!comment.empty()) {
    const std::size_t end = std::min(comment.find('\n'), comment.size());
    const std::string_view line = trimmed(comment.substr(0, end));
    comment.remove_prefix(std::min(end + 1, comment.size()));
    if (line.starts_with('@')) {
      if (tags.size() == kTagsMax) break;
      const std::string_view name = first_word(line.substr(1));
      tags.push_back({name, std::string(trimmed(line.substr(1 + name.size())))});
    } else if (!tags.empty() && !line.empty()) {
      tags.back().text += "\n" + std::string(line);
    }
  }
  return tags;
}

}  // namespace

Type parse_doc_type(std::string_view text, const DocScope& scope, const std::vector<std::string>& templates,
                    std::size_t* used) {
  TypeReader reader(text, scope, templates);
  const Type type = reader.read_union();
  if (used != nullptr) *used = reader.used();
  return reader.failed() ? Type::mixed() : type;
}

Docblock parse_docblock(std::string_view comment, const DocScope& scope) {
  Docblock out;
  if (comment.find('@') == std::string_view::npos) return out;
  const std::vector<Tag> tags = tags_of(comment);
  DocReader reader(scope, out);
  for (const Tag& tag : tags) {
    if (tag.name.find("template") != std::string_view::npos && tag.name.find("extends") == std::string_view::npos) {
      reader.read_template(tag.text);
    }
  }
  for (const Tag& tag : tags) reader.read_tag(tag.name, tag.text);
  return out;
}

}  // namespace banyan::php
