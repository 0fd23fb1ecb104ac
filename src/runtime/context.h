// What a task inherits: the deadline it must meet, trace identity, values.
//
// A Context is immutable and shared; with_timeout() and friends push a new one for the time of a call and children take
// the one in force when they are spawned. Every wait in Banyan obeys the deadline of the ambient context, so a time
// limit set at the edge reaches the database without being passed by hand. Cancellation is not here: it belongs to the
// task (runtime/scope.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "base/clock.h"

namespace banyan {

// W3C trace context of the work under way. All zero: none.
struct TraceIds {
  std::uint64_t trace_high = 0;
  std::uint64_t trace_low = 0;
  std::uint64_t span = 0;
  bool sampled = false;
};

class ContextRef;

class Context {
 public:
  TimePoint deadline = kNever;
  TraceIds trace;
  // The value for `key`, which is compared by address; null if there is none. The innermost wins.
  const void* value(const void* key) const;

 private:
  friend class ContextRef;
  Context() = default;
  ~Context();
  mutable std::atomic<std::uint32_t> references_{1};
  const Context* parent_ = nullptr;
  const void* key_ = nullptr;
  void* value_ = nullptr;
  void (*destroy_value_)(void*) = nullptr;
};

// A counted reference; null means the empty context (no deadline, no trace, no values).
class ContextRef {
 public:
  ContextRef() = default;
  ContextRef(const ContextRef& other) : context_(other.context_) { retain(); }
  ContextRef(ContextRef&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}
  ContextRef& operator=(ContextRef other) noexcept {
    std::swap(context_, other.context_);
    return *this;
  }
  ~ContextRef() { release(); }

  const Context* get() const { return context_; }
  TimePoint deadline() const { return context_ == nullptr ? kNever : context_->deadline; }

  // A child of this context. A deadline can only come nearer.
  ContextRef with_deadline(TimePoint deadline) const;
  // A child with its own deadline, whatever the parent's; for clean-up that must not be hurried.
  ContextRef with_fresh_deadline(TimePoint deadline) const;
  ContextRef with_trace(const TraceIds& trace) const;
  // A child that carries `value`, owned by the context, under `key`.
  template <class T>
  ContextRef with_value(const void* key, T value) const {
    return with_raw(key, new T(std::move(value)), [](void* p) { delete static_cast<T*>(p); });
  }

 private:
  Context* child() const;
  ContextRef with_raw(const void* key, void* value, void (*destroy)(void*)) const;
  void retain() const {
    if (context_ != nullptr) context_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  void release();
  const Context* context_ = nullptr;
};

// The ambient context of the running task; empty outside a task.
const ContextRef& current_context();
// Replaces it, for the time a guard lives. Only in a running task.
class ContextGuard {
 public:
  explicit ContextGuard(ContextRef context);
  ContextGuard(const ContextGuard&) = delete;
  ContextGuard& operator=(const ContextGuard&) = delete;
  ~ContextGuard();

 private:
  ContextRef saved_;
};

}  // namespace banyan
