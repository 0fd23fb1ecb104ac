// The Range field (RFC 9110 section 14): which bytes of a file are asked for.
//
// Like nginx: a range that is no bytes range, or asked of an empty file, is passed over; one that is malformed, or lies
// wholly outside, cannot be satisfied. More than `ranges_max` ranges, or ranges that together ask for more than the
// file holds (as overlapping ones soon do), are answered with the whole file: section 14.2 advises it, since such
// requests waste or attack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace banyan::static_files {

struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  // at least 1
  bool operator==(const ByteRange&) const = default;
};

struct RangeSet {
  enum class Kind : std::uint8_t {
    kWhole,          // the field is to be passed over
    kPart,           // `ranges` holds at least one, in the order asked for
    kUnsatisfiable,  // answer 416
  };
  Kind kind = Kind::kWhole;
  std::vector<ByteRange> ranges;
};

// `size` is the file's, in bytes.
RangeSet parse_range(std::string_view field, std::uint64_t size, std::size_t ranges_max);

}  // namespace banyan::static_files
