// The framing of the Language Server Protocol: "Content-Length: N", an empty line, N bytes.
//
// Strict, because a peer that is out of step cannot be followed: anything but the known header fields is an error, and
// after an error nothing more is read. Memory: one message. Source: LSP 3.17, Base Protocol.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace banyan::php {

class MessageReader {
 public:
  static constexpr std::size_t kHeadBytesMax = 4096;
  static constexpr std::size_t kBodyBytesMax = std::size_t{64} << 20;

  void feed(std::string_view bytes) { buffer_ += bytes; }
  // The next whole message, nothing if more bytes are needed. Errors: kInvalidArgument for a header that is wrong,
  // kResourceExhausted for one that is too long or a body that is too large.
  Result<std::optional<std::string>> next();
  // Whether bytes of a message that is not whole are held.
  bool is_inside() const { return !buffer_.empty(); }

 private:
  Result<std::size_t> read_head(std::string_view head) const;

  std::string buffer_;
};

// The message with its header.
std::string framed(std::string_view message);

}  // namespace banyan::php
