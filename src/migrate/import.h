// Entities of the ORM for the tables there are: a header to begin with, to be read and renamed by people. Pure.
#pragma once

#include <string>
#include <string_view>

#include "migrate/catalogue.h"

namespace banyan::migrate {

// `name_space` holds the structs. A table or column whose name is no C++ identifier, and a table without a key of one
// column, is left out and named in a comment. A type the ORM does not know becomes a text. Types and defaults that are
// not what the ORM would choose are kept by options (orm::sql_type, orm::UnsafeDefault), so that the plan from this
// database to these entities is empty, but for what was left out.
std::string entities_of(const Catalogue& catalogue, SqlDialect dialect, std::string_view name_space);

}  // namespace banyan::migrate
