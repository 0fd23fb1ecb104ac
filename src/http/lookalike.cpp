#include "http/lookalike.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"

namespace banyan {
namespace {

bool is_lookalike(std::string_view field, std::string_view name) {
  const auto same = [](char a, char b) { return ascii_lower(a) == ascii_lower(b) || (a == '_' && b == '-'); };
  return std::ranges::equal(field, name, same) && !equals_ignoring_case(field, name);
}

// Known names have no '_'.
bool looks_like_known(std::string_view field) {
  std::string name = ascii_lower(field);
  std::ranges::replace(name, '_', '-');
  return field_id(name) != FieldId::kOther || name.starts_with("x-forwarded-");
}

}  // namespace

std::size_t remove_lookalikes_of(Fields& fields, std::string_view name) {
  return fields.remove_if(
      [name](const Fields::Entry& entry) { return entry.id == FieldId::kOther && is_lookalike(entry.name, name); });
}

std::size_t remove_lookalikes(Fields& fields) {
  return fields.remove_if([&fields](const Fields::Entry& entry) {
    if (entry.id != FieldId::kOther || entry.name.find('_') == std::string_view::npos) return false;
    const auto is_meant = [&entry](const Fields::Entry& other) { return is_lookalike(entry.name, other.name); };
    return looks_like_known(entry.name) || std::ranges::any_of(fields, is_meant);
  });
}

}  // namespace banyan
