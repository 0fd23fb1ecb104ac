// Output and its innermost buffer; the functions of output control are builtins.
#include <unistd.h>

#include <atomic>

#include "php_runtime/context.h"
#include "php_runtime/convert.h"
#include "php_runtime/interrupt.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {
constexpr std::size_t kOutBytes = 64 << 10;
// Beyond every address.
const char* const kInterrupted = reinterpret_cast<const char*>(UINTPTR_MAX);
}  // namespace

void flush_output() {
  Context& c = context();
  if (c.host != nullptr) return c.host->output({});
  if (c.written != nullptr) {
    c.written->append(c.out);
    c.out.clear();
    return;
  }
  std::string_view rest = c.out;
  while (!rest.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (count <= 0) break;  // what the reader has left unread is lost, as in PHP
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  c.out.clear();
}

void echo(std::string_view bytes) {
  Context& c = context();
  if (!c.buffers.empty()) {
    OutputBuffer& last = c.buffers.back();
    last.data.append(bytes);
    if (last.chunk != 0 && last.data.size() >= last.chunk) c.host->output(std::exchange(last.data, {}));
    return;
  }
  if (c.host != nullptr) return bytes.empty() ? void() : c.host->output(bytes);
  c.out.append(bytes);
  if (c.out.size() >= kOutBytes) flush_output();
}

void echo_value(const Value& v) {
  if (v.is_string()) return echo(v.as_string());
  echo(to_string(v));
}

Int print(const Value& v) {
  echo_value(v);
  return 1;
}

// A call asks for the end of the stack in any case, so that asking for the end of the program costs nothing more. The
// program reads what another thread writes, and sees it sooner or later.
void interrupt(Context& c) { std::atomic_ref(c.stack_end).store(kInterrupted, std::memory_order_relaxed); }
bool is_interrupted() { return std::atomic_ref(context().stack_end).load(std::memory_order_relaxed) == kInterrupted; }

void Frame::too_deep() {
  if (context().stack_end == kInterrupted) stop("time-limit", "the program ran longer than it may");
  stop("recursion", "calls nest deeper than the stack allows");
}

}  // namespace banyan::php_runtime
