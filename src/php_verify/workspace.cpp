#include "php_verify/workspace.h"

#include <ftw.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>

#include "embed/archive.h"

namespace banyan {
extern const EmbeddedArchive kVerifyFiles;
}

namespace banyan::php {

static constexpr int kOpenFoldersMax = 32;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\%03o", static_cast<unsigned>(static_cast<unsigned char>(c)));
    const bool plain = c >= ' ' && c < 127 && c != '"' && c != '\\';
    out += plain ? std::string(1, c) : std::string(escape);
  }
  return out + "\"";
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

bool ends_in_file(std::string_view text, std::size_t files, std::size_t& file) {
  const std::size_t name = text.find_last_not_of("0123456789");
  if (name == text.npos || text[name] != 'p' || name + 1 == text.size()) return false;
  if (name > 0 && text[name - 1] != '/' && text[name - 1] != ' ') return false;
  std::from_chars(text.data() + name + 1, text.data() + text.size(), file);
  return file < files;
}

std::vector<Said> said_of_files(std::string_view output, std::size_t files, std::string_view suffix) {
  std::vector<Said> out;
  while (!output.empty()) {
    std::string_view line = output.substr(0, output.find('\n'));
    output.remove_prefix(std::min(line.size() + 1, output.size()));
    const std::size_t name = line.find(std::string(suffix) + ":");
    Said one;
    if (name == line.npos || !ends_in_file(line.substr(0, name), files, one.file)) continue;
    line.remove_prefix(name + suffix.size() + 1);
    std::from_chars(line.data(), line.data() + line.size(), one.line);
    const std::size_t message = line.find(": ");
    if (message == line.npos) continue;
    one.message = line.substr(message + 2);
    out.push_back(std::move(one));
  }
  return out;
}

std::pair<std::uint32_t, std::uint32_t> lines_to_brace(std::string_view code, std::size_t begin) {
  const std::size_t end = std::min(code.find("\n}\n", begin), code.size() - 1);
  const auto line_of = [&](std::size_t at) {
    return static_cast<std::uint32_t>(std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(at), '\n') +
                                      1);
  };
  return {line_of(begin), line_of(end + 1)};
}

std::string verify_file(std::string_view path) {
  std::vector<EmbeddedFile> files = unpack_archive(kVerifyFiles);
  return take_file(files, path);
}

Result<void> make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return Error::from_errno(errno, "making " + path);
  return {};
}

Result<void> write_whole_file(const std::string& path, std::string_view content) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return Error::from_errno(errno, "opening " + path);
  const bool written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  const int write_errno = errno;
  if (std::fclose(file) != 0) return Error::from_errno(errno, "writing " + path);
  return written ? Result<void>() : Error::from_errno(write_errno, "writing " + path);
}

void remove_folder(const std::string& folder) {
  nftw(
      folder.c_str(), [](const char* path, const struct stat*, int, FTW*) { return std::remove(path); },
      kOpenFoldersMax, FTW_DEPTH | FTW_PHYS);
}

}  // namespace banyan::php
