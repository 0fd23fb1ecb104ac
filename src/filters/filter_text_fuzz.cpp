// Whatever the bytes, as a pattern, its replacement and a path, a line each, and as a text with variables: no crash; a
// pattern that is taken gives what is no longer than its parts put together allow.
#include <cstdint>

#include "base/check.h"
#include "filters/path_rewrite.h"
#include "filters/request_key.h"
#include "filters/variable_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)VariableText::parse(text);
  (void)RequestKey::parse(text);
  const std::size_t first = text.find('\n');
  if (first == text.npos) return 0;
  const std::size_t second = text.find('\n', first + 1);
  if (second == text.npos) return 0;
  const std::string_view path = text.substr(second + 1);
  const Result<PathRewrite> rewrite =
      PathRewrite::parse(text.substr(0, first), text.substr(first + 1, second - first - 1));
  if (!rewrite.ok()) return 0;
  if (const auto out = rewrite->apply(path)) BANYAN_CHECK(out->size() <= (size + 1) * (size + 1));
  return 0;
}
