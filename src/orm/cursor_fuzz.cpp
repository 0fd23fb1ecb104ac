// Cursors come from clients: any bytes either decode to values that encode to themselves again, or are refused.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "orm/cursor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<banyan::SqlValue> values;
  if (banyan::orm::detail::decode_values(text, values) && banyan::orm::detail::encode_values(values) != text) {
    std::abort();
  }
  return 0;
}
