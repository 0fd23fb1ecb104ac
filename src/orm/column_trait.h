// How a C++ type is stored in a column: ColumnTrait<T>.
//
// bool, integers of up to 64 bits (unsigned ones up to 32), float, double, std::string, SqlBytes, SqlTimestamp,
// SqlDecimal and enumerations are known; std::optional<T> makes the column nullable. A type of one's own (an id, a
// currency) gets a specialisation with the same three members.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "sql/sql_value.h"

namespace banyan::orm {

enum class ColumnType : std::uint8_t { kBool, kInt32, kInt64, kDouble, kText, kBytes, kTimestamp, kDecimal };

namespace detail {
// Each reads a view into `out`; false: it is null, or of another type, or does not fit.
bool read_integer(const SqlValueView& view, std::int64_t& out);
bool read_bool(const SqlValueView& view, bool& out);
bool read_real(const SqlValueView& view, double& out);
bool read_text(const SqlValueView& view, std::string& out);
bool read_bytes(const SqlValueView& view, SqlBytes& out);
bool read_timestamp(const SqlValueView& view, SqlTimestamp& out);
bool read_decimal(const SqlValueView& view, SqlDecimal& out);

template <class T>
inline constexpr bool is_integer_v =
    std::is_integral_v<T> && !std::is_same_v<T, bool> && (std::is_signed_v<T> || sizeof(T) <= 4);
template <class T>
inline constexpr bool is_optional_v = false;
template <class T>
inline constexpr bool is_optional_v<std::optional<T>> = true;
}  // namespace detail

// static constexpr ColumnType kType;
// static SqlValue to_value(const T&);   (or what a SqlValue is made of, which saves every use some code)
// static bool from_view(const SqlValueView&, T&);
template <class T>
struct ColumnTrait;

template <>
struct ColumnTrait<bool> {
  static constexpr ColumnType kType = ColumnType::kBool;
  static bool to_value(bool value) { return value; }
  static bool from_view(const SqlValueView& view, bool& out) { return detail::read_bool(view, out); }
};

template <class T>
  requires detail::is_integer_v<T>
struct ColumnTrait<T> {
  static constexpr ColumnType kType =
      sizeof(T) < 4 || (sizeof(T) == 4 && std::is_signed_v<T>) ? ColumnType::kInt32 : ColumnType::kInt64;
  static std::int64_t to_value(T value) { return static_cast<std::int64_t>(value); }
  static bool from_view(const SqlValueView& view, T& out) {
    std::int64_t wide = 0;
    if (!detail::read_integer(view, wide) || !std::in_range<T>(wide)) return false;
    out = static_cast<T>(wide);
    return true;
  }
};

template <std::floating_point T>
struct ColumnTrait<T> {
  static constexpr ColumnType kType = ColumnType::kDouble;
  static double to_value(T value) { return static_cast<double>(value); }
  static bool from_view(const SqlValueView& view, T& out) {
    double wide = 0;
    if (!detail::read_real(view, wide)) return false;
    out = static_cast<T>(wide);
    return true;
  }
};

// Stored as its number. The database may hold one that the enumeration does not name: readers decide.
template <class T>
  requires std::is_enum_v<T>
struct ColumnTrait<T> {
  using Number = std::underlying_type_t<T>;
  static constexpr ColumnType kType = ColumnTrait<Number>::kType;
  static std::int64_t to_value(T value) { return static_cast<std::int64_t>(value); }
  static bool from_view(const SqlValueView& view, T& out) {
    Number number{};
    if (!ColumnTrait<Number>::from_view(view, number)) return false;
    out = static_cast<T>(number);
    return true;
  }
};

template <>
struct ColumnTrait<std::string> {
  static constexpr ColumnType kType = ColumnType::kText;
  static const std::string& to_value(const std::string& value) { return value; }
  static bool from_view(const SqlValueView& view, std::string& out) { return detail::read_text(view, out); }
};

template <>
struct ColumnTrait<SqlBytes> {
  static constexpr ColumnType kType = ColumnType::kBytes;
  static SqlValue to_value(const SqlBytes& value) { return value; }
  static bool from_view(const SqlValueView& view, SqlBytes& out) { return detail::read_bytes(view, out); }
};

template <>
struct ColumnTrait<SqlTimestamp> {
  static constexpr ColumnType kType = ColumnType::kTimestamp;
  static SqlValue to_value(SqlTimestamp value) { return value; }
  static bool from_view(const SqlValueView& view, SqlTimestamp& out) { return detail::read_timestamp(view, out); }
};

template <>
struct ColumnTrait<SqlDecimal> {
  static constexpr ColumnType kType = ColumnType::kDecimal;
  static SqlValue to_value(const SqlDecimal& value) { return value; }
  static bool from_view(const SqlValueView& view, SqlDecimal& out) { return detail::read_decimal(view, out); }
};

template <class T>
  requires requires { ColumnTrait<T>::kType; }
struct ColumnTrait<std::optional<T>> {
  static constexpr ColumnType kType = ColumnTrait<T>::kType;
  static SqlValue to_value(const std::optional<T>& value) {
    return value.has_value() ? SqlValue(ColumnTrait<T>::to_value(*value)) : SqlValue();
  }
  static bool from_view(const SqlValueView& view, std::optional<T>& out) {
    if (view.is_null()) {
      out.reset();
      return true;
    }
    return ColumnTrait<T>::from_view(view, out.emplace());
  }
};

template <class T>
concept Storable = requires { ColumnTrait<T>::kType; };

namespace detail {
template <class T>
SqlValue member_to_value(const void* member) {
  return ColumnTrait<T>::to_value(*static_cast<const T*>(member));
}
template <class T>
bool member_from_view(void* member, const SqlValueView& view) {
  return ColumnTrait<T>::from_view(view, *static_cast<T*>(member));
}
}  // namespace detail

}  // namespace banyan::orm
