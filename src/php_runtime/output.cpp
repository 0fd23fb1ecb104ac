// Output and its innermost buffer; the functions of output control are builtins.
#include <unistd.h>

#include "php_runtime/context.h"
#include "php_runtime/convert.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {
constexpr std::size_t kOutBytes = 64 << 10;
}

void flush_output() {
  Context& c = context();
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
    c.buffers.back().data.append(bytes);
    return;
  }
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

void Frame::too_deep() { stop("recursion", "calls nest deeper than the stack allows"); }

}  // namespace banyan::php_runtime
