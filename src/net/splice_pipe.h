// A pipe through which the kernel moves bytes from one stream to another (splice(2)), so that nobody copies them.
//
// For bodies that are only passed on: of a large one, two copies are most of what it costs. A pipe is held while there
// are bytes in it, and free ones wait at their thread for the next body. One takes two descriptors and up to kBytesMax
// of memory, which is counted. None is given, and the bytes have to be copied, where there are kPipesMax in the process
// and in the simulator.
#pragma once

#include <cstddef>
#include <optional>

#include "net/buffer_pool.h"
#include "net/stream.h"

namespace banyan {

class SplicePipe {
 public:
  static constexpr std::size_t kBytesMax = 128 * 1024;
  static constexpr int kPipesMax = 128;

  SplicePipe() = default;  // holds none
  SplicePipe(const SplicePipe&) = delete;
  SplicePipe& operator=(const SplicePipe&) = delete;
  ~SplicePipe() { close(); }

  // False: none is to be had. `memory` must outlive the pipe.
  bool open(MemoryBudget& memory);
  // What is still in it is lost.
  void close();

  // One attempt to take up to `bytes_max` from a plain stream into the open, empty pipe; gives the number, 0 at the end
  // of the stream. Nullopt: it would wait. Errors as Stream::read; kUnsupported: the kernel cannot do it for this
  // stream, and nothing was taken.
  std::optional<Result<std::size_t>> fill(Stream& from, std::size_t bytes_max);
  // Writes to a plain stream all that is in it, as Stream::write does, and closes it. `wait_max` is for each wait for
  // room.
  Task<Result<void>> drain(Stream& to, Duration wait_max);

 private:
  int ends_[2] = {-1, -1};
  std::size_t held_ = 0;
  MemoryBudget* memory_ = nullptr;
};

}  // namespace banyan
