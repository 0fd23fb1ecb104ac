#include "php_report/migration_report.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "json/parse.h"
#include "php_report/reach.h"

namespace banyan::php {
namespace {

using Sources = std::vector<std::pair<std::string, std::string>>;

const Sources& shop() {
  static const Sources kShop = {{"index.php",
                                 "<?php\n"
                                 "require __DIR__ . '/lib.php';\n"
                                 "$path = $_SERVER['REQUEST_URI'];\n"
                                 "switch ($path) {\n"
                                 "    case '/ready': ready(1); break;\n"
                                 "    case '/review': review(); break;\n"
                                 "    case '/blocked': blocked('x'); break;\n"
                                 "    case '/gone': not_there(); break;\n"
                                 "    case '/inline': $a = 1; echo ready($a); break;\n"
                                 "}\n"},
                                {"lib.php",
                                 "<?php\n"
                                 "function leaf(int $a): int { return $a + 1; }\n"
                                 "function ready(int $a): int { return leaf($a) * 2; }\n"
                                 "function review() { global $state; return $state . leaf(1); }\n"
                                 "function blocked($code) { eval($code); return review(); }\n"
                                 "function lonely(): int { return 1; }\n"}};
  return kShop;
}

class Report {
 public:
  explicit Report(const Sources& sources, std::size_t threads = 1) : project_({.threads = threads}) {
    std::vector<FileEndpoints> files;
    for (const auto& [path, source] : sources) {
      files.push_back(find_endpoints(path, source, parse(source, {})));
      project_.set_file(path, source);
    }
    endpoints_ = assemble_endpoints(std::move(files));
    facts_ = &project_.analyze();
  }

  const Facts& facts() const { return *facts_; }
  const EndpointSet& endpoints() const { return endpoints_; }

  std::string json(const Traffic* traffic = nullptr, const Churn* churn = nullptr) const {
    return report_json({.title = "a<b",
                        .version = {8, 2},
                        .facts = *facts_,
                        .endpoints = endpoints_,
                        .traffic = traffic,
                        .churn = churn,
                        .churn_missing = churn == nullptr ? "nobody asked" : ""});
  }

  const Endpoint& endpoint(std::string_view path) const {
    for (const Endpoint& one : endpoints_.endpoints) {
      if (one.path.text() == path) return one;
    }
    ADD_FAILURE() << path;
    return endpoints_.endpoints.front();
  }

 private:
  Project project_;
  EndpointSet endpoints_;
  const Facts* facts_ = nullptr;
};

std::string reached(const Report& report, std::string_view path) {
  ReachFinder finder(report.facts());
  const Reach reach = finder.of(report.endpoint(path));
  std::vector<std::string> names;
  for (const FunctionId id : reach.functions) names.push_back(report.facts().at(id).declaration().name);
  std::sort(names.begin(), names.end());
  std::string out(endpoint_state_name(reach.state));
  for (const std::string& name : names) out += " " + name;
  return out;
}

TEST(Reach, WhatEndpointsNeed) {
  const Report report(shop());
  EXPECT_EQ(reached(report, "/ready"), "ready leaf ready");
  EXPECT_EQ(reached(report, "/inline"), "ready leaf ready");
  EXPECT_EQ(reached(report, "/review"), "review leaf review");
  EXPECT_EQ(reached(report, "/blocked"), "blocked blocked leaf review");
  EXPECT_EQ(reached(report, "/gone"), "unknown");
}

// What the file does before it comes to the branch stands in the branch's way too.
TEST(Reach, WhatRunsBeforeABranch) {
  const Report report({{"index.php",
                        "<?php\n"
                        "require __DIR__ . '/boot.php';\n"
                        "require __DIR__ . '/names.php';\n"
                        "if ($_SERVER['REQUEST_URI'] === '/a') { echo 1; }\n"
                        "require __DIR__ . '/late.php';\n"},
                       {"boot.php", "<?php eval($settings);"},
                       {"late.php", "<?php eval($more);"},
                       {"names.php", "<?php class A {}"}});
  EXPECT_EQ(reached(report, "/a"), "blocked {file}");
}

TEST(Reach, CyclesEnd) {
  const Report report({{"index.php", "<?php if ($_SERVER['REQUEST_URI'] === '/a') { a(); }"},
                       {"lib.php", "<?php function a() { return b(); } function b() { return a(); }"}});
  EXPECT_EQ(reached(report, "/a"), "ready a b");
}

std::vector<std::string> ranked_paths(const json::Document& document) {
  std::vector<std::string> paths;
  for (const json::Value one : document.root()["endpoints"].elements()) paths.emplace_back(*one["path"].to_string());
  return paths;
}

TEST(MigrationReport, RanksByReadinessAndThenByTraffic) {
  const Report report(shop());
  const auto plain = json::parse(report.json());
  ASSERT_TRUE(plain.ok()) << plain.error().text();
  const std::vector<std::string> paths = ranked_paths(*plain);
  ASSERT_EQ(paths.size(), 6U);
  EXPECT_EQ(paths[0], "/inline");
  EXPECT_EQ(paths[1], "/ready");
  EXPECT_EQ(paths[2], "/review");
  EXPECT_EQ(paths.back(), "/gone");

  Traffic traffic(report.endpoints().endpoints);
  for (int i = 0; i < 5; ++i)
    traffic.add({.method = "GET", .target = "/review", .status = 200, .duration = std::chrono::milliseconds(4)});
  traffic.add({.method = "GET", .target = "/ready", .status = 200, .duration = {}});
  const auto weighed = json::parse(report.json(&traffic));
  ASSERT_TRUE(weighed.ok());
  EXPECT_EQ(ranked_paths(*weighed)[0], "/review");
  const json::Value first = weighed->root()["endpoints"].at(0);
  EXPECT_EQ(first["requests"].to_int64(), 5);
  EXPECT_NEAR(first["p50_ms"].to_double().value_or(0), 4, 0.3);
  EXPECT_EQ(weighed->root()["traffic"]["matched"].to_int64(), 6);
}

TEST(MigrationReport, ColumnsAreOfOneLength) {
  const Report report(shop());
  const Churn churn = {{"lib.php", {.commits = 3, .lines = 40}}};
  const auto document = json::parse(report.json(nullptr, &churn));
  ASSERT_TRUE(document.ok());
  for (const std::string_view table : {"functions", "files"}) {
    const std::size_t count = document->root()[table]["lines"].size();
    EXPECT_GT(count, 0U);
    for (const json::Member column : document->root()[table].members())
      EXPECT_EQ(column.value.size(), count) << column.key;
  }
  EXPECT_EQ(document->root()["files"]["commits"].at(1).to_int64(), 3);
  EXPECT_EQ(document->root()["churn"]["known"].to_bool(), true);
  const json::Value blockers = document->root()["blockers"];
  ASSERT_GT(blockers.size(), 0U);
  const auto function = static_cast<std::size_t>(blockers.at(0)["function"].to_int64().value_or(-1));
  EXPECT_EQ(document->root()["functions"]["name"].at(function).to_string(), "blocked");
}

TEST(MigrationReport, SameInputSameBytes) {
  const std::string once = Report(shop()).json();
  EXPECT_EQ(Report(shop(), 4).json(), once);
  EXPECT_EQ(report_html("x", Report(shop()).json()), report_html("x", once));
}

TEST(MigrationReport, TextOfTheCodeBaseCannotLeaveItsPlaceInThePage) {
  Sources sources = shop();
  sources.emplace_back("\xff</script><!--.php", "<?php function e() { return 1; }");
  const std::string page = report_html("<b>\"&", Report(sources).json());
  const auto count = [&](std::string_view text) {
    std::size_t found = 0;
    for (std::size_t at = page.find(text); at != page.npos; at = page.find(text, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("</script>"), 2U);
  EXPECT_EQ(count("<!--"), 0U);
  EXPECT_EQ(count("<b>\""), 0U);
  EXPECT_EQ(count("{{"), 0U);
  EXPECT_EQ(count("http://www.w3.org/2000/svg"), 1U);
  EXPECT_EQ(count("://"), 1U) << "the page names nothing it could load";
}

TEST(Churn, ReadsNumstatInPieces) {
  const std::string log =
      "\1\n\n3\t1\tsrc/a.php\n-\t-\tlogo.png\n\1\n\n10\t0\tsrc/a.php\n2\t2\tb c.php\nbroken line\n\t\t.php\n";
  for (std::size_t piece = 1; piece < 30; ++piece) {
    ChurnReader reader;
    for (std::size_t at = 0; at < log.size(); at += piece) reader.feed(std::string_view(log).substr(at, piece));
    const Churn churn = reader.take();
    ASSERT_EQ(churn.count("src/a.php"), 1U);
    EXPECT_EQ(churn.at("src/a.php").commits, 2U);
    EXPECT_EQ(churn.at("src/a.php").lines, 14U);
    EXPECT_EQ(churn.at("b c.php").lines, 4U);
    EXPECT_EQ(churn.count("logo.png"), 0U);
  }
}

TEST(Churn, AFolderWithoutHistoryIsAnError) {
  const Result<Churn> churn = read_churn("/proc", std::chrono::minutes(2));
  ASSERT_FALSE(churn.ok());
  EXPECT_EQ(churn.error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace banyan::php
