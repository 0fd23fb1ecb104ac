// Findings as the formats people and programs read.
//
// Each format is held to what its consumer takes: SARIF 2.1.0 as code scanning reads it, Checkstyle and JUnit as XML
// 1.0, GitHub's workflow commands, GitLab's Code Quality, one HTML file that needs no network. Whatever bytes a file
// name or message holds, the output is well-formed: what is not UTF-8, and what XML cannot say, becomes U+FFFD. Equal
// reports give equal bytes: no time, no host, no path beyond those of the findings.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "php_findings/finding.h"

namespace banyan::php {

enum class ReportFormat : std::uint8_t { kText, kJson, kSarif, kCheckstyle, kJunit, kGithub, kGitlab, kHtml };

// "text, json, sarif, ...", for help and mistakes.
std::string report_format_names();
std::optional<ReportFormat> parse_report_format(std::string_view name);

// What was found. Views of what the caller keeps.
struct Report {
  std::span<const Finding> findings;  // sorted
  std::span<const CodeInfo> codes;    // sorted by code; may hold more codes than the findings do, and fewer
  std::string_view php;               // the version checked for: "8.2"
  std::size_t file_count = 0;
};

// The whole text, with a final newline.
std::string write_report(ReportFormat format, const Report& report);

// What is known of a code; null where nothing is.
const CodeInfo* find_code(const Report& report, std::string_view code);

// "3 findings (1 error, 2 warnings) in 14 files".
std::string report_summary(const Report& report);

// The formats one by one.
std::string write_text(const Report& report);
std::string write_json(const Report& report);
std::string write_sarif(const Report& report);
std::string write_checkstyle(const Report& report);
std::string write_junit(const Report& report);
std::string write_github(const Report& report);
std::string write_gitlab(const Report& report);
std::string write_html(const Report& report);

}  // namespace banyan::php
