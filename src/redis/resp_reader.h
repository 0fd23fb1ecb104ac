// Bytes from a Redis server to replies: RESP2 and RESP3 by one reader, as their first bytes do not overlap. Pure.
//
// The server is not trusted with our memory: depth, the bytes of one reply and the length of a line are bounded, and a
// count alone reserves next to nothing. There is no recursion. Attributes (`|`) are read and dropped. Streamed strings
// and aggregates (`$?`, `*?`) are in the specification but no server sends them; they are an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "redis/resp_value.h"

namespace banyan {

struct RespLimits {
  std::size_t depth_max = 64;
  // Of one reply, counting sizeof(RespValue) for each value in it.
  std::size_t reply_bytes_max = 64 * 1024 * 1024;
  std::size_t line_bytes_max = 64 * 1024;
};

class RespReader {
 public:
  explicit RespReader(RespLimits limits = {}) : limits_(limits) {}

  void feed(std::string_view bytes) { buffer_.append(bytes); }
  // True: `out` is the next reply. False: more bytes are needed. kDataLoss: this is not RESP, or passes a limit; the
  // reader is then of no more use, and neither is the connection.
  Result<bool> next(RespValue& out);
  // Nothing is left of what was fed, not even the beginning of a reply.
  bool is_empty() const { return at_ == buffer_.size() && open_.empty(); }

 private:
  struct Open {
    RespValue value;
    std::uint64_t missing;
    bool attribute;
  };
  enum class Step : std::uint8_t { kValue, kNothing, kNeedMore };

  Result<Step> read_one(RespValue& value);
  Result<Step> read_line_value(char mark, std::string_view line, RespValue& value);
  Result<Step> read_text(char mark, std::string_view line, std::size_t text_at, RespValue& value);
  Result<Step> open_aggregate(char mark, std::string_view line, RespValue& value);
  bool place(RespValue value, RespValue& out);
  Result<void> count_bytes(std::size_t bytes);
  void drop_consumed();

  RespLimits limits_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::size_t reply_bytes_ = 0;
  std::vector<Open> open_;  // aggregates whose items are still coming, outermost first
};

}  // namespace banyan
