// One member of a struct as JSON sees it: its name, where it lies, and the rules its value must keep.
//
//   json::field<&NewUser::name>().length(1, 100)
//   json::field<&NewUser::age>().range(0, 150).optional()
//
// The name is the member's own. Rules for scalars (range, length, pattern, one_of) hold for each element where the
// member is a list. Texts given here are literals: views of them live for ever.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "json_bind/bound_type.h"

namespace re2 {
class RE2;
}

namespace banyan::json {

// The rules of one field. What is not set does not restrict.
struct Rules {
  std::optional<std::int64_t> integer_min, integer_max;
  std::optional<double> number_min, number_max;
  std::size_t length_min = 0;  // of text, in characters
  std::size_t length_max = std::numeric_limits<std::size_t>::max();
  std::size_t items_min = 0;  // of a list or map
  std::size_t items_max = std::numeric_limits<std::size_t>::max();
  std::string_view pattern;  // RE2's syntax; it may match anywhere, as JSON Schema has it
  std::shared_ptr<const re2::RE2> compiled;
  std::vector<std::string_view> one_of;
  // What is wrong with the member, as a sentence's end ("must be even"); null if nothing is.
  const char* (*check)(const void* member) = nullptr;
};

struct Field {
  std::string_view name;
  void* (*member)(void* object) = nullptr;
  const BoundType& (*type)() = nullptr;
  bool may_be_absent = false;
  bool null_when_empty = false;  // an empty optional is written as null, not left out
  std::string_view description;
  Rules rules;
  std::string key;  // `"name":`, escaped; set by ObjectType
};

using Fields = std::vector<Field>;

// The fields of a struct, ready for use: names escaped, patterns compiled. Made once for each struct. Two fields of one
// name, more than kFieldsMax, or a pattern that is none end the program: they are mistakes in its source.
class ObjectType {
 public:
  static constexpr std::size_t kFieldsMax = 256;
  ObjectType(std::string_view name, Fields fields);
  const Fields& fields() const { return fields_; }
  // The index of a field; `hint` is where it is looked for first. kFieldsMax where there is none.
  std::size_t find(std::string_view name, std::size_t hint) const {
    if (hint < fields_.size() && fields_[hint].name == name) return hint;
    return search(name);
  }

 private:
  std::size_t search(std::string_view name) const;
  Fields fields_;
};

// Compiles the pattern where there is one; aborts if it is none.
void prepare(Field& field);

namespace detail {

template <class T>
struct LeafOf {
  using type = T;
};
template <class T>
struct LeafOf<std::optional<T>> : LeafOf<T> {};
template <class T, class A>
struct LeafOf<std::vector<T, A>> : LeafOf<T> {};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class Object, class Member>
Object object_of(Member Object::*);
template <class Object, class Member>
Member member_of(Member Object::*);

// "[M = &ns::User::name]" holds the name between the last "::" and the bracket.
template <auto M>
constexpr std::string_view member_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_suffix(1);
  return text.substr(text.rfind(':') + 1);
}

}  // namespace detail

// Builds a Field, and refuses rules that its type cannot break.
template <class Member>
struct FieldOf : Field {
  using Leaf = typename detail::LeafOf<Member>::type;
  static constexpr bool kNumber = std::is_arithmetic_v<Leaf> && !std::is_same_v<Leaf, bool>;

  FieldOf& named(std::string_view its_name) {
    name = its_name;
    return *this;
  }
  // It may be left out; the member then keeps what its struct says: `int page = 1;`.
  FieldOf& optional() {
    may_be_absent = true;
    return *this;
  }
  FieldOf& about(std::string_view text) {
    description = text;
    return *this;
  }
  FieldOf& nullable() {
    static_assert(detail::is_optional<Member>, "json: only a std::optional can be null");
    null_when_empty = true;
    return *this;
  }
  // Both ends are allowed.
  FieldOf& range(Leaf min, Leaf max) {
    static_assert(kNumber, "json: range() is for numbers; length() is for text, items() for lists");
    return this->min(min).max(max);
  }
  FieldOf& min(Leaf least) {
    static_assert(kNumber, "json: min() is for numbers");
    if constexpr (std::is_floating_point_v<Leaf>) {
      rules.number_min = least;
    } else {
      rules.integer_min = static_cast<std::int64_t>(least);
    }
    return *this;
  }
  FieldOf& max(Leaf most) {
    static_assert(kNumber, "json: max() is for numbers");
    if constexpr (std::is_floating_point_v<Leaf>) {
      rules.number_max = most;
    } else {
      rules.integer_max = static_cast<std::int64_t>(most);
    }
    return *this;
  }
  FieldOf& length(std::size_t min_characters, std::size_t max_characters) {
    static_assert(std::is_same_v<Leaf, std::string>, "json: length() is for text; items() is for lists and maps");
    rules.length_min = min_characters;
    rules.length_max = max_characters;
    return *this;
  }
  FieldOf& items(std::size_t min_items, std::size_t max_items) {
    static_assert(!std::is_scalar_v<Member> && !std::is_same_v<Member, std::string>,
                  "json: items() is for lists and maps; length() is for text");
    rules.items_min = min_items;
    rules.items_max = max_items;
    return *this;
  }
  FieldOf& pattern(std::string_view expression) {
    static_assert(std::is_same_v<Leaf, std::string>, "json: pattern() is for text");
    rules.pattern = expression;
    return *this;
  }
  FieldOf& one_of(std::initializer_list<std::string_view> values) {
    static_assert(std::is_same_v<Leaf, std::string>, "json: one_of() is for text; an enum has its names already");
    rules.one_of = values;
    return *this;
  }
  // `Check` is `const char* check(const Member&)`: null, or what is wrong ("must be even").
  template <auto Check>
  FieldOf& check() {
    rules.check = [](const void* member_value) -> const char* {
      return Check(*static_cast<const Member*>(member_value));
    };
    return *this;
  }
};

}  // namespace banyan::json
