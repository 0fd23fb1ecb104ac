// What the ledger keeps beside transitions (rollout/position.h), as values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "rollout/position.h"

namespace banyan {

// Where a route stands: its last transition, and what was seen since.
struct RouteHistory {
  std::string route;
  Transition last;
  Evidence since;  // nothing where none was written after `last`
};

// What was seen of a route since one of its transitions was in force. Whole, not an increment.
struct EvidenceNote {
  std::string route;
  std::uint64_t sequence = 0;  // of that transition: Rollout::sequence()
  Evidence evidence;
};

// The same as it was at one time, to be drawn as a curve. At most one a minute is kept.
struct EvidenceAt {
  std::uint64_t sequence = 0;
  WallTime at{};
  Evidence evidence;
};

// One request whose two answers differed. Whoever makes it has masked it (ledger/mask.h).
struct Sample {
  std::string route;
  std::uint64_t epoch = 0;
  WallTime at{};
  std::string request_line;  // "GET /user/profile?id=7"
  std::string request_id;
  // JSON objects {"status":200,"headers":{...},"body":...}.
  std::string old_answer;
  std::string new_answer;
  std::string differences;  // a JSON array of {"path","kind","old","new"}
  bool race = false;        // it vanished when both sides were asked again

  static constexpr std::size_t kAnswerBytesMax = std::size_t{16} << 10;
  static constexpr std::size_t kDifferencesBytesMax = std::size_t{16} << 10;
  static constexpr std::size_t kRequestBytesMax = std::size_t{4} << 10;  // of request_line and of request_id
};

}  // namespace banyan
