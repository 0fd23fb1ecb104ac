// How far an endpoint has moved, and what is known about it there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "evidence/mismatch_bound.h"
#include "evidence/paired_comparison.h"

namespace banyan {

enum class Stage : std::uint8_t {
  kLegacy,    // the old side answers; nothing is compared
  kMirrored,  // the old side answers; the new one gets copies and is compared
  kVerified,  // the answers are shown to be alike; the old side still answers
  kShifted,   // the new side answers a share
  kNative,    // the new side answers everything; the old one gets copies
  kRetired,   // the old side is not asked any more
};
std::string_view stage_name(Stage stage);

struct Position {
  Stage stage = Stage::kLegacy;
  std::uint32_t hundredths = 0;  // of a percent of the requests, that the new side answers
  bool operator==(const Position&) const = default;
};

// Why an endpoint goes no further by itself.
struct Hold {
  bool by_alarm = false;  // else somebody wants it: only somebody lifts it
  std::string reason;     // a sentence
  bool operator==(const Hold&) const = default;
};

// What evidence is about: it says nothing about another build, or under other rules of comparison. A build that is not
// known ("") can be replaced unseen, so nothing moves by itself then.
struct EpochKey {
  std::string old_build;
  std::string new_build;
  std::string rules;  // of comparison and routing, as text
  bool builds_known() const { return !old_build.empty() && !new_build.empty(); }
  bool operator==(const EpochKey&) const = default;
};

// What was seen since the present position of the present epoch was taken up.
struct Evidence {
  MismatchCounts answers;
  std::uint64_t eligible = 0;  // requests that should have been compared
  std::uint64_t dropped = 0;   // of them, those that could not be, because the gateway was behind
  std::uint64_t races = 0;     // differences that vanished when both sides were asked again
  std::uint64_t pairs = 0;     // answers of both sides, at about the same time
  DiscordantPairs failures;    // answers of status 500 and above, timeouts, broken connections
  DiscordantPairs slow;        // pairs of times of which this side was slow (evidence/latency_alarm.h)
  bool operator==(const Evidence&) const = default;
};

// One move, as the ledger keeps it.
struct Transition {
  std::uint64_t sequence = 0;  // of the endpoint's transitions, from 1
  std::uint64_t epoch = 0;     // of the endpoint, from 1
  EpochKey key;
  Position from;
  Position to;
  std::optional<Hold> hold;  // in force from then on
  std::string by;            // "evidence", "alarm", "deployment", or who asked for it
  std::string why;           // a sentence
  Evidence evidence;         // on which it was decided
  WallTime at{};
};

}  // namespace banyan
