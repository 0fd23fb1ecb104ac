// Any bytes: what is understood is the same again after writing it.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "rollout/transition_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  const Result<Transition> read = parse_transition({reinterpret_cast<const char*>(data), size});
  if (!read.ok()) {
    BANYAN_CHECK(!read.error().message().empty());
    return 0;
  }
  std::string text;
  append_transition(text, *read);
  const Result<Transition> again = parse_transition(text);
  BANYAN_CHECK(again.ok());
  std::string same;
  append_transition(same, *again);
  BANYAN_CHECK(text == same);
  return 0;
}
