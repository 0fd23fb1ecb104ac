#include "ledger/place_counts.h"

namespace banyan {
namespace {

constexpr std::string_view kTwice = "twice";
constexpr std::string_view kOnlyNew = "only new";
constexpr std::string_view kOnlyOld = "only old";

void add_row(std::vector<PlaceCount>& rows, const DifferentPlace& place, std::string_view of, std::uint64_t count) {
  if (count == 0) return;
  rows.push_back({place.place, of.empty() ? place.kind : place.kind + ", " + std::string(of), count});
}

}  // namespace

std::vector<PlaceCount> place_counts(const FieldNoise& noise) {
  std::vector<PlaceCount> rows;
  rows.push_back({"", std::string(kTwice), noise.replays()});
  for (const auto& [place, field] : noise.fields()) {
    add_row(rows, place, "", field.different);
    add_row(rows, place, kTwice, field.replayed);
    add_row(rows, place, kOnlyNew, field.pairs.new_bad);
    add_row(rows, place, kOnlyOld, field.pairs.old_bad);
  }
  return rows;
}

FieldNoise noise_of(const std::vector<PlaceCount>& rows) {
  std::map<DifferentPlace, FieldNoise::Field> fields;
  std::uint64_t replays = 0;
  for (const PlaceCount& row : rows) {
    if (row.place.empty()) {
      if (row.kind == kTwice) replays = row.count;
      continue;
    }
    const std::size_t comma = row.kind.find(", ");
    const std::string_view of =
        comma == row.kind.npos ? std::string_view() : std::string_view(row.kind).substr(comma + 2);
    FieldNoise::Field& field = fields[{row.place, row.kind.substr(0, comma)}];
    if (of.empty()) field.different = row.count;
    if (of == kTwice) field.replayed = row.count;
    if (of == kOnlyNew) field.pairs.new_bad = row.count;
    if (of == kOnlyOld) field.pairs.old_bad = row.count;
  }
  FieldNoise noise;
  noise.restore(std::move(fields), replays);
  return noise;
}

}  // namespace banyan
