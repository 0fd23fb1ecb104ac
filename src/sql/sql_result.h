// A value, or the SqlError that stood in its place: SqlResult<T>.
//
// It goes with tasks as Result<T> does (runtime/task.h): in a coroutine `co_await try_(x)`, with x a SqlResult<U> or a
// Task<SqlResult<U>>, gives the U or ends the coroutine with the error. The coroutine may return SqlResult<...>, or
// Result<...>, which then gets to_error(). And try_ of a plain Result in a coroutine that returns SqlResult makes a
// SqlError of what came from below.
//
// Every query of a program has a row type of its own, and with it one of these: what does not need the type of the
// value stands in classes without it, and there is no std::expected, which costs the compiler several times as much.
#pragma once

#include <coroutine>
#include <new>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "runtime/task.h"
#include "sql/sql_error.h"

namespace banyan {

namespace detail {
class TrySqlTask;

// Whether it failed, and how: what all results share.
class SqlResultBase {
 public:
  SqlResultBase() = default;
  explicit SqlResultBase(SqlError error) : error_(std::move(error)), failed_(true) {}
  SqlResultBase(const SqlResultBase&) = delete;
  SqlResultBase& operator=(const SqlResultBase&) = delete;
  ~SqlResultBase() = default;

  bool ok() const { return !failed_; }
  explicit operator bool() const { return ok(); }
  // Aborts when there is a value.
  const SqlError& error() const& {
    BANYAN_CHECK(failed_);
    return error_;
  }
  SqlError&& error() && {
    BANYAN_CHECK(failed_);
    return std::move(error_);
  }

 protected:
  SqlResultBase(SqlResultBase&& other) = default;
  SqlResultBase& operator=(SqlResultBase&& other) = default;

 private:
  friend TrySqlTask;
  SqlError error_;
  bool failed_ = false;
};

template <class T, class From>
inline constexpr bool is_sql_error_or_self = false;
template <class T>
inline constexpr bool is_sql_error_or_self<T, SqlError> = true;
template <class T>
inline constexpr bool is_sql_error_or_self<T, Error> = true;
template <class T>
inline constexpr bool is_sql_error_or_self<T, T> = true;
}  // namespace detail

template <class T>
class [[nodiscard]] SqlResult : public detail::SqlResultBase {
 public:
  using value_type = T;

  SqlResult()
    requires std::is_default_constructible_v<T>
      : value_() {}
  SqlResult(T value) : value_(std::move(value)) {}                       // NOLINT: a value is a result
  SqlResult(SqlError error) : SqlResultBase(std::move(error)) {}         // NOLINT: an error is a result
  SqlResult(Error error) : SqlResultBase(SqlError(std::move(error))) {}  // NOLINT: so is one from below
  // What becomes a T by itself is a result, too.
  template <class U>
    requires(!detail::is_sql_error_or_self<T, std::remove_cvref_t<U>> &&
             !std::is_base_of_v<detail::SqlResultBase, std::remove_cvref_t<U>> && std::is_convertible_v<U, T>)
  SqlResult(U&& value) : value_(std::forward<U>(value)) {}  // NOLINT
  SqlResult(SqlResult&& other) noexcept : SqlResultBase(std::move(other)) {
    if (ok()) ::new (static_cast<void*>(&value_)) T(std::move(other.value_));
  }
  SqlResult& operator=(SqlResult&& other) noexcept {
    if (this == &other) return *this;
    this->~SqlResult();
    return *::new (static_cast<void*>(this)) SqlResult(std::move(other));
  }
  ~SqlResult() {
    if (ok()) value_.~T();
  }

  // Aborts when there is no value: ask ok() first.
  T& value() & {
    BANYAN_CHECK(ok());
    return value_;
  }
  const T& value() const& {
    BANYAN_CHECK(ok());
    return value_;
  }
  T&& value() && {
    BANYAN_CHECK(ok());
    return std::move(value_);
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  union {
    T value_;
  };
};

template <>
class [[nodiscard]] SqlResult<void> : public detail::SqlResultBase {
 public:
  using value_type = void;

  SqlResult() = default;
  SqlResult(SqlError error) : SqlResultBase(std::move(error)) {}         // NOLINT: an error is a result
  SqlResult(Error error) : SqlResultBase(SqlError(std::move(error))) {}  // NOLINT: so is one from below
  void value() const { BANYAN_CHECK(ok()); }
  void operator*() const { value(); }
};

// Coroutines that return it may use try_.
template <class T>
inline constexpr bool is_result_v<SqlResult<T>> = true;

namespace detail {

// Gives the coroutine at `caller` the error as its result, and ends it; gives what runs next.
using EndWith = std::coroutine_handle<> (*)(void* caller, SqlError error) noexcept;

template <class T>
void fail_with(Promise<T>& promise, SqlError error) {
  static_assert(is_result_v<T>, "try_ needs a coroutine that returns Task<SqlResult<...>> or Task<Result<...>>");
  if constexpr (std::is_base_of_v<SqlResultBase, T>) {
    promise.return_value(T(std::move(error)));
  } else {
    promise.fail(error.to_error());
  }
}
template <class P>
std::coroutine_handle<> end_with(void* caller, SqlError error) noexcept {
  const auto handle = std::coroutine_handle<P>::from_address(caller);
  fail_with(handle.promise(), std::move(error));
  return handle.promise().finish(handle);
}

// co_await try_(Task<SqlResult<U>>), but for the U.
class TrySqlTask {
 protected:
  explicit TrySqlTask(void* callee) : callee_(callee) {}
  // `result`: where the callee makes it. Gives what runs next.
  std::coroutine_handle<> start(SqlResultBase* result, void* caller, EndWith end);

 private:
  static std::coroutine_handle<> on_done(void* context);
  void* callee_;
  void* caller_ = nullptr;
  SqlResultBase* result_ = nullptr;
  EndWith end_ = nullptr;
};

template <class U>
class TrySqlTaskAwaiter : TrySqlTask {
 public:
  explicit TrySqlTaskAwaiter(void* callee) : TrySqlTask(callee) {}
  TrySqlTaskAwaiter(const TrySqlTaskAwaiter&) = delete;
  TrySqlTaskAwaiter& operator=(const TrySqlTaskAwaiter&) = delete;
  ~TrySqlTaskAwaiter() {}  // NOLINT: what is in the slot is gone by then

  bool await_ready() const noexcept { return false; }
  template <class P>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<P> caller) noexcept {
    return start(&slot_, caller.address(), end_with<P>);
  }
  U await_resume() {
    if constexpr (!std::is_void_v<U>) {
      U value = *std::move(slot_);
      slot_.~SqlResult();
      return value;
    } else {
      slot_.~SqlResult();
    }
  }

 private:
  union {
    SqlResult<U> slot_;
  };
};

template <class U>
class TrySqlResultAwaiter {
 public:
  explicit TrySqlResultAwaiter(SqlResult<U>&& result) : result_(std::move(result)) {}
  bool await_ready() const noexcept { return result_.ok(); }
  template <class P>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<P> caller) noexcept {
    return end_with<P>(caller.address(), std::move(result_).error());
  }
  U await_resume() { return *std::move(result_); }

 private:
  SqlResult<U> result_;
};

}  // namespace detail

template <class U>
[[nodiscard]] detail::TrySqlTaskAwaiter<U> try_(Task<SqlResult<U>>&& task) {
  return detail::TrySqlTaskAwaiter<U>(task.release().address());
}
template <class U>
[[nodiscard]] detail::TrySqlResultAwaiter<U> try_(SqlResult<U>&& result) {
  return detail::TrySqlResultAwaiter<U>(std::move(result));
}

}  // namespace banyan
