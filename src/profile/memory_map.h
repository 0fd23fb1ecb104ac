// What is mapped where in this process: /proc/self/maps, whose format is in proc(5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace banyan::profile {

struct MappedRange {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::uint64_t offset = 0;
  bool executable = false;
  bool writable = false;
  std::string path;  // "" for anonymous memory, "[vdso]" and the like for the kernel's own
};

// In order of address. Lines that are none are passed over. Pure.
std::vector<MappedRange> parse_memory_map(std::string_view text);
// That of this process. Blocks briefly.
std::vector<MappedRange> read_memory_map();

}  // namespace banyan::profile
