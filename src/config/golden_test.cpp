// Each file of testdata/ is a configuration that begins with the diagnostics it must give, as comments:
//   #= 3:5: unknown key 'lisen', did you mean 'listen'?
// BANYAN_UPDATE=1 writes what is given now into the files; read the difference before committing it.
#include <dirent.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "config/gateway_config.h"

namespace banyan {
namespace {

constexpr std::string_view kMark = "#= ";

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  DIR* folder = opendir(BANYAN_TESTDATA);
  while (const dirent* entry = folder != nullptr ? readdir(folder) : nullptr) {
    const std::string name = entry->d_name;
    if (name.ends_with(".yaml")) names.push_back(name.substr(0, name.size() - 5));
  }
  if (folder != nullptr) closedir(folder);
  std::sort(names.begin(), names.end());
  return names;
}

struct Case {
  std::string expected;  // the marked lines at the beginning
  std::string text;      // all others
};

Case read_case(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Case read;
  std::string line;
  while (std::getline(file, line)) {
    std::string& part = read.text.empty() && line.starts_with(kMark) ? read.expected : read.text;
    part.append(line).append("\n");
  }
  return read;
}

std::string diagnose(const std::string& text) {
  Diagnostics diagnostics("site/site.yaml");
  std::vector<FileReference> files;
  parse_gateway_config(text, diagnostics.file(), diagnostics, files);
  std::string lines;
  for (const Diagnostic& diagnostic : diagnostics.sorted()) {
    const std::string text_of = diagnostic.text();
    lines.append(kMark).append(text_of.substr(diagnostics.file().size() + 1)).append("\n");
  }
  return lines;
}

class GoldenTest : public testing::TestWithParam<std::string> {};

TEST_P(GoldenTest, GivesItsDiagnostics) {
  const std::string path = std::string(BANYAN_TESTDATA) + "/" + GetParam() + ".yaml";
  Case read = read_case(path);
  if (std::getenv("BANYAN_UPDATE") != nullptr) {
    // Twice, because the lines written first move those they speak of.
    for (int i = 0; i < 2; ++i) read.expected = diagnose(read.expected + read.text);
    std::ofstream(path, std::ios::binary) << read.expected << read.text;
  }
  EXPECT_EQ(diagnose(read.expected + read.text), read.expected);
}

INSTANTIATE_TEST_SUITE_P(Config, GoldenTest, testing::ValuesIn(case_names()),
                         [](const auto& parameter) { return parameter.param; });

TEST(Golden, FilesAreFound) { EXPECT_GE(case_names().size(), 60u); }

}  // namespace
}  // namespace banyan
