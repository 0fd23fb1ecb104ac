#include "php_check/composer_autoload.h"

#include <algorithm>

#include "json/parse.h"

namespace banyan::php {

namespace {

constexpr std::size_t kInstalledBytesMax = std::size_t{64} << 20;

Error wrong(std::string_view key, std::string_view what) {
  return Error(ErrorCode::kInvalidArgument, "composer.json: " + std::string(key) + " must be " + std::string(what));
}

// "vendor/composer/../a/b" as "vendor/a/b"; what would leave the root is nothing. Folders end in "/", but for the root.
std::string cleaned(std::string_view path, bool folder) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == ".." && parts.empty()) return {};
    if (part == "..") {
      parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  std::string out;
  for (const std::string_view part : parts) out += (out.empty() ? "" : "/") + std::string(part);
  return out + (folder && !out.empty() ? "/" : "");
}

// {"App\\": "src/", "Two\\": ["a/", "b/"]}, below `root`.
Result<void> add_prefixes(json::Value map, std::string_view key, const std::string& root,
                          std::vector<std::pair<std::string, std::string>>& out) {
  if (map.absent() || (map.is_array() && map.size() == 0)) return {};  // PHP writes an empty object as []
  if (!map.is_object()) return wrong(key, "an object of prefixes");
  for (const auto& [prefix, folders] : map.members()) {
    if (const auto one = folders.to_string()) {
      out.emplace_back(prefix, cleaned(root + std::string(*one), true));
      continue;
    }
    if (!folders.is_array()) return wrong(key, "prefixes with a folder or a list of folders");
    for (const json::Value folder : folders.elements()) {
      const auto text = folder.to_string();
      if (!text) return wrong(key, "prefixes with a folder or a list of folders");
      out.emplace_back(prefix, cleaned(root + std::string(*text), true));
    }
  }
  return {};
}

bool is_source_file(std::string_view path) { return path.ends_with(".php") || path.ends_with(".inc"); }

// ["src/", "helpers.php"], below `root`.
Result<void> add_list(json::Value list, std::string_view key, const std::string& root, std::vector<std::string>& out) {
  if (list.absent()) return {};
  if (!list.is_array()) return wrong(key, "a list of files and folders");
  for (const json::Value one : list.elements()) {
    const auto path = one.to_string();
    if (!path) return wrong(key, "a list of files and folders");
    out.push_back(cleaned(root + std::string(*path), !is_source_file(*path)));
  }
  return {};
}

// "App\Model\User" below "App\" as "Model/User.php".
std::string psr4_file(std::string_view rest) {
  std::string file(rest);
  std::replace(file.begin(), file.end(), '\\', '/');
  return file + ".php";
}

// The same for psr-0, where the prefix is part of the path and "_" in the class's own name is a separator too.
std::string psr0_file(std::string_view name) {
  const std::size_t last = name.rfind('\\');
  const std::size_t own = last == std::string_view::npos ? 0 : last + 1;
  std::string file(name);
  std::replace(file.begin(), file.end(), '\\', '/');
  std::replace(file.begin() + static_cast<std::ptrdiff_t>(own), file.end(), '_', '/');
  return file + ".php";
}

bool is_folder_and_rest(std::string_view path, std::string_view folder, std::string_view rest) {
  return path.size() == folder.size() + rest.size() && path.starts_with(folder) && path.ends_with(rest);
}

}  // namespace

Result<void> ComposerAutoload::add(const json::Value& package, std::string_view section, std::string_view folder) {
  const json::Value autoload = package[section];
  const std::string root(folder);
  BANYAN_TRY_VOID(add_prefixes(autoload["psr-4"], "psr-4", root, psr4_));
  BANYAN_TRY_VOID(add_prefixes(autoload["psr-0"], "psr-0", root, psr0_));
  return add_list(autoload["classmap"], "classmap", root, classmap_);
}

Result<ComposerAutoload> ComposerAutoload::parse(std::string_view composer_json) {
  Result<json::Document> document = json::parse(composer_json);
  if (!document.ok()) return Error(ErrorCode::kInvalidArgument, "composer.json: " + document.error().message());
  const json::Value root = document->root();
  if (!root.is_object()) return wrong("the file", "an object");
  ComposerAutoload made;
  BANYAN_TRY_VOID(made.add(root, "autoload", ""));
  BANYAN_TRY_VOID(made.add(root, "autoload-dev", ""));
  if (const auto vendor = root["config"]["vendor-dir"].to_string()) made.vendor_ = cleaned(*vendor, false);
  return made;
}

// Composer 2 has the packages under "packages" and says where each lies; composer 1 has the bare list, and packages lie
// by their names.
Result<void> ComposerAutoload::add_installed(std::string_view installed_json, std::string_view vendor) {
  Result<json::Document> document = json::parse(installed_json, {.bytes_max = kInstalledBytesMax});
  if (!document.ok()) return std::move(document.error()).add_context("installed.json");
  const json::Value root = document->root();
  const json::Value packages = root.is_array() ? root : root["packages"];
  if (!packages.is_array()) return Error(ErrorCode::kInvalidArgument, "installed.json has no list of packages");
  for (const json::Value package : packages.elements()) {
    const auto name = package["name"].to_string();
    const auto place = package["install-path"].to_string();
    if (!name && !place) continue;
    const std::string below = std::string(vendor) + "/";
    const std::string folder =
        cleaned(place ? below + "composer/" + std::string(*place) : below + std::string(*name), true);
    if (folder.empty()) continue;  // outside of the root
    ComposerAutoload one;
    BANYAN_TRY_VOID(one.add(package, "autoload", folder));
    std::vector<std::string> files;
    BANYAN_TRY_VOID(add_list(package["autoload"]["files"], "files", folder, files));
    for (const Prefix& prefix : one.psr4_) files.push_back(prefix.second);
    for (const Prefix& prefix : one.psr0_) files.push_back(prefix.second);
    files.insert(files.end(), one.classmap_.begin(), one.classmap_.end());
    for (std::string& path : files) {
      if (path.starts_with(folder)) installed_paths_.push_back(std::move(path));
    }
    psr4_.insert(psr4_.end(), one.psr4_.begin(), one.psr4_.end());
    psr0_.insert(psr0_.end(), one.psr0_.begin(), one.psr0_.end());
    classmap_.insert(classmap_.end(), one.classmap_.begin(), one.classmap_.end());
  }
  std::sort(installed_paths_.begin(), installed_paths_.end());
  installed_paths_.erase(std::unique(installed_paths_.begin(), installed_paths_.end()), installed_paths_.end());
  return {};
}

std::string ComposerAutoload::text() const {
  std::string out = vendor_ + "\n";
  for (const auto* const map : {&psr4_, &psr0_}) {
    for (const auto& [prefix, folder] : *map) out += prefix + "=" + folder + "\n";
    out += "\n";
  }
  for (const auto* const list : {&classmap_, &installed_paths_}) {
    for (const std::string& one : *list) out += one + "\n";
    out += "\n";
  }
  return out;
}

int ComposerAutoload::rank(std::string_view class_name, std::string_view path) const {
  for (const auto& [prefix, folder] : psr4_) {
    if (class_name.size() <= prefix.size() || !class_name.starts_with(prefix)) continue;
    if (is_folder_and_rest(path, folder, psr4_file(class_name.substr(prefix.size())))) return 2;
  }
  for (const auto& [prefix, folder] : psr0_) {
    if (class_name.starts_with(prefix) && is_folder_and_rest(path, folder, psr0_file(class_name))) return 2;
  }
  const auto holds = [path](std::string_view one) {
    return one.empty() || one == path || (one.ends_with('/') && path.starts_with(one));
  };
  return std::any_of(classmap_.begin(), classmap_.end(), holds) ? 1 : 0;
}

}  // namespace banyan::php
