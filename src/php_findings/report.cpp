#include "php_findings/report.h"

#include <algorithm>

namespace banyan::php {

namespace {

struct FormatEntry {
  std::string_view name;
  ReportFormat format;
  std::string (*write)(const Report&);
};

constexpr FormatEntry kFormats[] = {
    {"text", ReportFormat::kText, write_text},       {"json", ReportFormat::kJson, write_json},
    {"sarif", ReportFormat::kSarif, write_sarif},    {"checkstyle", ReportFormat::kCheckstyle, write_checkstyle},
    {"junit", ReportFormat::kJunit, write_junit},    {"github", ReportFormat::kGithub, write_github},
    {"gitlab", ReportFormat::kGitlab, write_gitlab}, {"html", ReportFormat::kHtml, write_html},
};

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

std::string report_format_names() {
  std::string names;
  for (const FormatEntry& entry : kFormats) names.append(names.empty() ? "" : ", ").append(entry.name);
  return names;
}

std::optional<ReportFormat> parse_report_format(std::string_view name) {
  for (const FormatEntry& entry : kFormats) {
    if (entry.name == name) return entry.format;
  }
  return std::nullopt;
}

std::string write_report(ReportFormat format, const Report& report) {
  return kFormats[static_cast<unsigned>(format)].write(report);
}

const CodeInfo* find_code(const Report& report, std::string_view code) {
  const auto found = std::lower_bound(report.codes.begin(), report.codes.end(), code,
                                      [](const CodeInfo& info, std::string_view wanted) { return info.code < wanted; });
  return found == report.codes.end() || found->code != code ? nullptr : &*found;
}

std::string report_summary(const Report& report) {
  if (report.findings.empty()) return "No findings in " + counted(report.file_count, "file");
  std::size_t counts[3] = {};
  for (const Finding& finding : report.findings) ++counts[static_cast<unsigned>(finding.severity)];
  std::string parts;
  for (unsigned i = 0; i < 3; ++i) {
    if (counts[i] == 0) continue;
    parts +=
        (parts.empty() ? "" : ", ") + counted(counts[i], std::string(severity_name(static_cast<FindingSeverity>(i))));
  }
  return counted(report.findings.size(), "finding") + " (" + parts + ") in " + counted(report.file_count, "file");
}

}  // namespace banyan::php
