// Any Range field over any size: the ranges given lie inside the file and together ask for no more than it holds.
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/check.h"
#include "static_files/range.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan::static_files;
  std::uint64_t file_size = 0;
  if (size < sizeof file_size) return 0;
  std::memcpy(&file_size, data, sizeof file_size);
  std::string_view field(reinterpret_cast<const char*>(data) + sizeof file_size, size - sizeof file_size);
  RangeSet set = parse_range(field, file_size, 16);
  BANYAN_CHECK(set.ranges.size() <= 16);
  BANYAN_CHECK((set.kind == RangeSet::Kind::kPart) == !set.ranges.empty());
  std::uint64_t rest = file_size;
  for (const ByteRange& range : set.ranges) {
    BANYAN_CHECK(range.length > 0 && range.length <= rest);
    BANYAN_CHECK(range.offset < file_size && range.length <= file_size - range.offset);
    rest -= range.length;
  }
  return 0;
}
