// A broken invariant ends the program, in release too: what follows it could only be worse.
#pragma once

namespace banyan {

// Writes "FILE:LINE: check failed: EXPRESSION" to standard error without allocating, then aborts.
[[noreturn, gnu::cold, gnu::noinline]] void check_failed(const char* file, int line, const char* expression) noexcept;

}  // namespace banyan

#define BANYAN_CHECK(expression) \
  (static_cast<bool>(expression) ? static_cast<void>(0) : ::banyan::check_failed(__FILE__, __LINE__, #expression))
