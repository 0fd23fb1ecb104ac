#include "sql/sql_result.h"

namespace banyan::detail {

std::coroutine_handle<> TrySqlTask::start(SqlResultBase* result, void* caller, EndWith end) {
  caller_ = caller;
  result_ = result;
  end_ = end;
  // All promises begin with, and are, a PromiseBase.
  const auto callee = std::coroutine_handle<PromiseBase>::from_address(callee_);
  callee.promise().set_result(result);
  callee.promise().set_done(on_done, this);
  return callee;
}

std::coroutine_handle<> TrySqlTask::on_done(void* context) {
  auto* const self = static_cast<TrySqlTask*>(context);
  if (!self->result_->failed_) [[likely]]
    return std::coroutine_handle<>::from_address(self->caller_);
  SqlError error = std::move(self->result_->error_);
  self->result_->~SqlResultBase();  // a failed result holds nothing else
  return self->end_(self->caller_, std::move(error));
}

}  // namespace banyan::detail
