// How the page and the terminal say the same things.
#pragma once

#include <string>

#include "ledger_report/route_report.h"

namespace banyan {

// "12.5 %"
std::string percent(double share);
// "shifted, 25 %"
std::string position_text(const Position& position);
std::string known(const std::string& build);
// How often the old side was asked twice, since when, and what the counts of places mean.
std::string noise_sentence(const RouteReport& report);
// "30 (75 %)" of the requests of which the old side was asked twice.
std::string twice_text(const RouteReport& report, const FieldNoise::Field& seen);

}  // namespace banyan
