// How servers tell of their catalogues, in the same rows whatever their own tables are like. Internal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "migrate/catalogue.h"

namespace banyan::migrate::detail {

using CatalogueRows = std::vector<std::vector<std::string>>;

// table, column, type, nullable, generated, default. By table.
void take_columns(Catalogue& catalogue, CatalogueRows& rows, ColumnKind (*kind_of)(std::string_view type));
// table, index, unique, of the primary key, made by a constraint, column. By table, index and place; those of tables
// that are not in the catalogue are passed over.
void take_indexes(Catalogue& catalogue, CatalogueRows& rows);
// table, name, column, table it refers to, column there, cascade. By table and column.
void take_foreign_keys(Catalogue& catalogue, CatalogueRows& rows);

}  // namespace banyan::migrate::detail
