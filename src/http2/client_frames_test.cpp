#include "http2/client_frames.h"

#include <nghttp2/nghttp2.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace banyan {
namespace {

std::string frame(int type, int flags, std::int32_t stream, std::size_t payload = 3) {
  std::string out;
  for (const std::size_t byte :
       {payload >> 16, payload >> 8, payload, static_cast<std::size_t>(type), static_cast<std::size_t>(flags),
        static_cast<std::size_t>(stream >> 24), static_cast<std::size_t>(stream >> 16),
        static_cast<std::size_t>(stream >> 8), static_cast<std::size_t>(stream)}) {
    out += static_cast<char>(byte);
  }
  return out + std::string(payload, 'x');
}

constexpr int kEnd = NGHTTP2_FLAG_END_STREAM;

struct Case {
  const char* about;
  std::vector<std::string> frames;
  std::uint32_t error_code = NGHTTP2_NO_ERROR;  // of the last frame
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"a body and trailers", {frame(1, 4, 1), frame(0, 0, 1), frame(0, 0, 1, 0), frame(1, 4 | kEnd, 1)}},
      {"data after END_STREAM", {frame(1, 4, 1), frame(0, kEnd, 1), frame(0, 0, 1)}, NGHTTP2_STREAM_CLOSED},
      {"data after a head that ended", {frame(1, 4 | kEnd, 1), frame(0, 0, 1)}, NGHTTP2_STREAM_CLOSED},
      {"data after RST_STREAM", {frame(1, 4, 1), frame(3, 0, 1, 4), frame(0, 0, 1)}, NGHTTP2_STREAM_CLOSED},
      {"a head after RST_STREAM", {frame(1, 4, 3), frame(3, 0, 3, 4), frame(1, 4, 3)}, NGHTTP2_STREAM_CLOSED},
      {"a stream passed over", {frame(1, 4, 5), frame(1, 4, 3)}, NGHTTP2_PROTOCOL_ERROR},
      {"what may come late", {frame(1, kEnd, 1), frame(8, 0, 1, 4), frame(3, 0, 1, 4), frame(2, 0, 1, 5)}},
      {"what nghttp2 judges", {frame(0, 0, 7), frame(0, 0, 0), frame(1, 0, 2), frame(9, 4, 1), frame(4, 0, 0, 0)}},
  };
  return all;
}

TEST(ClientFrames, FindsMistakesHoweverTheBytesArrive) {
  for (const Case& one : cases()) {
    std::string bytes = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    std::size_t last = 0;
    for (const std::string& text : one.frames) {
      last = bytes.size();
      bytes += text;
    }
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
      ClientFrames frames;
      std::size_t at = 0;
      ClientFrames::Seen seen;
      while (at < bytes.size() && seen.error_code == NGHTTP2_NO_ERROR) {
        const std::string part = bytes.substr(at, piece);
        seen = frames.look(std::as_bytes(std::span(part)));
        if (seen.error_code == NGHTTP2_NO_ERROR) {
          ASSERT_EQ(seen.good, part.size());
        } else {
          ASSERT_GE(at + seen.good, last);
          ASSERT_LE(at + seen.good, last + 9);
        }
        at += piece;
      }
      ASSERT_EQ(seen.error_code, one.error_code) << one.about << " in pieces of " << piece;
      if (one.error_code != NGHTTP2_NO_ERROR && piece == bytes.size()) EXPECT_EQ(seen.good, last) << one.about;
    }
  }
}

TEST(ClientFrames, OldStreamsAreForgottenInGoodFaith) {
  ClientFrames frames;
  std::string bytes = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  for (std::int32_t id = 1; id < 2001; id += 2) bytes += frame(1, 4 | kEnd, id);
  EXPECT_EQ(frames.look(std::as_bytes(std::span(bytes))).error_code, NGHTTP2_NO_ERROR);
  for (const auto& [id, error_code] :
       {std::pair{1, NGHTTP2_NO_ERROR}, {1743, NGHTTP2_NO_ERROR}, {1745, NGHTTP2_STREAM_CLOSED}}) {
    const std::string late = frame(0, 0, id);
    EXPECT_EQ(frames.look(std::as_bytes(std::span(late))).error_code, static_cast<std::uint32_t>(error_code)) << id;
  }
}

}  // namespace
}  // namespace banyan
