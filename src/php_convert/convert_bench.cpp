// Converts files without writing a module, for bench/php_convert and for a look at one file:
//   php_convert_convert [--cpp] PACKAGE FILE PATH
// prints the Go or C++ source of FILE, which messages call PATH; what is refused goes to standard error, with exit
// status 1.
#include <cstdio>
#include <fstream>
#include <sstream>

#include "php_convert/convert.h"

int main(int argc, char** argv) {
  const bool to_cpp = argc > 1 && std::string_view(argv[1]) == "--cpp";
  if (to_cpp) {
    --argc;
    ++argv;
  }
  if (argc < 3) return 2;
  std::ifstream file(argv[2], std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  banyan::php::ConvertOptions options;
  options.package = argv[1];
  const auto convert = to_cpp ? banyan::php::convert_to_cpp : banyan::php::convert_to_go;
  const banyan::php::Conversion done = convert(argc > 3 ? argv[3] : argv[2], content.str(), options);
  std::fputs(to_cpp ? done.cpp.c_str() : done.go.c_str(), stdout);
  for (const auto& function : done.functions) {
    for (const auto& reason : function.reasons) {
      std::fprintf(stderr, "%s:%u: %s\n", function.name.c_str(), reason.line, reason.code.c_str());
    }
  }
  return done.refused() ? 1 : 0;
}
