// PHP files as a Go module: start here.
//
//   const Conversion done = convert_to_go("shop/cart.php", source, {});
//   done.files      // "main.go" and its like, with their bytes
//   done.functions  // what became of each function
//
// Each file becomes a package of its own, which holds the functions, the classes and, as func main, the file's own
// code. The same source gives the same bytes. What cannot be converted faithfully is refused: its function panics when
// it is called, and the report says why.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "php_parse/parse.h"

namespace banyan::php {

enum class ConversionState : std::uint8_t { kTyped, kDynamic, kRefused };
// "typed", "dynamic", "refused".
std::string_view conversion_state_name(ConversionState state);

struct ConversionReason {
  std::string code;  // stable: "eval", "builtin-missing:dl"
  std::uint32_t line = 1;
};

struct ConvertedFunction {
  std::string name;    // as PHP has it; "{file}" for the file's own code
  std::string target;  // as Go or C++ has it; empty for closures
  ConversionState state = ConversionState::kTyped;
  std::uint32_t line = 1;
  std::uint32_t end_line = 1;
  std::uint32_t variables = 0;  // and of them, how many hold any value
  std::uint32_t dynamic_variables = 0;
  std::vector<ConversionReason> reasons;
};

struct ConvertOptions {
  ParseOptions parse;
  std::string package = "main";
  bool is_alone = true;  // no other file extends the classes of this one
  // Functions and methods of other files that take references, as reference_takers() gives them.
  std::vector<std::string> reference_takers;
  bool has_exact_operations = true;  // the runtime has those that only Go's has so far; convert_to_cpp() clears it
  // C++: a file of a program of several, which include each other and run on a server, many requests at once.
  bool is_mounted = false;
};

struct Conversion {
  std::string go;                                              // the package's source, or
  std::string cpp;                                             // the file's in C++
  std::vector<std::pair<std::uint32_t, std::uint32_t>> lines;  // of Go or C++ and of PHP, in order of the first
  std::vector<ConvertedFunction> functions;                    // in order of the source
  bool refused() const;                                        // anything of it
};

// The names, in lower case and without classes and namespaces, of what the file declares that takes references.
std::vector<std::string> reference_takers(std::string_view source, const ParseOptions& options);

// `path` is what __FILE__, messages and traces say. Never fails; see Conversion::refused().
Conversion convert_to_go(std::string path, std::string_view source, const ConvertOptions& options);
// Likewise in C++, in a namespace of the name that options.package has.
Conversion convert_to_cpp(std::string path, std::string_view source, const ConvertOptions& options);

}  // namespace banyan::php
