#include "scaffold/service_files.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

namespace banyan {
namespace {

bool is_small_letter(char c) { return c >= 'a' && c <= 'z'; }

std::string replaced(std::string_view text, std::string_view name, std::string_view banyan_source) {
  std::string identifier(name);
  for (char& c : identifier) c = c == '-' ? '_' : c;
  const std::pair<std::string_view, std::string_view> places[] = {
      {"{{name}}", name}, {"{{identifier}}", identifier}, {"{{banyan}}", banyan_source}};
  std::string out;
  while (!text.empty()) {
    bool found = false;
    for (const auto& [place, value] : places) {
      if (!text.starts_with(place)) continue;
      out += value;
      text.remove_prefix(place.size());
      found = true;
      break;
    }
    if (found) continue;
    out += text[0];
    text.remove_prefix(1);
  }
  return out;
}

Result<void> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) == 0 || errno == EEXIST) return {};
  return Error::from_errno(errno, "making the folder " + path);
}

Result<void> write_file(const std::string& path, std::string_view text) {
  std::FILE* const file = std::fopen(path.c_str(), "wxe");
  if (file == nullptr) return Error::from_errno(errno, "writing " + path);
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (!written || !closed) return Error::from_errno(errno, "writing " + path);
  return {};
}

}  // namespace

Result<void> check_service_name(std::string_view name) {
  bool fits =
      !name.empty() && name.size() <= 40 && is_small_letter(name[0]) && !name.ends_with('-') && !name.contains("--");
  for (const char c : name) fits = fits && (is_small_letter(c) || (c >= '0' && c <= '9') || c == '-');
  if (fits) return {};
  return Error(ErrorCode::kInvalidArgument, "'" + std::string(name) +
                                                "' is no name for a service: use 1 to 40 small letters, digits and "
                                                "single dashes, a letter first, like user-centre");
}

std::vector<ScaffoldFile> service_files(std::string_view name, std::string_view banyan_source) {
  std::vector<ScaffoldFile> files;
  for (const ScaffoldTemplate& one : service_templates()) {
    files.push_back({replaced(one.path, name, banyan_source), replaced(one.text, name, banyan_source)});
  }
  return files;
}

Result<void> write_scaffold(const std::string& folder, const std::vector<ScaffoldFile>& files) {
  if (::mkdir(folder.c_str(), 0777) != 0) {
    if (errno == EEXIST)
      return Error(ErrorCode::kAlreadyExists,
                   folder + " is there already: choose another name, or --into another folder");
    return Error::from_errno(errno, "making the folder " + folder);
  }
  for (const ScaffoldFile& file : files) {
    for (std::size_t slash = file.path.find('/'); slash != std::string::npos; slash = file.path.find('/', slash + 1)) {
      BANYAN_TRY_VOID(make_folder(folder + "/" + file.path.substr(0, slash)));
    }
    BANYAN_TRY_VOID(write_file(folder + "/" + file.path, file.text));
  }
  return {};
}

}  // namespace banyan
