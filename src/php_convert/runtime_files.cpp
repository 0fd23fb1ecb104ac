#include "php_convert/runtime_files.h"

namespace banyan {
extern const EmbeddedArchive kGoRuntime;
extern const EmbeddedArchive kCppBuiltins;
}  // namespace banyan

namespace banyan::php {

std::vector<EmbeddedFile> runtime_files() { return unpack_archive(kGoRuntime); }

std::string_view runtime_builtins() {
  static const std::string table = [] {
    std::vector<EmbeddedFile> files = runtime_files();
    return take_file(files, "builtins.tsv");
  }();
  return table;
}

bool cpp_has_builtin(std::string_view name) {
  static const std::string names = [] {
    std::vector<EmbeddedFile> files = unpack_archive(kCppBuiltins);
    return "\n" + take_file(files, "have.txt");
  }();
  return names.find("\n" + std::string(name) + "\n") != std::string::npos;
}

}  // namespace banyan::php
