// Where the two sides of a route differ: a tree of places, with requests as examples.
#include <cstdio>
#include <string>
#include <vector>

#include "admin_answer.h"
#include "answers/field_noise.h"
#include "base/utf8.h"
#include "cli/table.h"

namespace banyan {
namespace {

constexpr std::size_t kExamples = 3;        // of each place
constexpr std::size_t kCharactersMax = 40;  // shown of a value

std::string text_of(json::Value value) { return std::string(value.to_string().value_or("")); }

// "$.items[*].id" as "$", ".items", "[*]", ".id"; any other place is one.
std::vector<std::string> segments_of(const std::string& place) {
  std::vector<std::string> segments(1);
  bool quoted = false;
  for (std::size_t i = 0; i < place.size(); ++i) {
    if (place[i] == '\'') quoted = !quoted;
    if (place.front() == '$' && i > 0 && !quoted && (place[i] == '.' || place[i] == '[')) segments.emplace_back();
    segments.back().push_back(place[i]);
  }
  return segments;
}

std::string shortened(const std::string& value) {
  const std::string_view shown = utf8_prefix(value, kCharactersMax);
  return shown.size() == value.size() ? value : std::string(shown) + "...";
}

std::vector<std::string> examples_of(json::Value samples, const std::string& place, const std::string& kind) {
  std::vector<std::string> examples;
  for (json::Value sample : samples.elements()) {
    for (json::Value one : sample["differences"].elements()) {
      if (examples.size() == kExamples) return examples;
      if (general_place(text_of(one["path"])) != place || text_of(one["kind"]) != kind) continue;
      examples.push_back(text_of(sample["request"]) + (sample["race"].to_bool().value_or(false) ? " (race)" : "") +
                         ": " + shortened(text_of(one["old"])) + " -> " + shortened(text_of(one["new"])));
      break;
    }
  }
  return examples;
}

class Tree {
 public:
  Tree() { table_.add({"PLACE", "KIND", "COUNT", "EXAMPLES, OLD -> NEW"}); }

  void add(json::Value one, json::Value samples) {
    const std::string place = text_of(one["path"]);
    const std::string kind = text_of(one["kind"]);
    std::vector<std::string> segments = segments_of(place);
    std::size_t shared = 0;
    while (shared + 1 < segments.size() && shared < above_.size() && above_[shared] == segments[shared]) ++shared;
    for (; shared + 1 < segments.size(); ++shared) table_.add({std::string(2 * shared, ' ') + segments[shared]});
    std::vector<std::string> examples = examples_of(samples, place, kind);
    if (one["noise"].to_bool().value_or(false)) examples = {"noise: it differs by itself"};
    if (examples.empty()) examples.emplace_back();
    table_.add({std::string(2 * shared, ' ') + segments.back(), kind,
                std::to_string(one["count"].to_int64().value_or(0)), examples.front()});
    for (std::size_t i = 1; i < examples.size(); ++i) table_.add({"", "", "", examples[i]});
    above_ = std::move(segments);
  }
  std::string text() const { return table_.text(); }

 private:
  Table table_{{Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft}};
  std::vector<std::string> above_;  // of the place before
};

void print_differences(json::Value answer) {
  json::Value route = answer["route"];
  std::printf("%s: %lld of %lld comparisons differ at this stage (%s)\n", text_of(route["id"]).c_str(),
              static_cast<long long>(route["different"].to_int64().value_or(0)),
              static_cast<long long>(route["compared"].to_int64().value_or(0)), text_of(route["stage"]).c_str());
  Tree tree;
  bool any = false;
  for (json::Value one : answer["differences"].elements()) {
    tree.add(one, answer["samples"]);
    any = true;
  }
  std::fputs(any ? tree.text().c_str() : "nothing differed between these builds, under these rules\n", stdout);
}

int run_diff(const Arguments& arguments) {
  return show_admin_answer(arguments, ledger_target(*arguments.value("ROUTE")), &print_differences, "diff");
}

}  // namespace

Command diff_command() {
  return {
      .name = "diff",
      .summary = "show where the two sides of a route differ",
      .description =
          "Asks the admin API of the gateway that runs with this file: a tree of the places that differed since "
          "the route's\nbuilds and rules are what they are. Exit code 1 if none answers.",
      .options = {{.name = "config", .letter = 'c', .value = "FILE", .about = "its configuration", .required = true},
                  {.name = "json", .about = "print the answer of the admin API as it is"}},
      .positionals = {{.name = "ROUTE", .about = "the route's id"}},
      .examples = {{"banyan diff user-profile -c site.yaml", "places, how often, and requests as examples"}},
      .run = run_diff};
}

}  // namespace banyan
