#include "mariadb/server_error.h"

#include <string>

#include "mariadb/packet_reader.h"

namespace banyan::maria {
namespace {

SqlConstraintKind constraint_of(std::uint16_t code) {
  switch (code) {
    case 1022:  // duplicate key
    case 1062:  // duplicate entry
    case 1169:  // the same, by another engine
    case 1586:  // duplicate entry, with the key's name
      return SqlConstraintKind::kUnique;
    case 1216:  // no such parent
    case 1217:  // has children
    case 1451:  // has children, with the constraint's name
    case 1452:  // no such parent, with the constraint's name
      return SqlConstraintKind::kForeignKey;
    case 1048:  // column cannot be null
    case 1364:  // no value, and the column has no default
      return SqlConstraintKind::kNotNull;
    case 3819:  // MySQL
    case 4025:  // MariaDB
      return SqlConstraintKind::kCheck;
    default:
      return SqlConstraintKind::kNone;
  }
}

SqlErrorKind kind_of(std::uint16_t code) {
  switch (code) {
    case 1213:  // deadlock
    case 1205:  // lock wait timeout
    case 1020:  // the record has changed since it was read
    case 1614:  // deadlock of XA
    case 1615:  // a prepared statement needs to be prepared anew, again and again
    case 3572:  // NOWAIT, MySQL
      return SqlErrorKind::kSerialization;
    case kErrorInterrupted:
    case 1969:  // max_statement_time
    case 3024:  // max_execution_time, MySQL
      return SqlErrorKind::kTimeout;
    case 1053:  // shutdown
    case 1077:
    case 1079:
    case 1080:
    case 1152:  // aborted
    case 1158:  // trouble with packets
    case 1159:
    case 1160:
    case 1161:
    case 1184:
    case 1927:  // connection was killed
    case 4031:  // idle for too long, MySQL
      return SqlErrorKind::kConnection;
    case 1021:  // disk full
    case 1037:  // memory
    case 1038:
    case 1041:
    case 1040:  // too many connections
    case 1114:  // table full
    case 1135:  // no more threads
    case 1153:  // packet too large
    case 1203:  // the user's connections
    case 1206:  // locks
    case 1226:  // the user's limits
    case 1390:  // placeholders
    case 1461:  // prepared statements
      return SqlErrorKind::kExhausted;
    case 1044:  // access
    case 1045:
    case 1129:  // host
    case 1130:
    case 1142:  // commands
    case 1143:
    case 1227:
    case 1370:
    case 1524:  // plugin
    case 1698:
    case 1862:  // password expired
    case 3118:  // account locked, MySQL
    case 3159:  // TLS is required, MySQL
    case 4151:  // account locked, MariaDB
      return SqlErrorKind::kDenied;
    case 1030:  // of the storage engine
    case 1105:
    case 1815:
      return SqlErrorKind::kInternal;
    default:
      return SqlErrorKind::kInvalid;
  }
}

// What stands between `before` and the next `after`, or the last one.
std::string_view between(std::string_view text, std::string_view before, char after) {
  const std::size_t at = text.rfind(before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + before.size());
  return text.substr(0, text.find(after));
}

std::string_view constraint_name(const ServerReport& report, SqlConstraintKind kind) {
  switch (kind) {
    case SqlConstraintKind::kUnique:  // Duplicate entry '...' for key 'NAME'
      return between(report.message, "for key '", '\'');
    case SqlConstraintKind::kForeignKey:  // ... (`db`.`table`, CONSTRAINT `NAME` FOREIGN KEY ...)
      return between(report.message, "CONSTRAINT `", '`');
    case SqlConstraintKind::kNotNull: {  // Column 'NAME' cannot be null; Field 'NAME' doesn't have a default value
      const std::string_view column = between(report.message, "Column '", '\'');
      return column.empty() ? between(report.message, "Field '", '\'') : column;
    }
    case SqlConstraintKind::kCheck: {  // CONSTRAINT `NAME` failed for ...; Check constraint 'NAME' is violated.
      const std::string_view name = between(report.message, "CONSTRAINT `", '`');
      return name.empty() ? between(report.message, "constraint '", '\'') : name;
    }
    case SqlConstraintKind::kNone:
      break;
  }
  return {};
}

// Class 22 quotes the value that is at fault, but for those that name a column alone.
bool quotes_value(const ServerReport& report) {
  if (report.code == 1264 || report.code == 1265 || report.code == 1406) return false;
  return report.sqlstate.starts_with("22") || report.code == 1292 || report.code == 1366 || report.code == 1411 ||
         report.code == 1525 || report.code == 1690;
}

std::string sentence_of(const ServerReport& report, SqlConstraintKind constraint) {
  if (constraint == SqlConstraintKind::kUnique) return "there is such a row already";
  constexpr std::string_view kPartition = "Table has no partition for value ";
  if (report.message.starts_with(kPartition)) return std::string(kPartition) + "...";
  std::string sentence(report.message);
  if (sentence.ends_with('.')) sentence.pop_back();
  if (!quotes_value(report)) return sentence;
  const std::size_t first = sentence.find('\'');
  const std::size_t column = sentence.rfind(" for column `");
  const std::size_t last = sentence.rfind('\'', column);
  if (first < last && last != std::string::npos) sentence.replace(first + 1, last - first - 1, "...");
  return sentence;
}

}  // namespace

std::optional<ServerReport> read_server_report(std::string_view body) {
  BodyReader reader(body);
  ServerReport report;
  const bool is_report = reader.u8() == 0xff;
  report.code = reader.u16();
  if (!is_report || reader.failed()) return std::nullopt;
  if (reader.rest().starts_with('#')) {
    report.sqlstate = reader.bytes(6);
    if (reader.failed()) return std::nullopt;
    report.sqlstate.remove_prefix(1);
  }
  report.message = reader.rest();
  return report;
}

SqlError to_sql_error(const ServerReport& report) {
  const SqlConstraintKind constraint = constraint_of(report.code);
  std::string sentence = sentence_of(report, constraint);
  std::string code = std::to_string(report.code);
  if (constraint == SqlConstraintKind::kNone) {
    return SqlError(kind_of(report.code), std::move(sentence)).with_code(std::move(code));
  }
  std::string name(constraint_name(report, constraint));
  return SqlError(constraint, std::move(name), std::move(sentence)).with_code(std::move(code));
}

}  // namespace banyan::maria
