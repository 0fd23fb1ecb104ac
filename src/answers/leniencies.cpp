#include "answers/leniencies.h"

#include <iterator>
#include <string>

#include "base/ascii.h"

namespace banyan {
namespace {

// Every value of a document.
constexpr const char* kEverywhere[] = {"$", "$..*"};

constexpr std::string_view kHeader = "header:";
constexpr std::string_view kCookie = "cookie:";

}  // namespace

void ignore_place(AnswerRules& rules, std::string_view place) {
  if (place.starts_with(kHeader)) {
    place.remove_prefix(kHeader.size());
    std::erase_if(rules.headers, [&](const std::string& name) { return ascii_equal_ignoring_case(name, place); });
  } else if (place.starts_with(kCookie)) {
    rules.ignored_cookies.emplace_back(place.substr(kCookie.size()));
  } else {
    rules.json.ignored.emplace_back(place);
  }
}

void tolerate_numbers(json::CompareOptions& options, double absolute) {
  for (const char* path : kEverywhere) options.tolerances.push_back({.path = path, .absolute = absolute});
}

void allow_loose_empty(json::CompareOptions& options) {
  options.empty_array_is_object.assign(std::begin(kEverywhere), std::end(kEverywhere));
}

void allow_loose_numbers(json::CompareOptions& options) {
  options.numeric_strings.assign(std::begin(kEverywhere), std::end(kEverywhere));
}

}  // namespace banyan
