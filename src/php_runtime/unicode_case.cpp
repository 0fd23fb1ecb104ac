#include "php_runtime/unicode_case.h"

#include <algorithm>
#include <span>

#include "php_runtime/unicode_tables.h"
#include "php_runtime/utf8.h"

namespace banyan::php_runtime {
namespace {

// The row that may hold a character: the last that does not begin behind it; null where there is none.
template <class Row, class First>
const Row* row_of(std::span<const Row> rows, std::uint32_t rune, First first) {
  const auto after =
      std::upper_bound(rows.begin(), rows.end(), rune, [&](std::uint32_t r, const Row& row) { return r < first(row); });
  return after == rows.begin() ? nullptr : &*(after - 1);
}

bool among(std::span<const RuneRange> ranges, std::uint32_t rune) {
  const RuneRange* row = row_of(ranges, rune, [](const RuneRange& r) { return r.first; });
  return row != nullptr && rune <= row->last;
}

struct Mapping {
  std::span<const RuneRun> runs;
  std::span<const RuneText> several;
};

constexpr Mapping kMappings[kCaseModes] = {{kUpperRuns, kUpperSeveral},
                                           {kLowerRuns, kLowerSeveral},
                                           {kTitleRuns, kTitleSeveral},
                                           {kFoldRuns, kFoldSeveral},
                                           {kUpperSimpleRuns, kUpperSimpleSeveral},
                                           {kLowerSimpleRuns, kLowerSimpleSeveral},
                                           {kTitleSimpleRuns, kTitleSimpleSeveral},
                                           {kFoldSimpleRuns, kFoldSimpleSeveral}};

void append_mapped(std::string& out, std::uint32_t rune, CaseMode mode) {
  const Mapping& mapping = kMappings[static_cast<int>(mode)];
  const RuneText* text = row_of(mapping.several, rune, [](const RuneText& r) { return r.rune; });
  if (text != nullptr && text->rune == rune && text->text[0] != 0) {
    for (std::uint32_t one : text->text) {
      if (one != 0) append_rune(out, one);
    }
    return;
  }
  // Runs may overlap: one that begins earlier may go on behind the next.
  auto run = std::upper_bound(mapping.runs.begin(), mapping.runs.end(), rune,
                              [](std::uint32_t r, const RuneRun& row) { return r < row.first; });
  for (int back = 0; back < 3 && run != mapping.runs.begin(); ++back) {
    --run;
    if (rune <= run->last && (rune - run->first) % run->step == 0) {
      rune = static_cast<std::uint32_t>(static_cast<std::int32_t>(rune) + run->distance);
      break;
    }
  }
  append_rune(out, rune);
}

}  // namespace

std::string convert_case(std::string_view s, CaseMode mode) {
  const bool title = mode == CaseMode::kTitle || mode == CaseMode::kTitleSimple;
  const CaseMode inner = mode == CaseMode::kTitle ? CaseMode::kLower : CaseMode::kLowerSimple;
  std::string out;
  bool inside = false;
  for (std::size_t size = 0; !s.empty(); s.remove_prefix(size)) {
    const std::uint32_t rune = decode_rune(s, size);
    append_mapped(out, rune, title && inside ? inner : mode);
    if (title && !among(kCaseIgnorable, rune)) inside = among(kCased, rune);
  }
  return out;
}

int rune_width(std::uint32_t rune) { return among(kWide, rune) ? 2 : 1; }

}  // namespace banyan::php_runtime
