// What heads of requests, heads of responses and trailer sections share: limits, outcome, field lines.
//
// Errors are decided line by line: a line is judged once its LF has come (or the limit has been reached without one).
// So an answer depends on the bytes alone, never on how they were cut into reads, and a head that arrives one byte at
// a time costs one look at each byte, plus one parse of each line.
//
// RFC 9112 sections 2.2, 5. Stricter than the RFC obliges: lines end in CRLF alone, obs-fold is refused everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/fields.h"
#include "http/status.h"

namespace banyan {

struct HeadLimits {
  std::size_t head_bytes_max = 16 * 1024;   // the whole head, from its first byte to the end of the empty line
  std::size_t fields_max = 100;             // field lines
  std::size_t target_bytes_max = 8 * 1024;  // request target alone
};

struct HeadOutcome {
  enum class Kind : std::uint8_t { kNeedMore, kDone, kError };

  Kind kind = Kind::kNeedMore;
  // kDone: bytes of the head, its empty line included. kError: where the refused line begins; 0 where the head as a
  // whole is at fault (Host).
  std::size_t consumed = 0;
  Refusal refusal;  // kError

  bool done() const { return kind == Kind::kDone; }
  bool failed() const { return kind == Kind::kError; }
};

// Where and why a pass over lines stopped. It counts as a refusal only where the line is complete: see settle().
struct LineStop {
  const char* line = nullptr;  // start of the line it stopped in
  Refusal refusal;
};

// Parses field lines from `p` up to and with the empty line. Gives the position after it; null where it stopped early.
const char* parse_field_lines(const char* p, const char* end, std::size_t fields_max, Fields& fields, LineStop& stop);

// Where `view` lies in [from, from + length), it moves along to `to`.
void rebase_view(std::string_view& view, const char* from, std::size_t length, const char* to);

// What a parser remembers between calls: how far it has parsed, how far it has looked for a LF, where the bytes were.
class HeadResume {
 public:
  // False where no line can have been completed since the last call: the caller gives settle()'s answer at once.
  bool worth_parsing(std::string_view bytes) const;
  // The answer after a stop: the refusal where the line is complete, `too_long` where it can never fit, else "need
  // more".
  HeadOutcome settle(std::string_view bytes, const LineStop& stop, std::size_t bytes_max, Refusal too_long);
  // Where the line to go on with begins.
  const char* line(std::string_view bytes) const { return bytes.data() + line_; }
  // The bytes of the last call, where they are elsewhere now; else empty.
  std::string_view moved_from(std::string_view bytes) const;

 private:
  const char* base_ = nullptr;
  std::size_t line_ = 0;     // everything before is parsed
  std::size_t checked_ = 0;  // no LF in [line_, checked_)
};

}  // namespace banyan
