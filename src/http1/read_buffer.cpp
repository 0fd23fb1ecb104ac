#include "http1/read_buffer.h"

namespace banyan {

Result<std::span<std::byte>> ReadBuffer::room() {
  if (!lease_) {
    BANYAN_TRY(lease_, BufferLease::take(*budget_, wanted()));
    floor_ = begin_ = end_ = 0;
  }
  if (begin_ == end_) begin_ = end_ = floor_;
  const bool narrow = lease_.size() - floor_ < kRoomMin || lease_.size() < static_cast<std::size_t>(wanted());
  if (floor_ > 0 && narrow && !head_lease_) {
    BANYAN_TRY(BufferLease fresh, BufferLease::take(*budget_, wanted()));
    std::memcpy(fresh.data(), lease_.data() + begin_, end_ - begin_);
    head_lease_ = std::exchange(lease_, std::move(fresh));
    end_ -= begin_;
    begin_ = floor_ = 0;
  }
  if (end_ == lease_.size() && begin_ > floor_) {
    std::memmove(lease_.data() + floor_, lease_.data() + begin_, end_ - begin_);
    end_ -= begin_ - floor_;
    begin_ = floor_;
  }
  return lease_.bytes().subspan(end_);
}

void ReadBuffer::end_message() {
  head_lease_.release();
  floor_ = 0;
  flows_ = false;
  if (begin_ == end_) begin_ = end_ = 0;
}

void ReadBuffer::release() {
  lease_.release();
  head_lease_.release();
  floor_ = begin_ = end_ = 0;
  flows_ = false;
}

}  // namespace banyan
