#include "static_files/resolve.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "http/target.h"

namespace banyan::static_files {
namespace {

constexpr Refusal kNotFound = {404, "no such file"};
constexpr Refusal kForbidden = {403, "a folder without an index page"};

using Kind = Resolution::Kind;

Resolution refused(Refusal refusal) { return {Kind::kRefused, {}, refusal}; }

Resolution file(const ResolveRules& rules, std::string_view path) {
  if (!rules.php_sources && may_be_php_source(path)) return refused(kNotFound);
  return {Kind::kFile, std::string(path), {}};
}

Resolution index_of(const ResolveRules& rules, std::string_view folder, FileTree& files) {
  for (const std::string& index : rules.index) {
    std::string path = std::string(folder) + "/" + index;
    if (files.kind(path) == FileKind::kFile) return file(rules, path);
  }
  return refused(kForbidden);
}

}  // namespace

bool has_hidden_segment(std::string_view path) {
  constexpr std::string_view kWellKnown = "/.well-known/";
  if (path.starts_with(kWellKnown)) path.remove_prefix(kWellKnown.size() - 1);
  return path.find("/.") != std::string_view::npos;
}

bool may_be_php_source(std::string_view path) {
  constexpr std::array<std::string_view, 4> kExtensions = {".phtml", ".phar", ".pht", ".inc"};
  std::string name(path.substr(path.rfind('/') + 1));
  std::ranges::transform(name, name.begin(), [](char c) { return ascii_lower(c); });
  if (name.find(".php") != std::string::npos) return true;
  return std::ranges::any_of(kExtensions, [&name](std::string_view extension) { return name.ends_with(extension); });
}

std::string folder_location(std::string_view path, std::string_view query) {
  std::string location;
  while (!path.empty()) {
    path.remove_prefix(1);
    std::string_view segment = path.substr(0, path.find('/'));
    location += '/';
    percent_encode(segment, location);
    path.remove_prefix(segment.size());
  }
  location += '/';
  if (!query.empty()) (location += '?') += query;
  return location;
}

Resolution resolve(const ResolveRules& rules, std::string_view path, FileTree& files) {
  std::string buffer;
  auto normal = normalize_path(path, PathForm::kFilesystem, buffer);
  if (!normal) return refused(normal.error());
  if (has_hidden_segment(*normal)) return refused(kNotFound);
  bool final_slash = normal->ends_with('/');
  std::string_view bare = normal->substr(0, normal->size() - (final_slash ? 1 : 0));
  switch (files.kind(bare)) {
    case FileKind::kFolder:
      if (final_slash) return index_of(rules, bare, files);
      return {Kind::kRedirect, std::string(bare), {}};
    case FileKind::kFile:
      if (!final_slash) return file(rules, bare);
      break;  // "/file/" names a folder that is not there
    case FileKind::kMissing:
    case FileKind::kRefused:
      break;
  }
  return refused(kNotFound);
}

}  // namespace banyan::static_files
