// One HTML file that needs nothing but a browser: figures, findings by file, and a filter of a few lines of script.
#include <algorithm>
#include <map>

#include "php_findings/markup_text.h"
#include "php_findings/report.h"

namespace banyan::php {

namespace {

constexpr std::string_view kHead = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Banyan: findings</title>
<style>
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --faint: #667; --line: #d8dde3; --card: #f5f7f9;
  --error: #c62828; --warning: #b26a00; --note: #1565c0; }
@media (prefers-color-scheme: dark) { :root { --back: #14171a; --text: #e3e6e8; --faint: #9aa4ad; --line: #333a41;
  --card: #1d2226; --error: #ff7b72; --warning: #e3a03c; --note: #79b8ff; } }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; } .faint { color: var(--faint); }
.cards { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; }
.card { background: var(--card); border-radius: .5rem; padding: .6rem 1rem; } .card b { display: block; font-size: 1.5rem; }
.error { color: var(--error); } .warning { color: var(--warning); } .note { color: var(--note); }
.filter { position: sticky; top: 0; background: var(--back); padding: .6rem 0; display: flex; gap: .75rem; }
.filter input[type=search] { flex: 1; padding: .45rem .6rem; font: inherit; border: 1px solid var(--line);
  border-radius: .4rem; background: var(--card); color: inherit; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .6rem 0; }
summary { padding: .5rem .8rem; cursor: pointer; font-weight: 600; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } td { padding: .35rem .8rem; vertical-align: top;
  border-top: 1px solid var(--line); } td:first-child { white-space: nowrap; width: 5rem; }
code { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; } .codes td:last-child { text-align: right; }
.hidden { display: none; }
</style>
</head>
<body>
)html";

constexpr std::string_view kFilter = R"html(<div class="filter">
<input type="search" id="search" placeholder="Filter by file, code or message" aria-label="Filter">
<label><input type="checkbox" class="severity" value="error" checked> errors</label>
<label><input type="checkbox" class="severity" value="warning" checked> warnings</label>
<label><input type="checkbox" class="severity" value="note" checked> notes</label>
</div>
)html";

constexpr std::string_view kScript = R"html(<script>
"use strict";
const files = [...document.querySelectorAll("details[data-file]")].map(box => ({
  box, name: box.dataset.file.toLowerCase(), count: box.querySelector(".count"),
  rows: [...box.querySelectorAll("tr")].map(row => ({row, severity: row.dataset.severity, text: row.textContent.toLowerCase()}))}));
const search = document.getElementById("search");
const boxes = [...document.querySelectorAll(".severity")];
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = new Set(boxes.filter(box => box.checked).map(box => box.value));
  for (const file of files) {
    let count = 0;
    for (const {row, severity, text} of file.rows) {
      const keep = shown.has(severity) && words.every(word => text.includes(word) || file.name.includes(word));
      row.classList.toggle("hidden", !keep);
      count += keep;
    }
    file.count.textContent = count;
    file.box.classList.toggle("hidden", count === 0);
  }
}
let timer = 0;
search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(filter, 120); });
for (const box of boxes) box.addEventListener("change", filter);
</script>
)html";

void append_card(std::string& out, std::size_t count, std::string_view label, std::string_view style) {
  out += "<div class=\"card\"><b class=\"" + std::string(style) + "\">" + std::to_string(count) + "</b>";
  out.append(label).append("</div>\n");
}

void append_cards(std::string& out, const Report& report) {
  std::size_t counts[3] = {};
  for (const Finding& finding : report.findings) ++counts[static_cast<unsigned>(finding.severity)];
  out += "<div class=\"cards\">\n";
  append_card(out, report.file_count, "files checked", "");
  append_card(out, counts[0], "errors", "error");
  append_card(out, counts[1], "warnings", "warning");
  append_card(out, counts[2], "notes", "note");
  out += "</div>\n";
}

void append_codes(std::string& out, const Report& report) {
  std::map<std::string_view, std::size_t> counts;
  for (const Finding& finding : report.findings) ++counts[finding.code];
  std::vector<std::pair<std::string_view, std::size_t>> sorted(counts.begin(), counts.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  out += "<details><summary>By code (" + std::to_string(sorted.size()) + ")</summary><table class=\"codes\">\n";
  for (const auto& [code, count] : sorted) {
    const CodeInfo* const info = find_code(report, code);
    out += "<tr><td><code>" + markup_text(code) + "</code></td><td>";
    if (info != nullptr) append_markup(out, info->summary);
    out += "</td><td>" + std::to_string(count) + "</td></tr>\n";
  }
  out += "</table></details>\n";
}

void append_row(std::string& out, const Finding& finding) {
  const std::string severity(severity_name(finding.severity));
  out += "<tr data-severity=\"" + severity + "\"><td>" + std::to_string(finding.region.line) + ":" +
         std::to_string(finding.region.column) + "</td><td><span class=\"" + severity + "\">" + severity +
         "</span> <code>" + markup_text(finding.code) + "</code><br>" + markup_text(finding.message);
  if (!finding.hint.empty()) out += " <span class=\"faint\">" + markup_text(finding.hint) + "</span>";
  for (const FindingStep& step : finding.flow) {
    out += "<br><span class=\"faint\">" + markup_text(step.file) + ":" + std::to_string(step.region.line) + ": " +
           markup_text(step.message) + "</span>";
  }
  if (!finding.excerpt.empty()) out += "<br><code class=\"faint\">" + markup_text(finding.excerpt) + "</code>";
  out += "</td></tr>\n";
}

void append_file(std::string& out, std::span<const Finding> findings) {
  const std::string name = markup_text(findings.front().file);
  out += "<details open data-file=\"" + name + "\"><summary>" + name + " <span class=\"faint count\">" +
         std::to_string(findings.size()) + "</span></summary><table>\n";
  for (const Finding& finding : findings) append_row(out, finding);
  out += "</table></details>\n";
}

}  // namespace

std::string write_html(const Report& report) {
  std::string out(kHead);
  out += "<h1>Findings</h1>\n<p class=\"faint\">" + markup_text(report_summary(report)) + ", read as PHP " +
         markup_text(report.php) + "</p>\n";
  append_cards(out, report);
  if (!report.findings.empty()) {
    append_codes(out, report);
    out += kFilter;
  }
  for (std::size_t i = 0; i < report.findings.size();) {
    std::size_t end = i + 1;
    while (end < report.findings.size() && report.findings[end].file == report.findings[i].file) ++end;
    append_file(out, report.findings.subspan(i, end - i));
    i = end;
  }
  if (!report.findings.empty()) out += kScript;
  return out + "</body>\n</html>\n";
}

}  // namespace banyan::php
