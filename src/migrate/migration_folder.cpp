#include "migrate/migration_folder.h"

#include <dirent.h>
#include <openssl/sha.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>
#include <memory>

namespace banyan::migrate {
namespace {

Error bad(std::string message) { return Error(ErrorCode::kInvalidArgument, std::move(message)); }

Result<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (file == nullptr) return Error::from_errno(errno, path);
  std::string text;
  char buffer[16384];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, file.get())) > 0;) {
    text.append(buffer, got);
    if (text.size() > kMigrationBytesMax) return bad(path + " is larger than 16 MiB: take it apart");
  }
  if (std::ferror(file.get()) != 0) return Error::from_errno(EIO, path);
  return text;
}

Result<void> write_file(const std::string& path, std::string_view text) {
  const std::string draft = path + ".new";
  std::FILE* const file = std::fopen(draft.c_str(), "wbe");
  if (file == nullptr) return Error::from_errno(errno, draft);
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (std::fclose(file) != 0 || !written) return Error::from_errno(errno, draft);
  if (std::rename(draft.c_str(), path.c_str()) != 0) return Error::from_errno(errno, path);
  return {};
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

// 0: `file` is not called as a migration is.
std::uint32_t version_of(std::string_view file) {
  if (file.size() < 10 || !file.ends_with(".sql") || file[4] != '_') return 0;
  if (!is_name(file.substr(5, file.size() - 9))) return 0;
  std::uint32_t version = 0;
  for (const char c : file.substr(0, 4)) {
    if (c < '0' || c > '9') return 0;
    version = version * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return version;
}

Result<std::vector<Migration>> read_files(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(folder.c_str()), closedir);
  if (directory == nullptr) return Error::from_errno(errno, folder);
  std::vector<Migration> migrations;
  while (const dirent* entry = readdir(directory.get())) {
    const std::string file = entry->d_name;
    if (!file.ends_with(".sql")) continue;
    const std::uint32_t version = version_of(file);
    if (version == 0) {
      return bad(folder + "/" + file + ": a migration is called NNNN_name.sql, from 0001, in small letters");
    }
    if (migrations.size() >= kMigrationsMax) return bad(folder + " holds more than 10000 migrations");
    BANYAN_TRY(std::string sql, read_file(folder + "/" + file));
    std::string checksum = sha256_hex(sql);
    migrations.push_back({version, file, std::move(sql), std::move(checksum)});
  }
  std::ranges::sort(migrations, {}, &Migration::file);
  for (std::size_t i = 1; i < migrations.size(); ++i) {
    if (migrations[i].version != migrations[i - 1].version) continue;
    return bad(folder + ": " + migrations[i - 1].file + " and " + migrations[i].file +
               " have the same number: give the one that is not applied yet the next");
  }
  return migrations;
}

std::string checksums_text(const std::vector<Migration>& migrations) {
  std::string text;
  for (const Migration& one : migrations) text += one.checksum + "  " + one.file + "\n";
  return text;
}

Result<void> check(const std::string& folder, const std::vector<Migration>& migrations) {
  const std::string path = folder + "/checksums";
  Result<std::string> text = read_file(path);
  if (!text.ok() && text.error().code() != ErrorCode::kNotFound) return std::move(text).error();
  std::map<std::string, std::string, std::less<>> known;
  std::string_view rest = text.ok() ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.size() < 67 || line.substr(64, 2) != "  ") return bad(path + ": a line is no \"SHA-256  FILE\"");
    known[std::string(line.substr(66))] = line.substr(0, 64);
  }
  for (const Migration& one : migrations) {
    const auto found = known.find(one.file);
    const std::string where = folder + "/" + one.file;
    if (found == known.end()) {
      return bad(where + " is not in `checksums`: `migrate checksums` adds it, once it is as it should be");
    }
    if (found->second != one.checksum) {
      return bad(where +
                 " has changed since it was added: restore it, and write a new version instead; if it was never "
                 "applied anywhere, `migrate checksums`");
    }
    known.erase(found);
  }
  if (!known.empty()) return bad(folder + "/" + known.begin()->first + " is gone, and `checksums` has it");
  return {};
}

}  // namespace

bool Migration::without_transaction() const { return sql.starts_with("-- banyan: no transaction"); }

std::string sha256_hex(std::string_view bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  std::string hex;
  for (const unsigned char byte : digest) {
    hex.push_back("0123456789abcdef"[byte >> 4]);
    hex.push_back("0123456789abcdef"[byte & 15]);
  }
  return hex;
}

Result<std::vector<Migration>> read_migrations(const std::string& folder) {
  BANYAN_TRY(std::vector<Migration> migrations, read_files(folder));
  BANYAN_TRY_VOID(check(folder, migrations));
  return migrations;
}

Result<void> write_checksums(const std::string& folder) {
  BANYAN_TRY(const std::vector<Migration> migrations, read_files(folder));
  return write_file(folder + "/checksums", checksums_text(migrations));
}

Result<std::string> add_migration(const std::string& folder, std::string_view name, std::string_view sql) {
  if (!is_name(name))
    return bad("a migration's name is of small letters, digits and underscores: " + std::string(name));
  if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) return Error::from_errno(errno, folder);
  BANYAN_TRY(std::vector<Migration> migrations, read_migrations(folder));
  const std::uint32_t version = migrations.empty() ? 1 : migrations.back().version + 1;
  if (version > 9999) return bad(folder + ": the numbers of migrations end with 9999");
  char number[8];
  std::snprintf(number, sizeof number, "%04u", version);
  const std::string file = std::string(number) + "_" + std::string(name) + ".sql";
  BANYAN_TRY_VOID(write_file(folder + "/" + file, sql));
  migrations.push_back({version, file, std::string(sql), sha256_hex(sql)});
  BANYAN_TRY_VOID(write_file(folder + "/checksums", checksums_text(migrations)));
  return file;
}

}  // namespace banyan::migrate
