// Converted PHP on its way to the disk and to the person who asked for it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "php_convert/module.h"

namespace banyan {

// The path without symbolic links; as it is where there is no such file.
std::string absolute_path(const std::string& path);
// Writes a file and the folders it is in.
Result<void> write_whole(const std::string& path, const std::string& content);
// Writes the files of a project into its folder. An error, and nothing is written, where somebody edited one of them;
// `force` replaces them.
Result<void> write_converted(const std::vector<php::ModuleFile>& files, const std::string& folder, bool force);
// Prints what a person has to look at; gives whether anything was refused.
bool print_conversion(const std::vector<php::ConvertedFile>& converted);

}  // namespace banyan
