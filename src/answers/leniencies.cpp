#include "answers/leniencies.h"

#include <iterator>

namespace banyan {
namespace {

// Every value of a document.
constexpr const char* kEverywhere[] = {"$", "$..*"};

}  // namespace

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
