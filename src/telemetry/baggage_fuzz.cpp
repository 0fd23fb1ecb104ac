// Any lines of baggage: a member set is found again, one removed is gone, and nothing passes the limits.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "telemetry/baggage.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  banyan::Fields fields;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    fields.add_copy(banyan::FieldId::kBaggage, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  banyan::put_baggage_member("x-gray-tag", "green", fields);
  BANYAN_CHECK(banyan::baggage_member(fields, "x-gray-tag") == "green");
  BANYAN_CHECK(fields.value(banyan::FieldId::kBaggage).size() <= banyan::kBaggageBytesMax);
  BANYAN_CHECK(!fields.repeated(banyan::FieldId::kBaggage));
  banyan::put_baggage_member("x-gray-tag", "", fields);
  BANYAN_CHECK(!banyan::baggage_member(fields, "x-gray-tag"));
  return 0;
}
