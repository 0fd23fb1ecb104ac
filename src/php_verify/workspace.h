// The folder in which converted files are built for their comparison, with one program that can load any of them and
// calls what it is told (harness/). Files that the compiler does not take are left out.
//
// A language is what language.h says of it; here is what they share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "php_convert/convert.h"

namespace banyan::php {

struct VerifiedFile {
  std::string path;      // as the user named it
  std::string absolute;  // as PHP knows it
  std::string text;
  Conversion conversion;
  std::string converted_path;  // as `banyan php convert` names it
  std::string code;            // what is built: the conversion, or what was made of it since
  std::string unbuilt;         // what the compiler says against it; empty where it builds
};

// Something that a checker says of a line of a converted file.
struct CheckerFinding {
  std::string tool;
  std::size_t file = 0;
  std::uint32_t line = 0;  // of the converted code
  std::string message;
};

struct Tool {
  std::string name;     // as reports have it
  std::string version;  // empty where it is not there
  std::string problem;  // why it did not run
};

struct Build {
  std::string program;        // the path of what was built
  bool is_sanitized = false;  // and takes memory as it likes
  std::vector<CheckerFinding> findings;
  Tool compiler;
  std::vector<Tool> checkers;
};

// What a compiler or checker said of a line of file number `file`, which it calls p<file><suffix>.
struct Said {
  std::size_t file = 0;
  std::uint32_t line = 0;
  std::string message;
};
std::vector<Said> said_of_files(std::string_view output, std::size_t files, std::string_view suffix);
// The number of the file that `text` ends in the name of, such as "x/p12" before the suffix; false where it does not.
bool ends_in_file(std::string_view text, std::size_t files, std::size_t& file);

// The lines, from 1, of what begins at `begin` and ends with the next brace that begins a line.
std::pair<std::uint32_t, std::uint32_t> lines_to_brace(std::string_view code, std::size_t begin);

// As a literal of C, C++ or Go.
std::string quoted(std::string_view text);
std::string first_line(const std::string& text);

// One of the files that are part of the program: "harness/harness.php".
std::string verify_file(std::string_view path);

// Removes the folder and all in it.
void remove_folder(const std::string& folder);
Result<void> make_folder(const std::string& path);
Result<void> write_whole_file(const std::string& path, std::string_view content);

}  // namespace banyan::php
