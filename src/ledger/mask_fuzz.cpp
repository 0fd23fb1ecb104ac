// Any body, target and places: what comes out is one JSON value within its bound, nothing named is left in it, and
// masking what is masked changes nothing. Input: places on the first line, blank between them; then a target; a body.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "json/parse.h"
#include "json/write.h"
#include "ledger/mask.h"

namespace banyan {
namespace {

constexpr std::size_t kBodyMax = 4'096;

std::string_view line_of(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return line;
}

void check(const Mask& mask, std::string_view target, std::string_view body) {
  const std::string masked = mask.body(body, kBodyMax).json;
  BANYAN_CHECK(masked.size() <= kBodyMax);
  const Result<json::Document> document = json::parse(masked);
  BANYAN_CHECK(document.ok());
  if (!document->root().is_string()) BANYAN_CHECK(mask.body(masked, kBodyMax).json == masked);
  const std::string kept = mask.target(target);
  BANYAN_CHECK(mask.target(kept) == kept);
  BANYAN_CHECK(mask.header("AuthoriZation", target) == kMasked);
}

}  // namespace
}  // namespace banyan

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string_view places = line_of(text);
  const std::string_view target = line_of(text);
  std::vector<std::string> named;
  while (!places.empty()) {
    const std::size_t end = std::min(places.find(' '), places.size());
    if (end > 0) named.emplace_back(places.substr(0, end));
    places.remove_prefix(std::min(end + 1, places.size()));
  }
  const Result<Mask> mask = Mask::parse(named);
  if (mask.ok()) check(*mask, target, text);
  check(Mask(), target, text);
  return 0;
}
