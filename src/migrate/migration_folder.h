// Versioned migrations: files NNNN_name.sql in one folder, applied in the order of their numbers and never changed
// afterwards. What says so is a file beside them, `checksums`: a line "SHA-256  FILE" for each, the format of
// sha256sum, so that two branches that both add a version meet as a conflict in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace banyan::migrate {

struct Migration {
  std::uint32_t version = 0;
  std::string file;  // "0003_add_orders.sql"
  std::string sql;
  std::string checksum;  // SHA-256, 64 digits

  // The line "-- banyan: no transaction" at its beginning: what may not stand in one, such as CREATE INDEX
  // CONCURRENTLY.
  bool without_transaction() const;
};

inline constexpr std::size_t kMigrationBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kMigrationsMax = 10000;

// In order. kInvalidArgument: a name of another form, a version twice, a file that `checksums` lacks or that has
// changed since, or one it names that is gone. A folder that is not there is kNotFound.
Result<std::vector<Migration>> read_migrations(const std::string& folder);

// Adds the next version, and its line to `checksums`; makes the folder. Gives the file's name. `name`: small letters,
// digits and underscores.
Result<std::string> add_migration(const std::string& folder, std::string_view name, std::string_view sql);

// Writes `checksums` for the files as they are: for what somebody wrote by hand and has not applied yet.
Result<void> write_checksums(const std::string& folder);

std::string sha256_hex(std::string_view bytes);

}  // namespace banyan::migrate
