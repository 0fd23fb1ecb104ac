#include "php_cli/php_source.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "php_endpoints/route_file.h"

namespace banyan {

namespace {

constexpr long long kFileBytesMax = 0xFFFFFFFELL;
constexpr std::size_t kReadPast = 16;  // beyond the size there seems to be: the end shows without more memory
constexpr std::size_t kReadMore = 65536;

using IsWanted = bool (*)(std::string_view path);

bool is_php_file(std::string_view path) { return path.ends_with(".php") && !path.ends_with("/.php"); }

// Links are no folders, but may lead to files. Neither is what went away meanwhile.
bool is_folder(const std::string& path) {
  struct stat status{};
  return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}
bool is_regular(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

Result<void> add_folder(const std::string& folder, IsWanted is_wanted, std::vector<std::string>& files) {
  std::vector<std::pair<std::string, unsigned char>> names;
  DIR* const entries = opendir(folder.c_str());
  if (entries == nullptr) return Error::from_errno(errno, "opening " + folder);
  while (const dirent* const entry = readdir(entries)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name, entry->d_type);
  }
  closedir(entries);
  std::sort(names.begin(), names.end());
  for (const auto& [name, type] : names) {
    const std::string path = folder.ends_with('/') ? folder + name : folder + "/" + name;
    if ((type == DT_DIR || type == DT_UNKNOWN) && is_folder(path)) {
      BANYAN_TRY_VOID(add_folder(path, is_wanted, files));
    } else if (is_wanted(path) && (type == DT_REG || is_regular(path))) {
      files.push_back(path);
    }
  }
  return {};
}

}  // namespace

std::vector<Option> php_source_options() {
  return {{.name = "php", .value = "VERSION", .about = "the PHP the files are for, 5.6 to 8.5 (default 8.2)"},
          {.name = "short-tags", .about = "take <? as an opening tag, as short_open_tag=On does"}};
}

Result<php::ParseOptions> php_parse_options(const Arguments& arguments) {
  const std::string text = arguments.value_or("php", "8.2");
  const auto version = php::parse_php_version(text);
  if (!version) {
    std::string known;
    for (const php::PhpVersion one : php::kPhpVersions) known += (known.empty() ? "" : ", ") + one.text();
    return Error(ErrorCode::kInvalidArgument, "--php " + text + " is no version that is read: give one of " + known);
  }
  return php::ParseOptions{.features = php::Features(*version), .short_tags = arguments.flag("short-tags")};
}

Result<std::string> read_source(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (file == nullptr) return Error::from_errno(errno, "opening " + path);
  struct stat status{};
  const int number = fileno(file.get());
  if (fstat(number, &status) != 0) return Error::from_errno(errno, "reading " + path);
  if (S_ISDIR(status.st_mode)) return Error(ErrorCode::kInvalidArgument, path + " is a folder, give a file");
  // The size is only what to expect: a pipe has none, and a file may grow meanwhile.
  const auto expected =
      static_cast<std::size_t>(std::clamp(static_cast<long long>(status.st_size), 0LL, kFileBytesMax));
  std::string bytes;
  while (static_cast<long long>(bytes.size()) <= kFileBytesMax && status.st_size <= kFileBytesMax) {
    const std::size_t before = bytes.size();
    const std::size_t wanted = before < expected    ? expected - before + kReadPast
                               : before == expected ? kReadPast
                                                    : kReadMore;
    ssize_t got = 0;
    bytes.resize_and_overwrite(before + wanted, [&](char* to, std::size_t) {
      got = read(number, to + before, wanted);
      return before + static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    });
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error::from_errno(errno, "reading " + path);
    if (got == 0) return bytes;
  }
  return Error(ErrorCode::kUnsupported, path + " has 4 GiB or more, which is not read as PHP");
}

Result<std::vector<std::string>> find_sources(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) return Error::from_errno(errno, path);
    if (S_ISDIR(status.st_mode)) {
      BANYAN_TRY_VOID(add_folder(path, is_php_file, files));
    } else {
      files.push_back(path);
    }
  }
  return files;
}

Result<std::vector<std::string>> find_route_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    struct stat status{};
    if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
      BANYAN_TRY_VOID(add_folder(path, php::is_route_file, files));
    }
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

Result<php::ComposerAutoload> read_autoload(const std::string& folder) {
  php::ComposerAutoload autoload;
  struct stat status{};
  const std::string path = folder + "/composer.json";
  if (stat(path.c_str(), &status) == 0) {
    BANYAN_TRY(const std::string text, read_source(path));
    Result<php::ComposerAutoload> made = php::ComposerAutoload::parse(text);
    if (!made.ok()) return Error(ErrorCode::kInvalidArgument, folder + "/" + made.error().message());
    autoload = *std::move(made);
  }
  const std::string vendor = autoload.vendor();
  const std::string installed = folder + "/" + vendor + "/composer/installed.json";
  if (vendor.empty() || stat(installed.c_str(), &status) != 0) return autoload;
  BANYAN_TRY(const std::string text, read_source(installed));
  const Result<void> added = autoload.add_installed(text, vendor);
  if (!added.ok()) return Error(ErrorCode::kInvalidArgument, installed + ": " + added.error().text());
  return autoload;
}

Result<std::vector<std::string>> find_installed(const php::ComposerAutoload& autoload) {
  std::vector<std::string> there;
  struct stat status{};
  for (const std::string& path : autoload.installed_paths()) {
    if (stat(path.c_str(), &status) == 0) there.push_back(path);
  }
  BANYAN_TRY(std::vector<std::string> files, find_sources(there));
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  if (files.size() > kInstalledFilesMax) files.resize(kInstalledFilesMax);
  return files;
}

}  // namespace banyan
