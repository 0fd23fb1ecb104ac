// Checkstyle's and JUnit's XML.
#include "php_findings/markup_text.h"
#include "php_findings/report.h"

namespace banyan::php {

namespace {

constexpr std::string_view kProlog = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=\"");
  append_markup(out, value);
  out += '"';
}

std::string with_hint(const Finding& finding) {
  return finding.hint.empty() ? finding.message : finding.message + ". " + finding.hint;
}

std::string place(const Finding& finding) {
  if (finding.region.line == 0) return finding.file;
  return finding.file + ":" + std::to_string(finding.region.line) + ":" + std::to_string(finding.region.column);
}

void append_case(std::string& out, const Finding& finding) {
  out += "    <testcase";
  append_attribute(out, "name", place(finding));
  append_attribute(out, "classname", finding.code);
  append_attribute(out, "file", finding.file);
  out += ">\n      <failure";
  append_attribute(out, "type", severity_name(finding.severity));
  append_attribute(out, "message", finding.message);
  out += ">";
  append_markup(out, place(finding) + ": " + with_hint(finding) + "\n" + finding.excerpt);
  out += "</failure>\n    </testcase>\n";
}

}  // namespace

std::string write_checkstyle(const Report& report) {
  static constexpr std::string_view kSeverities[] = {"error", "warning", "info"};
  std::string out(kProlog);
  out += "<checkstyle version=\"10.0\">\n";
  const std::string* file = nullptr;
  for (const Finding& finding : report.findings) {
    if (file == nullptr || *file != finding.file) {
      out += file == nullptr ? "  <file" : "  </file>\n  <file";
      append_attribute(out, "name", finding.file);
      out += ">\n";
      file = &finding.file;
    }
    out += "    <error";
    append_attribute(out, "line", std::to_string(finding.region.line));
    if (finding.region.column != 0) append_attribute(out, "column", std::to_string(finding.region.column));
    append_attribute(out, "severity", kSeverities[static_cast<unsigned>(finding.severity)]);
    append_attribute(out, "message", with_hint(finding));
    append_attribute(out, "source", "banyan." + finding.code);
    out += "/>\n";
  }
  if (file != nullptr) out += "  </file>\n";
  return out + "</checkstyle>\n";
}

// Every finding is a test that failed; where there is none, one test passed, as some readers refuse an empty suite.
std::string write_junit(const Report& report) {
  const std::string count = std::to_string(report.findings.size());
  const std::string tests = report.findings.empty() ? "1" : count;
  const std::string counts = " tests=\"" + tests + "\" failures=\"" + count + "\" errors=\"0\"";
  std::string out(kProlog);
  out += "<testsuites name=\"banyan php check\"" + counts + ">\n  <testsuite name=\"banyan php check\"" + counts +
         " skipped=\"0\">\n";
  for (const Finding& finding : report.findings) append_case(out, finding);
  if (report.findings.empty()) out += "    <testcase name=\"no findings\" classname=\"banyan\"/>\n";
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace banyan::php
