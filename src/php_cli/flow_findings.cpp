#include "php_cli/flow_findings.h"

#include <algorithm>
#include <array>

namespace banyan {

namespace {

struct SinkText {
  std::string_view message;  // "What the client sent reaches ..."
  std::string_view hint;
  std::string_view explanation;
};

// In the order of TaintSink.
constexpr std::array<SinkText, php::kTaintSinkNames.size()> kSinks = {{
    {"SQL", "Prepare the statement and bind the value", "Whoever sends a quote writes the rest of the statement."},
    {"the page", "Print htmlspecialchars($value)",
     "A link with a script in the parameter runs it in the page of whoever follows it."},
    {"a command", "Pass the arguments as an array to proc_open(), or escapeshellarg() each",
     "A semicolon in the field starts a command of the client's own."},
    {"code that is run", "Look the value up in a list of what is allowed",
     "What is evaluated or included is chosen by the client."},
    {"unserialize()", "Use json_decode(), or give ['allowed_classes' => false]",
     "The text chooses classes and properties, and the program runs their magic methods."},
    {"the name of a file", "Take basename() and check the folder with realpath()",
     "../ in the field leaves the folder that was meant."},
    {"a header", "Choose the value from a list, and refuse line breaks",
     "The client chooses where the browser is sent, or writes headers of its own."},
}};

// Regions in files whose lines are counted once each.
class Places {
 public:
  explicit Places(const php::Project& project) : project_(project) {}

  const php::Locator& in(php::FileId file) { return locators_.try_emplace(file, project_.source(file)).first->second; }
  php::Region region(php::FileId file, const php::Place& place) {
    return in(file).region(place.offset, place.end - place.offset);
  }

 private:
  const php::Project& project_;
  std::map<php::FileId, php::Locator> locators_;
};

php::Finding finding_of(const php::Facts& facts, const php::TaintFlow& flow, const php::FlowStep& last,
                        Places& places) {
  const auto sink = static_cast<std::size_t>(flow.sink);
  php::Finding finding;
  finding.code = "taint." + std::string(php::kTaintSinkNames[sink]);
  finding.severity = php::FindingSeverity::kError;
  finding.level = kFlowLevel;
  finding.message = "What the client sent (" + flow.steps.front().text + ") reaches " +
                    std::string(kSinks[sink].message) + " by " + flow.sink_name;
  finding.file = facts.at(last.file).path;
  finding.region = places.region(last.file, last.place);
  finding.excerpt = places.in(last.file).excerpt(finding.region);
  finding.hint = kSinks[sink].hint;
  for (const php::FlowStep& step : flow.steps) {
    finding.flow.push_back({facts.at(step.file).path, places.region(step.file, step.place), step.text});
  }
  return finding;
}

}  // namespace

std::map<std::string, std::vector<php::Finding>> flow_findings(
    const php::Project& project, const std::function<bool(const std::string& path)>& is_checked) {
  Places places(project);
  const php::Facts& facts = project.facts();
  std::map<std::string, std::vector<php::Finding>> by_file;
  for (const php::TaintFlow& flow : facts.taint_flows()) {
    const auto last = std::find_if(flow.steps.rbegin(), flow.steps.rend(), [&](const php::FlowStep& step) {
      return is_checked(facts.at(step.file).path);
    });
    if (last == flow.steps.rend()) continue;
    php::Finding finding = finding_of(facts, flow, *last, places);
    by_file[finding.file].push_back(std::move(finding));
  }
  return by_file;
}

std::vector<php::CodeInfo> flow_codes() {
  std::vector<php::CodeInfo> codes;
  for (std::size_t sink = 0; sink < kSinks.size(); ++sink) {
    codes.push_back({.code = "taint." + std::string(php::kTaintSinkNames[sink]),
                     .summary = "What the client sent reaches " + std::string(kSinks[sink].message),
                     .explanation = std::string(kSinks[sink].explanation) +
                                    " The value was followed over assignments and calls, through all files that were "
                                    "given; the finding shows its way.\n" +
                                    std::string(kSinks[sink].hint) + ".",
                     .category = "security",
                     .severity = php::FindingSeverity::kError,
                     .level = kFlowLevel});
  }
  return codes;
}

}  // namespace banyan
