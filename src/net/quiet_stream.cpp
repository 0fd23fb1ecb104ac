#include "net/quiet_stream.h"

#include "runtime/wait.h"

namespace banyan {

bool is_quiet(Stream& stream) {
  if (stream.hung_up()) return false;
  ReadableAwaiter news = stream.wait_readable();
  // A task without budget is told nothing, and has to look.
  if (stream.tls_info() == nullptr && !news.await_ready() && spend_budget()) return true;
  std::byte unasked[1];
  return !stream.try_read(unasked).has_value();
}

}  // namespace banyan
