#include "runtime/context.h"

#include "base/check.h"
#include "runtime/worker.h"

namespace banyan {

Context::~Context() {
  if (destroy_value_ != nullptr) destroy_value_(value_);
}

const void* Context::value(const void* key) const {
  for (const Context* context = this; context != nullptr; context = context->parent_) {
    if (context->key_ == key) return context->value_;
  }
  return nullptr;
}

void ContextRef::release() {
  // A chain is let go of by a loop: it may be long.
  const Context* context = context_;
  while (context != nullptr && context->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    const Context* parent = context->parent_;
    delete context;
    context = parent;
  }
}

Context* ContextRef::child() const {
  auto* context = new Context;
  if (context_ != nullptr) {
    retain();
    context->parent_ = context_;
    context->deadline = context_->deadline;
    context->trace = context_->trace;
  }
  return context;
}

ContextRef ContextRef::with_fresh_deadline(TimePoint deadline) const {
  ContextRef result;
  Context* context = child();
  context->deadline = deadline;
  result.context_ = context;
  return result;
}

ContextRef ContextRef::with_deadline(TimePoint new_deadline) const {
  if (new_deadline >= deadline()) return *this;
  return with_fresh_deadline(new_deadline);
}

ContextRef ContextRef::with_trace(const TraceIds& trace) const {
  ContextRef result;
  Context* context = child();
  context->trace = trace;
  result.context_ = context;
  return result;
}

ContextRef ContextRef::with_raw(const void* key, void* value, void (*destroy)(void*)) const {
  ContextRef result;
  Context* context = child();
  context->key_ = key;
  context->value_ = value;
  context->destroy_value_ = destroy;
  result.context_ = context;
  return result;
}

const ContextRef& current_context() {
  static const ContextRef empty;
  const TaskRecord* task = current_task();
  return task == nullptr ? empty : task->context;
}

ContextGuard::ContextGuard(ContextRef context) {
  TaskRecord* task = current_task();
  BANYAN_CHECK(task != nullptr);
  saved_ = std::exchange(task->context, std::move(context));
}

ContextGuard::~ContextGuard() { current_task()->context = std::move(saved_); }

}  // namespace banyan
