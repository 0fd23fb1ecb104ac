#include "json/compare.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <tuple>

#include "json/write.h"

namespace banyan::json {
namespace {

constexpr std::size_t kPreviewBytes = 200;
constexpr std::uint32_t kPreviewNodes = 64;

// A value as a difference shows it: its text, or for a large container its size.
std::string preview(Value value) {
  if (value.absent()) return {};
  if (value.node()->span > kPreviewNodes) {
    std::string_view unit = value.is_array() ? " elements" : " members";
    return std::string(kind_name(value.kind())) + " of " + std::to_string(value.size()) + std::string(unit);
  }
  std::string text = write(value);
  if (text.size() <= kPreviewBytes) return text;
  std::size_t cut = kPreviewBytes;
  while (cut > 0 && (text[cut] & 0xC0) == 0x80) --cut;
  return text.substr(0, cut) + "...";
}

// The number a string of PHP's stands for ("numeric string": blanks around it and a plus sign are allowed), as JSON
// values of both forms are compared.
struct Number {
  std::optional<std::int64_t> integer;
  double real = 0;
};

std::optional<Number> number_of_string(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\r\v\f";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  text = text.substr(0, text.find_last_not_of(kBlanks) + 1);
  if (text.starts_with('+')) text.remove_prefix(1);
  std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || !(digits[0] == '.' || (digits[0] >= '0' && digits[0] <= '9'))) return std::nullopt;
  Number number;
  const char* end = text.data() + text.size();
  std::int64_t integer = 0;
  if (auto read = std::from_chars(text.data(), end, integer); read.ec == std::errc() && read.ptr == end) {
    number.integer = integer;
  }
  auto read = std::from_chars(text.data(), end, number.real);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

Number number_of(Value value) { return {value.to_int64(), *value.to_double()}; }

// Beyond 2^53 the nearest double of an integer is that of others too.
bool is_integer(double real, std::int64_t integer) {
  return real >= -0x1p63 && real < 0x1p63 && static_cast<std::int64_t>(real) == integer &&
         static_cast<double>(integer) == real;
}

bool same_number(const Number& a, const Number& b) {
  if (a.integer && b.integer) return *a.integer == *b.integer;
  if (a.integer) return is_integer(b.real, *a.integer);
  if (b.integer) return is_integer(a.real, *b.integer);
  return a.real == b.real;
}

bool same_number(Value a, Value b) {
  if (a.number_text() == b.number_text()) return true;
  Number left = number_of(a);
  Number right = number_of(b);
  // Beyond 64 bits and beyond doubles only the text tells numbers apart.
  bool huge_integers = a.is_integer() && b.is_integer() && !(left.integer && right.integer);
  if (huge_integers || std::isinf(left.real)) return false;
  return same_number(left, right);
}

struct Place {
  std::string_view key;
  std::size_t index = 0;
  bool is_index = false;
};

bool same_keys_in_order(Value left, Value right) {
  if (left.size() != right.size()) return false;
  auto other = right.members().begin();
  for (const Member& member : left.members()) {
    if (member.key != (*other).key) return false;
    ++other;
  }
  return true;
}

// An element of an unordered array, with its canonical text for matching.
struct Candidate {
  Value value;
  std::size_t index = 0;
  std::string text;
  bool matched = false;
};

std::vector<Candidate> candidates(Value array) {
  std::vector<Candidate> result;
  result.reserve(array.size());
  for (Value element : array.elements()) result.push_back({element, result.size(), canonical(element), false});
  std::ranges::sort(result, [](const Candidate& a, const Candidate& b) {
    return std::tie(a.text, a.index) < std::tie(b.text, b.index);
  });
  return result;
}

void match_equal_texts(std::vector<Candidate>& left, std::vector<Candidate>& right) {
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    int order = left[i].text.compare(right[j].text);
    if (order == 0) left[i].matched = right[j].matched = true;
    if (order <= 0) ++i;
    if (order >= 0) ++j;
  }
}

void keep_unmatched(std::vector<Candidate>& list) {
  std::erase_if(list, [](const Candidate& candidate) { return candidate.matched; });
  std::ranges::sort(list, {}, &Candidate::index);
}

}  // namespace

std::string_view difference_kind_name(DifferenceKind kind) {
  switch (kind) {
    case DifferenceKind::kMissing:
      return "missing";
    case DifferenceKind::kExtra:
      return "extra";
    case DifferenceKind::kType:
      return "type";
    case DifferenceKind::kValue:
      return "value";
  }
  return "value";
}

// One comparison on its way through both documents. Recursion is bounded by kDepthCeiling.
class ComparisonWalk {
 public:
  explicit ComparisonWalk(const Comparer& comparer) : comparer_(comparer) {
    for (const auto& rule : comparer.rules_) states_.push_back(rule.pattern.start());
  }

  void compare(Value left, Value right);
  Comparison take() { return std::move(result_); }

 private:
  using Rule = Comparer::Rule;
  using RuleKind = Comparer::RuleKind;

  void compare_kinds(Value left, Value right);
  void compare_objects(Value left, Value right);
  void compare_arrays(Value left, Value right);
  void compare_unordered(Value left, Value right);
  void match_by_comparing(std::vector<Candidate>& left, std::vector<Candidate>& right);
  bool same_by_looseness(Value left, Value right) const;
  bool within_tolerance(Value left, Value right) const;
  // Whether the elements are equal under the rules, reporting nothing.
  bool probe(const Candidate& left, const Candidate& right);

  void member(std::string_view key, Value left, Value right) { at({key, 0, false}, left, right); }
  void element(std::size_t index, Value left, Value right) { at({{}, index, true}, left, right); }
  // Compares one step further down.
  void at(const Place& place, Value left, Value right);

  std::span<const PathState> states() const { return std::span(states_).last(comparer_.rules_.size()); }
  const Rule* rule(RuleKind kind) const;
  void report(DifferenceKind kind, Value left, Value right);
  bool stopped() const { return stopped_ || (probing_ && probe_differs_); }

  const Comparer& comparer_;
  Comparison result_;
  std::vector<PathState> states_;  // one per rule and level
  std::vector<Place> path_;
  std::size_t steps_ = 0;
  bool stopped_ = false;
  bool probing_ = false;
  bool probe_differs_ = false;
};

const Comparer::Rule* ComparisonWalk::rule(RuleKind kind) const {
  std::span<const PathState> current = states();
  for (std::size_t i = 0; i < current.size(); ++i) {
    const Rule& candidate = comparer_.rules_[i];
    if (candidate.kind == kind && candidate.pattern.matches(current[i])) return &candidate;
  }
  return nullptr;
}

void ComparisonWalk::report(DifferenceKind kind, Value left, Value right) {
  if (probing_) {
    probe_differs_ = true;
    return;
  }
  if (result_.differences.size() >= comparer_.differences_max_) {
    result_.complete = false;
    stopped_ = true;
    return;
  }
  std::string path = "$";
  for (const Place& place : path_) {
    if (place.is_index) {
      append_path_index(path, place.index);
    } else {
      append_path_key(path, place.key);
    }
  }
  result_.differences.push_back({std::move(path), kind, preview(left), preview(right)});
}

void ComparisonWalk::at(const Place& place, Value left, Value right) {
  std::size_t rules = comparer_.rules_.size();
  std::size_t base = states_.size() - rules;
  for (std::size_t i = 0; i < rules; ++i) {
    const PathPattern& pattern = comparer_.rules_[i].pattern;
    PathState from = states_[base + i];
    states_.push_back(place.is_index ? pattern.enter(from, place.index) : pattern.enter(from, place.key));
  }
  path_.push_back(place);
  compare(left, right);
  path_.pop_back();
  states_.resize(base + rules);
}

void ComparisonWalk::compare(Value left, Value right) {
  if (stopped()) return;
  if (++steps_ > comparer_.steps_max_) {
    result_.complete = false;
    stopped_ = true;
    return;
  }
  if (rule(RuleKind::kIgnored) != nullptr) return;
  if (left.absent() && right.absent()) return;
  if (right.absent()) return report(DifferenceKind::kMissing, left, right);
  if (left.absent()) return report(DifferenceKind::kExtra, left, right);
  compare_kinds(left, right);
}

void ComparisonWalk::compare_kinds(Value left, Value right) {
  if (left.kind() != right.kind()) {
    if (!same_by_looseness(left, right)) report(DifferenceKind::kType, left, right);
    return;
  }
  bool same = true;
  switch (left.kind()) {
    case Kind::kObject:
      return compare_objects(left, right);
    case Kind::kArray:
      return compare_arrays(left, right);
    case Kind::kBoolean:
      same = left.to_bool() == right.to_bool();
      break;
    case Kind::kString:
      same = left.to_string() == right.to_string();
      break;
    case Kind::kNumber:
      same = same_number(left, right) || within_tolerance(left, right);
      break;
    default:
      break;
  }
  if (!same) report(DifferenceKind::kValue, left, right);
}

bool ComparisonWalk::same_by_looseness(Value left, Value right) const {
  auto is_container = [](Value value) { return value.is_array() || value.is_object(); };
  if (is_container(left) && is_container(right)) {
    return left.size() == 0 && right.size() == 0 && rule(RuleKind::kEmptyArrayIsObject) != nullptr;
  }
  bool string_and_number = (left.is_string() && right.is_number()) || (left.is_number() && right.is_string());
  if (!string_and_number || rule(RuleKind::kNumericString) == nullptr) return false;
  Value number = left.is_number() ? left : right;
  Value string = left.is_number() ? right : left;
  auto read = number_of_string(*string.to_string());
  return read && same_number(*read, number_of(number));
}

bool ComparisonWalk::within_tolerance(Value left, Value right) const {
  const Rule* tolerance = rule(RuleKind::kTolerance);
  if (tolerance == nullptr) return false;
  double a = *left.to_double();
  double b = *right.to_double();
  double distance = std::fabs(a - b);
  if (!std::isfinite(distance)) return false;
  return distance <= tolerance->absolute || distance <= tolerance->relative * std::max(std::fabs(a), std::fabs(b));
}

void ComparisonWalk::compare_objects(Value left, Value right) {
  if (same_keys_in_order(left, right)) {
    auto other = right.members().begin();
    for (const Member& here : left.members()) {
      member(here.key, here.value, (*other).value);
      ++other;
    }
    return;
  }
  std::vector<Member> ours = sorted_members(left);
  std::vector<Member> theirs = sorted_members(right);
  for (std::size_t i = 0, j = 0; i < ours.size() || j < theirs.size();) {
    bool take_left = i < ours.size() && (j == theirs.size() || !key_less(theirs[j].key, ours[i].key));
    bool take_right = j < theirs.size() && (i == ours.size() || !key_less(ours[i].key, theirs[j].key));
    member(take_left ? ours[i].key : theirs[j].key, take_left ? ours[i].value : Value(),
           take_right ? theirs[j].value : Value());
    i += take_left ? 1 : 0;
    j += take_right ? 1 : 0;
  }
}

void ComparisonWalk::compare_arrays(Value left, Value right) {
  if (rule(RuleKind::kUnordered) != nullptr) return compare_unordered(left, right);
  Elements theirs = right.elements();
  auto other = theirs.begin();
  std::size_t index = 0;
  for (Value here : left.elements()) {
    bool there = !(other == theirs.end());
    element(index++, here, there ? *other : Value());
    if (there) ++other;
  }
  for (; !(other == theirs.end()); ++other) element(index++, Value(), *other);
}

bool ComparisonWalk::probe(const Candidate& left, const Candidate& right) {
  bool outer = std::exchange(probing_, true);
  bool outer_differs = std::exchange(probe_differs_, false);
  element(left.index, left.value, right.value);
  bool same = !probe_differs_ && !stopped_;
  probing_ = outer;
  probe_differs_ = outer_differs;
  return same;
}

void ComparisonWalk::match_by_comparing(std::vector<Candidate>& left, std::vector<Candidate>& right) {
  for (Candidate& ours : left) {
    for (Candidate& theirs : right) {
      if (stopped()) return;
      if (theirs.matched || !probe(ours, theirs)) continue;
      ours.matched = theirs.matched = true;
      break;
    }
  }
}

void ComparisonWalk::compare_unordered(Value left, Value right) {
  std::vector<Candidate> ours = candidates(left);
  std::vector<Candidate> theirs = candidates(right);
  match_equal_texts(ours, theirs);
  keep_unmatched(ours);
  keep_unmatched(theirs);
  match_by_comparing(ours, theirs);
  keep_unmatched(ours);
  keep_unmatched(theirs);
  if (ours.size() == 1 && theirs.size() == 1) return element(ours[0].index, ours[0].value, theirs[0].value);
  for (const Candidate& candidate : ours) element(candidate.index, candidate.value, Value());
  for (const Candidate& candidate : theirs) element(candidate.index, Value(), candidate.value);
}

Result<void> Comparer::add(const std::vector<std::string>& paths, RuleKind kind) {
  for (const std::string& path : paths) {
    BANYAN_TRY(PathPattern pattern, PathPattern::parse(path));
    rules_.push_back({std::move(pattern), kind, 0, 0});
  }
  return {};
}

Result<Comparer> Comparer::open(const CompareOptions& options) {
  Comparer comparer;
  comparer.differences_max_ = options.differences_max;
  comparer.steps_max_ = options.steps_max;
  BANYAN_TRY_VOID(comparer.add(options.ignored, RuleKind::kIgnored));
  BANYAN_TRY_VOID(comparer.add(options.unordered, RuleKind::kUnordered));
  BANYAN_TRY_VOID(comparer.add(options.empty_array_is_object, RuleKind::kEmptyArrayIsObject));
  BANYAN_TRY_VOID(comparer.add(options.numeric_strings, RuleKind::kNumericString));
  for (const NumberTolerance& tolerance : options.tolerances) {
    BANYAN_TRY(PathPattern pattern, PathPattern::parse(tolerance.path));
    comparer.rules_.push_back({std::move(pattern), RuleKind::kTolerance, tolerance.absolute, tolerance.relative});
  }
  return comparer;
}

Comparison Comparer::compare(Value left, Value right) const {
  ComparisonWalk walk(*this);
  walk.compare(left, right);
  return walk.take();
}

}  // namespace banyan::json
