// What a client's frames say of its streams, read from their heads alone (RFC 9113 sections 4.1, 5.1 and 5.1.1).
//
// nghttp2 reads past frames on streams it has forgotten, and of DATA among them it tells nobody. Frames may have been
// on their way when we reset a stream, so that only what the client itself has ended, or passed over, is a mistake.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace banyan {

class ClientFrames {
 public:
  struct Seen {
    std::size_t good = 0;          // bytes before the frame that is a mistake; all, where there is none
    std::uint32_t error_code = 0;  // the connection error it is, or 0
  };
  // Looks at the next bytes of the connection, from the client's preface on. Nothing after a mistake.
  Seen look(std::span<const std::byte> bytes);

 private:
  static constexpr std::size_t kHeadBytes = 9;
  static constexpr std::size_t kRemembered = 128;
  // Of the last streams, which were opened and which the client has ended.
  struct Known {
    std::int32_t id = 0;
    bool ended = false;
  };
  Known& slot(std::int32_t id) { return streams_[static_cast<std::size_t>(id / 2) % kRemembered]; }
  std::uint32_t judge();

  std::array<Known, kRemembered> streams_;
  std::int32_t last_ = 0;
  std::size_t skip_ = 24;  // bytes until the next head: at first the preface
  std::size_t filled_ = 0;
  std::array<std::uint8_t, kHeadBytes> head_{};
};

}  // namespace banyan
