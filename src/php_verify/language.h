// A language that PHP is converted to, as far as a comparison has to know it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "php_verify/workspace.h"

namespace banyan::php {

struct BuildTools {
  std::string go = "go";
  std::string cxx = "clang++-19";
  std::string banyan;  // a build tree of Banyan with the runtime of C++ in it
};

struct Language {
  std::string_view key;    // as --to and reports have it: "go"
  std::string_view title;  // as people have it: "Go"
  Conversion (*convert)(std::string path, std::string_view source, const ConvertOptions& options);
  std::string Conversion::* code;  // which of it is the code
  // The package or namespace of the file that goes to `path`.
  std::string (*package)(std::string_view path);
  // Where each of the files goes, as `banyan php convert` names it.
  std::vector<std::string> (*paths)(const std::vector<std::string>& sources);
  // The lines of `target`, a function, in the code, from 1; 0 and 0 where it is not there.
  std::pair<std::uint32_t, std::uint32_t> (*lines)(std::string_view code, const std::string& target);
  // Writes and builds it all in `folder`, which is there; fills `unbuilt`. An error where a tool is missing, or nothing
  // can be built for a reason that lies in none of the files.
  Result<Build> (*build)(const std::string& folder, const BuildTools& tools, std::vector<VerifiedFile>& files);
};

extern const Language kGo;
extern const Language kCpp;

}  // namespace banyan::php
