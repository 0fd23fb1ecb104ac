// The tree of a PHP file.
//
// The problem: a tree that is quick to build and small, loses nothing of the file, and stays a tree whatever the file
// holds. The idea: nodes live one after another in a bump arena of 32-bit words and are named by where they begin; a
// node is a header of four words and the ids of its children; its text is a range of tokens. Nothing is freed before
// the whole. What could not be read is a node kError over the tokens that were stepped over.
//
// Limits: 2^32 words (16 GiB), which a file below 4 GiB of tokens does not reach before memory does.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "php_lex/token.h"

namespace banyan::php {

enum class NodeKind : std::uint8_t {
#define X(name, text, children) name,
#include "php_parse/node_kinds.def"
#undef X
};

// Names one node of one Ast. The default names none: a child that is not there.
struct NodeId {
  std::uint32_t value = 0;
  explicit operator bool() const { return value != 0; }
  friend bool operator==(NodeId, NodeId) = default;
};
static_assert(sizeof(NodeId) == sizeof(std::uint32_t));

// What a node says beyond its kind and children. Modifiers have the first bits; the others mean what they say on the
// kinds named beside them.
enum NodeFlag : std::uint16_t {
  kFlagPublic = 1,
  kFlagProtected = 2,
  kFlagPrivate = 4,
  kFlagStatic = 8,
  kFlagAbstract = 16,
  kFlagFinal = 32,
  kFlagReadonly = 64,
  kFlagVar = 128,
  kFlagPublicSet = 256,
  kFlagProtectedSet = 512,
  kFlagPrivateSet = 1024,
  kFlagReference = 1,      // function-likes, parameters, array items, closure uses, foreach: by reference
  kFlagVariadic = 2,       // parameters: ...$a
  kFlagSpread = 2,         // arguments, array items: ...$a
  kFlagUseFunction = 1,    // use and use items
  kFlagUseConstant = 2,    // use and use items
  kFlagBracketed = 1,      // namespace { }
  kFlagListSyntax = 1,     // array: list(...)
  kFlagArraySyntax = 2,    // array: array(...)
  kFlagNowdoc = 1,         // heredoc: <<<'A'
  kFlagShort = 1,          // ternary: ?:
  kFlagDefault = 1,        // case and match arm: default
  kFlagBraces = 1,         // index: $a{0}; variable variable: ${...}
  kFlagNoBody = 4,         // methods and hooks: ";" in place of a body
  kFlagGroup = 4,          // use: A\{B, C}
  kFlagWithArguments = 1,  // exit: parentheses; new: argument list
  kFlagInString = 8,       // index, property, variable: written inside a string without braces
};

// Slots of the kinds that share them.
namespace function_slot {
enum : std::uint32_t { kAttributes, kModifiers, kName, kParameters, kUses, kReturnType, kBody };
}
namespace class_slot {
enum : std::uint32_t { kAttributes, kModifiers, kName, kArguments, kBacking, kExtends, kImplements, kMembers };
}
namespace parameter_slot {
enum : std::uint32_t { kAttributes, kModifiers, kType, kVariable, kDefault, kHooks };
}
namespace member_slot {  // kProperties and kConstants
enum : std::uint32_t { kAttributes, kModifiers, kType, kItems };
}

struct NodeHeader {
  NodeKind kind = NodeKind::kNone;
  TokenKind op = TokenKind::kWhitespace;  // the operator of operators, casts, assignments, updates and includes
  std::uint16_t flags = 0;
  std::uint32_t first = 0;  // the node's tokens: [first, end)
  std::uint32_t end = 0;
  std::uint32_t count = 0;  // of children
};
static_assert(sizeof(NodeHeader) == 16);

class Ast {
 public:
  Ast() : words_(kHeaderWords) {}

  NodeHeader header(NodeId node) const {
    NodeHeader header;
    std::memcpy(&header, words_.data() + node.value, sizeof header);
    return header;
  }
  NodeKind kind(NodeId node) const { return header(node).kind; }
  std::uint16_t flags(NodeId node) const { return header(node).flags; }
  // The children, none of them for a node that is not there. Valid until the next node is made.
  std::span<const NodeId> children(NodeId node) const {
    const std::uint32_t* const words = words_.data() + node.value;
    return {reinterpret_cast<const NodeId*>(words + kHeaderWords), words[3]};
  }
  // The child in a slot; none where the node has fewer.
  NodeId child(NodeId node, std::uint32_t slot) const {
    const std::uint32_t* const words = words_.data() + node.value;
    return slot < words[3] ? NodeId{words[kHeaderWords + slot]} : NodeId{};
  }
  NodeId root() const { return root_; }
  std::size_t bytes() const { return words_.size() * sizeof(std::uint32_t); }

  // Making nodes, for the parser.
  void reserve_words(std::size_t count) { words_.reserve(count); }
  NodeId add(const NodeHeader& header, std::span<const NodeId> children);
  void set_root(NodeId root) { root_ = root; }
  void set_flags(NodeId node, std::uint16_t flags);
  void set_child(NodeId node, std::uint32_t slot, NodeId child);
  void set_first(NodeId node, std::uint32_t first) { words_[node.value + 1] = first; }

 private:
  static constexpr std::size_t kHeaderWords = 4;
  std::vector<std::uint32_t> words_;
  NodeId root_;
};

// "if", "method_call": how dumps name the kind.
std::string_view node_kind_name(NodeKind kind);
// The slots' names with a space between them, "*" for a list.
std::string_view node_child_names(NodeKind kind);

}  // namespace banyan::php
