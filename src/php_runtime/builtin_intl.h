// Normalisation and strings of graphemes, after https://www.php.net/manual/en/ref.intl.grapheme.php and
// https://www.php.net/manual/en/class.normalizer.php.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

std::optional<String> normalizer_normalize(const String& s, Int form = 16);
bool normalizer_is_normalized(const String& s, Int form = 16);
std::optional<String> normalizer_get_raw_decomposition(const String& s, Int form = 16);

// Null for what is no UTF-8.
Value grapheme_strlen(const String& s);
std::optional<String> grapheme_substr(const String& s, Int offset, const Value& length = {});
std::optional<Int> grapheme_strpos(const String& haystack, const String& needle, Int offset = 0);
std::optional<Int> grapheme_stripos(const String& haystack, const String& needle, Int offset = 0);
std::optional<Int> grapheme_strrpos(const String& haystack, const String& needle, Int offset = 0);
std::optional<Int> grapheme_strripos(const String& haystack, const String& needle, Int offset = 0);
std::optional<String> grapheme_strstr(const String& haystack, const String& needle, bool before_needle = false);
std::optional<String> grapheme_stristr(const String& haystack, const String& needle, bool before_needle = false);
std::optional<String> grapheme_extract(const String& haystack, Int size, Int type = 0, Int offset = 0,
                                       Int* next = nullptr);

// The class Normalizer: once for a Context.
void declare_normalizer();

}  // namespace banyan::php_runtime
