// Any bytes as PHP: the conversion ends, says the same twice, and refuses what PHP would.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "php_convert/convert.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const banyan::php::Conversion first = banyan::php::convert_to_go("/a.php", source, {});
  const banyan::php::Conversion second = banyan::php::convert_to_go("/a.php", source, {});
  if (first.go != second.go) std::abort();
  return 0;
}
