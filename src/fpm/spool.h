// A request's body, kept until it has ended: PHP must be told its length first, and a client that sends slowly must not
// occupy a process meanwhile.
//
// A body of up to 16 KiB of known length, and the first 64 KiB of any other, stay in a leased buffer; what is longer
// goes to a file that has no name, so that nothing is left behind whatever happens. How long it may be is for the
// body's source to say. Writing and reading the file runs on the blocking pool.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "exchange/body.h"
#include "net/buffer_pool.h"
#include "runtime/task.h"

namespace banyan {

class Spool final : public BodySource {
 public:
  // Reads `body`, of which `begun` was taken already, to its end. `folder`: "" for $TMPDIR, else /tmp. Errors: those of
  // the body; kResourceExhausted where there is no memory or the file cannot be written, which is also logged.
  static Task<Result<std::unique_ptr<Spool>>> fill(std::string_view begun, BodySource& body, MemoryBudget& memory,
                                                   std::string folder);
  ~Spool() override;

  Task<Result<BodyFrame>> next() override;
  bool try_next(BodyFrame* frame) override;
  std::optional<std::uint64_t> bytes_left() const override { return size_ - given_; }

 private:
  Spool(BufferLease buffer, std::string folder) : buffer_(std::move(buffer)), folder_(std::move(folder)) {}
  Task<Result<void>> append(std::string_view data);
  Task<Result<void>> flush();
  Error disk_error(int errno_value) const;

  BufferLease buffer_;
  std::string folder_;
  std::size_t filled_ = 0;  // of the buffer
  int file_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t given_ = 0;
};

}  // namespace banyan
