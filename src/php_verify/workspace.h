// The folder in which converted files are built for their comparison: each a package, the runtime, and one program that
// can load any of them and calls what it is told (harness/harness.go). Packages that Go does not take are left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "php_convert/convert.h"

namespace banyan::php {

struct VerifiedFile {
  std::string path;      // as the user named it
  std::string absolute;  // as PHP knows it
  std::string text;
  Conversion conversion;
  std::string go_path;  // of the Go file as `banyan php convert` names it
  std::string go;       // what is built: the conversion, or what was made of it since
  std::string unbuilt;  // what Go says against it; empty where it builds
};

// Something that a checker says of a line of a converted file.
struct GoFinding {
  std::string tool;
  std::size_t file = 0;
  std::uint32_t line = 0;  // of Go
  std::string message;
};

struct Tool {
  std::string version;  // empty where it is not there
  std::string problem;  // why it did not run
};

struct Build {
  std::string program;  // the path of what was built
  std::vector<GoFinding> findings;
  Tool go;
  Tool vet;
  Tool staticcheck;
};

// Writes and builds it all in `folder`, which is there; fills `unbuilt`. `go` is the program's name or path. An error
// where Go is missing, or nothing can be built for a reason that lies in none of the files.
Result<Build> build_workspace(const std::string& folder, const std::string& go, std::vector<VerifiedFile>& files);

// The lines of `target`, a function of Go, from 1; 0 and 0 where it is not there.
std::pair<std::uint32_t, std::uint32_t> go_function_lines(std::string_view go, const std::string& target);

// One of the files that are part of the program: "harness/harness.php".
std::string verify_file(std::string_view path);

// Removes the folder and all in it.
void remove_folder(const std::string& folder);
Result<void> write_whole_file(const std::string& path, std::string_view content);

}  // namespace banyan::php
