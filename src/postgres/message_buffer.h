// Bytes from a PostgreSQL server to messages: the framing of protocol 3.0 (PostgreSQL manual, chapter 55.2 and 55.7).
//
// A message is a type byte, a length of four bytes which counts itself, and its body. They are handed out in place, so
// nothing is copied. A row may be as long as the server likes, memory may not: a DataRow or CopyData message beyond the
// limit is handed out without its body, which is thrown away as it comes in, and all that follows is as usual. Any
// other message beyond the limit is no message. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"

namespace banyan::pg {

struct Message {
  char type = 0;
  bool too_long = false;  // its body was thrown away
  std::string_view body;  // good until room() or release() is called
};

class MessageBuffer {
 public:
  // `message_bytes_max`: of one body.
  explicit MessageBuffer(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  // The next message that is wholly there; nullopt: more bytes are needed. kDataLoss: this is not PostgreSQL; the
  // connection is of no use any more.
  Result<std::optional<Message>> next();
  // Where the next bytes go; never empty. Ends the life of all bodies.
  std::span<std::byte> room();
  void added(std::size_t bytes) { end_ += bytes; }

  // Nothing is there that next() has not given.
  bool empty() const { return begin_ == end_ && skip_ == 0; }
  // Gives memory beyond the usual back, when empty.
  void release();
  std::size_t capacity() const { return capacity_; }

 private:
  static constexpr std::size_t kHeaderBytes = 5;
  static constexpr std::size_t kUsualBytes = 16 * 1024;
  void resize(std::size_t capacity);

  std::size_t message_bytes_max_;
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t wanted_ = 0;  // of the message under way, with its header
  std::size_t skip_ = 0;    // bytes still to be thrown away
};

}  // namespace banyan::pg
