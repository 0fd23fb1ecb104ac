#include "profile/cpu_profile.h"

#include <algorithm>
#include <map>
#include <optional>

#include "profile/cpu_sampler.h"
#include "profile/elf_symbols.h"

namespace banyan::profile {
namespace {

// Looks addresses up in the files mapped, each of which is read once.
class Names {
 public:
  Names(const std::vector<MappedRange>& map, std::vector<Mapping>& mappings) : map_(map), mappings_(mappings) {}

  // `return_address`: the call before it is what is meant.
  Frame frame(std::uint64_t address, bool return_address) {
    Frame frame{.address = return_address ? address - 1 : address};
    const auto range = std::find_if(map_.begin(), map_.end(), [&](const MappedRange& one) {
      return one.executable && frame.address >= one.start && frame.address < one.end;
    });
    if (range == map_.end()) return frame;
    frame.mapping = mapping_of(*range);
    const std::optional<ElfSymbols>& symbols = symbols_of(range->path);
    if (symbols) frame.function = symbols->function_at(frame.address - range->start + range->offset);
    return frame;
  }

 private:
  const std::optional<ElfSymbols>& symbols_of(const std::string& path) {
    const auto known = files_.find(path);
    if (known != files_.end()) return known->second;
    std::optional<ElfSymbols> symbols;
    if (path.starts_with('/')) {
      if (Result<ElfSymbols> read = ElfSymbols::read(path); read.ok()) symbols = std::move(*read);
    }
    return files_.emplace(path, std::move(symbols)).first->second;
  }

  int mapping_of(const MappedRange& range) {
    const auto known = indexes_.find(range.start);
    if (known != indexes_.end()) return known->second;
    const std::optional<ElfSymbols>& symbols = symbols_of(range.path);
    mappings_.push_back({.start = range.start, .end = range.end, .offset = range.offset, .file = range.path});
    if (symbols) {
      mappings_.back().build_id = symbols->build_id();
      mappings_.back().has_functions = symbols->has_functions();
    }
    const int index = static_cast<int>(mappings_.size()) - 1;
    indexes_.emplace(range.start, index);
    return index;
  }

  const std::vector<MappedRange>& map_;
  std::vector<Mapping>& mappings_;
  std::map<std::string, std::optional<ElfSymbols>> files_;
  std::map<std::uint64_t, int> indexes_;
};

}  // namespace

Profile make_cpu_profile(std::span<const std::uint64_t> words, const std::vector<MappedRange>& map) {
  Profile profile;
  profile.kinds = {{"samples", "count"}, {"cpu", "nanoseconds"}};
  profile.period_kind = {"cpu", "nanoseconds"};
  profile.period = kSamplePeriodNs;
  std::map<std::vector<std::uint64_t>, std::int64_t> counts;
  while (!words.empty()) {
    const std::size_t depth = static_cast<std::size_t>(words[0]);
    if (depth == 0 || depth >= words.size()) break;
    ++counts[{words.begin() + 1, words.begin() + 1 + static_cast<std::ptrdiff_t>(depth)}];
    words = words.subspan(depth + 1);
  }
  Names names(map, profile.mappings);
  std::map<std::pair<std::uint64_t, bool>, Frame> frames;
  for (const auto& [stack, count] : counts) {
    Sample sample{.values = {count, count * kSamplePeriodNs}};
    for (std::size_t i = 0; i < stack.size(); ++i) {
      const std::pair<std::uint64_t, bool> key{stack[i], i > 0};
      const auto known = frames.find(key);
      sample.stack.push_back(known != frames.end() ? known->second
                                                   : frames.emplace(key, names.frame(stack[i], i > 0)).first->second);
    }
    profile.samples.push_back(std::move(sample));
  }
  return profile;
}

Profile make_named_profile(const std::vector<NamedStack>& stacks, const ValueKind& kind) {
  Profile profile;
  profile.kinds = {kind};
  for (const NamedStack& one : stacks) {
    Sample sample{.values = {one.count}};
    for (const std::string& name : one.names) sample.stack.push_back({.function = name});
    profile.samples.push_back(std::move(sample));
  }
  return profile;
}

}  // namespace banyan::profile
