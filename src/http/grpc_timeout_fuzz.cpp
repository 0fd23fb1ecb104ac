// Whatever the bytes: a timeout is read, or refused, and is never negative; a message stays printable.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "http/grpc.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto timeout = banyan::parse_grpc_timeout(text);
  BANYAN_CHECK(!timeout || timeout->count() >= 0);
  for (const char c : banyan::grpc_message(text)) BANYAN_CHECK(c >= ' ' && c <= '~');
  return 0;
}
