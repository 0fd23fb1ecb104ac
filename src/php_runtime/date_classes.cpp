// DateTime and DateTimeImmutable.
#include "php_runtime/date_classes.h"

#include "php_runtime/diagnostic.h"
#include "php_runtime/operators.h"
#include "php_runtime/params.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

std::vector<Property> DateBase::shown() const {
  std::vector<Property> out = properties_of(*this);
  for (const auto& [key, v] : parts()) out.push_back({key.string().str(), "public", &of(), v, false});
  return out;
}

Array DateBase::as_array(Array properties) const {
  for (const auto& [key, v] : parts()) properties.set_key(key, v);
  return properties;
}

Array DateObject::parts() const {
  if (!instant) return {};
  return Array::map({"date", format_instant(*instant, "x-m-d H:i:s.u"), "timezone_type", Int{instant->zone.kind},
                     "timezone", instant->zone.name});
}

std::optional<Int> DateObject::ordered(const Object& other) const {
  const auto* date = dynamic_cast<const DateObject*>(&other);
  if (date == nullptr) return std::nullopt;
  if (!instant || !date->instant) {
    warning("Trying to compare an incomplete DateTime or DateTimeImmutable object");
    return 1;
  }
  return compare_instants(*instant, *date->instant);
}

DateInstant& instant_in(const ObjectPtr& o) {
  auto& instant = native<DateObject>(o).instant;
  if (!instant) {
    throw_error(concat({"The ", o->of().is("DateTimeImmutable") ? "DateTimeImmutable" : "DateTime",
                        " object has not been correctly initialized by its constructor"}));
  }
  return *instant;
}

ObjectPtr new_date(Class& c, const DateInstant& instant) {
  ObjectPtr o = c.instance();
  native<DateObject>(o).instant = instant;
  return o;
}

std::string parse_failure(std::string_view text, const DateText& read) {
  return concat({"Failed to parse time string (", text, ") at position ", std::to_string(read.first_error), " (",
                 std::string_view(&read.first_character, 1), "): ", read.errors.at(read.first_error)});
}

namespace {

// What getLastErrors() gives.
struct LastErrors {
  std::map<std::size_t, std::string> errors, warnings;
};

void note_errors(const DateText& read) { request_state<LastErrors>() = {read.errors, read.warnings}; }

Array listed(const std::map<std::size_t, std::string>& complaints) {
  Array out;
  for (const auto& [at, what] : complaints) out.set(static_cast<Int>(at), what);
  return out;
}

Value last_errors(Class&) {
  const auto& last = request_state<LastErrors>();
  if (last.errors.empty() && last.warnings.empty()) return false;
  return Array::map({"warning_count", static_cast<Int>(last.warnings.size()), "warnings", listed(last.warnings),
                     "error_count", static_cast<Int>(last.errors.size()), "errors", listed(last.errors)});
}

DateText read_noted(std::string_view text) {
  DateText read = read_date(text.empty() ? "now" : text);
  note_errors(read);
  return read;
}

void construct_date(const ObjectPtr& o, String text, Value zone) {
  const DateZone in = zone.is_null() ? default_date_zone() : zone_in(zone.object());
  const DateText read = read_noted(text);
  if (!read.errors.empty()) throw_new("Exception", parse_failure(text, read));
  native<DateObject>(o).instant =
      instant_of(read, instant_now(read.zone.kind != DateZone::kNone ? read.zone : in), false);
}

// The name of the class of PHP's own that has the method.
std::string_view own_name(const ObjectPtr& o) {
  return o->of().is("DateTimeImmutable") ? "DateTimeImmutable" : "DateTime";
}

// The object that a method changes: itself, or a copy of one that cannot change.
ObjectPtr changing(const ObjectPtr& o) {
  instant_in(o);
  return o->of().is("DateTimeImmutable") ? clone_in(Value(o), &o->of()).object() : o;
}

template <class F>
Value change(const ObjectPtr& o, F f) {
  const ObjectPtr out = changing(o);
  DateInstant& at = instant_in(out);
  at = f(DateInstant(at));
  return Value(out);
}

// Fields of it that are set anew.
template <class F>
Value change_fields(const ObjectPtr& o, F f) {
  return change(o, [&](const DateInstant& at) {
    DateFields fields = at.fields();
    f(fields);
    return settle(fields, {}, at.zone, at.span().summer);
  });
}

Value modify(const ObjectPtr& o, String text) {
  instant_in(o);
  const DateText read = read_noted(text);
  if (!read.errors.empty()) {
    warning(c_string(concat({own_name(o), "::modify(): ", parse_failure(text, read)})));
    return false;
  }
  return change(o, [&](const DateInstant& at) { return modified(at, read); });
}

Value add(const ObjectPtr& o, Value by) {
  const IntervalObject& interval = interval_in(by.object());
  return change(o, [&](const DateInstant& at) {
    const bool is_special = interval.shift && (interval.shift->has_weekday || interval.shift->special != 0);
    if (is_special) return shifted(at, *interval.shift);
    return moved(at, interval.span(), 1, interval.is_passing);
  });
}

Value sub(const ObjectPtr& o, Value by) {
  const IntervalObject& interval = interval_in(by.object());
  if (interval.shift && (interval.shift->has_weekday || interval.shift->special != 0)) {
    warning(
        concat({own_name(o), "::sub(): Only non-special relative time specifications are supported for subtraction"}));
    return Value(changing(o));
  }
  return change(o, [&](const DateInstant& at) { return moved(at, interval.span(), -1, interval.is_passing); });
}

Value diff(const ObjectPtr& o, Value to, bool absolute) {
  DateSpan span = difference(instant_in(o), instant_in(to.object()));
  if (absolute) span.is_backward = false;
  return Value(new_interval(span));
}

Value set_iso_date(const ObjectPtr& o, Int year, Int week, Int day) {
  return change_fields(o, [&](DateFields& f) {
    f.year = year;
    f.month = 1;
    f.day = 1 + days_to_iso_week(year, week, day);
  });
}

// By the name of a property of var_dump(): the state of an object that was exported.
void restore(const ObjectPtr& o, const Array& state) {
  const auto part = [&](std::string_view name) {
    const Value* const found = state.lookup(Key(String(name)));
    return found == nullptr ? Value() : found->deref();
  };
  const Value date = part("date"), kind = part("timezone_type"), name = part("timezone");
  if (date.is_string() && kind.is_int() && name.is_string()) {
    std::string_view rest = name.as_string();
    const auto zone = read_zone(rest);
    const DateText read = read_date(date.as_string());
    if (zone && rest.empty() && read.errors.empty() && zone->kind == kind.as_int()) {
      native<DateObject>(o).instant = instant_of(read, instant_now(*zone), false);
      return;
    }
  }
  throw_error(concat({"Invalid serialization data for ", own_name(o), " object"}));
}

void unserialize(const ObjectPtr& o, Array state) {
  restore(o, state);
  for (const auto& [key, v] : state) {
    const String name = key.string();
    if (name == "date" || name == "timezone_type" || name == "timezone") continue;
    if (name.view().starts_with(std::string_view("\0*\0", 3))) {
      o->properties.set_raw(Key(name.substr(3)), v);
    } else if (name.view().starts_with('\0')) {
      o->properties.set_raw(key, v);
    } else {
      set_prop(Value(o), name, &o->of(), v.deref());
    }
  }
}

Array serialize(const ObjectPtr& o) {
  instant_in(o);
  Array out = static_cast<DateObject&>(*o).as_array({});
  for (const Property& one : properties_of(*o)) {
    if (!one.value.is_undefined()) out.set_raw(Key::text_as_is(String(one.mangled())), one.value.deref());
  }
  return out;
}

Value set_state(Class& c, Array state) {
  const ObjectPtr o = c.instance();
  restore(o, state);
  return Value(o);
}

Value convert(Class& c, Value from) { return Value(new_date(c, instant_in(from.object()))); }

void add_readers(Class& c) {
  builtin_method(
      c, "format", kPublic, +[](const ObjectPtr& o, String format) { return format_instant(instant_in(o), format); })
      .named({"format"});
  builtin_method(c, "getTimestamp", kPublic, +[](const ObjectPtr& o) { return instant_in(o).seconds; });
  builtin_method(c, "getTimezone", kPublic, +[](const ObjectPtr& o) { return Value(new_zone(instant_in(o).zone)); });
  builtin_method(c, "getOffset", kPublic, +[](const ObjectPtr& o) { return Int{instant_in(o).span().offset}; });
  builtin_method(c, "diff", kPublic, diff)
      .named({"targetObject", "absolute"})
      .typed({"DateTimeInterface", ""})
      .optional(1, {Value(false)});
  builtin_method(c, "__serialize", kPublic, serialize);
  builtin_method(c, "__unserialize", kPublic, unserialize).named({"data"});
  builtin_method(c, "__wakeup", kPublic, +[](const ObjectPtr&) {});
  builtin_method(c, "__set_state", kPublic | kStatic, set_state).named({"array"});
  builtin_method(c, "getLastErrors", kPublic | kStatic, last_errors);
}

void add_changers(Class& c) {
  builtin_method(c, "modify", kPublic, modify).named({"modifier"});
  builtin_method(c, "add", kPublic, add).named({"interval"}).typed({"DateInterval"});
  builtin_method(c, "sub", kPublic, sub).named({"interval"}).typed({"DateInterval"});
  builtin_method(
      c, "setDate", kPublic,
      +[](const ObjectPtr& o, Int year, Int month, Int day) {
        return change_fields(o, [&](DateFields& f) { f.year = year, f.month = month, f.day = day; });
      })
      .named({"year", "month", "day"});
  builtin_method(c, "setISODate", kPublic, set_iso_date).named({"year", "week", "dayOfWeek"}).optional(2, {Value(1)});
  builtin_method(
      c, "setTime", kPublic,
      +[](const ObjectPtr& o, Int hour, Int minute, Int second, Int microsecond) {
        return change_fields(o, [&](DateFields& f) {
          f.hour = hour, f.minute = minute, f.second = second, f.microsecond = microsecond;
        });
      })
      .named({"hour", "minute", "second", "microsecond"})
      .optional(2, {Value(0), Value(0)});
  builtin_method(
      c, "setTimestamp", kPublic,
      +[](const ObjectPtr& o, Int timestamp) {
        return change(o, [&](const DateInstant& at) { return DateInstant{timestamp, 0, at.zone}; });
      })
      .named({"timestamp"});
  builtin_method(
      c, "setTimezone", kPublic,
      +[](const ObjectPtr& o, Value zone) {
        return change(
            o, [&](const DateInstant& at) { return DateInstant{at.seconds, at.microsecond, zone_in(zone.object())}; });
      })
      .named({"timezone"})
      .typed({"DateTimeZone"});
}

Class& declare_date(std::string_view name, std::string_view other, std::string_view from_other) {
  Class& c = new_spl_class(name, "", {"DateTimeInterface"});
  c.make = make_native<DateObject>;
  builtin_method(c, "__construct", kPublic, construct_date)
      .named({"datetime", "timezone"})
      .typed({"", "?DateTimeZone"})
      .optional(0, {Value("now"), Value()});
  add_readers(c);
  add_changers(c);
  builtin_method(
      c, "createFromFormat", kPublic | kStatic,
      +[](Class&, Value, Value, Value) -> Value {
        stop("builtin-missing", "createFromFormat() is not part of this runtime");
      })
      .named({"format", "datetime", "timezone"})
      .optional(2, {Value()});
  builtin_method(c, from_other, kPublic | kStatic, convert).named({"object"}).typed({std::string(other)});
  builtin_method(c, "createFromInterface", kPublic | kStatic, convert).named({"object"}).typed({"DateTimeInterface"});
  return c;
}

}  // namespace

void declare_dates() {
  Class& c = new_spl_class("DateTimeInterface", "", {}, kInterface);
  c.constant("ATOM", kPublic, +[] { return Value("Y-m-d\\TH:i:sP"); });
  c.constant("COOKIE", kPublic, +[] { return Value("l, d-M-Y H:i:s T"); });
  c.constant("ISO8601", kPublic, +[] { return Value("Y-m-d\\TH:i:sO"); });
  c.constant("ISO8601_EXPANDED", kPublic, +[] { return Value("X-m-d\\TH:i:sP"); });
  c.constant("RFC822", kPublic, +[] { return Value("D, d M y H:i:s O"); });
  c.constant("RFC850", kPublic, +[] { return Value("l, d-M-y H:i:s T"); });
  c.constant("RFC1036", kPublic, +[] { return Value("D, d M y H:i:s O"); });
  c.constant("RFC1123", kPublic, +[] { return Value("D, d M Y H:i:s O"); });
  c.constant("RFC7231", kPublic, +[] { return Value("D, d M Y H:i:s \\G\\M\\T"); });
  c.constant("RFC2822", kPublic, +[] { return Value("D, d M Y H:i:s O"); });
  c.constant("RFC3339", kPublic, +[] { return Value("Y-m-d\\TH:i:sP"); });
  c.constant("RFC3339_EXTENDED", kPublic, +[] { return Value("Y-m-d\\TH:i:s.vP"); });
  c.constant("RSS", kPublic, +[] { return Value("D, d M Y H:i:s O"); });
  c.constant("W3C", kPublic, +[] { return Value("Y-m-d\\TH:i:sP"); });
  declare_date("DateTime", "DateTimeImmutable", "createFromImmutable");
  declare_date("DateTimeImmutable", "DateTime", "createFromMutable");
  declare_date_zones();
  declare_date_intervals();
}

}  // namespace banyan::php_runtime
