#include "postgres/server_error.h"

#include "postgres/message_reader.h"

namespace banyan::pg {
namespace {

SqlConstraintKind constraint_of(std::string_view sqlstate) {
  if (sqlstate == "23505" || sqlstate == "23P01") return SqlConstraintKind::kUnique;  // unique, exclusion
  if (sqlstate == "23503" || sqlstate == "23001") return SqlConstraintKind::kForeignKey;
  if (sqlstate == "23502") return SqlConstraintKind::kNotNull;
  if (sqlstate == "23514") return SqlConstraintKind::kCheck;
  return SqlConstraintKind::kNone;
}

struct Rule {
  std::string_view prefix;
  SqlErrorKind kind;
};

// The first that fits, so codes stand before their class.
constexpr Rule kRules[] = {
    {"57014", SqlErrorKind::kTimeout},        // statement_timeout, or an administrator's cancel
    {"57", SqlErrorKind::kConnection},        // the server shuts down or starts
    {"40003", SqlErrorKind::kConnection},     // it is not known whether it was done
    {"40", SqlErrorKind::kSerialization},     // serialisation failure, deadlock
    {"55P03", SqlErrorKind::kSerialization},  // lock not available
    {"25P03", SqlErrorKind::kConnection},     // idle in transaction for too long
    {"57P05", SqlErrorKind::kConnection},     // idle for too long
    {"08", SqlErrorKind::kConnection},       {"53", SqlErrorKind::kExhausted},  // memory, disk, connections
    {"54", SqlErrorKind::kExhausted},                                           // limits of the program
    {"28", SqlErrorKind::kDenied},                                              // who are you
    {"42501", SqlErrorKind::kDenied},        {"58", SqlErrorKind::kInternal},
    {"XX", SqlErrorKind::kInternal},         {"F0", SqlErrorKind::kInternal},
};

SqlErrorKind kind_of(std::string_view sqlstate) {
  for (const Rule& rule : kRules) {
    if (sqlstate.starts_with(rule.prefix)) return rule.kind;
  }
  return SqlErrorKind::kInvalid;
}

std::string sentence_of(const ServerReport& report) {
  std::string sentence(report.message);
  const std::size_t first = sentence.find('"');
  const std::size_t last = sentence.rfind('"');
  if (report.sqlstate.starts_with("22") && first != last) sentence.replace(first + 1, last - first - 1, "...");
  return sentence;
}

}  // namespace

std::optional<ServerReport> read_server_report(std::string_view body) {
  BodyReader reader(body);
  ServerReport report;
  for (std::uint8_t field = reader.u8(); field != 0; field = reader.u8()) {
    const std::string_view text = reader.text();
    if (field == 'V') report.severity = text;
    if (field == 'C') report.sqlstate = text;
    if (field == 'M') report.message = text;
    if (field == 'R') report.routine = text;
    if (field == 'D') report.detail = text;
    if (field == 'H') report.hint = text;
    if (field == 'P') report.position = text;
    if (field == 'p') report.inner_position = text;
    if (field == 'q') report.inner_query = text;
    if (field == 'W') report.context = text;
    if (field == 't') report.table = text;
    if (field == 'c') report.column = text;
    if (field == 'n') report.constraint = text;
    if (field == 'S') report.spoken_severity = text;
  }
  if (!reader.complete()) return std::nullopt;
  if (report.severity.empty()) report.severity = report.spoken_severity;
  return report;
}

SqlError to_sql_error(const ServerReport& report) {
  const SqlConstraintKind constraint = constraint_of(report.sqlstate);
  if (constraint == SqlConstraintKind::kNone) {
    return SqlError(kind_of(report.sqlstate), sentence_of(report)).with_code(std::string(report.sqlstate));
  }
  std::string name(report.constraint);
  if (name.empty() && !report.column.empty()) name.append(report.table).append(".").append(report.column);
  return SqlError(constraint, std::move(name), sentence_of(report)).with_code(std::string(report.sqlstate));
}

}  // namespace banyan::pg
