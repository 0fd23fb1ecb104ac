// Entities of the ORM for the tables there are: a header to begin with, to be read and renamed by people. Pure.
#pragma once

#include <string>
#include <string_view>

#include "migrate/catalogue.h"

namespace banyan::migrate {

// `name_space` holds the structs. A table or column whose name is no C++ identifier, and a table without a key of one
// column, is left out and named in a comment. A type the ORM does not know becomes a text, with the database's name of
// it in a comment.
std::string entities_of(const Catalogue& catalogue, std::string_view name_space);

}  // namespace banyan::migrate
