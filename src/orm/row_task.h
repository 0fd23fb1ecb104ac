// RowTask: a coroutine that makes a SqlResult of rows whose type it does not know.
//
// Every query of a program has a row type of its own, and a coroutine template costs the compiler milliseconds for each
// of them. So the coroutines that read rows are not templates: they make their result through two functions of the row
// type, where the caller wants it, and the typed call is a cast:
//
//   RowTask read(Source source, RowsOf of) {
//     Rows rows(co_await RowTask::begin(of.call), of);   // a SqlResult<std::vector<User>>, say
//     co_await try_(fill(source, &rows));                // an error takes its place
//     co_return RowTask::Done();
//   }
//   Task<SqlResult<std::vector<User>>> users = read(source, rows_of<std::vector<User>>()).as<std::vector<User>>();
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sql/sql_result.h"

namespace banyan::orm::detail {

// What can be asked of a SqlResult that holds rows, whose type only its function knows.
enum class RowsCall : std::uint8_t {
  kMake,     // makes a SqlResult without rows in the memory `result`
  kDestroy,  // destroys it
  kAdd,      // adds a row and gives it; one that has room for one row gives that
  kAt,       // gives row number `index`
  kPop,      // a page: drops the last row
  kNext,     // a page: gives its `next`
};
struct RowsOf {
  using Call = void* (*)(RowsCall what, void* result, std::size_t index);
  // Part 0 of a row is its entity; part n is target number `index` of the row's edge number n, or null if there are not
  // so many. kNew makes one and gives it.
  using Part = void* (*)(void* row, std::size_t part, std::size_t index);
  static constexpr std::size_t kNew = static_cast<std::size_t>(-1);
  Call call = nullptr;
  Part part = nullptr;  // null: the row is the entity
};

class [[nodiscard]] RowTask {
 public:
  // The result is as it should be.
  struct Done {};

  class promise_type : public banyan::detail::PromiseBase {
   public:
    ~promise_type() { drop(); }
    RowTask get_return_object() noexcept {
      return RowTask(std::coroutine_handle<promise_type>::from_promise(*this).address());
    }
    void return_value(Done) { call_ = nullptr; }
    void return_value(SqlError error) {
      drop();
      ::new (result_) banyan::detail::SqlResultBase(std::move(error));
    }
    void unhandled_exception() { return_value(SqlError(banyan::detail::error_from_current_exception())); }

   private:
    friend RowTask;
    void drop() {
      if (call_ != nullptr) (void)std::exchange(call_, nullptr)(RowsCall::kDestroy, result_, 0);
    }
    RowsOf::Call call_ = nullptr;  // of a result that is made, and not yet as it should be
  };

  RowTask(RowTask&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  RowTask& operator=(RowTask&&) = delete;
  ~RowTask() {
    if (frame_ != nullptr) std::coroutine_handle<>::from_address(frame_).destroy();
  }

  // T: the value of the result that is made. Who awaits a task deals with its PromiseBase alone.
  template <class T>
  Task<SqlResult<T>> as() && {
    using Handle = std::coroutine_handle<banyan::detail::Promise<SqlResult<T>>>;
    return Task<SqlResult<T>>(Handle::from_address(std::exchange(frame_, nullptr)));
  }

  // co_await it in the coroutine, once: makes the result with `call`, and gives where it is. Without one it only gives
  // the place, in which the coroutine makes the result itself just before it is done.
  class begin {
   public:
    explicit begin(RowsOf::Call call = nullptr) : call_(call) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<promise_type> self) {
      promise_type& promise = self.promise();
      result_ = promise.result_;
      promise.call_ = call_;
      if (call_ != nullptr) (void)call_(RowsCall::kMake, result_, 0);
      return false;
    }
    void* await_resume() const noexcept { return result_; }

   private:
    RowsOf::Call call_;
    void* result_ = nullptr;
  };

 private:
  explicit RowTask(void* frame) : frame_(frame) {}
  void* frame_;
};

// How a T, the value of a result, takes rows: it is one itself, or holds many, or one or none.
template <class T>
struct RowsIn {
  static void* add(T& row) { return &row; }
  static void* at(T& row, std::size_t) { return &row; }
};
template <class R>
struct RowsIn<std::vector<R>> {
  static void* add(std::vector<R>& rows) { return &rows.emplace_back(); }
  static void* at(std::vector<R>& rows, std::size_t index) { return &rows[index]; }
};
template <class R>
struct RowsIn<std::optional<R>> {
  static void* add(std::optional<R>& row) { return &row.emplace(); }
  static void* at(std::optional<R>& row, std::size_t) { return &*row; }
};

template <class T>
void* rows_call(RowsCall what, void* result, std::size_t index) {
  auto& rows = *static_cast<SqlResult<T>*>(result);
  switch (what) {
    case RowsCall::kMake:
      return ::new (result) SqlResult<T>();
    case RowsCall::kDestroy:
      rows.~SqlResult();
      return nullptr;
    case RowsCall::kAdd:
      return RowsIn<T>::add(*rows);
    case RowsCall::kAt:
      return RowsIn<T>::at(*rows, index);
    case RowsCall::kPop:
      if constexpr (requires { RowsIn<T>::pop(*rows); }) RowsIn<T>::pop(*rows);
      return nullptr;
    case RowsCall::kNext:
      if constexpr (requires { rows->next; }) return &rows->next;
      return nullptr;
  }
  return nullptr;
}

inline void fail_with(RowTask::promise_type& promise, SqlError error) { promise.return_value(std::move(error)); }

}  // namespace banyan::orm::detail
