#include "php_findings/report.h"

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "json/parse.h"

namespace banyan::php {
namespace {

// Two files, one with a name that every format has to escape, a message with bytes that are not UTF-8, a fix, a flow.
std::vector<Finding> sample() {
  const std::string source = "<?php\n$\xc3\xa4 = f($_GET['x']);\n";
  const Locator locator(source);
  Finding plain;
  plain.code = "legacy.f";
  plain.severity = FindingSeverity::kWarning;
  plain.file = "a dir/<&\"',:%>.php";
  plain.message = "bad \xff byte, ]]> and \x01\nnew [line](x)";
  plain.region = locator.region(13, 1);
  plain.excerpt = locator.excerpt(plain.region);
  plain.hint = "Write g";
  plain.fixes = {{true, "Replace f by g", {{locator.region(13, 1), "g"}}}};
  Finding flow;
  flow.code = "security.xss";
  flow.severity = FindingSeverity::kError;
  flow.file = "b.php";
  flow.message = "Output of input";
  flow.region = locator.region(13, 13);
  flow.flow = {{"b.php", locator.region(15, 5), "$_GET is read"}, {"b.php", locator.region(13, 13), "f is called"}};
  return {plain, flow};
}

std::vector<CodeInfo> codes() {
  return {{"legacy.f", "f is old", "Use g.", "legacy", FindingSeverity::kWarning, 4},
          {"security.xss", "Input is printed", "", "security", FindingSeverity::kError, 2}};
}

std::string write(ReportFormat format, const std::vector<Finding>& findings) {
  const std::vector<CodeInfo> infos = codes();
  return write_report(format, {.findings = findings, .codes = infos, .php = "8.2", .file_count = 2});
}

json::Document json_of(const std::string& text) {
  Result<json::Document> document = json::parse(text);
  EXPECT_TRUE(document.ok()) << text;
  return std::move(*document);
}

TEST(ReportFormat, NamesAreKnown) {
  EXPECT_EQ(report_format_names(), "text, json, sarif, checkstyle, junit, github, gitlab, html");
  EXPECT_EQ(parse_report_format("sarif"), ReportFormat::kSarif);
  EXPECT_FALSE(parse_report_format("xml").has_value());
}

TEST(TextFormat, IsOneLineAFindingWithHintsBelow) {
  EXPECT_EQ(write(ReportFormat::kText, sample()),
            "a dir/<&\"',:%>.php:2:8: warning: legacy.f: bad \xff byte, ]]> and \x01 new [line](x)\n    Write g\n"
            "b.php:2:8: error: security.xss: Output of input\n    b.php:2:10: $_GET is read\n"
            "    b.php:2:8: f is called\n2 findings (1 error, 1 warning) in 2 files\n");
  EXPECT_EQ(write(ReportFormat::kText, {}), "No findings in 2 files\n");
}

TEST(GithubFormat, EscapesPropertiesAndData) {
  const std::string text = write(ReportFormat::kGithub, sample());
  EXPECT_TRUE(
      text.starts_with("::warning file=a dir/<&\"'%2C%3A%25>.php,line=2,endLine=2,col=8,endColumn=9,"
                       "title=legacy.f::bad "));
  EXPECT_NE(text.find("%0Anew [line](x)%0AWrite g\n::error file=b.php"), std::string::npos);
  EXPECT_EQ(write(ReportFormat::kGithub, {}), "");
}

TEST(JsonFormat, IsJsonWithFixesAndFlow) {
  const json::Document document = json_of(write(ReportFormat::kJson, sample()));
  const json::Value findings = document.root()["findings"];
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings.at(0)["fixes"].at(0)["edits"].at(0)["offset"].to_int64(), 13);
  EXPECT_EQ(findings.at(1)["flow"].size(), 2u);
}

TEST(GitlabFormat, HasWhatCodeQualityAsksFor) {
  const json::Document document = json_of(write(ReportFormat::kGitlab, sample()));
  ASSERT_EQ(document.root().size(), 2u);
  for (const json::Value entry : document.root().elements()) {
    EXPECT_TRUE(entry["description"].is_string());
    EXPECT_TRUE(entry["check_name"].is_string());
    EXPECT_EQ(entry["fingerprint"].to_string()->size(), 16u);
    EXPECT_EQ(entry["location"]["lines"]["begin"].to_int64(), 2);
  }
  EXPECT_EQ(write(ReportFormat::kGitlab, {}), "[]\n");
}

TEST(SarifFormat, HasRulesRegionsInUnitsFlowsAndRelativeUris) {
  const json::Document document = json_of(write(ReportFormat::kSarif, sample()));
  const json::Value run = document.root()["runs"].at(0);
  EXPECT_EQ(run["tool"]["driver"]["rules"].size(), 2u);
  const json::Value first = run["results"].at(0);
  const json::Value location = first["locations"].at(0)["physicalLocation"];
  EXPECT_EQ(location["artifactLocation"]["uri"].to_string(), "a%20dir/%3C%26%22%27%2C%3A%25%3E.php");
  EXPECT_EQ(location["region"]["startColumn"].to_int64(), 7);
  EXPECT_EQ(location["region"]["endColumn"].to_int64(), 8);
  EXPECT_NE(first["message"]["text"].to_string()->find("\\[line\\](x)"), std::string_view::npos);
  EXPECT_EQ(first["fixes"].at(0)["artifactChanges"].at(0)["replacements"].size(), 1u);
  const json::Value flow = run["results"].at(1)["codeFlows"].at(0)["threadFlows"].at(0)["locations"];
  EXPECT_EQ(flow.size(), 2u);
  EXPECT_EQ(run["results"].at(1)["ruleIndex"].to_int64(), 1);
}

TEST(SarifFormat, WholeFilesHaveNoRegionAndAbsolutePathsAreFileUris) {
  Finding finding;
  finding.code = "file.unreadable";
  finding.file = "/x/y.php";
  const json::Document document = json_of(write(ReportFormat::kSarif, {finding}));
  const json::Value place = document.root()["runs"].at(0)["results"].at(0)["locations"].at(0)["physicalLocation"];
  EXPECT_TRUE(place["region"].absent());
  EXPECT_EQ(place["artifactLocation"]["uri"].to_string(), "file:///x/y.php");
}

TEST(MarkupFormats, HoldNoRawByteThatXmlRefuses) {
  for (const ReportFormat format : {ReportFormat::kCheckstyle, ReportFormat::kJunit, ReportFormat::kHtml}) {
    const std::string text = write(format, sample());
    EXPECT_EQ(utf8_valid_prefix(text), text.size());
    EXPECT_EQ(text.find('\x01'), std::string::npos);
    EXPECT_EQ(text.find("]]>"), std::string::npos);
    EXPECT_NE(text.find("&lt;&amp;&quot;&#39;,:%&gt;.php"), std::string::npos);
  }
}

TEST(Formats, SayTheSameTwice) {
  for (int i = 0; i <= static_cast<int>(ReportFormat::kHtml); ++i) {
    const auto format = static_cast<ReportFormat>(i);
    EXPECT_EQ(write(format, sample()), write(format, sample()));
    EXPECT_EQ(write(format, {}), write(format, {}));
  }
}

}  // namespace
}  // namespace banyan::php
