// Random bytes taken from getrandom(2) ahead of their use: an id of eight bytes then costs no system call.
#pragma once

#include <cstddef>
#include <span>

namespace banyan {

// Fills `out` with bytes of the kernel's generator. Each byte is given once, and forgotten when it is given; what one
// thread, or a forked child, gets is never what another gets. More than 64 bytes at a time come from the kernel
// directly. Aborts where the kernel gives none, which it does on no Linux that has getrandom(2).
void fill_from_pool(std::span<std::byte> out);

}  // namespace banyan
