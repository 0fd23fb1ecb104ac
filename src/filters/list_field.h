// Fields whose value is a list (RFC 9110 section 5.6.1).
#pragma once

#include <string_view>

#include "http/fields.h"

namespace banyan {

// Makes sure that the list holds `token`, in whatever case; a Vary that is "*" holds every name.
void add_to_list(Fields& fields, FieldId id, std::string_view token);

// Takes the first element from `rest`, without the white space around it; "" for an empty one. Commas inside of quotes
// do not end it.
std::string_view take_element(std::string_view& rest);

}  // namespace banyan
