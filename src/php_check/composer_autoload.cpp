#include "php_check/composer_autoload.h"

#include <algorithm>

#include "json/parse.h"

namespace banyan::php {

namespace {

Error wrong(std::string_view key, std::string_view what) {
  return Error(ErrorCode::kInvalidArgument, "composer.json: " + std::string(key) + " must be " + std::string(what));
}

// "./src/" as "src/"; a file keeps its name.
std::string cleaned(std::string_view path, bool folder) {
  while (path.starts_with("./")) path.remove_prefix(2);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty() || path == ".") return {};
  return std::string(path) + (folder ? "/" : "");
}

// {"App\\": "src/", "Two\\": ["a/", "b/"]}
Result<void> add_prefixes(json::Value map, std::string_view key,
                          std::vector<std::pair<std::string, std::string>>& out) {
  if (map.absent() || (map.is_array() && map.size() == 0)) return {};  // PHP writes an empty object as []
  if (!map.is_object()) return wrong(key, "an object of prefixes");
  for (const auto& [prefix, folders] : map.members()) {
    if (const auto one = folders.to_string()) {
      out.emplace_back(prefix, cleaned(*one, true));
      continue;
    }
    if (!folders.is_array()) return wrong(key, "prefixes with a folder or a list of folders");
    for (const json::Value folder : folders.elements()) {
      const auto text = folder.to_string();
      if (!text) return wrong(key, "prefixes with a folder or a list of folders");
      out.emplace_back(prefix, cleaned(*text, true));
    }
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

Result<ComposerAutoload> ComposerAutoload::parse(std::string_view composer_json) {
  Result<json::Document> document = json::parse(composer_json);
  if (!document.ok()) return Error(ErrorCode::kInvalidArgument, "composer.json: " + document.error().message());
  const json::Value root = document->root();
  if (!root.is_object()) return wrong("the file", "an object");
  ComposerAutoload made;
  for (const std::string_view section : {"autoload", "autoload-dev"}) {
    const json::Value autoload = root[section];
    BANYAN_TRY_VOID(add_prefixes(autoload["psr-4"], "psr-4", made.psr4_));
    BANYAN_TRY_VOID(add_prefixes(autoload["psr-0"], "psr-0", made.psr0_));
    const json::Value classmap = autoload["classmap"];
    if (classmap.absent()) continue;
    if (!classmap.is_array()) return wrong("classmap", "a list of files and folders");
    for (const json::Value one : classmap.elements()) {
      const auto path = one.to_string();
      if (!path) return wrong("classmap", "a list of files and folders");
      made.classmap_.push_back(cleaned(*path, !path->ends_with(".php") && !path->ends_with(".inc")));
    }
  }
  return made;
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
