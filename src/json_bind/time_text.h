// Times as RFC 3339 writes them: "2026-11-22T23:46:38.123Z".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace banyan::json {

// Strict: four-digit year, 'T', seconds, a fraction of 1 to 9 digits or none, 'Z' or an offset. Nothing for what is no
// such time, for leap seconds, and for times that do not fit WallTime (1678 to 2261).
std::optional<WallTime> parse_time(std::string_view text);
// In UTC, with no fraction, or with 3 or 9 digits of it, as many as the time needs.
void append_time(WallTime time, std::string& out);

}  // namespace banyan::json
