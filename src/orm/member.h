// Names and types of pointers to members, at compile time.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace banyan::orm {

namespace detail {

template <class Pointer>
struct MemberParts;
template <class Class, class Type>
struct MemberParts<Type Class::*> {
  using Owner = Class;
  using Member = Type;
};

// The last word of what the compiler calls M: "... [M = &User::email]".
template <auto M>
consteval std::string_view member_name() {
  const std::string_view text = __PRETTY_FUNCTION__;
  const std::size_t end = text.rfind(']');
  const std::size_t begin = text.rfind(':', end) + 1;
  return text.substr(begin, end - begin);
}

// One for each member. Its address tells members apart, and its text is the name.
template <auto M>
inline constexpr std::string_view member_id = member_name<M>();

template <class...>
inline constexpr bool always_false = false;

}  // namespace detail

template <auto M>
using OwnerOf = typename detail::MemberParts<std::remove_const_t<decltype(M)>>::Owner;
template <auto M>
using MemberOf = typename detail::MemberParts<std::remove_const_t<decltype(M)>>::Member;

// A text as a template argument. Names of tables and columns are made of letters, digits and underscores.
template <std::size_t N>
struct Name {
  char text[N]{};
  template <std::size_t M>
    requires(M <= N)
  consteval Name(const char (&from)[M]) {  // NOLINT: a literal is a name
    for (std::size_t i = 0; i < M; ++i) text[i] = from[i];
  }
  constexpr std::string_view view() const { return {text, N - 1}; }
  consteval bool is_identifier() const {
    for (std::size_t i = 0; i + 1 < N; ++i) {
      const char c = text[i];
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && !(i > 0 && c >= '0' && c <= '9')) return false;
    }
    return N > 1 && N <= 64;
  }
};
template <std::size_t M>
Name(const char (&)[M]) -> Name<M>;

}  // namespace banyan::orm
