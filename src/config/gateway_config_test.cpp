#include "config/gateway_config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "config/check_report.h"
#include "config/gateway_schema.h"

namespace banyan {
namespace {

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string testdata(const std::string& name) { return read_whole(std::string(BANYAN_TESTDATA) + "/" + name); }

GatewayConfig parse(const std::string& text, const std::string& path, std::vector<FileReference>& files) {
  Diagnostics diagnostics(path);
  GatewayConfig config = parse_gateway_config(text, path, diagnostics, files);
  EXPECT_EQ(diagnostics_text(diagnostics.sorted()), "");
  return config;
}

GatewayConfig parse(const std::string& name) {
  std::vector<FileReference> files;
  return parse(testdata(name), "/etc/banyan/site.yaml", files);
}

TEST(GatewayConfig, ReadsTheExample) {
  const GatewayConfig config = parse("good_example.yaml");
  ASSERT_EQ(config.gateway.listen.size(), 2u);
  EXPECT_EQ(config.gateway.listen[1].address.text(), "127.0.0.1:8443");
  ASSERT_EQ(config.gateway.listen[1].certificates.size(), 1u);
  EXPECT_EQ(config.gateway.listen[1].certificates[0].key, "/etc/banyan/site.key");
  EXPECT_EQ(config.gateway.workers, 2);
  EXPECT_EQ(config.gateway.trusted_proxies.at(0).text(), "127.0.0.0/8");
  EXPECT_EQ(config.gateway.limits.body_bytes, 64 << 20);
  EXPECT_EQ(config.gateway.limits.idle_timeout, std::chrono::seconds(75));
  EXPECT_EQ(config.gateway.access_log.file, "-");
  ASSERT_TRUE(config.admin);
  EXPECT_EQ(config.admin->token_file, "/etc/banyan/admin.token");
  const ClusterConfig* legacy = config.cluster("legacy");
  ASSERT_NE(legacy, nullptr);
  EXPECT_EQ(legacy->protocol, ClusterProtocol::kFastcgi);
  EXPECT_EQ(legacy->root, "/etc/banyan/legacy/public");
  EXPECT_EQ(legacy->endpoints.at(0).address.text(), "unix:/etc/banyan/run/php.sock");
  EXPECT_EQ(config.cluster("native")->endpoints.at(1).weight, 2);
  EXPECT_EQ(config.cluster("other"), nullptr);
}

// More than the processes of a pool that nobody has configured would wait in php-fpm's queue, unseen.
TEST(GatewayConfig, OpensAsManyConnectionsAsAStockPoolHasProcesses) {
  std::vector<FileReference> files;
  const GatewayConfig config = parse(
      "version: 1\ngateway: {listen: [\"127.0.0.1:8080\"]}\n"
      "clusters: {php: {protocol: fastcgi, root: public, endpoints: [\"unix:php.sock\"]}}\n"
      "routes: [{id: all, match: {prefix: /}, to: php}]\n",
      "/etc/banyan/site.yaml", files);
  EXPECT_EQ(config.cluster("php")->connections_max, 5);
}

TEST(GatewayConfig, ReadsTheExamplesRoutes) {
  const GatewayConfig config = parse("good_example.yaml");
  ASSERT_EQ(config.routes.size(), 3u);
  EXPECT_EQ(config.routes[0].files->root, "/etc/banyan/legacy/public");
  const RouteConfig& profile = config.routes[1];
  EXPECT_EQ(profile.match.methods, std::vector<std::string>{"GET"});
  EXPECT_EQ(profile.match.path, "/user/profile");
  ASSERT_EQ(profile.split.size(), 2u);
  EXPECT_EQ(profile.split[0].hundredths, 9500);
  EXPECT_EQ(profile.mirror->hundredths, kAllHundredths);
  EXPECT_EQ(profile.mirror->timeout, std::chrono::milliseconds(300));
  EXPECT_EQ(profile.timeout, std::chrono::seconds(2));
  ASSERT_EQ(config.routes[2].split.size(), 1u);
  EXPECT_EQ(config.routes[2].split[0].cluster, "legacy");
  EXPECT_EQ(config.routes[2].split[0].hundredths, kAllHundredths);
  EXPECT_EQ(config.routes[2].timeout, std::chrono::seconds(60));
}

TEST(GatewayConfig, ReadsEveryKey) {
  const GatewayConfig config = parse("good_every_key.yaml");
  EXPECT_EQ(config.gateway.listen.at(1).certificates.at(1).certificate, "/etc/b.pem");
  EXPECT_EQ(config.gateway.access_log.format, LogFormat::kText);
  EXPECT_EQ(config.gateway.drain_timeout, std::chrono::seconds(45));
  EXPECT_EQ(config.gateway.limits.body_timeout, std::chrono::seconds(15));
  EXPECT_EQ(config.gateway.limits.half_closed_timeout, std::chrono::milliseconds(100));
  EXPECT_EQ(config.routes.at(0).read_timeout, std::chrono::minutes(2));
  const ClusterConfig& php = config.clusters.at(0);
  EXPECT_EQ(php.index, (std::vector<std::string>{"index.php", "index.html"}));
  EXPECT_EQ(php.fallback, "");
  EXPECT_EQ(php.scripts.at(1), "/admin/index.php");
  EXPECT_EQ(php.connections_max, 65535);
  EXPECT_EQ(php.params.at(0).value, "prod");
  EXPECT_EQ(php.connect_timeout, std::chrono::milliseconds(300));
  const MatchConfig& match = config.routes.at(0).match;
  EXPECT_EQ(match.methods.size(), 2u);
  EXPECT_EQ(match.host, "*.example.com");
  EXPECT_EQ(match.headers.at(0).value, "1");
  EXPECT_FALSE(match.headers.at(1).value);
  EXPECT_EQ(match.query.at(0).value, "2");
  EXPECT_EQ(config.routes.at(0).mirror->hundredths, 25);
  EXPECT_EQ(config.routes.at(0).mirror->ignore.size(), 2u);
}

TEST(GatewayConfig, PathsStartAtTheFile) {
  std::vector<FileReference> files;
  const std::string text = testdata("good_example.yaml");
  EXPECT_EQ(parse(text, "site.yaml", files).cluster("legacy")->root, "legacy/public");
  EXPECT_EQ(parse(text, "conf/site.yaml", files).cluster("legacy")->root, "conf/legacy/public");
  EXPECT_EQ(parse(text, "/site.yaml", files).cluster("legacy")->root, "/legacy/public");
}

// A real file beside what it names, in a folder of its own.
class LoadTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/banyan-config-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    write("site.yaml", testdata("good_example.yaml"));
    for (const char* file : {"site.pem", "site.key", "admin.token"}) write(file, "x");
    mkdir((folder_ + "/legacy").c_str(), 0755);
    mkdir((folder_ + "/legacy/public").c_str(), 0755);
  }
  void TearDown() override {
    for (const char* file : {"site.yaml", "site.pem", "site.key", "admin.token"})
      unlink((folder_ + "/" + file).c_str());
    for (const char* folder : {"/site.key", "/legacy/public", "/legacy", ""}) rmdir((folder_ + folder).c_str());
  }
  void write(const std::string& file, const std::string& text) { std::ofstream(folder_ + "/" + file) << text; }
  LoadedConfig load() const { return load_gateway_config(folder_ + "/site.yaml"); }
  std::string report() const {
    std::string text = check_report_text(load());
    for (std::size_t at = 0; (at = text.find(folder_, at)) != text.npos;) text.replace(at, folder_.size(), "D");
    return text;
  }
  std::string folder_;
};

TEST_F(LoadTest, SumsUpAGoodFile) {
  EXPECT_TRUE(load().ok());
  EXPECT_EQ(report(),
            "D/site.yaml: good: 2 listeners, 2 clusters, 3 routes\n"
            "  listens on 127.0.0.1:8080\n"
            "  listens on 127.0.0.1:8443 with TLS, 1 certificate\n"
            "  admin API on 127.0.0.1:8081\n"
            "  cluster legacy: fastcgi, 1 endpoint\n"
            "  cluster native: http1, 2 endpoints\n"
            "  route assets -> files of D/legacy/public\n"
            "  route user-profile -> 95% legacy, 5% native, mirrored 100% to native\n"
            "  route rest -> legacy\n");
  EXPECT_EQ(check_report_json(load()),
            "{\"ok\":true,\"file\":\"" + folder_ +
                "/site.yaml\",\"diagnostics\":[],\"listeners\":2,\"clusters\":2,\"routes\":3}\n");
}

TEST_F(LoadTest, LooksForTheFilesItNames) {
  unlink((folder_ + "/site.pem").c_str());
  unlink((folder_ + "/site.key").c_str());
  mkdir((folder_ + "/site.key").c_str(), 0755);
  rmdir((folder_ + "/legacy/public").c_str());
  EXPECT_FALSE(load().ok());
  EXPECT_EQ(
      report(),
      "D/site.yaml:3:77: certificate: cannot read D/site.pem: No such file or directory, correct the path; it starts "
      "at the folder of this file\n"
      "D/site.yaml:3:92: key: D/site.key is a folder, name a file in it\n"
      "D/site.yaml:10:37: warning: root: there is no folder D/legacy/public, make it, or correct the path\n"
      "D/site.yaml:13:60: warning: root: there is no folder D/legacy/public, make it, or correct the path\n");
}

TEST_F(LoadTest, SaysWhyTheFileItselfCannotBeRead) {
  unlink((folder_ + "/site.yaml").c_str());
  EXPECT_EQ(report(), "D/site.yaml: cannot read the file: No such file or directory\n");
  const LoadedConfig folder = load_gateway_config(folder_);
  EXPECT_FALSE(folder.ok());
  EXPECT_NE(check_report_text(folder).find("cannot read the file: Is a directory"), std::string::npos);
}

TEST_F(LoadTest, ReportsMistakesAsJson) {
  write("site.yaml", "version: 2\n");
  const std::string json = check_report_json(load());
  EXPECT_TRUE(json.starts_with("{\"ok\":false,\"file\":\"")) << json;
  EXPECT_NE(json.find(R"("line":1,"column":10,"message":"version 2 is not known","hint":"write 'version: 1'"})"),
            std::string::npos)
      << json;
  EXPECT_EQ(json.find("listeners"), std::string::npos);
}

// The manual's tables are generated: BANYAN_UPDATE=1 writes them anew.
TEST(Manual, SaysOfEveryKeyWhatTheLoaderDoes) {
  const std::string path = std::string(BANYAN_TESTDATA) + "/../../../docs/configuration.md";
  const std::string begin = "<!-- reference: generated from src/config/*_schema.cpp -->\n";
  const std::string end = "\n<!-- end of reference -->\n";
  const std::string manual = read_whole(path);
  const std::size_t from = manual.find(begin);
  const std::size_t to = manual.find(end);
  ASSERT_NE(from, manual.npos);
  ASSERT_NE(to, manual.npos);
  const std::string reference = schema_reference(gateway_schema());
  const std::size_t start = from + begin.size();
  if (std::getenv("BANYAN_UPDATE") != nullptr) {
    std::ofstream(path, std::ios::binary) << manual.substr(0, start) << reference << manual.substr(to);
    return;
  }
  EXPECT_EQ(manual.substr(start, to - start), reference) << "run config_test with BANYAN_UPDATE=1";
}

}  // namespace
}  // namespace banyan
