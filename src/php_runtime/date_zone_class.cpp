// DateTimeZone.
#include "php_runtime/builtin_date.h"
#include "php_runtime/date_classes.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

Array ZoneObject::parts() const {
  if (zone.kind == DateZone::kNone) return {};
  return Array::map({"timezone_type", Int{zone.kind}, "timezone", zone.name});
}

std::optional<Int> ZoneObject::ordered(const Object& other) const {
  const auto* second = dynamic_cast<const ZoneObject*>(&other);
  if (second == nullptr) return std::nullopt;
  if (zone.kind != second->zone.kind || zone.kind == DateZone::kNone) {
    stop("date-compare", "zones of different kinds are compared");
  }
  return zone.name == second->zone.name ? 0 : 1;
}

const DateZone& zone_in(const ObjectPtr& o) {
  const DateZone& zone = native<ZoneObject>(o).zone;
  if (zone.kind == DateZone::kNone) {
    throw_error("The DateTimeZone object has not been correctly initialized by its constructor");
  }
  return zone;
}

ObjectPtr new_zone(const DateZone& zone) {
  ObjectPtr o = find_class("DateTimeZone")->instance();
  native<ZoneObject>(o).zone = zone;
  return o;
}

namespace {

constexpr Int kFarthestOffset = 99 * 3600;

void construct_zone(const ObjectPtr& o, String name) {
  std::string_view rest = name;
  const auto zone = read_zone(rest);
  if (!zone || !rest.empty()) {
    throw_new("Exception", concat({"DateTimeZone::__construct(): Unknown or bad timezone (", name, ")"}));
  }
  const Int offset = zone->rules->at(0).offset;
  if (zone->kind == DateZone::kOffset && (offset > kFarthestOffset || offset < -kFarthestOffset)) {
    throw_new("Exception", concat({"DateTimeZone::__construct(): Timezone offset is out of range (", name, ")"}));
  }
  native<ZoneObject>(o).zone = *zone;
}

void restore(const ObjectPtr& o, const Array& state) {
  const Value* const kind = state.lookup(Key(String("timezone_type")));
  const Value* const name = state.lookup(Key(String("timezone")));
  if (kind != nullptr && name != nullptr && name->deref().is_string()) {
    std::string_view rest = name->deref().as_string();
    const auto zone = read_zone(rest);
    if (zone && rest.empty() && kind->deref().is_int() && zone->kind == kind->deref().as_int()) {
      native<ZoneObject>(o).zone = *zone;
      return;
    }
  }
  throw_error("Timezone initialization failed");
}

Value set_state(Class& c, Array state) {
  const ObjectPtr o = c.instance();
  restore(o, state);
  return Value(o);
}

Value not_here() { stop("builtin-missing", "the tables of DateTimeZone are not part of this runtime"); }

}  // namespace

void declare_date_zones() {
  Class& c = new_spl_class("DateTimeZone", "", {});
  c.make = make_native<ZoneObject>;
  c.constant("AFRICA", kPublic, +[] { return Value(1); });
  c.constant("AMERICA", kPublic, +[] { return Value(2); });
  c.constant("ANTARCTICA", kPublic, +[] { return Value(4); });
  c.constant("ARCTIC", kPublic, +[] { return Value(8); });
  c.constant("ASIA", kPublic, +[] { return Value(16); });
  c.constant("ATLANTIC", kPublic, +[] { return Value(32); });
  c.constant("AUSTRALIA", kPublic, +[] { return Value(64); });
  c.constant("EUROPE", kPublic, +[] { return Value(128); });
  c.constant("INDIAN", kPublic, +[] { return Value(256); });
  c.constant("PACIFIC", kPublic, +[] { return Value(512); });
  c.constant("UTC", kPublic, +[] { return Value(1024); });
  c.constant("ALL", kPublic, +[] { return Value(2047); });
  c.constant("ALL_WITH_BC", kPublic, +[] { return Value(4095); });
  c.constant("PER_COUNTRY", kPublic, +[] { return Value(4096); });
  builtin_method(c, "__construct", kPublic, construct_zone).named({"timezone"});
  builtin_method(c, "getName", kPublic, +[](const ObjectPtr& o) { return Value(zone_in(o).name); });
  builtin_method(
      c, "getOffset", kPublic,
      +[](const ObjectPtr& o, Value date) {
        return Int{zone_in(o).rules->at(instant_in(date.object()).seconds).offset};
      })
      .named({"datetime"})
      .typed({"DateTimeInterface"});
  builtin_method(
      c, "getTransitions", kPublic, +[](const ObjectPtr&, Int, Int) { return not_here(); })
      .named({"timestampBegin", "timestampEnd"})
      .optional(0, {Value(INT64_MIN), Value(INT64_MAX)});
  builtin_method(c, "getLocation", kPublic, +[](const ObjectPtr&) { return not_here(); });
  builtin_method(c, "listAbbreviations", kPublic | kStatic, +[](Class&) { return not_here(); });
  builtin_method(
      c, "listIdentifiers", kPublic | kStatic, +[](Class&, Int, Value) { return not_here(); })
      .named({"timezoneGroup", "countryCode"})
      .optional(0, {Value(2047), Value()});
  builtin_method(
      c, "__serialize", kPublic, +[](const ObjectPtr& o) {
        zone_in(o);
        return object_to_array(*o);
      });
  builtin_method(
      c, "__unserialize", kPublic, +[](const ObjectPtr& o, Array state) { restore(o, state); })
      .named({"data"});
  builtin_method(c, "__wakeup", kPublic, +[](const ObjectPtr&) {});
  builtin_method(c, "__set_state", kPublic | kStatic, set_state).named({"array"});
}

}  // namespace banyan::php_runtime
