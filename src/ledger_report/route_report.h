// What an auditor reads of one route: rules, evidence, samples side by side, and every move with who made it and why.
//
// Read from the ledger's file, whether or not a gateway is writing it; nothing is changed. As one JSON object, as one
// page of HTML that needs no network and runs no script, or in short for the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "answers/field_noise.h"
#include "base/clock.h"
#include "base/result.h"
#include "ledger/ledger_file.h"
#include "ledger/records.h"
#include "rollout/position.h"

namespace banyan {

struct RouteReport {
  RouteHistory route;
  std::vector<Transition> transitions;  // newest first, all of them
  std::vector<EvidenceAt> curve;        // oldest first
  std::vector<Sample> samples;          // newest first, at most kSamplesMax
  FieldNoise places;                    // where answers of the present epoch differed, and what differs by itself
  WallTime epoch_began{};               // when these counts were at zero
  WallTime position_since{};            // when the present position was taken up
  WallTime made_at{};

  static constexpr std::size_t kSamplesMax = 200;
};

// Errors: kNotFound, naming the routes there are; else those of LedgerFile.
Result<RouteReport> read_route_report(const LedgerFile& ledger, std::string_view route, WallTime now);

std::string report_json(const RouteReport& report);
std::string report_page(const RouteReport& report);
// Where it stands, what differs by itself, and the latest moves.
std::string report_text(const RouteReport& report);

}  // namespace banyan
