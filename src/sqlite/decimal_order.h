// The order of decimals that are kept as texts. SQLite has no exact numbers with a fraction, and compares texts byte by
// byte, where 9 comes after 10: as the collation `decimal` it uses this one. Pure.
#pragma once

#include <string_view>

namespace banyan {

// Below, at or above 0 as `left` is less than, equal to or more than `right`; 1.0 is 1.00. What is no decimal
// ("-12.340", without an exponent) comes after those that are, by its bytes.
int compare_decimals(std::string_view left, std::string_view right);

}  // namespace banyan
