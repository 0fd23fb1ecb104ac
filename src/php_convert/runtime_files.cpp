#include "php_convert/runtime_files.h"

namespace banyan {
extern const EmbeddedArchive kGoRuntime;
}

namespace banyan::php {

std::vector<EmbeddedFile> runtime_files() { return unpack_archive(kGoRuntime); }

std::string_view runtime_builtins() {
  static const std::string table = [] {
    std::vector<EmbeddedFile> files = runtime_files();
    return take_file(files, "builtins.tsv");
  }();
  return table;
}

}  // namespace banyan::php
