// Each testdata/NAME.conf is a configuration of nginx; NAME.txt is the proposal and the notes it gives, as a person
// reads them. BANYAN_UPDATE=1 writes what is given now into those files; read the difference before committing it.
#include <dirent.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "config/gateway_config.h"
#include "nginx_import/convert.h"
#include "nginx_import/proposal_text.h"

namespace banyan::nginx {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The file under test as nginx.conf, and two of nginx's own that it may include.
class TestFiles final : public FileSource {
 public:
  explicit TestFiles(std::string main) {
    files_["/etc/nginx/nginx.conf"] = std::move(main);
    files_["/etc/nginx/fastcgi_params"] =
        "fastcgi_param QUERY_STRING $query_string;\nfastcgi_param HTTPS $https if_not_empty;\n"
        "fastcgi_param SERVER_SOFTWARE nginx/$nginx_version;\nfastcgi_param HTTP_HOST $host;\n";
    files_["/etc/nginx/mime.types"] = "types { text/html html; }\n";
  }
  Result<std::string> read(const std::string& path) override {
    const auto file = files_.find(path);
    if (file == files_.end()) return Error::from_errno(ENOENT, path);
    return file->second;
  }
  std::vector<std::string> matching(const std::string&) override { return {}; }

 private:
  std::map<std::string, std::string> files_;
};

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  DIR* folder = opendir(BANYAN_TESTDATA);
  while (const dirent* entry = folder != nullptr ? readdir(folder) : nullptr) {
    const std::string name = entry->d_name;
    if (name.ends_with(".conf")) names.push_back(name.substr(0, name.size() - 5));
  }
  if (folder != nullptr) closedir(folder);
  std::sort(names.begin(), names.end());
  return names;
}

// The filters are no part of this program; tests/e2e/test_import.py has their options checked.
std::string without_filters(std::string_view diagnostics) {
  std::string rest;
  while (!diagnostics.empty()) {
    const std::size_t end = std::min(diagnostics.find('\n'), diagnostics.size() - 1) + 1;
    const std::string_view line = diagnostics.substr(0, end);
    if (line.find(": unknown filter '") == line.npos) rest += line;
    diagnostics.remove_prefix(end);
  }
  return rest;
}

class NginxGolden : public testing::TestWithParam<std::string> {};

TEST_P(NginxGolden, GivesItsProposalAndNotes) {
  const std::string base = std::string(BANYAN_TESTDATA) + "/" + GetParam();
  TestFiles source(read_file(base + ".conf"));
  const Configuration configuration = load("/etc/nginx/nginx.conf", source);
  ASSERT_EQ(diagnostics_text(configuration.diagnostics), "");
  const Result<Proposal> proposal = convert(configuration);
  ASSERT_TRUE(proposal.ok()) << proposal.error().text();
  const std::string yaml = proposal_yaml(*proposal, configuration);

  // The gateway takes it: no errors, and nothing to warn of.
  Diagnostics diagnostics("banyan.yaml");
  std::vector<FileReference> files;
  const GatewayConfig config = parse_gateway_config(yaml, "banyan.yaml", diagnostics, files);
  EXPECT_EQ(without_filters(diagnostics_text(diagnostics.sorted())), "") << yaml;
  EXPECT_EQ(config.routes.size(), proposal->routes.size());

  const std::string text = yaml + "\n" + notes_text(*proposal, configuration, true);
  if (std::getenv("BANYAN_UPDATE") != nullptr) std::ofstream(base + ".txt", std::ios::binary) << text;
  EXPECT_EQ(text, read_file(base + ".txt"));
}

INSTANTIATE_TEST_SUITE_P(Import, NginxGolden, testing::ValuesIn(case_names()),
                         [](const auto& parameter) { return parameter.param; });

TEST(NginxGoldenFiles, AreFound) { EXPECT_GE(case_names().size(), 6u); }

}  // namespace
}  // namespace banyan::nginx
