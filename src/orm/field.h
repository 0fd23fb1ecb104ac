// Columns in conditions, orders and changes: f<&User::age> >= 18 && f<&User::email>.ends_with("@example.org").
#pragma once

#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orm/schema.h"
#include "orm/statement.h"

namespace banyan::orm {

// A condition on the rows of E.
template <class E>
struct Where {
  Condition condition;
};
// An order of the rows of E.
template <class E>
struct OrderBy {
  Order order;
};

namespace detail {

template <class T>
struct Plain {
  using type = T;
};
template <class T>
struct Plain<std::optional<T>> {
  using type = T;
};
// What the values of member M are, null aside.
template <auto M>
using ValueOf = typename Plain<MemberOf<M>>::type;
template <auto M>
inline constexpr bool is_text_member = std::is_same_v<ValueOf<M>, std::string>;
template <auto M>
inline constexpr bool is_nullable_member = is_optional_v<MemberOf<M>>;
template <auto M>
inline constexpr bool is_number_member = is_integer_v<ValueOf<M>> || std::is_floating_point_v<ValueOf<M>>;
template <auto M, class E>
inline constexpr bool is_member_of = std::is_same_v<OwnerOf<M>, E>;

// Whether a V may stand where a T is stored: the same type, any integer for an integer, any number for a real, any text
// for a text. Not an int for an enumeration, a bool for a number, a number for a text.
template <class T, class V>
concept Takes = std::is_same_v<T, V> || (is_integer_v<T> && std::is_integral_v<V> && !std::is_same_v<V, bool>) ||
                (std::is_floating_point_v<T> && std::is_arithmetic_v<V> && !std::is_same_v<V, bool>) ||
                (std::is_same_v<T, std::string> && std::is_convertible_v<const V&, std::string_view>);

// One of: bool, std::int64_t, double, std::string_view, SqlValue.
template <class T, class V>
auto convert(const V& value) {
  if constexpr (std::is_same_v<T, V>) {
    using Stored = std::remove_cvref_t<decltype(ColumnTrait<T>::to_value(value))>;
    if constexpr (std::is_same_v<Stored, std::string>) {
      return std::string_view(ColumnTrait<T>::to_value(value));
    } else {
      return ColumnTrait<T>::to_value(value);
    }
  } else if constexpr (is_integer_v<T>) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    return std::in_range<std::int64_t>(value) ? static_cast<std::int64_t>(value) : kMost;
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<double>(value);
  } else {
    return std::string_view(value);
  }
}
inline SqlValue owned(SqlValue value) { return value; }
inline SqlValue owned(std::string_view text) { return std::string(text); }
inline SqlValue owned(bool value) { return value; }
inline SqlValue owned(std::int64_t value) { return value; }
inline SqlValue owned(double value) { return value; }

template <auto M, class V>
consteval void check_value() {
  constexpr bool kNull = std::is_same_v<V, std::nullopt_t> || std::is_same_v<V, std::nullptr_t>;
  static_assert(!kNull, "nothing equals null in SQL: write f<&Entity::member>.is_null() or .is_not_null()");
  static_assert(kNull || !is_optional_v<V>,
                "this member is compared with an optional: take its value, or ask .is_null()");
  static_assert(kNull || is_optional_v<V> || Takes<ValueOf<M>, V>,
                "a column is compared with a value of its own type (see orm::detail::Takes), and this is another");
}

template <auto M, class V>
Where<OwnerOf<M>> compare(Op op, const V& value) {
  check_value<M, V>();
  if constexpr (Takes<ValueOf<M>, V>) {
    return {Condition::compare(op, column_of<M>(), convert<ValueOf<M>>(value))};
  }
  return {};
}

template <auto M>
consteval void check_text() {
  static_assert(is_text_member<M>, "this member is no text: .contains(), .starts_with() and .ends_with() need one");
}

// What stands where a condition or an order should.
template <class Other>
consteval void refuse_condition() {
  static_assert(always_false<Other>,
                "a condition is made of members, f<&Entity::member> == value; text becomes SQL only through "
                "orm::unsafe_condition<Entity>(...)");
}
template <class Other>
consteval void refuse_order() {
  static_assert(always_false<Other>, "an order is made of members: f<&Entity::member>.asc(), or .desc()");
}

template <class O, class E>
inline constexpr bool is_same_entity = std::is_same_v<O, E>;
template <class O, class E>
consteval void check_same() {
  static_assert(
      is_same_entity<O, E>,
      "this is about another entity than the query or condition: reach it along an edge, orm::has<&Entity::edge>(...)");
}

}  // namespace detail

template <auto M>
struct FieldOf {
  using Entity = OwnerOf<M>;

  // The list may be empty: then no row, or (not_in) every row.
  template <class List>
  Where<Entity> in(const List& values) const {
    return {Condition::in(Op::kIn, column_of<M>(), list(values))};
  }
  template <class V>
  Where<Entity> in(std::initializer_list<V> values) const {
    return {Condition::in(Op::kIn, column_of<M>(), list(values))};
  }
  template <class List>
  Where<Entity> not_in(const List& values) const {
    return {Condition::in(Op::kNotIn, column_of<M>(), list(values))};
  }
  Where<Entity> is_null() const {
    check_nullable();
    return {Condition::of_column(Op::kIsNull, column_of<M>())};
  }
  Where<Entity> is_not_null() const {
    check_nullable();
    return {Condition::of_column(Op::kIsNotNull, column_of<M>())};
  }
  // Whether case matters is the database's affair: not in SQLite (ASCII) and MariaDB, it does in PostgreSQL.
  Where<Entity> contains(std::string_view text) const { return like("%", text, "%"); }
  Where<Entity> starts_with(std::string_view text) const { return like("", text, "%"); }
  Where<Entity> ends_with(std::string_view text) const { return like("%", text, ""); }
  OrderBy<Entity> asc() const { return {{column_of<M>(), false}}; }
  OrderBy<Entity> desc() const { return {{column_of<M>(), true}}; }

 private:
  template <class List>
  static std::vector<SqlValue> list(const List& values) {
    using V = std::remove_cvref_t<decltype(*std::begin(values))>;
    detail::check_value<M, V>();
    std::vector<SqlValue> result;
    if constexpr (detail::Takes<detail::ValueOf<M>, V>) {
      for (const V& value : values) result.push_back(detail::owned(detail::convert<detail::ValueOf<M>>(value)));
    }
    return result;
  }
  static Where<Entity> like(std::string_view before, std::string_view text, std::string_view after) {
    detail::check_text<M>();
    return {Condition::like(column_of<M>(), before, text, after)};
  }
  static consteval void check_nullable() {
    static_assert(detail::is_nullable_member<M>, "this member is never null: it is not a std::optional");
  }
};

template <auto M>
inline constexpr FieldOf<M> f;

template <auto M, class V>
Where<OwnerOf<M>> operator==(FieldOf<M>, const V& value) {
  return detail::compare<M>(Op::kEqual, value);
}
template <auto M, class V>
Where<OwnerOf<M>> operator!=(FieldOf<M>, const V& value) {
  return detail::compare<M>(Op::kNotEqual, value);
}
template <auto M, class V>
Where<OwnerOf<M>> operator<(FieldOf<M>, const V& value) {
  return detail::compare<M>(Op::kLess, value);
}
template <auto M, class V>
Where<OwnerOf<M>> operator<=(FieldOf<M>, const V& value) {
  return detail::compare<M>(Op::kLessOrEqual, value);
}
template <auto M, class V>
Where<OwnerOf<M>> operator>(FieldOf<M>, const V& value) {
  return detail::compare<M>(Op::kGreater, value);
}
template <auto M, class V>
Where<OwnerOf<M>> operator>=(FieldOf<M>, const V& value) {
  return detail::compare<M>(Op::kGreaterOrEqual, value);
}

namespace detail {
template <auto M, auto N>
Where<OwnerOf<M>> compare_members(Op op) {
  static_assert(std::is_same_v<OwnerOf<M>, OwnerOf<N>>,
                "two columns are compared within one entity; rows of another "
                "are reached along an edge, orm::has<&Entity::edge>(...)");
  static_assert(std::is_same_v<ValueOf<M>, ValueOf<N>>, "the two columns are of different types");
  return {Condition::compare_columns(op, column_of<M>(), column_of<N>())};
}
}  // namespace detail

template <auto M, auto N>
Where<OwnerOf<M>> operator==(FieldOf<M>, FieldOf<N>) {
  return detail::compare_members<M, N>(Op::kEqual);
}
template <auto M, auto N>
Where<OwnerOf<M>> operator!=(FieldOf<M>, FieldOf<N>) {
  return detail::compare_members<M, N>(Op::kNotEqual);
}
template <auto M, auto N>
Where<OwnerOf<M>> operator<(FieldOf<M>, FieldOf<N>) {
  return detail::compare_members<M, N>(Op::kLess);
}
template <auto M, auto N>
Where<OwnerOf<M>> operator>(FieldOf<M>, FieldOf<N>) {
  return detail::compare_members<M, N>(Op::kGreater);
}

template <class E, class O>
Where<E> operator&&(Where<E> left, Where<O> right) {
  detail::check_same<O, E>();
  return {Condition::join(Op::kAnd, std::move(left.condition), std::move(right.condition))};
}
template <class E, class O>
Where<E> operator||(Where<E> left, Where<O> right) {
  detail::check_same<O, E>();
  return {Condition::join(Op::kOr, std::move(left.condition), std::move(right.condition))};
}
template <class E>
Where<E> operator!(Where<E> inner) {
  return {Condition::negate(std::move(inner.condition))};
}

// Rows that have at least one row along the edge, or one for which `inner` is true.
template <auto Edge>
Where<OwnerOf<Edge>> has() {
  return {Condition::has(detail::edge_info<Edge>(), {})};
}
template <auto Edge, class O>
Where<OwnerOf<Edge>> has(Where<O> inner) {
  if constexpr (detail::is_edge_v<MemberOf<Edge>>) {
    detail::check_same<O, typename detail::EdgeTarget<MemberOf<Edge>>::type>();
  }
  return {Condition::has(detail::edge_info<Edge>(), std::move(inner.condition))};
}

// The one way for text to become part of a condition: unsafe because nothing in it is checked. Never make `text` from
// input; values go where each ? stands (outside of quotes).
template <class E>
Where<E> unsafe_condition(std::string text, std::vector<SqlValue> values = {}) {
  return {Condition::unsafe(std::move(text), std::move(values))};
}

}  // namespace banyan::orm
