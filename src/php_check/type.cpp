#include "php_check/type.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace banyan::php {

namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

int depth_of(const Type& type) {
  const TypeDetail& detail = type.detail();
  int depth = 0;
  if (detail.has_array) depth = std::max({depth, depth_of(detail.key) + 1, depth_of(detail.value) + 1});
  for (const ShapeKey& one : detail.shape) depth = std::max(depth, depth_of(one.value) + 1);
  for (const ClassType& one : detail.classes) {
    for (const Type& argument : one.arguments) depth = std::max(depth, depth_of(argument) + 1);
  }
  return depth;
}

// What is left of a detail for these simple types, within the limits.
bool tidy_detail(std::uint32_t bits, TypeDetail& detail) {
  if ((bits & kTypeInt) == 0 || (detail.low == kLowest && detail.high == kHighest)) detail.has_range = false;
  if (!detail.has_range) detail.low = detail.high = 0;
  if ((bits & kTypeString) == 0 || detail.strings.size() > Type::kLiteralsMax) detail.strings.clear();
  if ((bits & kTypeObject) == 0 || detail.classes.size() > Type::kClassesMax) detail.classes.clear();
  if (detail.shape.size() > Type::kShapeMax) {
    detail.shape.clear();
    detail.is_sealed = false;
  }
  if ((bits & kTypeArray) == 0 || !detail.has_array) {
    detail.has_array = detail.is_list = detail.non_empty = detail.is_sealed = false;
    detail.key = detail.value = Type();
    detail.shape.clear();
  }
  return detail.has_range || detail.has_array || !detail.strings.empty() || !detail.classes.empty();
}

std::vector<std::string> united(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

ClassType joined_class(const ClassType& a, const ClassType& b) {
  if (a.arguments.size() != b.arguments.size()) return {a.name, {}};
  ClassType both{a.name, {}};
  for (std::size_t i = 0; i < a.arguments.size(); ++i) both.arguments.push_back(join(a.arguments[i], b.arguments[i]));
  return both;
}

std::vector<ClassType> joined_classes(const std::vector<ClassType>& a, const std::vector<ClassType>& b) {
  std::vector<ClassType> both = a;
  for (const ClassType& one : b) {
    const auto at = std::lower_bound(both.begin(), both.end(), one,
                                     [](const ClassType& x, const ClassType& y) { return x.name < y.name; });
    if (at != both.end() && at->name == one.name) {
      *at = joined_class(*at, one);
    } else {
      both.insert(at, one);
    }
  }
  return both;
}

bool key_less(const ShapeKey& a, const ShapeKey& b) {
  return a.is_integer != b.is_integer ? a.is_integer : a.key < b.key;
}

// Keys of only one side are optional, or gone where the other side does not say which keys it has not.
std::vector<ShapeKey> joined_shape(const TypeDetail& a, const TypeDetail& b) {
  std::vector<ShapeKey> both;
  auto x = a.shape.begin();
  auto y = b.shape.begin();
  while (x != a.shape.end() || y != b.shape.end()) {
    if (y == b.shape.end() || (x != a.shape.end() && key_less(*x, *y))) {
      if (b.is_sealed) both.push_back({x->key, x->is_integer, true, x->value});
      ++x;
    } else if (x == a.shape.end() || key_less(*y, *x)) {
      if (a.is_sealed) both.push_back({y->key, y->is_integer, true, y->value});
      ++y;
    } else {
      both.push_back({x->key, x->is_integer, x->optional || y->optional, join(x->value, y->value)});
      ++x;
      ++y;
    }
  }
  return both;
}

void join_arrays(const TypeDetail& a, const TypeDetail& b, TypeDetail& out) {
  if (!a.has_array || !b.has_array) return;
  out.has_array = true;
  out.is_list = a.is_list && b.is_list;
  out.non_empty = a.non_empty && b.non_empty;
  out.key = join(a.key, b.key);
  out.value = join(a.value, b.value);
  out.is_sealed = a.is_sealed && b.is_sealed;
  out.shape = joined_shape(a, b);
}

void append_alternative(std::string& out, std::string_view text) {
  if (!out.empty()) out += '|';
  out += text;
}

std::string integer_text(const TypeDetail& detail) {
  if (!detail.has_range) return "int";
  if (detail.low == detail.high) return std::to_string(detail.low);
  return "int<" + (detail.low == kLowest ? "min" : std::to_string(detail.low)) + ", " +
         (detail.high == kHighest ? "max" : std::to_string(detail.high)) + ">";
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  }
  return out + "'";
}

std::string shape_text(const TypeDetail& detail) {
  std::string out = detail.is_list ? "list{" : "array{";
  bool first = true;
  for (const ShapeKey& one : detail.shape) {
    if (!first) out += ", ";
    first = false;
    out += one.key + (one.optional ? "?: " : ": ") + one.value.text();
  }
  if (!detail.is_sealed) out += first ? "..." : ", ...";
  return out + "}";
}

std::string array_text(const TypeDetail& detail) {
  if (!detail.has_array) return "array";
  if (!detail.shape.empty() || (detail.is_sealed && detail.value.is_nothing())) return shape_text(detail);
  const std::string prefix = detail.non_empty ? "non-empty-" : "";
  if (detail.is_list) return prefix + "list<" + detail.value.text() + ">";
  return prefix + "array<" + detail.key.text() + ", " + detail.value.text() + ">";
}

void append_objects(std::string& out, const TypeDetail& detail) {
  if (detail.classes.empty()) return append_alternative(out, "object");
  for (const ClassType& one : detail.classes) {
    append_alternative(out, one.name[0] == '#' ? one.name.substr(1) : one.name);
    for (std::size_t i = 0; i < one.arguments.size(); ++i) {
      out += (i == 0 ? "<" : ", ") + one.arguments[i].text();
    }
    if (!one.arguments.empty()) out += '>';
  }
}

}  // namespace

const TypeDetail& Type::detail() const {
  static const TypeDetail kNone;
  return detail_ == nullptr ? kNone : *detail_;
}

Type Type::with_detail(std::uint32_t bits, TypeDetail detail) {
  Type type(bits);
  if (!tidy_detail(bits, detail)) return type;
  type.detail_ = std::make_shared<const TypeDetail>(std::move(detail));
  if (depth_of(type) > kDepthMax) type.detail_ = nullptr;
  return type;
}

Type Type::integer(std::int64_t low, std::int64_t high) {
  TypeDetail detail;
  detail.has_range = true;
  detail.low = low;
  detail.high = high;
  return with_detail(kTypeInt, std::move(detail));
}

Type Type::string_literal(std::string_view text) {
  constexpr std::size_t kBytesMax = 256;
  if (text.size() > kBytesMax) return Type(kTypeString);
  TypeDetail detail;
  detail.strings.emplace_back(text);
  return with_detail(kTypeString, std::move(detail));
}

Type Type::object(std::string_view name, std::vector<Type> arguments) {
  TypeDetail detail;
  detail.classes.push_back({std::string(name), std::move(arguments)});
  return with_detail(kTypeObject, std::move(detail));
}

Type Type::array(Type key, Type value, bool non_empty) {
  TypeDetail detail;
  detail.has_array = true;
  detail.non_empty = non_empty;
  detail.key = std::move(key);
  detail.value = std::move(value);
  return with_detail(kTypeArray, std::move(detail));
}

Type Type::list(Type value, bool non_empty) {
  TypeDetail detail;
  detail.has_array = detail.is_list = true;
  detail.non_empty = non_empty;
  detail.key = integer(0, kHighest);
  detail.value = std::move(value);
  return with_detail(kTypeArray, std::move(detail));
}

Type Type::shape(TypeDetail detail) {
  detail.has_array = true;
  std::sort(detail.shape.begin(), detail.shape.end(), key_less);
  for (const ShapeKey& one : detail.shape) {
    detail.key = join(detail.key, one.is_integer ? Type(kTypeInt) : Type(kTypeString));
    detail.value = join(detail.value, one.value);
    detail.non_empty = detail.non_empty || !one.optional;
  }
  return with_detail(kTypeArray, std::move(detail));
}

Type Type::unverified(bool yes) const {
  Type type = *this;
  type.unverified_ = yes;
  return type;
}

Type Type::intersected(std::uint32_t bits) const {
  if ((bits_ & ~bits) == 0) return *this;
  Type type = detail_ == nullptr ? Type(bits_ & bits) : with_detail(bits_ & bits, *detail_);
  type.unverified_ = unverified_ && type.bits_ != 0;
  return type;
}

Type Type::without(std::uint32_t bits) const { return intersected(~bits); }

Type Type::widened() const {
  if (detail_ == nullptr) return *this;
  TypeDetail detail = *detail_;
  detail.has_range = false;
  detail.strings.clear();
  detail.key = detail.key.widened();
  detail.value = detail.value.widened();
  for (ShapeKey& one : detail.shape) one.value = one.value.widened();
  return with_detail(bits_, std::move(detail)).unverified(unverified_);
}

const std::string* Type::literal_string() const {
  return bits_ == kTypeString && detail().strings.size() == 1 ? &detail().strings.front() : nullptr;
}

const std::int64_t* Type::literal_integer() const {
  return bits_ == kTypeInt && detail().has_range && detail().low == detail().high ? &detail().low : nullptr;
}

std::vector<std::string> Type::class_names() const {
  std::vector<std::string> names;
  for (const ClassType& one : detail().classes) names.push_back(one.name);
  return names;
}

bool operator==(const Type& a, const Type& b) {
  if (a.bits_ != b.bits_ || a.unverified_ != b.unverified_) return false;
  return a.detail_ == b.detail_ || a.detail() == b.detail();
}

Type join(const Type& a, const Type& b) {
  if (a.is_nothing()) return b;
  if (b.is_nothing()) return a;
  if (a.bits_ == b.bits_ && a.detail_ == b.detail_) return a.unverified_ ? a : b;
  const bool unverified = a.unverified_ || b.unverified_;
  const std::uint32_t bits = a.bits_ | b.bits_;
  if (a.detail_ == nullptr && b.detail_ == nullptr) return Type(bits).unverified(unverified);
  const TypeDetail& x = a.detail();
  const TypeDetail& y = b.detail();
  // A side without the simple type has nothing to say about it; one that has it but no detail makes it wide.
  const auto side = [&](std::uint32_t bit) { return (a.may_be(bit) ? 1 : 0) + (b.may_be(bit) ? 2 : 0); };
  TypeDetail out;
  const int ints = side(kTypeInt);
  if (ints == 3 && x.has_range && y.has_range) {
    out.has_range = true;
    out.low = std::min(x.low, y.low);
    out.high = std::max(x.high, y.high);
  } else if (ints == 1 || ints == 2) {
    const TypeDetail& from = ints == 1 ? x : y;
    out.has_range = from.has_range;
    out.low = from.low;
    out.high = from.high;
  }
  const int strings = side(kTypeString);
  if (strings == 3 && !x.strings.empty() && !y.strings.empty()) out.strings = united(x.strings, y.strings);
  if (strings == 1 || strings == 2) out.strings = (strings == 1 ? x : y).strings;
  const int objects = side(kTypeObject);
  if (objects == 3 && !x.classes.empty() && !y.classes.empty()) out.classes = joined_classes(x.classes, y.classes);
  if (objects == 1 || objects == 2) out.classes = (objects == 1 ? x : y).classes;
  const int arrays = side(kTypeArray);
  if (arrays == 3) join_arrays(x, y, out);
  if (arrays == 1 || arrays == 2) join_arrays(arrays == 1 ? x : y, arrays == 1 ? x : y, out);
  return Type::with_detail(bits, std::move(out)).unverified(unverified);
}

std::string Type::text() const {
  if (is_nothing()) return "never";
  if (is_mixed()) return "mixed";
  std::string out;
  if (may_be(kTypeNever)) append_alternative(out, "never");
  if (may_be(kTypeVoid)) append_alternative(out, "void");
  if (may_be(kTypeObject)) append_objects(out, detail());
  if (may_be(kTypeStatic)) append_alternative(out, "static");
  if (may_be(kTypeCallable)) append_alternative(out, "callable");
  if (may_be(kTypeArray)) append_alternative(out, array_text(detail()));
  if (may_be(kTypeString)) {
    if (detail().strings.empty()) append_alternative(out, "string");
    for (const std::string& one : detail().strings) append_alternative(out, quoted(one));
  }
  if (may_be(kTypeInt)) append_alternative(out, integer_text(detail()));
  if (may_be(kTypeFloat)) append_alternative(out, "float");
  if ((bits_ & kTypeBool) == kTypeBool) {
    append_alternative(out, "bool");
  } else if (may_be(kTypeBool)) {
    append_alternative(out, may_be(kTypeTrue) ? "true" : "false");
  }
  if (may_be(kTypeResource)) append_alternative(out, "resource");
  if (may_be(kTypeNull)) append_alternative(out, "null");
  return out;
}

Type substituted(const Type& type, const std::vector<TypeBinding>& bindings) {
  const TypeDetail& detail = type.detail();
  if (detail.classes.empty() && !detail.has_array) return type;
  TypeDetail out = detail;
  out.classes.clear();
  Type others;
  for (const ClassType& one : detail.classes) {
    if (one.name[0] == '#') {
      const auto found = std::find_if(bindings.begin(), bindings.end(),
                                      [&one](const TypeBinding& binding) { return binding.name == one.name; });
      others = join(others, found == bindings.end() ? Type::mixed() : found->type);
      continue;
    }
    ClassType copy{one.name, {}};
    for (const Type& argument : one.arguments) copy.arguments.push_back(substituted(argument, bindings));
    out.classes.push_back(std::move(copy));
  }
  out.key = substituted(detail.key, bindings);
  out.value = substituted(detail.value, bindings);
  for (ShapeKey& one : out.shape) one.value = substituted(one.value, bindings);
  const bool no_class_left = out.classes.empty() && !detail.classes.empty();
  const std::uint32_t bits = no_class_left ? type.bits() & ~std::uint32_t{kTypeObject} : type.bits();
  return join(Type::with_detail(bits, std::move(out)).unverified(type.is_unverified()), others);
}

}  // namespace banyan::php
