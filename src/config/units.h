// Numbers with units, as people write them in a configuration: 64MiB, 300ms, 0.5%.
//
// One spelling for each thing, so that none is guessed at: binary sizes only ("64MB" could mean two things), a unit on
// every duration, whole numbers (1500ms, not 1.5s). The errors are sentences that say what to write instead.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace banyan {

// "512", "512B", "16KiB", "64MiB", "2GiB", "1TiB" in bytes, up to 2^60.
Result<std::int64_t> parse_size(std::string_view text);
// "300us", "300ms", "10s", "2m", "1h", "7d", up to 2^60 ns (36 years).
Result<Duration> parse_duration(std::string_view text);
// "5", "5%", "0.01%" in hundredths of a percent, 0 to 10000.
Result<std::int64_t> parse_percent(std::string_view text);
// "true" or "false".
Result<bool> parse_boolean(std::string_view text);
// "0", "-5", "42".
Result<std::int64_t> parse_integer(std::string_view text);

// The inverse: the shortest spelling with the largest unit, up to hours, that divides the value.
std::string format_size(std::int64_t bytes);
std::string format_duration(Duration duration);
std::string format_percent(std::int64_t hundredths);

}  // namespace banyan
