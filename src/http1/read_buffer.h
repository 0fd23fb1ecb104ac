// What was read from a connection and not yet used: the head under way, then its body.
//
// A head is parsed in place, so its bytes must stay where they are until the message is done, while the body after it
// flows through the rest of the buffer. Where the head leaves too little room, the body goes on in a second buffer, and
// so does one that fills the room there is: in a large one, since each system call costs as much as some KiB. Nothing
// but the head is held while the connection is waited for.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

#include "base/check.h"
#include "net/buffer_pool.h"

namespace banyan {

class ReadBuffer {
 public:
  // `head_bytes_max` decides the size of the buffers: a head must fit in one.
  ReadBuffer(MemoryBudget& budget, std::size_t head_bytes_max)
      : budget_(&budget),
        size_(head_bytes_max <= static_cast<std::size_t>(BufferSize::kSmall) ? BufferSize::kSmall
                                                                             : BufferSize::kLarge) {}

  MemoryBudget& memory() const { return *budget_; }
  std::string_view unread() const { return {text() + begin_, end_ - begin_}; }
  void consume(std::size_t bytes) { begin_ += bytes; }
  // Where the next read goes: never empty, except that a buffer that is full of unread bytes gives an empty span (a
  // head that reaches its limit is refused before). Errors: kResourceExhausted, the memory budget.
  Result<std::span<std::byte>> room();
  void added(std::size_t bytes) {
    end_ += bytes;
    flows_ = end_ == lease_.size() || bytes >= static_cast<std::size_t>(BufferSize::kSmall);
  }

  // What has been consumed so far is a head whose views are in use: keep it in place until end_message().
  void keep_head() { floor_ = begin_; }
  void end_message();
  // Gives the memory back when nothing is unread.
  void release_if_empty() {
    if (begin_ == end_) release();
  }
  // The same of the memory that holds no head.
  void release_room() {
    if (begin_ != end_ || floor_ != 0) return;
    lease_.release();
    begin_ = end_ = 0;
  }
  void release();

 private:
  static constexpr std::size_t kRoomMin = 4096;
  BufferSize wanted() const { return flows_ && !budget_->above_soft_limit() ? BufferSize::kLarge : size_; }
  const char* text() const { return reinterpret_cast<const char*>(lease_.data()); }

  MemoryBudget* budget_;
  BufferSize size_;
  BufferLease lease_;
  BufferLease head_lease_;  // holds the head alone, once the body has moved to a buffer of its own
  std::size_t floor_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool flows_ = false;  // the last read found more than a small buffer holds
};

}  // namespace banyan
