#include "php_cli/flow_findings.h"

#include <algorithm>
#include <array>
#include <optional>

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

// Regions in files that are read once each.
class Places {
 public:
  explicit Places(const SourceReader& read) : read_(read) {}

  php::Region region(const std::string& path, const php::Place& place) {
    const Text& text = at(path);
    if (text.source == nullptr || place.end < place.offset || place.end > text.source->size()) {
      return {.offset = place.offset,
              .line = place.line,
              .column = place.column,
              .end_line = place.line,
              .end_column = place.column,
              .unit_column = place.column,
              .end_unit_column = place.column};
    }
    return text.locator->region(place.offset, place.end - place.offset);
  }
  std::string excerpt(const std::string& path, const php::Region& region) {
    const Text& text = at(path);
    return text.source == nullptr || region.offset > text.source->size() ? "" : text.locator->excerpt(region);
  }

 private:
  struct Text {
    std::unique_ptr<std::string> source;
    std::optional<php::Locator> locator;
  };

  const Text& at(const std::string& path) {
    const auto [entry, is_new] = texts_.try_emplace(path);
    if (is_new) {
      entry->second.source = read_(path);
      if (entry->second.source != nullptr) entry->second.locator.emplace(*entry->second.source);
    }
    return entry->second;
  }

  const SourceReader& read_;
  std::map<std::string, Text> texts_;
};

php::Finding finding_of(const php::Facts& facts, const php::TaintFlow& flow, Places& places) {
  const auto sink = static_cast<std::size_t>(flow.sink);
  const std::string& path = facts.at(flow.steps.back().file).path;
  php::Finding finding;
  finding.code = "taint." + std::string(php::kTaintSinkNames[sink]);
  finding.severity = php::FindingSeverity::kError;
  finding.level = kFlowLevel;
  finding.message = "What the client sent (" + flow.steps.front().text + ") reaches " +
                    std::string(kSinks[sink].message) + " by " + flow.sink_name;
  finding.file = path;
  finding.region = places.region(path, flow.steps.back().place);
  finding.excerpt = places.excerpt(path, finding.region);
  finding.hint = kSinks[sink].hint;
  for (const php::FlowStep& step : flow.steps) {
    const std::string& file = facts.at(step.file).path;
    finding.flow.push_back({file, places.region(file, step.place), step.text});
  }
  return finding;
}

}  // namespace

std::map<std::string, std::vector<php::Finding>> flow_findings(const php::Facts& facts, const SourceReader& read) {
  Places places(read);
  std::map<std::string, std::vector<php::Finding>> by_file;
  for (const php::TaintFlow& flow : facts.taint_flows()) {
    if (flow.steps.empty()) continue;
    php::Finding finding = finding_of(facts, flow, places);
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
