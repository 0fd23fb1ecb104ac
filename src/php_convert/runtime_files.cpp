#include "php_convert/runtime_files.h"

namespace banyan {
extern const EmbeddedArchive kGoRuntime;
extern const EmbeddedArchive kCppBuiltins;
extern const EmbeddedArchive kMountBuiltins;
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

namespace {

// One name a line.
std::string names_in(const EmbeddedArchive& archive, std::string_view file) {
  std::vector<EmbeddedFile> files = unpack_archive(archive);
  return "\n" + take_file(files, file);
}
bool has_name(const std::string& names, std::string_view name) {
  return names.find("\n" + std::string(name) + "\n") != std::string::npos;
}

}  // namespace

bool cpp_has_builtin(std::string_view name) {
  static const std::string names = names_in(kCppBuiltins, "have.txt");
  return has_name(names, name);
}

bool mount_has_builtin(std::string_view name) {
  static const std::string names = names_in(kMountBuiltins, "functions.txt");
  return has_name(names, name);
}

}  // namespace banyan::php
