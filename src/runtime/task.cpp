#include "runtime/task.h"

#include <new>
#include <string>

namespace banyan::detail {

Error error_from_current_exception() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return Error(ErrorCode::kResourceExhausted, "out of memory");
  } catch (const std::exception& exception) {
    return Error(ErrorCode::kInternal, std::string("exception: ") + exception.what());
  } catch (...) {
    return Error(ErrorCode::kInternal, "exception of unknown type");
  }
}

}  // namespace banyan::detail
