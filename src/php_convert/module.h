// A Go module out of converted files: which files there are, and whether those on disk may be replaced.
//
// Beside the code stands banyan-convert.json, which says what was written when: a file whose bytes are no longer those
// is somebody's work and stays, unless the caller insists. Pure but for what the caller hands in.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "php_convert/convert.h"

namespace banyan::php {

inline constexpr std::string_view kManifestName = "banyan-convert.json";

struct ModuleFile {
  std::string path;  // relative to the module, with "/"
  std::string content;
};

struct ConvertedFile {
  std::string source;  // as the user named it
  std::string path;    // of the Go or C++ file
  Conversion conversion;
  std::string absolute;  // the source as PHP names it: __FILE__; for mount_files() alone
};

// Where each of the files goes: "main.go" for a single one, else a folder by its name without ".php", unique.
std::vector<std::string> go_paths(const std::vector<std::string>& sources);
// "Shop-2" as "shop-2": what go.mod takes; "converted" where nothing of the name is left.
std::string module_name(std::string_view folder);

// go.mod, the packages, the runtime under php/, and the manifest; in order of path.
Result<std::vector<ModuleFile>> module_files(const std::vector<ConvertedFile>& converted, const std::string& name);

// The paths among `files` whose bytes on disk are neither the new ones nor those the old manifest speaks of. `on_disk`
// gives a file's bytes or nothing.
template <class OnDisk>
std::vector<std::string> edited_files(const std::vector<ModuleFile>& files, const OnDisk& on_disk);

// Where each of the files goes in a C++ project: "cart.cpp" by its name, unique; the name without the ending is its
// namespace.
std::vector<std::string> cpp_paths(const std::vector<std::string>& sources);
// How its CMakeLists.txt begins, and what it says of each program.
std::string cpp_project_head(const std::string& name, const std::string& module = "banyan_php_runtime");
std::string cpp_program_settings(const std::string& program, const std::string& module = "banyan_php_runtime");
// CMakeLists.txt, the sources, and the manifest; the runtime is taken from Banyan's build tree.
Result<std::vector<ModuleFile>> project_files(const std::vector<ConvertedFile>& converted, const std::string& name);

// A service out of converted files (module php_mount): each request runs the first of them.
struct MountPlan {
  std::string name;                                         // of the program
  std::string document_root;                                // absolute
  std::vector<std::pair<std::string, std::string>> routes;  // method and path
};
// The namespace of a file at that place of the project.
std::string mount_namespace(std::string_view path);
// As project_files(), with main.cpp. The conversions are those of ConvertOptions::is_mounted.
std::vector<ModuleFile> mount_files(const std::vector<ConvertedFile>& converted, const MountPlan& plan);

// What was done with each function, as JSON: files, functions with state, reasons, lines; lines of Go and PHP.
std::string conversion_report(const std::vector<ConvertedFile>& converted);

// Sorts the files by path and adds the manifest.
void add_manifest(std::vector<ModuleFile>& files);
// The hash of each file that a manifest names; empty for what is none.
std::map<std::string, std::string> read_manifest(std::string_view json);
std::string content_hash(std::string_view content);

template <class OnDisk>
std::vector<std::string> edited_files(const std::vector<ModuleFile>& files, const OnDisk& on_disk) {
  const std::optional<std::string> manifest = on_disk(std::string(kManifestName));
  const std::map<std::string, std::string> written = read_manifest(manifest.value_or(""));
  std::vector<std::string> out;
  for (const ModuleFile& file : files) {
    if (file.path == kManifestName) continue;
    const std::optional<std::string> found = on_disk(file.path);
    if (!found || *found == file.content) continue;
    const auto known = written.find(file.path);
    if (known == written.end() || known->second != content_hash(*found)) out.push_back(file.path);
  }
  return out;
}

}  // namespace banyan::php
