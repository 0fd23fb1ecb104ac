// What the server says when something is wrong, or worth a remark: ErrorResponse and NoticeResponse (PostgreSQL manual,
// chapters 55.8 and appendix A), and which kind of SqlError it is.
//
// Errors are logged, so they must not hold what users have entered. DETAIL, where PostgreSQL shows rows, is never
// taken into one; and of errors of class 22, whose sentence quotes the faulty value, what stands in quotes is left out.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sql/sql_error.h"

namespace banyan::pg {

// Views into the message's body.
struct ServerReport {
  std::string_view severity;  // not translated: "ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", ...
  std::string_view spoken_severity;  // the same, as the server is set up to say it
  std::string_view sqlstate;
  std::string_view message;
  std::string_view routine;  // of the server's source
  // What is shown to who wrote the statement, and never logged. Positions are numbers of characters, from 1.
  std::string_view detail;
  std::string_view hint;
  std::string_view position;
  std::string_view inner_position;
  std::string_view inner_query;
  std::string_view context;
  std::string_view table;
  std::string_view column;
  std::string_view constraint;

  // The server closes the connection.
  bool fatal() const { return severity == "FATAL" || severity == "PANIC"; }
  // A prepared statement that does not fit the schema any more, or has gone: it has to be prepared anew.
  bool stale_statement() const {
    return sqlstate == "26000" || (sqlstate == "0A000" && routine == "RevalidateCachedQuery");
  }
};

// Nullopt: malformed.
std::optional<ServerReport> read_server_report(std::string_view body);
SqlError to_sql_error(const ServerReport& report);

}  // namespace banyan::pg
