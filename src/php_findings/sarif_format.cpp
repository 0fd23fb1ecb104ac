// SARIF 2.1.0 (OASIS), as GitHub's code scanning and the SARIF validator take it: rules with their levels, start and
// end columns in UTF-16 code units, URIs relative to the folder of the check, code flows, fixes, fingerprints.
#include <algorithm>
#include <map>

#include "json/write.h"
#include "php_findings/report.h"

namespace banyan::php {

namespace {

constexpr std::string_view kRoot = "%SRCROOT%";

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// RFC 3986: every other byte in percents, ":" too, which in a first segment would end a scheme.
std::string uri_path(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (is_unreserved(c) || c == '/') {
      out += c;
      continue;
    }
    out += '%';
    out += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

void write_artifact(json::Writer& json, const std::string& file) {
  json.key("artifactLocation").begin_object();
  if (file.starts_with('/')) {
    json.key("uri").string("file://" + uri_path(file));
  } else {
    json.key("uri").string(uri_path(file)).key("uriBaseId").string(kRoot);
  }
  json.end_object();
}

void write_region(json::Writer& json, std::string_view key, const Region& region) {
  json.key(key).begin_object();
  json.key("startLine").unsigned_integer(region.line).key("startColumn").unsigned_integer(region.unit_column);
  json.key("endLine").unsigned_integer(region.end_line).key("endColumn").unsigned_integer(region.end_unit_column);
  json.end_object();
}

void write_place(json::Writer& json, const std::string& file, const Region& region) {
  json.key("physicalLocation").begin_object();
  write_artifact(json, file);
  if (region.line != 0) write_region(json, "region", region);
  json.end_object();
}

// In a message "[text](target)" is a link (3.11.6); only then brackets need a backslash.
std::string message_text(const std::string& text) {
  if (text.find("](") == std::string::npos) return text;
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

void write_message(json::Writer& json, std::string_view key, const std::string& text) {
  json.key(key).begin_object().key("text").string(text).end_object();
}

void write_rule(json::Writer& json, const std::string& code, const CodeInfo* info) {
  json.begin_object().key("id").string(code);
  if (info != nullptr) {
    if (!info->summary.empty()) write_message(json, "shortDescription", info->summary);
    if (!info->explanation.empty()) {
      write_message(json, "fullDescription", info->explanation);
      write_message(json, "help", info->explanation);
    }
    json.key("defaultConfiguration").begin_object();
    json.key("level").string(severity_name(info->severity)).end_object();
    if (!info->category.empty()) {
      json.key("properties").begin_object().key("tags").begin_array().string(info->category).end_array().end_object();
    }
  }
  json.end_object();
}

void write_flow(json::Writer& json, const std::vector<FindingStep>& flow) {
  json.key("codeFlows").begin_array().begin_object().key("threadFlows").begin_array().begin_object();
  json.key("locations").begin_array();
  for (const FindingStep& step : flow) {
    json.begin_object().key("location").begin_object();
    write_place(json, step.file, step.region);
    write_message(json, "message", message_text(step.message));
    json.end_object().end_object();
  }
  json.end_array().end_object().end_array().end_object().end_array();
}

void write_fixes(json::Writer& json, const Finding& finding) {
  json.key("fixes").begin_array();
  for (const Fix& fix : finding.fixes) {
    json.begin_object();
    write_message(json, "description", message_text(fix.title));
    json.key("artifactChanges").begin_array().begin_object();
    write_artifact(json, finding.file);
    json.key("replacements").begin_array();
    for (const Edit& edit : fix.edits) {
      json.begin_object();
      write_region(json, "deletedRegion", edit.region);
      write_message(json, "insertedContent", edit.text);
      json.end_object();
    }
    json.end_array().end_object().end_array().end_object();
  }
  json.end_array();
}

void write_result(json::Writer& json, const Finding& finding, std::size_t rule, const std::string& fingerprint) {
  json.begin_object().key("ruleId").string(finding.code).key("ruleIndex").unsigned_integer(rule);
  json.key("level").string(severity_name(finding.severity));
  std::string text = finding.message;
  if (!finding.hint.empty()) text += ". " + finding.hint;
  write_message(json, "message", message_text(text));
  json.key("locations").begin_array().begin_object();
  write_place(json, finding.file, finding.region);
  json.end_object().end_array();
  json.key("partialFingerprints").begin_object().key("banyanFinding/v1").string(fingerprint).end_object();
  if (!finding.flow.empty()) write_flow(json, finding.flow);
  if (!finding.fixes.empty()) write_fixes(json, finding);
  json.end_object();
}

// The codes of the findings, each with its index among the rules.
std::map<std::string, std::size_t> rule_indices(const Report& report) {
  std::map<std::string, std::size_t> indices;
  for (const Finding& finding : report.findings) indices.emplace(finding.code, 0);
  std::size_t index = 0;
  for (auto& [code, at] : indices) at = index++;
  return indices;
}

}  // namespace

std::string write_sarif(const Report& report) {
  const std::map<std::string, std::size_t> rules = rule_indices(report);
  const std::vector<std::string> prints = fingerprints(report.findings);
  std::string out;
  json::Writer json(out);
  json.begin_object().key("$schema").string("https://json.schemastore.org/sarif-2.1.0.json");
  json.key("version").string("2.1.0").key("runs").begin_array().begin_object();
  json.key("tool").begin_object().key("driver").begin_object().key("name").string("Banyan").key("rules").begin_array();
  for (const auto& [code, index] : rules) write_rule(json, code, find_code(report, code));
  json.end_array().end_object().end_object();
  json.key("originalUriBaseIds").begin_object().key(kRoot).begin_object();
  write_message(json, "description", "The folder the check was started in.");
  json.end_object().end_object();
  json.key("columnKind").string("utf16CodeUnits").key("results").begin_array();
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    write_result(json, report.findings[i], rules.at(report.findings[i].code), prints[i]);
    out += '\n';
  }
  json.end_array().end_object().end_array().end_object();
  return out + "\n";
}

}  // namespace banyan::php
