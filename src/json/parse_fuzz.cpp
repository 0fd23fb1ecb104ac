// Any bytes: parse never reads outside its memory, and what it accepts survives writing and parsing again unchanged.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "json/compare.h"
#include "json/parse.h"
#include "json/write.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan::json;
  auto first = parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!first.ok()) {
    BANYAN_CHECK(!first.error().message().empty());
    return 0;
  }
  std::string written = write(first->root());
  auto second = parse(written);
  BANYAN_CHECK(second.ok());
  BANYAN_CHECK(second->node_count() == first->node_count());
  BANYAN_CHECK(write(second->root()) == written);
  std::string canonical_text = canonical(first->root());
  auto third = parse(canonical_text);
  BANYAN_CHECK(third.ok());
  BANYAN_CHECK(canonical(third->root()) == canonical_text);
  static const Comparer comparer = *Comparer::open({.unordered = {"$..a"}});
  BANYAN_CHECK(comparer.compare(first->root(), second->root()).differences.empty());
  return 0;
}
