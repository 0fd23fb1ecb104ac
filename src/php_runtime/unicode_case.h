// The case and width of characters, as PHP's mbstring has them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace banyan::php_runtime {

// MB_CASE_*: the simple ones give one character for one.
enum class CaseMode { kUpper, kLower, kTitle, kFold, kUpperSimple, kLowerSimple, kTitleSimple, kFoldSimple };
inline constexpr int kCaseModes = 8;

// Valid UTF-8 in another case.
std::string convert_case(std::string_view s, CaseMode mode);
// 2 for the wide characters of East Asia, else 1.
int rune_width(std::uint32_t rune);

}  // namespace banyan::php_runtime
