// JSON text to plain structs and back, without a tree between, macros or generated code.
//
//   struct NewUser {
//     std::string name;
//     int age = 18;
//     std::optional<std::string> phone;
//     static json::Fields fields() {
//       return {json::field<&NewUser::name>().length(1, 100),
//               json::field<&NewUser::age>().range(0, 150).optional(),
//               json::field<&NewUser::phone>().pattern("^[+0-9 ]+$")};
//     }
//   };
//   NewUser user;
//   const json::Mistakes mistakes = json::decode_into(text, user);  // all of them, each with its JSON pointer
//   json::encode(user, out);
//
// Bound are bool, integers, double, std::string, WallTime (RFC 3339), Raw, enums with names, structs with fields(), and
// std::optional, std::vector and std::map<std::string, T> of these. An enum's names stand beside it:
//
//   inline json::Names<Role> json_names(Role) { return {{"admin", Role::kAdmin}, {"user", Role::kUser}}; }
//
// A member is required unless it is a std::optional or marked optional(). What templates there are build tables; the
// work is done by code that is compiled once (decode.cpp, encode.cpp).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "json_bind/bound_type.h"
#include "json_bind/decode.h"
#include "json_bind/field.h"

namespace banyan::json {

// Any JSON value, kept as its text: checked when read, written as it is.
struct Raw {
  std::string text = "null";
};

template <class Enum>
using Names = std::vector<std::pair<std::string_view, Enum>>;

template <class T>
const BoundType& bound_type();

namespace detail {

template <class T>
inline constexpr bool is_map = false;
template <class T, class Less, class A>
inline constexpr bool is_map<std::map<std::string, T, Less, A>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T, class A>
inline constexpr bool is_vector<std::vector<T, A>> = true;

template <class T>
constexpr std::string_view type_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_suffix(1);
  return text.substr(text.rfind(" = ") + 3);
}

template <class T>
constexpr ContainerOps optional_ops{
    .clear = [](void* p) { static_cast<std::optional<T>*>(p)->reset(); },
    .add = [](void* p, std::string_view) -> void* { return &static_cast<std::optional<T>*>(p)->emplace(); },
    .size = [](const void* p) -> std::size_t { return static_cast<const std::optional<T>*>(p)->has_value() ? 1 : 0; },
    .each =
        [](const void* p, void* state, ContainerOps::Visit visit) {
          const auto& value = *static_cast<const std::optional<T>*>(p);
          if (value) visit(state, {}, &*value);
        }};

template <class T>
constexpr ContainerOps vector_ops{
    .clear = [](void* p) { static_cast<std::vector<T>*>(p)->clear(); },
    .add = [](void* p, std::string_view) -> void* { return &static_cast<std::vector<T>*>(p)->emplace_back(); },
    .size = [](const void* p) { return static_cast<const std::vector<T>*>(p)->size(); },
    .each =
        [](const void* p, void* state, ContainerOps::Visit visit) {
          for (const T& value : *static_cast<const std::vector<T>*>(p)) visit(state, {}, &value);
        }};

template <class Map>
constexpr ContainerOps map_ops{.clear = [](void* p) { static_cast<Map*>(p)->clear(); },
                               .add = [](void* p, std::string_view key) -> void* {
                                 const auto [at, is_new] = static_cast<Map*>(p)->try_emplace(std::string(key));
                                 return is_new ? &at->second : nullptr;
                               },
                               .size = [](const void* p) { return static_cast<const Map*>(p)->size(); },
                               .each =
                                   [](const void* p, void* state, ContainerOps::Visit visit) {
                                     for (const auto& [key, value] : *static_cast<const Map*>(p))
                                       visit(state, key, &value);
                                   }};

template <class Enum>
const EnumNames& enum_names() {
  static const EnumNames erased = [] {
    EnumNames list;
    for (const auto& [name, value] : json_names(Enum{}))
      list.names.emplace_back(name, static_cast<std::int64_t>(value));
    return list;
  }();
  return erased;
}

template <class T>
const ObjectType& object_type() {
  static const ObjectType type(type_name<T>(), T::fields());
  return type;
}

template <class T>
void with_default(void* state, void (*visit)(void*, const void*)) {
  const T object{};
  visit(state, &object);
}

template <class T>
concept Described = requires {
  { T::fields() } -> std::same_as<Fields>;
};

template <class T>
constexpr BoundType describe_type() {
  constexpr auto kBytes = static_cast<std::uint8_t>(sizeof(T) < 256 ? sizeof(T) : 0);
  if constexpr (std::is_same_v<T, bool>) {
    return {.kind = TypeKind::kBoolean};
  } else if constexpr (std::is_same_v<T, double>) {
    return {.kind = TypeKind::kDouble};
  } else if constexpr (std::is_integral_v<T>) {
    return {.kind = std::is_signed_v<T> ? TypeKind::kSigned : TypeKind::kUnsigned, .bytes = kBytes};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return {.kind = TypeKind::kString};
  } else if constexpr (std::is_same_v<T, WallTime>) {
    return {.kind = TypeKind::kTime};
  } else if constexpr (std::is_same_v<T, Raw>) {
    return {.kind = TypeKind::kRaw};
  } else if constexpr (std::is_enum_v<T>) {
    return {.kind = TypeKind::kEnum, .bytes = kBytes, .names = &enum_names<T>};
  } else if constexpr (is_optional<T>) {
    using Element = typename T::value_type;
    return {.kind = TypeKind::kOptional, .element = &bound_type<Element>, .ops = &optional_ops<Element>};
  } else if constexpr (is_vector<T>) {
    using Element = typename T::value_type;
    static_assert(!std::is_same_v<Element, bool>, "json: std::vector<bool> holds no bools: use std::vector<char>");
    return {.kind = TypeKind::kArray, .element = &bound_type<Element>, .ops = &vector_ops<Element>};
  } else if constexpr (is_map<T>) {
    return {.kind = TypeKind::kMap, .element = &bound_type<typename T::mapped_type>, .ops = &map_ops<T>};
  } else {
    static_assert(Described<T>, "json: this type is not bound: give it `static json::Fields fields()` (bind.h)");
    return {
        .kind = TypeKind::kObject, .name = type_name<T>(), .object = &object_type<T>, .with_default = &with_default<T>};
  }
}

}  // namespace detail

template <class T>
const BoundType& bound_type() {
  static constexpr BoundType type = detail::describe_type<T>();
  return type;
}

// The field of a member; what it may hold is said by FieldOf's functions.
template <auto M>
auto field() {
  using Object = decltype(detail::object_of(M));
  using Member = decltype(detail::member_of(M));
  FieldOf<Member> made;
  made.name = detail::member_name<M>();
  made.member = [](void* object) -> void* { return &(static_cast<Object*>(object)->*M); };
  made.type = &bound_type<Member>;
  made.may_be_absent = detail::is_optional<Member>;
  return made;
}

// Reads `text`, one JSON value, into `out`; what is wrong, in the order of the text, or an empty list. After a mistake
// `out` holds what could be read. Cost: one copy of the text, no tree.
template <class T>
Mistakes decode_into(std::string_view text, T& out, const DecodeOptions& options = {}) {
  return decode_value(text, bound_type<T>(), &out, options);
}
// The same, for those who need the first mistakes only as a sentence: kInvalidArgument.
template <class T>
Result<T> decode(std::string_view text, const DecodeOptions& options = {}) {
  T value{};
  const Mistakes mistakes = decode_into(text, value, options);
  if (!mistakes.empty()) return error_of(mistakes);
  return value;
}

// Appends `value` as JSON, without spaces, its fields in their order. Numbers that JSON cannot say become null.
void encode_value(const BoundType& type, const void* value, std::string& out);
template <class T>
void encode(const T& value, std::string& out) {
  encode_value(bound_type<T>(), &value, out);
}
template <class T>
std::string encode(const T& value) {
  std::string out;
  encode(value, out);
  return out;
}

}  // namespace banyan::json
