// Text for a terminal, and the commands GitHub's runners read from a log.
#include "php_findings/report.h"

namespace banyan::php {

namespace {

std::string place(const std::string& file, const Region& region) {
  if (region.line == 0) return file;
  return file + ":" + std::to_string(region.line) + ":" + std::to_string(region.column);
}

// A line break inside of a message would begin a line that looks like a finding.
void append_line(std::string& out, std::string_view text) {
  for (const char c : text) out += c == '\n' || c == '\r' ? ' ' : c;
}

// Escapes for the data of a workflow command; properties have ":" and "," escaped too.
std::string command_text(std::string_view text, bool is_property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      case ':':
        out += is_property ? "%3A" : ":";
        break;
      case ',':
        out += is_property ? "%2C" : ",";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string write_text(const Report& report) {
  std::string out;
  for (const Finding& finding : report.findings) {
    append_line(out, place(finding.file, finding.region));
    out.append(": ").append(severity_name(finding.severity)).append(": ").append(finding.code).append(": ");
    append_line(out, finding.message);
    out += '\n';
    for (const FindingStep& step : finding.flow) {
      out += "    ";
      append_line(out, place(step.file, step.region) + ": " + step.message);
      out += '\n';
    }
    if (finding.hint.empty()) continue;
    out += "    ";
    append_line(out, finding.hint);
    out += '\n';
  }
  return out + report_summary(report) + "\n";
}

std::string write_github(const Report& report) {
  static constexpr std::string_view kCommands[] = {"error", "warning", "notice"};
  std::string out;
  for (const Finding& finding : report.findings) {
    const Region& region = finding.region;
    out.append("::").append(kCommands[static_cast<unsigned>(finding.severity)]);
    out.append(" file=").append(command_text(finding.file, true));
    if (region.line != 0) {
      out += ",line=" + std::to_string(region.line) + ",endLine=" + std::to_string(region.end_line);
      out += ",col=" + std::to_string(region.column) + ",endColumn=" + std::to_string(region.end_column);
    }
    out.append(",title=").append(command_text(finding.code, true)).append("::");
    out += command_text(finding.message + (finding.hint.empty() ? "" : "\n" + finding.hint), false) + "\n";
  }
  return out;
}

}  // namespace banyan::php
