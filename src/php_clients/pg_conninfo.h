// libpq's connection strings: "host=... port='...'", after the manual's chapter 34.1.1. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace banyan::php_runtime {

// What becomes of an option of libpq's here.
enum class PgOptionUse : std::uint8_t {
  kTaken,
  kHarmless,    // ignored, since it changes nothing here
  kPreference,  // harmless too, unless it demands what is not there: "prefer" and "disable" do not
  kRefused,     // not supported
};
// None: libpq does not know it either.
std::optional<PgOptionUse> use_of_pg_option(std::string_view name);

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
