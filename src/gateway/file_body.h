// A part of a file as a body, for filters that change it: without them the kernel sends files by itself.
#pragma once

#include <memory>

#include "exchange/exchange.h"

namespace banyan {

// Reads 32 KiB at a time, from the page cache as a rule. `part.descriptor` must stay open as long as this lives.
class FileBody final : public BodySource {
 public:
  explicit FileBody(FilePart part) : part_(part) {}
  // Errors: kDataLoss where the file has become shorter; the system's.
  Task<Result<BodyFrame>> next() override;
  std::optional<std::uint64_t> bytes_left() const override { return part_.bytes; }

 private:
  FilePart part_;
  std::unique_ptr<char[]> buffer_;
};

}  // namespace banyan
