// Waits for the first of several channel operations, as Go's select does.
//
//   std::optional<Job> job;
//   Result<std::size_t> which = co_await select(receive_into(jobs, job), send_from(results, 5));
//   // which: 0 = jobs had a value (job is set) or was closed (job is empty); 1 = the 5 was taken.
//
// Exactly one case happens. When several could, the choice is random. With a deadline as first argument the wait ends
// with kDeadlineExceeded; try_select() never waits (the place of Go's default case) and gives kUnavailable if no case
// could go on. At most 16 cases. A send to a closed channel ends the select with kFailedPrecondition.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <tuple>

#include "runtime/channel.h"

namespace banyan {

namespace detail {

struct SelectCase {
  SelectCase(ChannelBase& base, bool is_send, void* at) : channel(&base), cell(at), sending(is_send) {}
  ChannelBase* channel;
  void* cell;
  bool sending;
  ChannelWaiter waiter;
};

template <class T>
struct ReceiveCase : SelectCase {
  ReceiveCase(Channel<T>& from, std::optional<T>& into) : SelectCase(from.base(), false, nullptr), out(into) {
    cell = &room;
  }
  // Only before the select starts: nothing points at the room yet.
  ReceiveCase(ReceiveCase&& other) noexcept : SelectCase(*other.channel, false, nullptr), out(other.out) {
    cell = &room;
  }
  ~ReceiveCase() {}
  void done(bool received) {
    if (!received) {
      out.reset();
      return;
    }
    out.emplace(std::move(room.value));
    std::destroy_at(&room.value);
  }
  std::optional<T>& out;
  union Room {
    Room() {}   // NOLINT: constructed by the sender
    ~Room() {}  // NOLINT: destroyed by done
    T value;
  } room;
};

template <class T>
struct SendCase : SelectCase {
  SendCase(Channel<T>& to, T given) : SelectCase(to.base(), true, &value), value(std::move(given)) {}
  SendCase(SendCase&& other) noexcept : SelectCase(*other.channel, true, &value), value(std::move(other.value)) {}
  void done(bool) {}
  T value;
};

class SelectCore {
 public:
  SelectCore(TimePoint deadline, bool waits) : deadline_(deadline), waits_(waits) {}
  SelectCore(const SelectCore&) = delete;
  SelectCore& operator=(const SelectCore&) = delete;

  void set_cases(std::span<SelectCase*> cases) { cases_ = cases; }
  // False: it must wait; the channels stay locked, for suspend() to put the cases in line and unlock them.
  bool ready();
  bool suspend(std::coroutine_handle<> frame);
  // The case that happened; an error if none did. *transferred: its value moved, rather than its channel being closed.
  Result<std::size_t> outcome(bool* transferred);

 private:
  bool attempt_all();  // with all locks held
  void lock_all();
  void unlock_all();

  static constexpr std::size_t kNone = ~std::size_t{0};
  std::span<SelectCase*> cases_;
  TimePoint deadline_;
  bool waits_;
  bool suspended_ = false;
  bool closed_ = false;
  std::size_t done_ = kNone;
  TaskRecord* wake_ = nullptr;
  Wait wait_;
};

template <class... Cases>
class SelectAwaiter {
 public:
  SelectAwaiter(TimePoint deadline, bool waits, Cases&&... cases)
      : core_(deadline, waits), cases_(std::move(cases)...) {}

  bool await_ready() {
    pointers_ = std::apply([](auto&... c) { return std::array<SelectCase*, sizeof...(Cases)>{&c...}; }, cases_);
    core_.set_cases(pointers_);
    return core_.ready();
  }
  bool await_suspend(std::coroutine_handle<> frame) { return core_.suspend(frame); }
  Result<std::size_t> await_resume() {
    bool transferred = false;
    Result<std::size_t> which = core_.outcome(&transferred);
    if (!which.ok()) return which;
    std::size_t i = 0;
    bool failed = false;
    std::apply([&](auto&... c) { ((i++ == *which ? finish(c, transferred, &failed) : void()), ...); }, cases_);
    if (failed) return Error(ErrorCode::kFailedPrecondition, "send on a closed channel");
    return which;
  }

 private:
  template <class Case>
  static void finish(Case& c, bool transferred, bool* failed) {
    *failed = c.sending && !transferred;
    c.done(transferred);
  }
  SelectCore core_;
  std::tuple<Cases...> cases_;
  std::array<SelectCase*, sizeof...(Cases)> pointers_{};
};

}  // namespace detail

template <class T>
detail::ReceiveCase<T> receive_into(Channel<T>& channel, std::optional<T>& out) {
  return detail::ReceiveCase<T>(channel, out);
}
template <class T, class U>
detail::SendCase<T> send_from(Channel<T>& channel, U&& value) {
  return detail::SendCase<T>(channel, T(std::forward<U>(value)));
}

template <class... Cases>
auto select(TimePoint deadline, Cases&&... cases) {
  static_assert(sizeof...(Cases) >= 1 && sizeof...(Cases) <= 16);
  return detail::SelectAwaiter<Cases...>(deadline, true, std::move(cases)...);
}
template <class First, class... Rest>
  requires std::is_base_of_v<detail::SelectCase, std::remove_cvref_t<First>>
auto select(First&& first, Rest&&... rest) {
  return select(kNever, std::move(first), std::move(rest)...);
}
// The index of the case that could go on at once, else Error{kUnavailable}. Awaited, but never suspends.
template <class... Cases>
auto try_select(Cases&&... cases) {
  return detail::SelectAwaiter<Cases...>(kNever, false, std::move(cases)...);
}

}  // namespace banyan
