// Which build this is; filled in by write_version.cmake.
#pragma once

#include <string_view>

namespace banyan {

struct BuildVersion {
  std::string_view version;
  std::string_view commit;      // "unknown" outside a checkout
  std::string_view build_type;  // CMake's
  std::string_view sanitizers;  // empty in what users run
};

extern const BuildVersion kBuildVersion;

}  // namespace banyan
