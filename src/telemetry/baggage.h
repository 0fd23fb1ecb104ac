// W3C Baggage: values that travel with a request through every service it reaches, in the field `baggage`
// (https://www.w3.org/TR/baggage/). Here: one member is read, set or removed, and all others stay as they are.
//
// Limits: kBaggageBytesMax and kBaggageMembersMax, what section 3.3.2 has every participant keep; where a member of
// ours leaves no room, whole members at the end go. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/fields.h"

namespace banyan {

inline constexpr std::size_t kBaggageBytesMax = 8192;
inline constexpr std::size_t kBaggageMembersMax = 64;

// The value of the first member of that name, percent-decoded and without its properties; nothing where there is none.
// `name` is a token; case counts.
std::optional<std::string> baggage_member(const Fields& fields, std::string_view name);

// Replaces every member of that name by one of `value`, which comes first; "" only removes. `value` holds nothing that
// would need encoding: letters, digits and "-_.". Fields in which nothing changes are left as they are.
void put_baggage_member(std::string_view name, std::string_view value, Fields& fields);

}  // namespace banyan
