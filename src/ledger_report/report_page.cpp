// The page. Every text of the ledger is escaped on its way in; the policy allows neither scripts nor any request, so
// that even a mistake here would show nothing to anybody.
#include "evidence/mismatch_bound.h"
#include "ledger_report/report_words.h"
#include "ledger_report/route_report.h"

namespace banyan {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>
:root { --line: #ccd3da; --soft: #f3f5f7; --text: #1b2127; --back: #fff; --bad: #a4201a; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a434c; --soft: #20262c; --text: #e4e8eb; --back: #14181c; --bad: #ff8b80; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); margin: 0 auto;
       max-width: 76rem; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .4rem .7rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: .7rem; }
pre { background: var(--soft); padding: .6rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }
.bad { color: var(--bad); }
</style>
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string fact(std::string_view name, std::string_view value) {
  return "<tr><th>" + escaped(name) + "</th><td>" + escaped(value) + "</td></tr>\n";
}
std::string cell(std::string_view text) { return "<td>" + escaped(text) + "</td>"; }
std::string number(std::uint64_t value) { return "<td class=\"number\">" + std::to_string(value) + "</td>"; }

std::string evidence_cells(const Evidence& seen) {
  const std::uint64_t new_bad = seen.failures.new_bad;
  return number(seen.answers.compared) + number(seen.answers.different) + "<td class=\"number\">" +
         percent(shown_mismatch_bound(seen.answers)) + "</td>" + number(seen.dropped) + number(seen.races) +
         number(seen.failures.old_bad) + number(new_bad) + number(seen.slow.old_bad) + number(seen.slow.new_bad);
}
constexpr std::string_view kEvidenceHeads =
    "<th>compared</th><th>different</th><th>shown bound</th><th>dropped</th><th>races</th><th>only old failed</th>"
    "<th>only new failed</th><th>only old slow</th><th>only new slow</th></tr>\n";

std::string standing(const RouteReport& report) {
  const Transition& last = report.route.last;
  std::string out = "<h2>Where it stands</h2>\n<table>\n";
  out += fact("position", position_text(last.to)) + fact("since", rfc3339(report.position_since));
  if (last.hold) out += fact(last.hold->by_alarm ? "held by an alarm" : "held", last.hold->reason);
  out += fact("old build", known(last.key.old_build)) + fact("new build", known(last.key.new_build));
  out += fact("epoch", std::to_string(last.epoch)) + fact("rules", last.key.rules) + "</table>\n";
  return out;
}

std::string evidence(const RouteReport& report) {
  std::string out = "<h2>Evidence</h2>\n<p>Since the present position was taken up, and as it was minute by minute.";
  out += " The bound is the share of different answers that is shown, 19 times of 20, not to be reached.</p>\n";
  out += "<table><tr><th>at</th><th>move</th>" + std::string(kEvidenceHeads);
  out += "<tr>" + cell("now") + number(report.route.last.sequence) + evidence_cells(report.route.since) + "</tr>\n";
  for (auto point = report.curve.rbegin(); point != report.curve.rend(); ++point) {
    out += "<tr>" + cell(rfc3339(point->at)) + number(point->sequence) + evidence_cells(point->evidence) + "</tr>\n";
  }
  return out + "</table>\n";
}

std::string transitions(const RouteReport& report) {
  std::string out = "<h2>Moves</h2>\n<table><tr><th>number</th><th>at</th><th>epoch</th><th>from</th><th>to</th>";
  out += "<th>who</th><th>why</th>" + std::string(kEvidenceHeads);
  for (const Transition& move : report.transitions) {
    const std::string why = move.hold ? move.why + " (held: " + move.hold->reason + ")" : move.why;
    out += "<tr>" + number(move.sequence) + cell(rfc3339(move.at)) + number(move.epoch);
    out += cell(position_text(move.from)) + cell(position_text(move.to)) + cell(move.by) + cell(why);
    out += evidence_cells(move.evidence) + "</tr>\n";
  }
  return out + "</table>\n";
}

std::string places(const RouteReport& report) {
  std::string out = "<h2>Where answers differed</h2>\n<p>" + escaped(noise_sentence(report)) + "</p>\n";
  if (report.places.fields().empty()) return out + "<p>Nothing differed.</p>\n";
  out +=
      "<table><tr><th>place</th><th>kind</th><th>noise</th><th>old against itself</th><th>only old against itself</th>";
  out += "<th>only old against new</th><th>old against new</th></tr>\n";
  const PlaceSet noise = report.places.noise();
  for (const auto& [place, seen] : report.places.fields()) {
    out += "<tr>" + cell(place.place) + cell(place.kind) + cell(noise.contains(place) ? "yes" : "no");
    out += "<td class=\"number\">" + twice_text(report, seen) + "</td>" + number(seen.pairs.old_bad);
    out += number(seen.pairs.new_bad) + number(seen.different) + "</tr>\n";
  }
  return out + "</table>\n";
}

std::string samples(const RouteReport& report) {
  std::string out = "<h2>Answers that differed</h2>\n";
  if (report.samples.empty()) return out + "<p>None are kept.</p>\n";
  for (const Sample& sample : report.samples) {
    out += "<details><summary>" + escaped(rfc3339(sample.at)) + " <code>" + escaped(sample.request_line) + "</code>";
    out += sample.race ? " a race: it vanished when both were asked again" : "";
    out += "</summary>\n<p>request " + escaped(sample.request_id) + ", epoch " + std::to_string(sample.epoch);
    out += "</p><pre class=\"bad\">" + escaped(sample.differences) + "</pre>\n<div class=\"pair\"><div>old<pre>";
    out += escaped(sample.old_answer) + "</pre></div><div>new<pre>" + escaped(sample.new_answer);
    out += "</pre></div></div></details>\n";
  }
  return out;
}

}  // namespace

std::string report_page(const RouteReport& report) {
  const std::string name = escaped(report.route.route);
  std::string page(kHead);
  page +=
      "<title>" + name + " - ledger report</title></head><body>\n<h1>" + name + "</h1>\n<p>Read from the ledger at ";
  page += escaped(rfc3339(report.made_at)) + ".</p>\n";
  page += standing(report) + evidence(report) + places(report) + transitions(report) + samples(report);
  return page + "</body></html>\n";
}

}  // namespace banyan
