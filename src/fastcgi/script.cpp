#include "fastcgi/script.h"

#include <algorithm>

#include "http/target.h"
#include "static_files/resolve.h"

namespace banyan::fastcgi {
namespace {

constexpr std::size_t kSplitsMax = 8;

constexpr Refusal kNotFound = {404, "no such page"};
constexpr Refusal kForbidden = {403, "a folder without an index page"};

using Kind = ScriptChoice::Kind;
using static_files::FileKind;
using static_files::FileTree;

ScriptChoice refused(Refusal refusal) { return {Kind::kRefused, {}, {}, refusal}; }

ScriptChoice script(std::string_view name, std::string_view path_info = {}) {
  return {Kind::kScript, std::string(name), std::string(path_info), {}};
}

// Whether path[at] is where a script's name may end: after ".php" that is not the whole of its segment, before '/' or
// the end.
bool name_ends_at(std::string_view path, std::size_t at, std::string_view extension) {
  if (at < path.size() && path[at] != '/') return false;
  std::string_view name = path.substr(0, at);
  return name.ends_with(extension) && name.size() > extension.size() && name[name.size() - extension.size() - 1] != '/';
}

// The ends of the prefixes that may be scripts, longest first.
std::vector<std::size_t> script_ends(std::string_view path, std::string_view extension) {
  std::vector<std::size_t> ends;
  for (std::size_t at = path.size(); at > 0 && ends.size() < kSplitsMax; --at) {
    if (name_ends_at(path, at, extension)) ends.push_back(at);
  }
  return ends;
}

bool may_run(const ScriptRules& rules, std::string_view name) {
  return rules.scripts.empty() || std::ranges::find(rules.scripts, name) != rules.scripts.end();
}

ScriptChoice choose_named_script(const ScriptRules& rules, std::string_view path, const std::vector<std::size_t>& ends,
                                 FileTree& files) {
  for (std::size_t end : ends) {
    std::string_view name = path.substr(0, end);
    std::string_view extra = path.substr(end);
    if (!extra.empty() && !rules.path_info) continue;
    if (files.kind(name) == FileKind::kFile) return may_run(rules, name) ? script(name, extra) : refused(kNotFound);
  }
  return refused(kNotFound);
}

ScriptChoice plain_file(std::string_view path) {
  if (static_files::may_be_php_source(path)) return refused(kNotFound);
  return {Kind::kFile, std::string(path), {}, {}};
}

// `folder` without its final slash.
ScriptChoice choose_index(const ScriptRules& rules, std::string_view folder, FileTree& files) {
  for (const std::string& index : rules.index) {
    std::string path = std::string(folder) + "/" + index;
    if (files.kind(path) != FileKind::kFile) continue;
    if (!path.ends_with(rules.extension)) return plain_file(path);
    return may_run(rules, path) ? script(path) : refused(kNotFound);
  }
  return refused(kForbidden);
}

ScriptChoice choose_fallback(const ScriptRules& rules, FileTree& files) {
  if (rules.fallback.empty() || files.kind(rules.fallback) != FileKind::kFile) return refused(kNotFound);
  return script(rules.fallback);
}

}  // namespace

ScriptChoice choose_script(const ScriptRules& rules, std::string_view path, FileTree& files) {
  std::string buffer;
  auto normal = normalize_path(path, PathForm::kFilesystem, buffer);
  if (!normal) return refused(normal.error());
  if (static_files::has_hidden_segment(*normal)) return refused(kNotFound);
  std::vector<std::size_t> ends = script_ends(*normal, rules.extension);
  if (!ends.empty()) return choose_named_script(rules, *normal, ends, files);

  bool final_slash = normal->ends_with('/');
  std::string_view bare = normal->substr(0, normal->size() - (final_slash ? 1 : 0));
  switch (files.kind(bare)) {
    case FileKind::kFolder:
      if (final_slash) return choose_index(rules, bare, files);
      return {Kind::kRedirect, std::string(bare), {}, {}};
    case FileKind::kFile:
      // "/file/" names a folder that is not there.
      if (!final_slash) return plain_file(bare);
      return choose_fallback(rules, files);
    case FileKind::kRefused:
      return refused(kNotFound);
    case FileKind::kMissing:
      break;
  }
  return choose_fallback(rules, files);
}

}  // namespace banyan::fastcgi
