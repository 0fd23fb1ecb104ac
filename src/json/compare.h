// What differs between two documents.
//
// The problem: a native service's answer is held against the old back end's before traffic moves to it. Byte equality
// asks too much (order of members, 1 or 1.0, spacing), and every application has fields that never agree (timestamps,
// request ids) or habits of PHP ([] where {} is meant, "12" for 12). So documents are compared as values, strictly but
// for what the options name by path (json/path.h).
//
// Always so: the order of members does not matter; numbers are equal when they are the same number (1, 1.0, 1e0), with
// integers of 64 bits compared exactly, also with doubles. Duplicate keys: when both objects have the same keys in the
// same order they are compared one by one, else the last of equal keys counts.
//
// Limits: the list of differences and the work are bounded; `complete` says whether either bound was met. Unordered
// arrays are matched by canonical text first, then greedily: with a tolerance inside, a matching that exists may be
// missed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "json/path.h"
#include "json/value.h"

namespace banyan::json {

enum class DifferenceKind : std::uint8_t {
  kMissing,  // on the left only
  kExtra,    // on the right only
  kType,     // of different kinds
  kValue,    // of one kind, not equal
};
std::string_view difference_kind_name(DifferenceKind kind);

struct Difference {
  std::string path;  // "$.items[3].price"; indexes are those of the left document
  DifferenceKind kind = DifferenceKind::kValue;
  std::string left;  // JSON text, shortened past 200 bytes; "" where absent
  std::string right;
};

struct Comparison {
  std::vector<Difference> differences;
  bool complete = true;  // false: a bound was met, there may be more differences
  bool equal() const { return complete && differences.empty(); }
};

struct NumberTolerance {
  std::string path;
  double absolute = 0;  // equal when |a - b| <= absolute,
  double relative = 0;  // or <= relative * max(|a|, |b|)
};

// All lists hold path patterns. A rule holds for the places it names; only `ignored` covers what lies below them too.
struct CompareOptions {
  std::vector<std::string> ignored;
  std::vector<std::string> unordered;              // arrays compared as bags
  std::vector<std::string> empty_array_is_object;  // [] equals {}
  std::vector<std::string> numeric_strings;        // "12" equals 12
  std::vector<NumberTolerance> tolerances;
  std::size_t differences_max = 100;
  std::size_t steps_max = std::size_t{1} << 22;  // values looked at; unordered arrays look at values more than once
};

// Compiled options; immutable, may be shared by threads.
class Comparer {
 public:
  // Errors: kInvalidArgument for a path that is none.
  static Result<Comparer> open(const CompareOptions& options);

  // Either value may be absent. Cost: linear in the documents, but for unordered arrays, and n log n for objects whose
  // keys stand in different order.
  Comparison compare(Value left, Value right) const;

 private:
  enum class RuleKind : std::uint8_t { kIgnored, kUnordered, kEmptyArrayIsObject, kNumericString, kTolerance };
  struct Rule {
    PathPattern pattern;
    RuleKind kind;
    double absolute;
    double relative;
  };
  friend class ComparisonWalk;

  Result<void> add(const std::vector<std::string>& paths, RuleKind kind);

  std::vector<Rule> rules_;
  std::size_t differences_max_ = 0;
  std::size_t steps_max_ = 0;
};

}  // namespace banyan::json
