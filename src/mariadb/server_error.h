// What the server says when something is wrong (MariaDB's list of error codes), and which kind of SqlError it is.
//
// Errors are logged, so they must not hold what users have entered: what a sentence quotes of a value is left out.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sql/sql_error.h"

namespace banyan::maria {

// Views into the packet's body.
struct ServerReport {
  std::uint16_t code = 0;
  std::string_view sqlstate;  // five characters; empty before the login is through
  std::string_view message;
};

inline constexpr std::uint16_t kErrorInterrupted = 1317;
inline constexpr std::uint16_t kErrorNotPreparable = 1295;
inline constexpr std::uint16_t kErrorUnknownStatement = 1243;

// `body` with its first byte, which is 0xFF. Nullopt: malformed.
std::optional<ServerReport> read_server_report(std::string_view body);
SqlError to_sql_error(const ServerReport& report);

}  // namespace banyan::maria
