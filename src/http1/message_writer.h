// Writes one message to an HTTP/1.1 connection: its head, then its body as frames come, in as few writes as can be.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "exchange/body.h"
#include "net/stream.h"

namespace banyan {

// How a body is delimited on the wire.
enum class BodyCoding : std::uint8_t { kNone, kLength, kChunked, kUntilClose };

class MessageWriter {
 public:
  explicit MessageWriter(Stream& stream) : stream_(stream) {}

  // Sends `head`, then all of `body` (with kLength: exactly `length` bytes, else kDataLoss). `wait_max` bounds each
  // write. Errors of the body come back with body_failed() true, those of the connection with false.
  Task<Result<void>> send(std::string_view head, BodyCoding coding, std::uint64_t length, BodySource* body,
                          Duration wait_max) {
    begin(coding, length);
    return go_on(head, body, wait_max, true);
  }
  // The same, but without waiting for the body: sends what of it is there, nothing where `body` is null. finished()
  // tells whether that was all; else send_rest() goes on.
  Task<Result<void>> send_ready(std::string_view head, BodyCoding coding, std::uint64_t length, BodySource* body,
                                Duration wait_max) {
    begin(coding, length);
    return go_on(head, body, wait_max, false);
  }
  Task<Result<void>> send_rest(BodySource* body, Duration wait_max) { return go_on({}, body, wait_max, true); }
  // One write of head and text.
  auto send_text(std::string_view head, std::string_view text, TimePoint deadline) {
    parts_[0] = part(head);
    parts_[1] = part(text);
    return stream_.write(std::span<const iovec>(parts_.data(), text.empty() ? 1 : 2), deadline);
  }

  bool finished() const { return finished_; }
  bool body_failed() const { return body_failed_; }
  std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  static constexpr std::size_t kPartsMax = 32;
  void begin(BodyCoding coding, std::uint64_t length);
  Task<Result<void>> go_on(std::string_view head, BodySource* body, Duration wait_max, bool waits);
  Task<Result<bool>> splice(BodySource& body, Duration wait_max);
  static iovec part(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }
  void add(std::string_view text) { parts_[count_++] = part(text); }
  void add_frame(const BodyFrame& frame);
  bool full() const { return count_ + 3 > kPartsMax || heads_used_ == heads_.size(); }

  Stream& stream_;
  BodyCoding coding_ = BodyCoding::kNone;
  std::uint64_t length_ = 0;
  bool finished_ = false;
  bool body_failed_ = false;
  bool ended_ = false;
  std::uint64_t body_bytes_ = 0;
  std::size_t count_ = 0;
  std::size_t heads_used_ = 0;
  std::array<iovec, kPartsMax> parts_;
  std::array<std::array<char, 20>, 10> heads_;  // chunk size lines of one write
  std::string last_chunk_;
};

}  // namespace banyan
