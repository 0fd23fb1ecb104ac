// A value, or the Error that stood in its place.
//
// Result<T> wraps std::expected<T, Error> because the plain class may be dropped without a warning and this one may
// not. In a plain function BANYAN_TRY hands an error to the caller; in a coroutine `co_await try_(...)` does
// (runtime/task.h).
#pragma once

#include <expected>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/error.h"

namespace banyan {

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result() requires std::is_default_constructible_v<T> : state_() {}
  template <class U = T>
    requires(std::is_constructible_v<T, U> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error>)
  Result(U&& value) : state_(std::in_place, std::forward<U>(value)) {}  // NOLINT: a value is a Result
  Result(Error error) : state_(std::unexpect, std::move(error)) {}      // NOLINT: an Error is a Result

  bool ok() const { return state_.has_value(); }
  explicit operator bool() const { return ok(); }

  // Aborts when there is no value: ask ok() first.
  T& value() & {
    BANYAN_CHECK(ok());
    return *state_;
  }
  const T& value() const& {
    BANYAN_CHECK(ok());
    return *state_;
  }
  T&& value() && {
    BANYAN_CHECK(ok());
    return std::move(*state_);
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Aborts when there is a value.
  Error& error() & {
    BANYAN_CHECK(!ok());
    return state_.error();
  }
  const Error& error() const& {
    BANYAN_CHECK(!ok());
    return state_.error();
  }
  Error&& error() && {
    BANYAN_CHECK(!ok());
    return std::move(state_.error());
  }

 private:
  std::expected<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : state_(std::unexpect, std::move(error)) {}  // NOLINT: an Error is a Result

  bool ok() const { return state_.has_value(); }
  explicit operator bool() const { return ok(); }
  void value() const { BANYAN_CHECK(ok()); }
  void operator*() const { value(); }
  Error& error() & {
    BANYAN_CHECK(!ok());
    return state_.error();
  }
  const Error& error() const& {
    BANYAN_CHECK(!ok());
    return state_.error();
  }
  Error&& error() && {
    BANYAN_CHECK(!ok());
    return std::move(state_.error());
  }

 private:
  std::expected<void, Error> state_;
};

template <class T>
inline constexpr bool is_result_v = false;
template <class T>
inline constexpr bool is_result_v<Result<T>> = true;

// In a plain function that returns a Result: BANYAN_TRY(int n, parse(text)); declares n, or returns parse's error.
// BANYAN_TRY_VOID(check(text)); does so where there is no value.
#define BANYAN_CONCAT_INNER(a, b) a##b
#define BANYAN_CONCAT(a, b) BANYAN_CONCAT_INNER(a, b)
#define BANYAN_TRY(declaration, ...) BANYAN_TRY_NAMED(BANYAN_CONCAT(banyan_try_, __LINE__), declaration, __VA_ARGS__)
#define BANYAN_TRY_NAMED(name, declaration, ...) \
  auto name = (__VA_ARGS__);                     \
  if (!name.ok()) return std::move(name).error(); \
  declaration = *std::move(name)
#define BANYAN_TRY_VOID(...)                                                             \
  do {                                                                                   \
    if (auto banyan_try_result = (__VA_ARGS__); !banyan_try_result.ok())                 \
      return std::move(banyan_try_result).error();                                       \
  } while (false)

}  // namespace banyan
