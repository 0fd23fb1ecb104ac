// Whether a value keeps the rules of its field. Each appends to `message` what the value must be; true where it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json_bind/field.h"

namespace banyan::json {

bool keeps_rules(const Rules& rules, std::int64_t number, std::string* message);
bool keeps_rules(const Rules& rules, std::uint64_t number, std::string* message);
bool keeps_rules(const Rules& rules, double number, std::string* message);
bool keeps_rules(const Rules& rules, std::string_view text, std::string* message);
bool keeps_item_rules(const Rules& rules, std::size_t items, std::string* message);
// "must be one of 'a', 'b'", of at most 20 names.
std::string must_be_one_of(const EnumNames& names);

}  // namespace banyan::json
