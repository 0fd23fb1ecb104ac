// Whether two answers to the same request mean the same, and where they differ.
//
// The old service's answer is the measure. Status and the headers that were named must mean the same
// (answer_headers.h), where an absent header is another than one without a value and cookies are compared one by one;
// bodies are compared as what they are: JSON as values, with the leniencies that the rules name by path
// (json/compare.h), HTML as pieces (html_text.h), anything else as bytes; each after its content coding is undone.
// Where a side says it is JSON and is not, the bytes decide.
//
// Limits: bodies of at most `body_bytes_max` before and after decoding; a longer one makes the comparison incomplete,
// which counts as not compared, never as equal. Pure; immutable; may be shared by threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "answers/answer_headers.h"
#include "base/result.h"
#include "json/compare.h"

namespace banyan {

enum class BodyRule : std::uint8_t {
  kByType,  // as the old side's Content-Type says
  kJson,
  kHtml,
  kBytes,
  kNone,  // not compared
};

struct AnswerRules {
  std::vector<std::string> headers = usual_compared_headers();  // any case
  std::vector<std::string> ignored_cookies;                     // by name, where set-cookie is compared
  BodyRule body = BodyRule::kByType;
  json::CompareOptions json;
  std::size_t body_bytes_max = std::size_t{4} << 20;
};

// Views of an answer kept elsewhere.
struct ComparedAnswer {
  int status = 0;
  HeaderViews headers;  // as they came, all of them
  std::string_view body;
  // What stands in a Location for the service itself: OwnNames.
  std::span<const std::string> hosts{};
  std::span<const std::string> addresses{};

  // The values of that name, joined by ", "; "" where there is none.
  std::string header(std::string_view name) const;
  bool has(std::string_view name) const;
};

struct AnswerDifference {
  std::string place;  // "status", "header content-type", "cookie sid", "$.user.name", "html line 12", "byte 310"
  std::string old_side;
  std::string new_side;  // both shortened; of an absent header "", of one that is there and empty "(empty)"
};

struct AnswerComparison {
  std::vector<AnswerDifference> differences;
  bool complete = true;    // whether they agree is known
  bool all_places = true;  // and `differences` are all there are
  bool equal() const { return complete && differences.empty(); }
};

class AnswerComparer {
 public:
  // Errors: kInvalidArgument for a JSON path that is none.
  static Result<AnswerComparer> open(AnswerRules rules);

  AnswerComparison compare(const ComparedAnswer& old_side, const ComparedAnswer& new_side) const;

 private:
  AnswerComparer(AnswerRules rules, json::Comparer json) : rules_(std::move(rules)), json_(std::move(json)) {}
  BodyRule body_rule(const ComparedAnswer& old_side) const;
  void compare_bodies(const ComparedAnswer& old_side, const ComparedAnswer& new_side, AnswerComparison& out) const;
  bool compare_json(std::string_view old_body, std::string_view new_body, AnswerComparison& out) const;

  AnswerRules rules_;
  json::Comparer json_;
};

}  // namespace banyan
