#include "php_runtime/fiber.h"

#include <cstdint>

namespace banyan::php_runtime {

#if defined(__x86_64__)

namespace {

[[gnu::naked, gnu::noinline]] void switch_stacks([[maybe_unused]] void** from, [[maybe_unused]] void* to) {
  asm volatile(
      "pushq %rbp\n"
      "pushq %rbx\n"
      "pushq %r12\n"
      "pushq %r13\n"
      "pushq %r14\n"
      "pushq %r15\n"
      "movq %rsp, (%rdi)\n"
      "movq %rsi, %rsp\n"
      "popq %r15\n"
      "popq %r14\n"
      "popq %r13\n"
      "popq %r12\n"
      "popq %rbx\n"
      "popq %rbp\n"
      "retq\n");
}

}  // namespace

void begin_fiber(Fiber& fiber, void* stack, std::size_t bytes, void (*entry)()) {
  constexpr std::size_t kRegisters = 6;
  auto* top =
      reinterpret_cast<std::uintptr_t*>((reinterpret_cast<std::uintptr_t>(stack) + bytes) & ~std::uintptr_t{15});
  *--top = 0;  // where entry would return to
  *--top = reinterpret_cast<std::uintptr_t>(entry);
  for (std::size_t i = 0; i < kRegisters; ++i) *--top = 0;
  fiber.stack = top;
}

void switch_fiber(Fiber& from, Fiber& to) { switch_stacks(&from.stack, to.stack); }

#else

void begin_fiber(Fiber& fiber, void* stack, std::size_t bytes, void (*entry)()) {
  ::getcontext(&fiber.context);
  fiber.context.uc_stack.ss_sp = stack;
  fiber.context.uc_stack.ss_size = bytes;
  fiber.context.uc_link = nullptr;
  ::makecontext(&fiber.context, entry, 0);
}

void switch_fiber(Fiber& from, Fiber& to) { ::swapcontext(&from.context, &to.context); }

#endif

}  // namespace banyan::php_runtime
