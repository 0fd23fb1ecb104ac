// Compression of a stream, piece by piece: gzip (RFC 1952) by zlib, brotli (RFC 7932), zstd (RFC 8878).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "filters/accept_encoding.h"

namespace banyan {

class Encoder {
 public:
  enum class Then : unsigned char {
    kMore,   // may keep what it was given for later
    kFlush,  // everything so far can be decoded
    kEnd,    // nothing comes after this
  };

  // Levels 1 to 9, from fast to small; brotli and zstd take those of their own that cost about as much as gzip's.
  // Memory: some 260 KiB (gzip), 1 to 2 MiB (brotli, zstd), windows being kept at 256 KiB for the two. Errors:
  // kResourceExhausted.
  static Result<std::unique_ptr<Encoder>> open(Coding coding, int level);

  virtual ~Encoder() = default;
  // Appends to `out` what there is. Errors: kInternal.
  virtual Result<void> write(std::string_view data, Then then, std::string& out) = 0;
};

}  // namespace banyan
