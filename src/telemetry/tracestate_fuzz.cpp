// A combined tracestate keeps to its limits and is its own combined form. Lines of the input are lines of the field.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "telemetry/trace_context.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> lines;
  for (;;) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  std::string combined;
  if (!combine_tracestate(lines, combined)) {
    BANYAN_CHECK(combined.empty());
    return 0;
  }
  BANYAN_CHECK(combined.size() <= kTracestateBytesMax);
  BANYAN_CHECK(std::count(combined.begin(), combined.end(), '=') <= static_cast<std::ptrdiff_t>(kTracestateMembersMax));
  const std::string_view once[] = {combined};
  std::string twice;
  BANYAN_CHECK(combine_tracestate(once, twice) && twice == combined);
  return 0;
}
