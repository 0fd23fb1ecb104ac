// What parse_traceparent() takes is what it writes again, but for version, unknown flags and what a later version adds.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "telemetry/trace_context.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parent = parse_traceparent(text);
  if (!parent) return 0;
  BANYAN_CHECK((parent->trace_high | parent->trace_low) != 0 && parent->span != 0 && parent->flags <= 3);
  char written[kTraceparentBytes];
  write_traceparent(*parent, written);
  const std::string_view again(written, sizeof written);
  BANYAN_CHECK(parse_traceparent(again) == parent);
  BANYAN_CHECK(again.substr(2, 51) == text.substr(2, 51) && again.starts_with("00"));
  return 0;
}
