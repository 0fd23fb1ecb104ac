// Strings of characters in UTF-8, after https://www.php.net/manual/en/book.mbstring.php; mb_convert_encoding() and
// mb_check_encoding() know ASCII, ISO-8859-1 and Windows-1252 too. A program that asks for another one stops.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

Int mb_strlen(const String& s, const Value& encoding = {});
String mb_substr(const String& s, Int start, const Value& length = {}, const Value& encoding = {});
Array mb_str_split(const String& s, Int length = 1, const Value& encoding = {});
String mb_strtoupper(const String& s, const Value& encoding = {});
String mb_strtolower(const String& s, const Value& encoding = {});
String mb_convert_case(const String& s, Int mode, const Value& encoding = {});
std::optional<Int> mb_strpos(const String& haystack, const String& needle, Int offset = 0, const Value& encoding = {});
std::optional<Int> mb_stripos(const String& haystack, const String& needle, Int offset = 0, const Value& encoding = {});
std::optional<Int> mb_strrpos(const String& haystack, const String& needle, Int offset = 0, const Value& encoding = {});
std::optional<Int> mb_strripos(const String& haystack, const String& needle, Int offset = 0,
                               const Value& encoding = {});
// Among encodings that need no guess: one, or ASCII and UTF-8.
std::optional<String> mb_detect_encoding(const String& s, const Value& encodings = {}, bool strict = false);
Int mb_substr_count(const String& haystack, const String& needle, const Value& encoding = {});
std::optional<String> mb_strstr(const String& haystack, const String& needle, bool before_needle = false,
                                const Value& encoding = {});
Value mb_internal_encoding(const Value& encoding = {});
bool mb_check_encoding(const Value& v, const Value& encoding = {});
Int mb_strwidth(const String& s, const Value& encoding = {});
String mb_strimwidth(const String& s, Int start, Int width, const String& trim_marker, const Value& encoding = {});
Value mb_convert_encoding(const Value& v, const String& to, const Value& from = {});
std::optional<Int> mb_ord(const String& s, const Value& encoding = {});
std::optional<String> mb_chr(Int codepoint, const Value& encoding = {});
String utf8_encode(const String& s);
String utf8_decode(const String& s);

}  // namespace banyan::php_runtime
