// Stacks that take turns on one thread. On x86-64 the switch is that of a call (System V ABI: rbx, rbp and r12 to r15
// are kept, on the stack that is left); elsewhere it is ucontext.h's, whose system call for the mask of signals costs
// more than all the rest.
#pragma once

#include <cstddef>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace banyan::php_runtime {

#if defined(__x86_64__)
struct Fiber {
  void* stack = nullptr;  // its top, where it was left
};
#else
struct Fiber {
  ucontext_t context{};
};
#endif

// Makes `fiber` begin with `entry`, which must not return, on a stack of `bytes`.
void begin_fiber(Fiber& fiber, void* stack, std::size_t bytes, void (*entry)());
// Leaves the code that runs in `from` and goes on where `to` was left.
void switch_fiber(Fiber& from, Fiber& to);

}  // namespace banyan::php_runtime
