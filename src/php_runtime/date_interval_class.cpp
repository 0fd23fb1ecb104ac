// DateInterval.
#include <algorithm>
#include <array>
#include <cmath>

#include "php_runtime/date_classes.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/operators.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

struct SpanPart {
  std::string_view name;
  Int DateSpan::* place;
};
constexpr SpanPart kParts[] = {{"y", &DateSpan::year}, {"m", &DateSpan::month},  {"d", &DateSpan::day},
                               {"h", &DateSpan::hour}, {"i", &DateSpan::minute}, {"s", &DateSpan::second}};

void put(Object& o, std::string_view name, const Value& v) { o.properties.set_raw(Key(String(name)), v); }

Value get(const Object& o, std::string_view name) {
  const Value* const found = o.properties.lookup(Key(String(name)));
  return found == nullptr ? Value() : found->deref();
}

}  // namespace

bool IntervalObject::hides(std::string_view name) const {
  if (!shift) return false;
  return name == "f" || name == "invert" || name == "days" ||
         std::ranges::find(kParts, name, &SpanPart::name) != std::end(kParts);
}

Value IntervalObject::assigned(std::string_view name, Value x) const {
  if (!is_ready) return x;
  if (name == "f") return to_float(x);
  if (name == "invert") return to_int(x) != 0 ? 1 : 0;
  if (name == "days" || name == "from_string" || name == "date_string") {
    stop("date-interval", concat({"the property ", name, " of a DateInterval is written"}));
  }
  return std::ranges::find(kParts, name, &SpanPart::name) != std::end(kParts) ? Value(to_int(x)) : x;
}

std::optional<Int> IntervalObject::ordered(const Object& other) const {
  if (dynamic_cast<const IntervalObject*>(&other) == nullptr) return std::nullopt;
  warning("Cannot compare DateInterval objects");
  return 1;
}

DateSpan IntervalObject::span() const {
  DateSpan out;
  for (const SpanPart& part : kParts) out.*part.place = to_int(get(*this, part.name));
  out.microsecond = static_cast<Int>(std::round(to_float(get(*this, "f")) * 1e6));
  out.is_backward = to_bool(get(*this, "invert"));
  const Value days = get(*this, "days");
  if (days.is_int()) out.days = days.as_int();
  return out;
}

void IntervalObject::set(const DateSpan& span) {
  for (const SpanPart& part : kParts) put(*this, part.name, span.*part.place);
  put(*this, "f", static_cast<double>(span.microsecond) / 1e6);
  put(*this, "invert", span.is_backward ? 1 : 0);
  put(*this, "days", span.days == kNoPart ? Value(false) : Value(span.days));
  put(*this, "from_string", shift.has_value());
  is_ready = true;
}

IntervalObject& interval_in(const ObjectPtr& o) {
  auto& interval = native<IntervalObject>(o);
  if (!interval.is_ready) {
    throw_error("The DateInterval object has not been correctly initialized by its constructor");
  }
  return interval;
}

ObjectPtr new_interval(const DateSpan& span) {
  ObjectPtr o = find_class("DateInterval")->instance();
  native<IntervalObject>(o).set(span);
  return o;
}

namespace {

constexpr std::size_t kDigitsMax = 18;

// A number and the unit after it.
bool take_number(std::string_view& text, Int& n) {
  std::size_t size = 0;
  while (size < text.size() && is_ascii_digit(text[size])) ++size;
  if (size == 0 || size > kDigitsMax || size == text.size()) return false;
  n = string_to_int(text.substr(0, size));
  text.remove_prefix(size);
  return true;
}

// What is left of the text in numbers with units, each once and in their order.
bool read_units(std::string_view text, DateSpan& out) {
  std::string_view units = "YMWDTHMS";
  bool is_any = false;
  while (!text.empty()) {
    Int n = 0;
    if (text[0] != 'T' && !take_number(text, n)) return false;
    const bool in_time = !has(units, 'T');
    const std::size_t at = units.find(text[0]);
    const std::size_t time = units.find('T');
    if (at == std::string_view::npos || (text[0] != 'T' && time != std::string_view::npos && at > time)) return false;
    is_any = text[0] != 'T';
    switch (text[0]) {
      case 'Y':
        out.year = n;
        break;
      case 'M':
        (in_time ? out.minute : out.month) = n;
        break;
      case 'W':
        out.day = n * 7;
        break;
      case 'D':
        out.day += n;
        break;
      case 'H':
        out.hour = n;
        break;
      case 'S':
        out.second = n;
        break;
      default:
        break;
    }
    units.remove_prefix(at + 1);
    text.remove_prefix(1);
  }
  return is_any;
}

// P0001-02-03T04:05:06
bool read_written_out(std::string_view text, DateSpan& out) {
  static constexpr std::string_view kShape = "9999-99-99T99:99:99";
  static constexpr std::array<Int, 6> kMost = {9999, 12, 31, 24, 59, 59};
  std::string shape(text);
  std::ranges::replace_if(shape, is_ascii_digit, '9');
  if (shape != kShape) return false;
  static constexpr std::array<std::size_t, 6> kAt = {0, 5, 8, 11, 14, 17};
  Int DateSpan::* const places[] = {&DateSpan::year, &DateSpan::month,  &DateSpan::day,
                                    &DateSpan::hour, &DateSpan::minute, &DateSpan::second};
  for (std::size_t i = 0; i < kAt.size(); ++i) {
    out.*places[i] = string_to_int(text.substr(kAt[i], i == 0 ? 4 : 2));
    if (out.*places[i] > kMost[i]) return false;
  }
  return true;
}

void construct_interval(const ObjectPtr& o, String text) {
  const std::string_view inner = trim_both(text, kBlanks);
  if (inner.find('/') != std::string_view::npos) {
    stop("date-interval", concat({"a DateInterval of more than a period: ", text}));
  }
  DateSpan span;
  const bool is_read = inner.starts_with('P') && inner.size() > 1 &&
                       (read_written_out(inner.substr(1), span) || read_units(inner.substr(1), span));
  if (!is_read) throw_new("Exception", concat({"Unknown or bad format (", text, ")"}));
  auto& interval = native<IntervalObject>(o);
  interval.is_passing = true;
  interval.set(span);
}

Value from_text(Class& c, String text) {
  const DateText read = read_date(text);
  if (!read.errors.empty()) {
    warning(c_string(concat({"DateInterval::createFromDateString(): Unknown or bad format (", text, ") at position ",
                             std::to_string(read.first_error), " (", std::string_view(&read.first_character, 1),
                             "): ", read.errors.at(read.first_error)})));
    return false;
  }
  const ObjectPtr o = c.instance();
  auto& interval = native<IntervalObject>(o);
  interval.shift = read.shift;
  DateSpan span{read.shift.year, read.shift.month, read.shift.day, read.shift.hour, read.shift.minute};
  span.second = read.shift.second;
  span.microsecond = read.shift.microsecond;
  interval.set(span);
  put(interval, "date_string", Value(text));
  return Value(o);
}

std::string two(Int n) {
  const std::string digits = std::to_string(n);
  return digits.size() < 2 ? "0" + digits : digits;
}

std::string part_of(const DateSpan& span, char c) {
  for (const SpanPart& part : kParts) {
    const char letter = part.name[0];
    if (c == letter) return std::to_string(span.*part.place);
    if (c == letter - 'a' + 'A') return two(span.*part.place);
  }
  const std::string fraction = std::to_string(span.microsecond);
  switch (c) {
    case 'F':
      return std::string(fraction.size() < 6 ? 6 - fraction.size() : 0, '0') + fraction;
    case 'f':
      return fraction;
    case 'a':
      return span.days == kNoPart ? "(unknown)" : std::to_string(span.days);
    case 'R':
      return span.is_backward ? "-" : "+";
    case 'r':
      return span.is_backward ? "-" : "";
    case '%':
      return "%";
    default:
      return std::string("%") + c;
  }
}

String format(const ObjectPtr& o, String text) {
  const DateSpan span = interval_in(o).span();
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
    } else if (++i < text.size()) {
      out += part_of(span, text[i]);
    }
  }
  return out;
}

Value not_restored(Class&, Array) { stop("date-interval", "a DateInterval is made of its exported state"); }

}  // namespace

void declare_date_intervals() {
  Class& c = new_spl_class("DateInterval", "", {});
  c.make = make_native<IntervalObject>;
  builtin_method(c, "__construct", kPublic, construct_interval).named({"duration"});
  builtin_method(c, "createFromDateString", kPublic | kStatic, from_text).named({"datetime"});
  builtin_method(c, "format", kPublic, format).named({"format"});
  builtin_method(
      c, "__serialize", kPublic, +[](const ObjectPtr& o) {
        interval_in(o);
        return object_to_array(*o);
      });
  builtin_method(
      c, "__unserialize", kPublic,
      +[](const ObjectPtr& o, Array state) { static_cast<void>(not_restored(o->of(), state)); })
      .named({"data"});
  builtin_method(c, "__wakeup", kPublic, +[](const ObjectPtr&) {});
  builtin_method(c, "__set_state", kPublic | kStatic, not_restored).named({"array"});
}

}  // namespace banyan::php_runtime
