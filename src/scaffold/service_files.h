// The files of a new native service: handlers, a test, and what builds, ships and runs it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace banyan {

struct ScaffoldTemplate {
  std::string_view path;  // "src/{{name}}.cpp"
  std::string_view text;
};
// As they are under src/scaffold/service; "__" in a file's name there is a slash.
std::span<const ScaffoldTemplate> service_templates();

struct ScaffoldFile {
  std::string path;  // below the service's folder
  std::string text;
};

// Whether a service can be called so: 1 to 40 small letters, digits and single dashes, a letter first. Errors say what
// to change.
Result<void> check_service_name(std::string_view name);
// The files of the service `name`, which is valid. `banyan_source` is where the sources of Banyan are, "" if unknown.
std::vector<ScaffoldFile> service_files(std::string_view name, std::string_view banyan_source);
// Writes them into `folder`, which must not be there yet. Errors: kAlreadyExists, and what the system says.
Result<void> write_scaffold(const std::string& folder, const std::vector<ScaffoldFile>& files);

}  // namespace banyan
