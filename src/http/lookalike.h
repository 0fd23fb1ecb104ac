// Fields that a server of CGI's kind takes for others: PHP, WSGI and Rack make HTTP_X_USER of X-User, and of X_User too
// (RFC 3875 section 4.1.18). So a client could send under such a name what a gateway sets, or takes away. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/fields.h"

namespace banyan {

// Removes what is taken for `name`: the fields with that name but for '_' in place of some '-'. Not those of `name`
// itself. Gives how many there were.
std::size_t remove_lookalikes_of(Fields& fields, std::string_view name);

// The same for the name of every other field there is, for those known to this program (http/field_id.h), and for
// X-Forwarded- and whatever comes behind it, which is the word of proxies alone.
std::size_t remove_lookalikes(Fields& fields);

}  // namespace banyan
