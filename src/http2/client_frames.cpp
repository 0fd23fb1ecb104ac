#include "http2/client_frames.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstring>

namespace banyan {

ClientFrames::Seen ClientFrames::look(std::span<const std::byte> bytes) {
  std::size_t at = 0;
  for (;;) {
    const std::size_t passed = std::min(skip_, bytes.size() - at);
    skip_ -= passed;
    at += passed;
    const std::size_t begin = at;
    const std::size_t taken = std::min(kHeadBytes - filled_, bytes.size() - at);
    if (taken == 0) return {at, NGHTTP2_NO_ERROR};
    std::memcpy(head_.data() + filled_, bytes.data() + at, taken);
    filled_ += taken;
    at += taken;
    if (filled_ < kHeadBytes) return {at, NGHTTP2_NO_ERROR};
    filled_ = 0;
    skip_ = std::size_t{head_[0]} << 16 | std::size_t{head_[1]} << 8 | head_[2];
    if (const std::uint32_t error_code = judge(); error_code != NGHTTP2_NO_ERROR) return {begin, error_code};
  }
}

// The frame whose head has been read.
std::uint32_t ClientFrames::judge() {
  const std::uint8_t type = head_[3];
  if (type != NGHTTP2_DATA && type != NGHTTP2_HEADERS && type != NGHTTP2_RST_STREAM) return NGHTTP2_NO_ERROR;
  const std::int32_t id = (head_[5] & 0x7f) << 24 | head_[6] << 16 | head_[7] << 8 | head_[8];
  if (id % 2 == 0) return NGHTTP2_NO_ERROR;  // nghttp2 knows what to say of these
  Known& stream = slot(id);
  if (id > last_) {
    if (type != NGHTTP2_HEADERS) return NGHTTP2_NO_ERROR;  // and of these
    last_ = id;
    stream = {id, false};
  } else if (type != NGHTTP2_RST_STREAM) {
    const bool lately = last_ - id < static_cast<std::int32_t>(2 * kRemembered);
    if (stream.id == id && stream.ended) return NGHTTP2_STREAM_CLOSED;
    if (stream.id != id && lately) return NGHTTP2_PROTOCOL_ERROR;
  }
  const bool ends = type == NGHTTP2_RST_STREAM || (head_[4] & NGHTTP2_FLAG_END_STREAM) != 0;
  if (ends && stream.id == id) stream.ended = true;
  return NGHTTP2_NO_ERROR;
}

}  // namespace banyan
