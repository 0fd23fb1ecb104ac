// Any bytes: a form says the same however it is cut into pieces, and memory stays bounded by what was fed.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "service/multipart_parser.h"

namespace {

using banyan::service::MultipartParser;

// All events of `form` as text, fed `step` bytes at a time.
std::string events_of(std::string_view form, std::size_t step) {
  using Event = MultipartParser::Event;
  MultipartParser parser("b");
  std::string events;
  bool in_data = false;
  for (;;) {
    const Event event = parser.next();
    if (event == Event::kNeedMore) {
      if (form.empty()) return events + "|broken off";
      parser.feed(form.substr(0, step));
      form.remove_prefix(std::min(step, form.size()));
      continue;
    }
    if (event == Event::kData) {
      BANYAN_CHECK(!parser.data().empty());
      if (!in_data) events += "|data:";
      events += parser.data();
      in_data = true;
      continue;
    }
    in_data = false;
    if (event == Event::kPart) events += "|part:" + parser.part().name + "," + parser.part().filename.value_or("-");
    if (event == Event::kPartEnd) events += "|end of part";
    if (event == Event::kEnd) return events + "|end";
    if (event == Event::kError) {
      BANYAN_CHECK(!parser.error().empty());
      return events + "|error:" + std::string(parser.error());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view form(reinterpret_cast<const char*>(data), size);
  const std::string whole = events_of(form, form.size() + 1);
  BANYAN_CHECK(events_of(form, 1) == whole);
  BANYAN_CHECK(events_of(form, 7) == whole);
  (void)banyan::service::form_boundary(form);
  return 0;
}
