// Any bytes as a body in any codings: what comes out is bounded, and the same each time. The first line names them.
#include <cstdint>
#include <string_view>

#include "answers/content_coding.h"
#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  if (line == input.npos) return 0;
  constexpr std::size_t kBytesMax = 1 << 20;
  const std::string_view coding = input.substr(0, line);
  const std::string_view body = input.substr(line + 1);
  const Result<std::string> plain = decode_body(coding, body, kBytesMax);
  const Result<std::string> again = decode_body(coding, body, kBytesMax);
  BANYAN_CHECK(plain.ok() == again.ok());
  if (plain.ok()) BANYAN_CHECK(plain->size() <= kBytesMax && *plain == *again);
  return 0;
}
