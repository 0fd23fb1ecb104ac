#include "filters/cache_control.h"

#include <algorithm>

#include "filters/list_field.h"

namespace banyan {
namespace {

constexpr std::int64_t kSecondsMax = std::int64_t{1} << 31;

using Seconds = std::optional<std::int64_t>;

void set_stricter(Seconds& member, std::string_view value, bool lower) {
  const std::int64_t seconds = parse_delta_seconds(value).value_or(lower ? 0 : kSecondsMax);
  member = !member ? seconds : lower ? std::min(*member, seconds) : std::max(*member, seconds);
}

struct Flag {
  std::string_view name;
  bool CacheControl::* member;
};
constexpr Flag kFlags[] = {{"no-store", &CacheControl::no_store},
                           {"no-cache", &CacheControl::no_cache},
                           {"private", &CacheControl::is_private},
                           {"public", &CacheControl::is_public},
                           {"must-revalidate", &CacheControl::must_revalidate},
                           {"proxy-revalidate", &CacheControl::proxy_revalidate},
                           {"only-if-cached", &CacheControl::only_if_cached}};

struct Measure {
  std::string_view name;
  Seconds CacheControl::* member;
  bool lower;  // whether the lower value is the stricter
};
constexpr Measure kMeasures[] = {{"max-age", &CacheControl::max_age, true},
                                 {"s-maxage", &CacheControl::s_maxage, true},
                                 {"min-fresh", &CacheControl::min_fresh, false},
                                 {"stale-while-revalidate", &CacheControl::stale_while_revalidate, true},
                                 {"stale-if-error", &CacheControl::stale_if_error, true}};

void note_directive(std::string_view element, CacheControl& control) {
  const std::size_t equals = element.find('=');
  const std::string_view name = element.substr(0, equals);
  std::string_view value = equals == element.npos ? std::string_view() : element.substr(equals + 1);
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
  for (const Flag& flag : kFlags) {
    if (equals_ignoring_case(name, flag.name)) control.*flag.member = true;
  }
  for (const Measure& measure : kMeasures) {
    if (equals_ignoring_case(name, measure.name)) set_stricter(control.*measure.member, value, measure.lower);
  }
  if (equals_ignoring_case(name, "max-stale")) {
    if (equals == element.npos) {
      control.max_stale = control.max_stale.value_or(kSecondsMax);
    } else {
      set_stricter(control.max_stale, value, true);
    }
  }
}

}  // namespace

std::optional<std::int64_t> parse_delta_seconds(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char c : text) seconds = std::min(seconds * 10 + (c - '0'), kSecondsMax);
  return seconds;
}

CacheControl answer_cache_control(const Fields& fields) {
  CacheControl control;
  for (const Fields::Entry& entry : fields) {
    if (entry.id != FieldId::kCacheControl) continue;
    std::string_view rest = entry.value;
    while (!rest.empty()) note_directive(take_element(rest), control);
  }
  return control;
}

CacheControl request_cache_control(const Fields& fields) {
  CacheControl control = answer_cache_control(fields);
  if (!fields.has(FieldId::kCacheControl) && fields.has(FieldId::kPragma)) {
    control.no_cache = equals_ignoring_case(fields.value(FieldId::kPragma), "no-cache");
  }
  return control;
}

}  // namespace banyan
