// Bytes from a MariaDB or MySQL server to packets: the framing of its client protocol (MariaDB's documentation, "0 -
// Packet").
//
// A packet has a length of three bytes, a number that counts on from packet to packet, and its body; one of 2^24 - 1
// bytes is continued by the next. Bodies are handed out in place and whole. A row may be as long as the server likes,
// memory may not: a packet beyond the limit is handed out without its body, which is thrown away as it comes in. A
// number out of turn means that the two sides do not talk about the same thing any more. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"

namespace banyan::maria {

// A packet of this many bytes has a continuation.
inline constexpr std::size_t kPartBytesMax = 0xffffff;

struct Packet {
  bool too_long = false;  // its body was thrown away
  std::string_view body;  // good until room() or release() is called
};

class PacketBuffer {
 public:
  // `packet_bytes_max`: of one body, its continuations included.
  explicit PacketBuffer(std::size_t packet_bytes_max) : packet_bytes_max_(packet_bytes_max) {}

  // The next packet that is wholly there; nullopt: more bytes are needed. kDataLoss: a number out of turn; the
  // connection is of no use any more.
  Result<std::optional<Packet>> next();
  // Where the next bytes go; never empty. Ends the life of all bodies.
  std::span<std::byte> room();
  void added(std::size_t bytes) { end_ += bytes; }

  // The number the next packet has, in whichever direction it goes.
  std::uint8_t sequence() const { return sequence_; }
  void set_sequence(std::uint8_t sequence) { sequence_ = sequence; }

  // Nothing is there that next() has not given.
  bool empty() const { return begin_ == end_ && !in_packet_; }
  // Gives memory beyond the usual back, when empty.
  void release();
  std::size_t capacity() const { return capacity_; }

 private:
  static constexpr std::size_t kHeaderBytes = 4;
  static constexpr std::size_t kUsualBytes = 16 * 1024;
  bool skip();
  Result<void> take_header();
  void resize(std::size_t capacity);

  std::size_t packet_bytes_max_;
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;  // of the packet under way: its body, without headers
  std::size_t end_ = 0;
  std::size_t wanted_ = kHeaderBytes;  // from begin_ on, before there is anything to be done
  std::uint8_t sequence_ = 0;
  bool in_packet_ = false;
  bool last_part_ = false;
  bool too_long_ = false;
  std::size_t body_ = 0;  // bytes of the packet under way as far as they were announced
  std::size_t skip_ = 0;  // bytes still to be thrown away
};

}  // namespace banyan::maria
