// A value, or the SqlError that stood in its place: SqlResult<T>.
//
// It goes with tasks as Result<T> does (runtime/task.h): in a coroutine `co_await try_(x)`, with x a SqlResult<U> or a
// Task<SqlResult<U>>, gives the U or ends the coroutine with the error. The coroutine may return SqlResult<...>, or
// Result<...>, which then gets to_error(). And try_ of a plain Result in a coroutine that returns SqlResult makes a
// SqlError of what came from below.
#pragma once

#include <expected>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "runtime/task.h"
#include "sql/sql_error.h"

namespace banyan {

template <class T>
class [[nodiscard]] SqlResult {
 public:
  using value_type = T;
  static constexpr bool kVoid = std::is_void_v<T>;

  SqlResult()
    requires(kVoid || std::is_default_constructible_v<T>)
  = default;
  template <class U = T>
    requires(!kVoid && std::is_constructible_v<T, U> && !std::is_same_v<std::remove_cvref_t<U>, SqlResult> &&
             !std::is_same_v<std::remove_cvref_t<U>, SqlError> && !std::is_same_v<std::remove_cvref_t<U>, Error>)
  SqlResult(U&& value) : state_(std::in_place, std::forward<U>(value)) {}        // NOLINT: a value is a result
  SqlResult(SqlError error) : state_(std::unexpect, std::move(error)) {}         // NOLINT: an error is a result
  SqlResult(Error error) : state_(std::unexpect, SqlError(std::move(error))) {}  // NOLINT: so is one from below

  bool ok() const { return state_.has_value(); }
  explicit operator bool() const { return ok(); }

  // Aborts when there is no value: ask ok() first.
  std::add_lvalue_reference_t<T> value() & {
    BANYAN_CHECK(ok());
    return *state_;
  }
  std::add_lvalue_reference_t<const T> value() const& {
    BANYAN_CHECK(ok());
    return *state_;
  }
  std::add_rvalue_reference_t<T> value() && {
    BANYAN_CHECK(ok());
    return *std::move(state_);
  }
  std::add_lvalue_reference_t<T> operator*() & { return value(); }
  std::add_lvalue_reference_t<const T> operator*() const& { return value(); }
  std::add_rvalue_reference_t<T> operator*() && { return std::move(*this).value(); }
  std::add_pointer_t<T> operator->() { return &value(); }
  std::add_pointer_t<const T> operator->() const { return &value(); }

  // Aborts when there is a value.
  const SqlError& error() const& {
    BANYAN_CHECK(!ok());
    return state_.error();
  }
  SqlError&& error() && {
    BANYAN_CHECK(!ok());
    return std::move(state_.error());
  }

 private:
  std::expected<T, SqlError> state_;
};

// Coroutines that return it may use try_.
template <class T>
inline constexpr bool is_result_v<SqlResult<T>> = true;

namespace detail {

// Ends the coroutine `caller`, whose result is a T, with `error`; gives what runs next.
template <class T>
std::coroutine_handle<> end_with(std::coroutine_handle<Promise<T>> caller, SqlError error) noexcept {
  static_assert(is_result_v<T>, "try_ needs a coroutine that returns Task<SqlResult<...>> or Task<Result<...>>");
  if constexpr (std::is_constructible_v<T, SqlError>) {
    caller.promise().return_value(T(std::move(error)));
  } else {
    caller.promise().fail(error.to_error());
  }
  return caller.promise().finish(caller);
}

template <class U>
class TrySqlTaskAwaiter {
 public:
  explicit TrySqlTaskAwaiter(std::coroutine_handle<Promise<SqlResult<U>>> callee) : callee_(callee) {}
  TrySqlTaskAwaiter(const TrySqlTaskAwaiter&) = delete;
  TrySqlTaskAwaiter& operator=(const TrySqlTaskAwaiter&) = delete;

  bool await_ready() const noexcept { return false; }
  template <class T>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise<T>> caller) noexcept {
    caller_ = caller;
    callee_.promise().set_result(&slot_);
    callee_.promise().set_done(&TrySqlTaskAwaiter::template on_done<T>, this);
    return callee_;
  }
  U await_resume() {
    if constexpr (!std::is_void_v<U>) {
      U value = *std::move(slot_.value);
      std::destroy_at(&slot_.value);
      return value;
    } else {
      std::destroy_at(&slot_.value);
    }
  }

 private:
  template <class T>
  static std::coroutine_handle<> on_done(void* context) {
    auto* self = static_cast<TrySqlTaskAwaiter*>(context);
    if (self->slot_.value.ok()) [[likely]]
      return self->caller_;
    const auto caller = std::coroutine_handle<Promise<T>>::from_address(self->caller_.address());
    SqlError error = std::move(self->slot_.value).error();
    std::destroy_at(&self->slot_.value);
    return end_with<T>(caller, std::move(error));
  }

  std::coroutine_handle<Promise<SqlResult<U>>> callee_;
  std::coroutine_handle<> caller_;
  ResultSlot<SqlResult<U>> slot_;
};

template <class U>
class TrySqlResultAwaiter {
 public:
  explicit TrySqlResultAwaiter(SqlResult<U>&& result) : result_(std::move(result)) {}
  bool await_ready() const noexcept { return result_.ok(); }
  template <class T>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise<T>> caller) noexcept {
    SqlError error = std::move(result_).error();
    return end_with<T>(caller, std::move(error));
  }
  U await_resume() { return *std::move(result_); }

 private:
  SqlResult<U> result_;
};

}  // namespace detail

template <class U>
[[nodiscard]] detail::TrySqlTaskAwaiter<U> try_(Task<SqlResult<U>>&& task) {
  return detail::TrySqlTaskAwaiter<U>(task.release());
}
template <class U>
[[nodiscard]] detail::TrySqlResultAwaiter<U> try_(SqlResult<U>&& result) {
  return detail::TrySqlResultAwaiter<U>(std::move(result));
}

}  // namespace banyan
