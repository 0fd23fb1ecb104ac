// Runs one of the converted programs of src/php_convert/testdata/programs by its name, as its own process would.
#include <cstdio>
#include <cstring>

#include "php_runtime/builtins.h"

namespace php_scalars {
void script();
}
namespace php_arrays {
void script();
}
namespace php_control {
void script();
}
namespace php_functions {
void script();
}
namespace php_classes {
void script();
}
namespace php_generators {
void script();
}
namespace php_references {
void script();
}
namespace php_sharing {
void script();
}
namespace php_callables {
void script();
}
namespace php_enums {
void script();
}
namespace php_delegation {
void script();
}
namespace php_arguments {
void script();
}
namespace php_nested {
void script();
}
namespace php_unsets {
void script();
}
namespace php_inside {
void script();
}
namespace php_texts {
void script();
}
namespace php_results {
void script();
}
namespace php_streams {
void script();
}
namespace php_commandline {
void script();
}
namespace php_variadics {
void script();
}
namespace php_aliases {
void script();
}
namespace php_updates {
void script();
}
namespace php_dates {
void script();
}
namespace php_containers {
void script();
}
namespace php_complaints {
void script();
}
namespace php_lines {
void script();
}
namespace php_properties {
void script();
}
namespace php_keys {
void script();
}
namespace php_parts {
void script();
}
namespace php_patterns {
void script();
}
namespace php_assertions {
void script();
}
namespace php_members {
void script();
}
namespace php_throwables {
void script();
}
namespace php_formats {
void script();
}
namespace php_elements {
void script();
}
namespace php_serialized {
void script();
}
namespace php_arithmetic {
void script();
}

int main(int argc, char** argv) {
  struct Program {
    const char* name;
    void (*script)();
  };
  constexpr Program kPrograms[] = {
      {"scalars", &php_scalars::script},
      {"arrays", &php_arrays::script},
      {"control", &php_control::script},
      {"functions", &php_functions::script},
      {"classes", &php_classes::script},
      {"generators", &php_generators::script},
      {"references", &php_references::script},
      {"sharing", &php_sharing::script},
      {"callables", &php_callables::script},
      {"enums", &php_enums::script},
      {"delegation", &php_delegation::script},
      {"arguments", &php_arguments::script},
      {"nested", &php_nested::script},
      {"unsets", &php_unsets::script},
      {"inside", &php_inside::script},
      {"results", &php_results::script},
      {"streams", &php_streams::script},
      {"commandline", &php_commandline::script},
      {"variadics", &php_variadics::script},
      {"aliases", &php_aliases::script},
      {"updates", &php_updates::script},
      {"containers", &php_containers::script},
      {"dates", &php_dates::script},
      {"complaints", &php_complaints::script},
      {"lines", &php_lines::script},
      {"properties", &php_properties::script},
      {"texts", &php_texts::script},
      {"keys", &php_keys::script},
      {"parts", &php_parts::script},
      {"patterns", &php_patterns::script},
      {"assertions", &php_assertions::script},
      {"members", &php_members::script},
      {"throwables", &php_throwables::script},
      {"formats", &php_formats::script},
      {"elements", &php_elements::script},
      {"serialized", &php_serialized::script},
      {"arithmetic", &php_arithmetic::script},
  };
  for (const Program& one : kPrograms) {
    if (argc == 2 && std::strcmp(argv[1], one.name) == 0) return banyan::php_runtime::run_program(one.script);
  }
  std::fputs("usage: php_programs NAME\n", stderr);
  return 2;
}
