// Memory for coroutine frames and task records.
//
// A task's cost is mostly the memory of its frames, so frames come from per-thread free lists of 32-byte size classes
// cut from slabs. A thread that frees more than it allocates hands whole batches to a shared list, from which a thread
// that runs dry takes them: tasks may be made on one worker and end on another. Slabs are kept for reuse until the
// process ends. Under AddressSanitizer every block comes from malloc, so that a use after free is seen.
#pragma once

#include <cstddef>
#include <cstdint>

namespace banyan::detail {

// Never null: running out of memory here aborts, since a coroutine that cannot be made cannot report it.
void* frame_allocate(std::size_t bytes);
void frame_free(void* block, std::size_t bytes) noexcept;

}  // namespace banyan::detail

namespace banyan {

// Bytes of slabs and of frames too large for the pool, over all threads. Cheap.
std::uint64_t frame_bytes_reserved();

}  // namespace banyan
