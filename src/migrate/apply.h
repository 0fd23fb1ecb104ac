// Brings a database to the newest version of a folder of migrations, and says where it stands.
//
// What was applied is in the table banyan_migrations(version, file, checksum, applied_at). Each version is applied in a
// transaction of its own together with its row there: after a failure the database is as the version before left it.
// (MariaDB ends transactions at each change of a schema: there the failed version may be applied in part, and the error
// says so.) Of several that apply at once each version is applied by one, and the others wait for it: by a lock of the
// session's in PostgreSQL and MariaDB, in SQLite by its transactions, for as long as the database's busy_timeout.
#pragma once

#include <string>
#include <vector>

#include "migrate/migration_folder.h"
#include "sql/sql_database.h"

namespace banyan::migrate {

struct Applied {
  std::int64_t version = 0;
  std::string file;
  std::string checksum;
  std::string applied_at;  // RFC 3339, UTC
};

// In order; empty for a database on which nothing was ever applied.
Task<SqlResult<std::vector<Applied>>> read_applied(SqlConnection& connection);

// What is wrong between files and database: a version that was applied and whose file has changed or is gone, or a
// file whose version is below the newest applied one. Empty: nothing. Each entry is a sentence.
std::vector<std::string> disagreements(const std::vector<Migration>& files, const std::vector<Applied>& applied);

// Applies what is not yet applied, up to and with `to` (0: all). Gives the files applied. kConflict: files and database
// disagree. An error names file and line of the statement that failed.
Task<SqlResult<std::vector<std::string>>> apply_migrations(SqlDatabase& database, std::vector<Migration> files,
                                                           std::uint32_t to = 0);

}  // namespace banyan::migrate
