// What a PostgreSQL server complains of, as libpq puts it into words: several lines, the place in the statement marked
// (PostgreSQL's fe-protocol3.c: pqBuildErrorMessage3() and reportErrorPosition(), with its usual verbosity). Pure.
#pragma once

#include <string>
#include <string_view>

#include "postgres/server_error.h"

namespace banyan::php_runtime {

// With its last line's end. `query`: the statement's text, "" where it is not known. `utf8`: how its characters are
// counted, else by bytes.
std::string pg_message(const pg::ServerReport& report, std::string_view query, bool utf8);

}  // namespace banyan::php_runtime
