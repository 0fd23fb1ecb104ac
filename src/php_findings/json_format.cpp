// JSON of our own, and GitLab's Code Quality.
#include "json/write.h"
#include "php_findings/report.h"

namespace banyan::php {

namespace {

void write_region(json::Writer& json, const Region& region) {
  json.key("line").unsigned_integer(region.line).key("column").unsigned_integer(region.column);
  json.key("end_line").unsigned_integer(region.end_line).key("end_column").unsigned_integer(region.end_column);
}

void write_fix(json::Writer& json, const Fix& fix) {
  json.begin_object().key("title").string(fix.title).key("safe").boolean(fix.safe).key("edits").begin_array();
  for (const Edit& edit : fix.edits) {
    json.begin_object();
    write_region(json, edit.region);
    json.key("offset").unsigned_integer(edit.region.offset).key("length").unsigned_integer(edit.region.length);
    json.key("text").string(edit.text).end_object();
  }
  json.end_array().end_object();
}

void write_finding(json::Writer& json, const Finding& finding, const std::string& fingerprint) {
  json.begin_object().key("file").string(finding.file);
  write_region(json, finding.region);
  json.key("code").string(finding.code).key("severity").string(severity_name(finding.severity));
  json.key("level").integer(finding.level).key("message").string(finding.message);
  if (!finding.hint.empty()) json.key("hint").string(finding.hint);
  json.key("fingerprint").string(fingerprint);
  if (!finding.fixes.empty()) {
    json.key("fixes").begin_array();
    for (const Fix& fix : finding.fixes) write_fix(json, fix);
    json.end_array();
  }
  if (!finding.flow.empty()) {
    json.key("flow").begin_array();
    for (const FindingStep& step : finding.flow) {
      json.begin_object().key("file").string(step.file);
      write_region(json, step.region);
      json.key("message").string(step.message).end_object();
    }
    json.end_array();
  }
  json.end_object();
}

}  // namespace

std::string write_json(const Report& report) {
  const std::vector<std::string> prints = fingerprints(report.findings);
  std::string out;
  json::Writer json(out);
  json.begin_object().key("version").integer(1).key("php").string(report.php);
  json.key("files").unsigned_integer(report.file_count).key("findings").begin_array();
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    write_finding(json, report.findings[i], prints[i]);
    out += '\n';
  }
  json.end_array().end_object();
  return out + "\n";
}

std::string write_gitlab(const Report& report) {
  static constexpr std::string_view kSeverities[] = {"major", "minor", "info"};
  const std::vector<std::string> prints = fingerprints(report.findings);
  std::string out;
  json::Writer json(out);
  json.begin_array();
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    const Finding& finding = report.findings[i];
    const std::uint32_t line = finding.region.line == 0 ? 1 : finding.region.line;
    json.begin_object().key("description").string(finding.message).key("check_name").string(finding.code);
    json.key("fingerprint").string(prints[i]);
    json.key("severity").string(kSeverities[static_cast<unsigned>(finding.severity)]);
    json.key("location").begin_object().key("path").string(finding.file).key("lines").begin_object();
    json.key("begin").unsigned_integer(line);
    json.key("end").unsigned_integer(finding.region.end_line == 0 ? line : finding.region.end_line);
    json.end_object().end_object().end_object();
    out += '\n';
  }
  json.end_array();
  return out + "\n";
}

}  // namespace banyan::php
