// libpq's connection strings: "host=... port='...'", after the manual's chapter 34.1.1. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace banyan::php_runtime {

struct PgConninfo {
  std::map<std::string, std::string, std::less<>> values;  // by name; the last of several
  std::string error;  // in libpq's words, with its line's end; "" where there is none
  std::string_view value(std::string_view name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::string_view() : std::string_view(found->second);
  }
};

PgConninfo parse_pg_conninfo(std::string_view text);

}  // namespace banyan::php_runtime
