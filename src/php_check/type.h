// Types as the analysis knows them: more than PHP can write, and always bounded.
//
// The problem: a conversion to a typed language wants to know that a value is a list of ints and not "array". The idea:
// a lattice whose elements are a set of simple types (the bits of php_parse/type_info.h) and, where they narrow it,
// integer ranges, literal strings, classes with arguments, and keys and values of arrays or their shape. The join of
// two types holds both. A type that a comment claims and nothing proves is marked unverified, and joins stay marked.
//
// Limits: 8 literals, 8 classes, 16 keys of a shape, 4 levels of arguments; beyond them a type loses that detail and so
// becomes wider, never wrong. Integer ranges are widened to the whole range by the caller (see widened()).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "php_parse/type_info.h"

namespace banyan::php {

struct TypeDetail;

class Type {
 public:
  static constexpr std::size_t kLiteralsMax = 8;
  static constexpr std::size_t kClassesMax = 8;
  static constexpr std::size_t kShapeMax = 16;
  static constexpr int kDepthMax = 4;

  // Nothing: no value can be there (never), or nothing is known to be assigned yet.
  Type() = default;
  explicit Type(std::uint32_t bits) : bits_(bits) {}
  static Type mixed() { return Type(kTypeMixed); }
  static Type integer(std::int64_t low, std::int64_t high);
  static Type string_literal(std::string_view text);
  // `name` in lower case without a leading backslash. Template parameters have the name "#T".
  static Type object(std::string_view name, std::vector<Type> arguments = {});
  static Type array(Type key, Type value, bool non_empty = false);
  static Type list(Type value, bool non_empty = false);
  static Type shape(TypeDetail detail);  // its shape, is_list and is_sealed count
  static Type with_detail(std::uint32_t bits, TypeDetail detail);

  std::uint32_t bits() const { return bits_; }
  bool is_nothing() const { return bits_ == 0; }
  bool is_mixed() const { return (bits_ & kTypeMixed) == kTypeMixed && detail_ == nullptr; }
  // Whether every value is of one of these simple types; false for nothing.
  bool only(std::uint32_t bits) const { return bits_ != 0 && (bits_ & ~bits) == 0; }
  bool may_be(std::uint32_t bits) const { return (bits_ & bits) != 0; }
  // Claimed by a docblock and not proved.
  bool is_unverified() const { return unverified_; }
  Type unverified(bool yes = true) const;
  // Empty where nothing narrows the simple types.
  const TypeDetail& detail() const;
  bool has_detail() const { return detail_ != nullptr; }

  // The type without some simple types, and only some of them.
  Type without(std::uint32_t bits) const;
  Type intersected(std::uint32_t bits) const;
  // Without literals and ranges, which may grow for ever in a loop.
  Type widened() const;
  // The one literal this is: of a string, or an int.
  const std::string* literal_string() const;
  const std::int64_t* literal_integer() const;
  // The classes it may be an object of; empty where any object, or none.
  std::vector<std::string> class_names() const;

  // "int<0, max>|null", "list<User>", "array{id: int, name?: string}", "mixed". Class names in lower case.
  std::string text() const;

  friend bool operator==(const Type& a, const Type& b);

 private:
  friend Type join(const Type& a, const Type& b);
  std::uint32_t bits_ = 0;
  bool unverified_ = false;
  std::shared_ptr<const TypeDetail> detail_;
};

struct ClassType {
  std::string name;
  std::vector<Type> arguments;
  friend bool operator==(const ClassType&, const ClassType&) = default;
};

struct ShapeKey {
  std::string key;
  bool is_integer = false;
  bool optional = false;
  Type value;
  friend bool operator==(const ShapeKey&, const ShapeKey&) = default;
};

// Narrows the simple types. An empty field says nothing.
struct TypeDetail {
  bool has_range = false;  // of the integers
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::vector<std::string> strings;  // one of these, sorted
  std::vector<ClassType> classes;    // one of these, sorted by name
  bool has_array = false;            // the fields below say something
  bool is_list = false;
  bool non_empty = false;
  Type key;
  Type value;
  bool is_sealed = false;       // the shape has all the keys there are
  std::vector<ShapeKey> shape;  // in order of key
  friend bool operator==(const TypeDetail&, const TypeDetail&) = default;
};

// The least type of ours that holds both; commutative and associative up to the limits.
Type join(const Type& a, const Type& b);

// Type parameters put in for "#T" names; those not given become mixed.
struct TypeBinding {
  std::string name;  // "#T"
  Type type;
};
Type substituted(const Type& type, const std::vector<TypeBinding>& bindings);

}  // namespace banyan::php
