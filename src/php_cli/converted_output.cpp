#include "php_cli/converted_output.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "php_cli/php_source.h"

namespace banyan {

namespace {

std::optional<std::string> bytes_of(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  Result<std::string> text = read_source(path);
  return text ? std::optional(*std::move(text)) : std::nullopt;
}

Result<void> make_folders(const std::string& path) {
  for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
    const std::string folder = path.substr(0, at);
    if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) return Error::from_errno(errno, "making " + folder);
  }
  return {};
}

Result<void> check_edits(const std::vector<php::ModuleFile>& files, const std::string& folder) {
  const std::vector<std::string> edited =
      php::edited_files(files, [&](const std::string& path) { return bytes_of(folder + "/" + path); });
  if (edited.empty()) return {};
  std::string list;
  for (std::size_t i = 0; i < edited.size() && i < 5; ++i) list += (i == 0 ? "" : ", ") + folder + "/" + edited[i];
  if (edited.size() > 5) list += " and " + std::to_string(edited.size() - 5) + " more";
  return Error(ErrorCode::kFailedPrecondition,
               list + (edited.size() == 1 ? " was" : " were") +
                   " edited or made by hand; nothing was written. --force replaces them");
}

}  // namespace

std::string absolute_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> absolute(realpath(path.c_str(), nullptr), std::free);
  return absolute == nullptr ? path : absolute.get();
}

Result<void> write_whole(const std::string& path, const std::string& content) {
  BANYAN_TRY_VOID(make_folders(path));
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return Error::from_errno(errno, "opening " + path);
  const bool written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  const int write_errno = errno;
  if (std::fclose(file) != 0) return Error::from_errno(errno, "writing " + path);
  return written ? Result<void>() : Error::from_errno(write_errno, "writing " + path);
}

Result<void> write_converted(const std::vector<php::ModuleFile>& files, const std::string& folder, bool force) {
  if (!force) BANYAN_TRY_VOID(check_edits(files, folder));
  for (const php::ModuleFile& file : files) BANYAN_TRY_VOID(write_whole(folder + "/" + file.path, file.content));
  return {};
}

bool print_conversion(const std::vector<php::ConvertedFile>& converted) {
  std::size_t counts[3] = {};
  for (const php::ConvertedFile& file : converted) {
    for (const php::ConvertedFunction& one : file.conversion.functions) {
      ++counts[static_cast<std::size_t>(one.state)];
      for (const php::ConversionReason& reason : one.reasons) {
        std::printf("%s:%u: refused: %s: %s\n", file.source.c_str(), reason.line, one.name.c_str(),
                    reason.code.c_str());
      }
    }
  }
  std::printf("%zu typed, %zu with dynamic values, %zu refused\n", counts[0], counts[1], counts[2]);
  return counts[2] > 0;
}

}  // namespace banyan
