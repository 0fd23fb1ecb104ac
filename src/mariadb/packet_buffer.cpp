#include "mariadb/packet_buffer.h"

#include <algorithm>
#include <cstring>

#include "mariadb/packet_reader.h"

namespace banyan::maria {

Result<std::optional<Packet>> PacketBuffer::next() {
  for (;;) {
    if (!skip()) return std::optional<Packet>();
    const std::size_t have = end_ - begin_;
    if (in_packet_ && last_part_ && have >= body_) {
      const Packet packet{too_long_, std::string_view(bytes_.get() + begin_, body_)};
      begin_ += body_;
      body_ = 0;
      in_packet_ = too_long_ = false;
      wanted_ = kHeaderBytes;
      return std::optional<Packet>(packet);
    }
    wanted_ = body_ + (last_part_ && in_packet_ ? 0 : kHeaderBytes);
    if (have < wanted_) return std::optional<Packet>();
    BANYAN_TRY_VOID(take_header());
  }
}

// False: there is more to be thrown away than is there.
bool PacketBuffer::skip() {
  const std::size_t skipped = std::min(skip_, end_ - begin_);
  begin_ += skipped;
  skip_ -= skipped;
  return skip_ == 0;
}

// The header behind what is there of the packet; it is taken out, so that the body is in one piece.
Result<void> PacketBuffer::take_header() {
  char* const header = bytes_.get() + begin_ + body_;
  const std::size_t length = read_u24(header);
  if (static_cast<std::uint8_t>(header[3]) != sequence_) {
    return Error(ErrorCode::kDataLoss, "what the server sent is not a packet of MariaDB's protocol, or out of turn");
  }
  ++sequence_;
  if (body_ == 0) {
    begin_ += kHeaderBytes;
  } else {
    const std::size_t behind = end_ - (begin_ + body_) - kHeaderBytes;
    std::memmove(header, header + kHeaderBytes, behind);
    end_ -= kHeaderBytes;
  }
  in_packet_ = true;
  last_part_ = length < kPartBytesMax;
  too_long_ = too_long_ || body_ + length > packet_bytes_max_;
  body_ += length;
  if (too_long_) skip_ = std::exchange(body_, 0);
  return {};
}

std::span<std::byte> PacketBuffer::room() {
  if (begin_ == end_) begin_ = end_ = 0;
  // What is thrown away needs no room for the whole of it. Growth follows what has come, not what was announced.
  const std::size_t have = end_ - begin_;
  const std::size_t needed = skip_ > 0 ? 1 : std::max(wanted_, have + 1);
  if (capacity_ - begin_ < needed && begin_ > 0) {
    std::memmove(bytes_.get(), bytes_.get() + begin_, have);
    begin_ = 0;
    end_ = have;
  }
  if (end_ == capacity_) resize(std::max(kUsualBytes, std::min(needed, 2 * capacity_)));
  return std::as_writable_bytes(std::span(bytes_.get() + end_, capacity_ - end_));
}

void PacketBuffer::release() {
  if (!empty()) return;
  begin_ = end_ = 0;
  if (capacity_ > kUsualBytes) {
    bytes_.reset();
    capacity_ = 0;
  }
}

void PacketBuffer::resize(std::size_t capacity) {
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > 0) std::memcpy(larger.get(), bytes_.get(), end_);
  bytes_ = std::move(larger);
  capacity_ = capacity;
}

}  // namespace banyan::maria
