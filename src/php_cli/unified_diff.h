// The difference of two texts as `diff -u` writes it, for `patch` and for people.
#pragma once

#include <string>
#include <string_view>

namespace banyan {

// Empty where the texts are equal. Lines end with \n; a last line without one is marked as diff does. Of a change that
// takes more than kDiffEditsMax lines to tell, the smallest form is not looked for.
inline constexpr int kDiffEditsMax = 2000;
std::string unified_diff(std::string_view before, std::string_view after, const std::string& path);

}  // namespace banyan
