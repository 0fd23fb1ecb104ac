#include "migrate/catalogue_rows.h"

#include <algorithm>

namespace banyan::migrate::detail {
namespace {

CatalogueTable* find(Catalogue& catalogue, std::string_view name) {
  const auto found = std::ranges::find(catalogue.tables, name, &CatalogueTable::name);
  return found == catalogue.tables.end() ? nullptr : &*found;
}

}  // namespace

void take_columns(Catalogue& catalogue, CatalogueRows& rows, ColumnKind (*kind_of)(std::string_view type)) {
  for (std::vector<std::string>& row : rows) {
    if (catalogue.tables.empty() || catalogue.tables.back().name != row[0]) {
      catalogue.tables.emplace_back().name = row[0];
    }
    const ColumnKind kind = kind_of(row[2]);
    catalogue.tables.back().columns.push_back({.name = std::move(row[1]),
                                               .type = std::move(row[2]),
                                               .kind = kind,
                                               .nullable = row[3] == "1",
                                               .generated = row[4] == "1",
                                               .default_value = std::move(row[5])});
  }
}

void take_indexes(Catalogue& catalogue, CatalogueRows& rows) {
  for (std::vector<std::string>& row : rows) {
    CatalogueTable* const table = find(catalogue, row[0]);
    if (table == nullptr) continue;
    if (row[3] == "1") {
      table->key.push_back(std::move(row[5]));
      continue;
    }
    if (table->indexes.empty() || table->indexes.back().name != row[1]) {
      table->indexes.push_back({.name = row[1], .columns = {}, .unique = row[2] == "1", .constraint = row[4] == "1"});
    }
    table->indexes.back().columns.push_back(std::move(row[5]));
  }
}

void take_foreign_keys(Catalogue& catalogue, CatalogueRows& rows) {
  for (std::vector<std::string>& row : rows) {
    CatalogueTable* const table = find(catalogue, row[0]);
    if (table == nullptr) continue;
    table->foreign_keys.push_back({.name = std::move(row[1]),
                                   .column = std::move(row[2]),
                                   .table = std::move(row[3]),
                                   .target = std::move(row[4]),
                                   .cascade = row[5] == "1"});
  }
}

}  // namespace banyan::migrate::detail
