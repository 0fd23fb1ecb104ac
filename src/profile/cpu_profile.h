// From sampled addresses to a profile with names.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "profile/memory_map.h"
#include "profile/pprof.h"

namespace banyan::profile {

// Stacks that are equal become one sample with their number and their CPU time. `words` is what CpuSampler::samples()
// gives. Names come from the mapped files themselves; a file without symbols leaves addresses, which pprof can name
// from the program it is given, found by its build id. Blocks on the disk.
Profile make_cpu_profile(std::span<const std::uint64_t> words, const std::vector<MappedRange>& map);

// Names alone, each stack with one count: {{"waiting for a request", "connection"}, 12}.
struct NamedStack {
  std::vector<std::string> names;  // the innermost first
  std::int64_t count = 0;
};
Profile make_named_profile(const std::vector<NamedStack>& stacks, const ValueKind& kind);

}  // namespace banyan::profile
