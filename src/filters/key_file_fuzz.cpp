// Whatever the bytes: no crash, and a file that is taken has keys, none of which is the empty text's unless it says so.
#include "filters/key_file.h"

#include <cstdint>

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const banyan::Result<banyan::KeyFile> keys = banyan::KeyFile::parse(text);
  if (!keys.ok()) return 0;
  BANYAN_CHECK(keys->size() >= 1 && keys->size() <= banyan::kApiKeysMax);
  (void)keys->owner(text);
  return 0;
}
