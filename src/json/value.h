// A parsed JSON document (RFC 8259), immutable and compact.
//
// The problem: answers of two back ends are compared field by field, on a machine that is also serving; a tree of
// separately allocated nodes costs more than the comparison. The idea: all values lie in one array in document order,
// 16 bytes each, a container followed by its children and knowing how many nodes it spans; strings are unescaped in
// place in the document's own copy of the text. Two allocations per document, no pointers to chase.
//
// Limits: texts up to 1 GiB; depth, bytes and nodes are bounded by the caller (json/parse.h). Objects keep their order
// and their duplicate keys; looking a key up gives the last one, as PHP, Python and JavaScript do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace banyan::json {

enum class Kind : std::uint8_t {
  kAbsent,  // not a JSON value: what a look-up that found nothing gives
  kNull,
  kBoolean,
  kNumber,
  kString,
  kArray,
  kObject,
};

// The kind's name as an error message says it: "null", "boolean", ...
std::string_view kind_name(Kind kind);

// One slot of the document's array. Public for the parser and the iterators alone; use Value.
struct Node {
  Kind kind;
  bool flag;             // boolean: its value; number: it has neither fraction nor exponent
  std::uint32_t offset;  // in the text: of the first byte, but of a string the one after its quote
  std::uint32_t length;  // bytes of a string (unescaped) or number; elements or members of a container
  std::uint32_t span;    // nodes from this one to its next sibling
};

class Elements;
class Members;

// A view of one value, 16 bytes, passed by value. It is valid as long as its Document lives, wherever that is moved to.
// Questions a value cannot answer (the members of a number) answer as an absent or empty value would, so that
// `root["user"]["id"].to_int64()` needs one check, at its end.
class Value {
 public:
  Value() = default;  // absent
  Value(const Node* node, const char* text) : node_(node), text_(text) {}

  Kind kind() const { return node_ ? node_->kind : Kind::kAbsent; }
  bool absent() const { return node_ == nullptr; }
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_number() const { return kind() == Kind::kNumber; }
  bool is_string() const { return kind() == Kind::kString; }
  bool is_array() const { return kind() == Kind::kArray; }
  bool is_object() const { return kind() == Kind::kObject; }

  std::optional<bool> to_bool() const;
  // The unescaped bytes, always valid UTF-8, possibly with NUL inside.
  std::optional<std::string_view> to_string() const;
  // Nothing when the value is no number, has a fraction or exponent, or does not fit. Converts at each call.
  std::optional<std::int64_t> to_int64() const;
  // The nearest double; a number too large gives an infinity. Converts at each call.
  std::optional<double> to_double() const;
  // A number as it was written, "" for other kinds.
  std::string_view number_text() const;
  // Whether a number was written without fraction and exponent.
  bool is_integer() const { return is_number() && node_->flag; }

  // Elements of an array or members of an object, else 0.
  std::size_t size() const;
  // The children of an array, or of an object; empty for other kinds.
  Elements elements() const;
  Members members() const;
  // The last member named `key`, or absent. Cost: the members before it.
  Value operator[](std::string_view key) const;
  // The element at `index`, or absent. Cost: the elements before it.
  Value at(std::size_t index) const;

  // Where in the text the value begins: bytes from its start (after the quote of a string).
  std::size_t offset() const { return node_ ? node_->offset : 0; }
  const Node* node() const { return node_; }
  const char* text() const { return text_; }

 private:
  std::string_view slice() const { return {text_ + node_->offset, node_->length}; }

  const Node* node_ = nullptr;
  const char* text_ = nullptr;
};

// The elements of an array as a range of Value.
class Elements {
 public:
  class Iterator {
   public:
    Iterator(const Node* node, const char* text) : node_(node), text_(text) {}
    Value operator*() const { return {node_, text_}; }
    Iterator& operator++() {
      node_ += node_->span;
      return *this;
    }
    bool operator==(const Iterator& other) const { return node_ == other.node_; }

   private:
    const Node* node_;
    const char* text_;
  };

  Elements(const Node* begin, const Node* end, const char* text) : begin_(begin), end_(end), text_(text) {}
  Iterator begin() const { return {begin_, text_}; }
  Iterator end() const { return {end_, text_}; }

 private:
  const Node* begin_;
  const Node* end_;
  const char* text_;
};

struct Member {
  std::string_view key;
  Value value;
};

// The members of an object in document order, duplicates included, as a range of Member.
class Members {
 public:
  class Iterator {
   public:
    Iterator(const Node* node, const char* text) : node_(node), text_(text) {}
    Member operator*() const { return {{text_ + node_->offset, node_->length}, Value(node_ + 1, text_)}; }
    Iterator& operator++() {
      node_ += 1 + node_[1].span;
      return *this;
    }
    bool operator==(const Iterator& other) const { return node_ == other.node_; }

   private:
    const Node* node_;
    const char* text_;
  };

  Members(const Node* begin, const Node* end, const char* text) : begin_(begin), end_(end), text_(text) {}
  Iterator begin() const { return {begin_, text_}; }
  Iterator end() const { return {end_, text_}; }

 private:
  const Node* begin_;
  const Node* end_;
  const char* text_;
};

// Owns the text and the nodes. Made by parse() (json/parse.h); always holds one value.
class Document {
 public:
  Document(std::unique_ptr<char[]> text, std::vector<Node> nodes) : text_(std::move(text)), nodes_(std::move(nodes)) {}

  Value root() const { return {nodes_.data(), text_.get()}; }
  std::size_t node_count() const { return nodes_.size(); }

 private:
  std::unique_ptr<char[]> text_;
  std::vector<Node> nodes_;
};

// The order of RFC 8785: by UTF-16 code units.
bool key_less(std::string_view a, std::string_view b);
// The members of an object in that order; of equal keys the last.
std::vector<Member> sorted_members(Value object);

// A member whose key its object already had.
struct DuplicateKey {
  std::string_view key;    // a view into the document
  std::size_t offset = 0;  // of the later key in the text
};

// The duplicate keys of all objects, in document order of the objects, at most `count_max`.
// Cost: n log n in the members of each object.
std::vector<DuplicateKey> find_duplicate_keys(Value root, std::size_t count_max);

}  // namespace banyan::json
