// What the PHP commands share: their options, and finding and reading files.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "php_check/composer_autoload.h"
#include "php_parse/parse.h"

namespace banyan {

// --php VERSION and --short-tags, as every PHP command takes them.
std::vector<Option> php_source_options();
// An error where the version is none that is read.
Result<php::ParseOptions> php_parse_options(const Arguments& arguments);

// The bytes of a file. An error where it cannot be read or is 4 GiB or larger, which the parser does not take.
Result<std::string> read_source(const std::string& path);

// The files under the paths: a file as it is, a folder's *.php at any depth, in order of name, each once where folders
// do not overlap. Symbolic links to folders are not followed. An error where a path does not exist.
Result<std::vector<std::string>> find_sources(const std::vector<std::string>& paths);

// The files under the paths that may say routes (php_endpoints/route_file.h), in order of name, each once.
Result<std::vector<std::string>> find_route_files(const std::vector<std::string>& paths);

// What composer.json in this folder says of classes, and what vendor/composer/installed.json says of those of installed
// packages; nothing where there is neither. An error where one cannot be understood.
Result<php::ComposerAutoload> read_autoload(const std::string& folder);

// The files installed packages have their classes and functions in, relative to the working directory, which is the
// folder of composer.json; sorted. Beyond kInstalledFilesMax they are left out.
inline constexpr std::size_t kInstalledFilesMax = 50'000;
Result<std::vector<std::string>> find_installed(const php::ComposerAutoload& autoload);

}  // namespace banyan
