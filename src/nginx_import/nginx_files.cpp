#include "nginx_import/nginx_files.h"

#include <dirent.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <memory>
#include <utility>

namespace banyan::nginx {
namespace {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "" : path.substr(0, slash);
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  DIR* const open = opendir(folder.empty() ? "/" : folder.c_str());
  while (const dirent* entry = open != nullptr ? readdir(open) : nullptr) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (open != nullptr) closedir(open);
  std::sort(names.begin(), names.end());
  return names;
}

// Appends what below `folder` matches the pattern's parts, one after the other; recursion ends with them.
void match_below(const std::string& folder, std::string_view parts, std::vector<std::string>& found) {
  while (parts.starts_with('/')) parts.remove_prefix(1);
  const std::size_t slash = std::min(parts.find('/'), parts.size());
  const std::string part(parts.substr(0, slash));
  const std::string_view rest = parts.substr(slash);
  std::vector<std::string> names = {part};
  if (part.find_first_of("*?[") != part.npos) names = names_in(folder);
  for (const std::string& name : names) {
    if (found.size() > kFilesMax) return;
    if (name != part && fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) != 0) continue;
    const std::string path = folder + "/" + name;
    if (!rest.empty()) {
      match_below(path, rest, found);
    } else if (access(path.c_str(), F_OK) == 0) {
      found.push_back(path);
    }
  }
}

class Loader {
 public:
  Loader(Configuration& configuration, FileSource& source) : configuration_(configuration), source_(source) {}

  void load_main(const std::string& path) {
    configuration_.folder = folder_of(path);
    Result<std::string> text = source_.read(path);
    if (!text.ok()) {
      configuration_.diagnostics.push_back({Severity::kError, path, {}, text.error().text(), "name the main file"});
      return;
    }
    parse_file(path, *text, configuration_.directives, 0);
  }

 private:
  void fail(const Place& place, std::string what, std::string hint) {
    configuration_.diagnostics.push_back(
        {Severity::kError, configuration_.files[place.file], place.position, std::move(what), std::move(hint)});
  }

  void parse_file(const std::string& path, const std::string& text, std::vector<Directive>& into, std::size_t depth) {
    const auto index = static_cast<std::uint32_t>(configuration_.files.size());
    configuration_.files.push_back(path);
    Diagnostics diagnostics(path);
    std::optional<std::vector<Directive>> directives = parse_text(text, index, diagnostics);
    for (Diagnostic& diagnostic : diagnostics.sorted()) configuration_.diagnostics.push_back(std::move(diagnostic));
    if (!directives) return;
    expand(*directives, into, depth);
  }

  // Moves `from` behind `into`, the included in the place of each include.
  void expand(std::vector<Directive>& from, std::vector<Directive>& into, std::size_t depth) {
    for (Directive& directive : from) {
      if (!configuration_.diagnostics.empty()) return;
      if (directive.name == "include" && !directive.has_block) {
        include(directive, into, depth);
        continue;
      }
      std::vector<Directive> block;
      expand(directive.block, block, depth);
      directive.block = std::move(block);
      into.push_back(std::move(directive));
      if (++directives_ > kDirectivesMax) fail(into.back().place, "more than 100,000 directives", "");
    }
  }

  void include(const Directive& directive, std::vector<Directive>& into, std::size_t depth) {
    if (directive.arguments.size() != 1) {
      return fail(directive.place, "include takes one path", "write one include for each");
    }
    if (depth + 1 > kIncludeDepthMax) {
      return fail(directive.place, "includes are nested deeper than 16 files", "does one include itself?");
    }
    std::string pattern = directive.arguments[0];
    if (!pattern.starts_with("/")) pattern = configuration_.folder + "/" + pattern;
    std::vector<std::string> paths = {pattern};
    if (pattern.find_first_of("*?[") != pattern.npos) paths = source_.matching(pattern);
    for (const std::string& path : paths) {
      if (!configuration_.diagnostics.empty()) return;
      if (configuration_.files.size() >= kFilesMax) return fail(directive.place, "more than 1,000 files", "");
      Result<std::string> text = source_.read(path);
      if (!text.ok()) {
        configuration_.unread.push_back({directive.place, path, text.error().text()});
        continue;
      }
      bytes_ += text->size();
      if (bytes_ > kAllBytesMax) return fail(directive.place, "the files hold more than 16 MiB together", "");
      parse_file(path, *text, into, depth + 1);
    }
  }

  Configuration& configuration_;
  FileSource& source_;
  std::size_t bytes_ = 0;
  std::size_t directives_ = 0;
};

}  // namespace

Result<std::string> DiskFiles::read(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (file == nullptr) return Error::from_errno(errno, path);
  struct stat status{};
  if (fstat(fileno(file.get()), &status) != 0) return Error::from_errno(errno, path);
  if (S_ISDIR(status.st_mode)) return Error::from_errno(EISDIR, path);
  std::string text;
  char buffer[16384];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, file.get())) > 0;) {
    text.append(buffer, n);
    if (text.size() > kTextBytesMax) break;  // the parser refuses it
  }
  if (std::ferror(file.get()) != 0) return Error::from_errno(errno, path);
  return text;
}

// glob(3) would bring the look-up of users' names into a static program.
std::vector<std::string> DiskFiles::matching(const std::string& pattern) {
  std::vector<std::string> found;
  std::string_view parts = pattern;
  while (parts.starts_with("./")) parts.remove_prefix(2);
  match_below(pattern.starts_with('/') ? "" : ".", parts, found);
  return found;
}

std::string Configuration::place_text(const Place& place) const {
  if (place.file >= files.size()) return "";
  return files[place.file] + ":" + std::to_string(place.position.line);
}

Configuration load(const std::string& path, FileSource& source) {
  Configuration configuration;
  Loader(configuration, source).load_main(path);
  return configuration;
}

}  // namespace banyan::nginx
