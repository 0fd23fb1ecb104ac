// Whatever the bytes: no crash, and they mean the same whole and byte by byte.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "redis/resp_reader.h"

namespace {

using namespace banyan;

std::string read_all(std::string_view bytes, std::size_t step) {
  RespReader reader({.depth_max = 16, .reply_bytes_max = 1 << 16, .line_bytes_max = 256});
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    reader.feed(bytes.substr(at, step));
    for (;;) {
      RespValue value;
      Result<bool> got = reader.next(value);
      if (!got.ok()) return out + got.error().message();
      if (!*got) break;
      out += value.describe() + "\n";
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  BANYAN_CHECK(read_all(bytes, size == 0 ? 1 : size) == read_all(bytes, 1));
  return 0;
}
