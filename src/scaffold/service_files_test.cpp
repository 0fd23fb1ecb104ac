#include "scaffold/service_files.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

TEST(ServiceFiles, NamesAreChecked) {
  for (const char* name : {"a", "user-centre", "a1"}) EXPECT_TRUE(check_service_name(name).ok()) << name;
  for (const char* name : {"", "A", "1a", "a-", "a--b", "a_b", "a/b", "..", "a b"}) {
    EXPECT_FALSE(check_service_name(name).ok()) << name;
  }
}

TEST(ServiceFiles, NoPlaceIsLeftUnfilled) {
  const std::vector<ScaffoldFile> files = service_files("user-centre", "/src/banyan");
  EXPECT_GE(files.size(), 8U);
  bool source = false;
  for (const ScaffoldFile& file : files) {
    EXPECT_FALSE(file.path.contains("{{")) << file.path;
    for (const char* place : {"{{name}}", "{{identifier}}", "{{banyan}}"}) {
      EXPECT_FALSE(file.text.contains(place)) << file.path;
    }
    source = source || file.path == "src/user-centre.cpp";
  }
  EXPECT_TRUE(source);
}

}  // namespace
}  // namespace banyan
