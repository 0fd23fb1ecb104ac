// PHP's classes of dates, after https://www.php.net/manual/en/book.datetime.php.
#pragma once

#include <optional>
#include <string_view>

#include "php_runtime/date_instant.h"
#include "php_runtime/spl_classes.h"

namespace banyan::php_runtime {

// Makes the classes known to the program that runs.
void declare_dates();
void declare_date_zones();
void declare_date_intervals();

// An object that shows what it holds as properties after its own.
class DateBase : public Container {
 public:
  using Container::Container;
  bool is_open() const override { return true; }
  std::vector<Property> shown() const override;
  Array as_array(Array properties) const override;

 protected:
  // The names and values it shows.
  virtual Array parts() const = 0;
};

// DateTime and DateTimeImmutable.
class DateObject : public DateBase {
 public:
  using DateBase::DateBase;
  Object* clone() const override { return new DateObject(*this); }
  std::optional<Int> ordered(const Object& other) const override;
  std::optional<DateInstant> instant;  // none before its constructor has run

 protected:
  Array parts() const override;
};

class ZoneObject : public DateBase {
 public:
  using DateBase::DateBase;
  Object* clone() const override { return new ZoneObject(*this); }
  std::optional<Int> ordered(const Object& other) const override;
  DateZone zone;

 protected:
  Array parts() const override;
};

// DateInterval: its parts are properties that are not declared.
class IntervalObject : public Container {
 public:
  using Container::Container;
  Object* clone() const override { return new IntervalObject(*this); }
  bool is_open() const override { return true; }
  std::vector<Property> shown() const override { return properties_of(*this); }
  std::optional<Int> ordered(const Object& other) const override;
  bool hides(std::string_view name) const override;
  Value assigned(std::string_view name, Value x) const override;

  DateSpan span() const;
  void set(const DateSpan& span);
  bool is_ready = false;
  bool is_passing = false;         // its hours are time that passes, not time on clocks
  std::optional<DateShift> shift;  // where it was made of a text
};

// What the object is, once its constructor has run; throws before.
DateInstant& instant_in(const ObjectPtr& o);
const DateZone& zone_in(const ObjectPtr& o);
IntervalObject& interval_in(const ObjectPtr& o);

ObjectPtr new_date(Class& c, const DateInstant& instant);
ObjectPtr new_zone(const DateZone& zone);
ObjectPtr new_interval(const DateSpan& span);

// Methods of PHP's own, whose arguments are counted as those of functions are.
template <class F>
Function& builtin_method(Class& c, std::string_view name, int flags, F code) {
  Function& f = c.method(name, flags, code);
  f.is_builtin = true;
  return f;
}

// "Failed to parse time string (x) at position 0 (x): why", of a text with errors.
std::string parse_failure(std::string_view text, const DateText& read);

}  // namespace banyan::php_runtime
