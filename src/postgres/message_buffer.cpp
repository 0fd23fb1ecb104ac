#include "postgres/message_buffer.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/ascii.h"
#include "postgres/message_reader.h"

namespace banyan::pg {

Result<std::optional<Message>> MessageBuffer::next() {
  const std::size_t skipped = std::min(skip_, end_ - begin_);
  begin_ += skipped;
  skip_ -= skipped;
  const std::string_view unread(bytes_.get() + begin_, end_ - begin_);
  wanted_ = kHeaderBytes;
  if (skip_ > 0 || unread.size() < kHeaderBytes) return std::optional<Message>();

  const char type = unread[0];
  const std::uint32_t length = read_u32(unread.data() + 1);
  const bool letter = is_ascii_letter(type) || (type >= '1' && type <= '3');
  if (!letter || length < 4 || length > INT32_MAX) {
    return Error(ErrorCode::kDataLoss, "what the server sent is not a message of PostgreSQL's protocol 3.0");
  }
  const std::size_t body = length - 4;
  if (body > message_bytes_max_) {
    if (type != 'D' && type != 'd') {
      return Error(ErrorCode::kDataLoss, "the server sent a message of " + std::to_string(body) + " bytes; at most " +
                                             std::to_string(message_bytes_max_) + " are taken");
    }
    begin_ += kHeaderBytes;
    skip_ = body;
    return std::optional<Message>(Message{type, true, {}});
  }
  wanted_ = kHeaderBytes + body;
  if (unread.size() < wanted_) return std::optional<Message>();
  begin_ += wanted_;
  wanted_ = kHeaderBytes;
  return std::optional<Message>(Message{type, false, unread.substr(kHeaderBytes, body)});
}

std::span<std::byte> MessageBuffer::room() {
  if (begin_ == end_) begin_ = end_ = 0;
  // What is thrown away needs no room for the whole of it. Growth follows what has come, not what was announced.
  const std::size_t have = end_ - begin_;
  const std::size_t needed = skip_ > 0 ? 1 : std::max(wanted_, have + 1);
  if (capacity_ - begin_ < needed && begin_ > 0) {
    std::memmove(bytes_.get(), bytes_.get() + begin_, have);
    begin_ = 0;
    end_ = have;
  }
  if (end_ == capacity_) resize(std::max({kUsualBytes, std::min(needed, 2 * capacity_)}));
  return std::as_writable_bytes(std::span(bytes_.get() + end_, capacity_ - end_));
}

void MessageBuffer::release() {
  if (!empty()) return;
  begin_ = end_ = 0;
  if (capacity_ > kUsualBytes) {
    bytes_.reset();
    capacity_ = 0;
  }
}

void MessageBuffer::resize(std::size_t capacity) {
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > 0) std::memcpy(larger.get(), bytes_.get(), end_);
  bytes_ = std::move(larger);
  capacity_ = capacity;
}

}  // namespace banyan::pg
