// PHP's string functions, after https://www.php.net/manual/en/ref.strings.php. Strings are bytes; case folding is of
// ASCII alone, as in PHP 8. Each is what PHP's function of the same name is; signatures are those of
// runtimes/go/builtins.tsv.
#pragma once

#include <optional>

#include "php_runtime/array.h"
#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

// Searching and comparing.
Int strlen(const String& s);
std::optional<Int> strpos(const String& haystack, const String& needle, Int offset = 0);
std::optional<Int> stripos(const String& haystack, const String& needle, Int offset = 0);
std::optional<Int> strrpos(const String& haystack, const String& needle, Int offset = 0);
std::optional<Int> strripos(const String& haystack, const String& needle, Int offset = 0);
bool str_contains(const String& haystack, const String& needle);
bool str_starts_with(const String& haystack, const String& needle);
bool str_ends_with(const String& haystack, const String& needle);
std::optional<String> strstr(const String& haystack, const String& needle, bool before_needle = false);
std::optional<String> stristr(const String& haystack, const String& needle, bool before_needle = false);
std::optional<String> strrchr(const String& haystack, const String& needle);
std::optional<String> strpbrk(const String& s, const String& characters);
Int substr_count(const String& haystack, const String& needle, Int offset = 0, const Value& length = {});
Int strspn(const String& s, const String& characters, Int offset = 0, const Value& length = {});
Int strcspn(const String& s, const String& characters, Int offset = 0, const Value& length = {});
Int strcmp(const String& a, const String& b);
Int strcasecmp(const String& a, const String& b);
Int strncmp(const String& a, const String& b, Int length);
Int strncasecmp(const String& a, const String& b, Int length);
Int strcoll(const String& a, const String& b);
Int strnatcmp(const String& a, const String& b);
Int strnatcasecmp(const String& a, const String& b);
Int substr_compare(const String& haystack, const String& needle, Int offset, const Value& length = {},
                   bool case_insensitive = false);

// Changing.
String substr(const String& s, Int offset, const Value& length = {});
Value substr_replace(const Value& s, const Value& replace, const Value& offset, const Value& length = {});
String trim(const String& s, const String& characters);
String ltrim(const String& s, const String& characters);
String rtrim(const String& s, const String& characters);
String chop(const String& s, const String& characters);
String strtolower(const String& s);
String strtoupper(const String& s);
String ucfirst(const String& s);
String lcfirst(const String& s);
String ucwords(const String& s, const String& separators);
String strrev(const String& s);
String str_repeat(const String& s, Int times);
String str_pad(const String& s, Int length, const String& pad, Int pad_type);
Value str_replace(const Value& search, const Value& replace, const Value& subject, Int* count = nullptr);
Value str_ireplace(const Value& search, const Value& replace, const Value& subject, Int* count = nullptr);
String strtr(const String& s, const Value& from, const Value& to);
String nl2br(const String& s, bool use_xhtml = true);
String chunk_split(const String& s, Int length, const String& separator);
String wordwrap(const String& s, Int width, const String& line_break, bool cut);
String addslashes(const String& s);
String stripslashes(const String& s);
String addcslashes(const String& s, const String& characters);
String stripcslashes(const String& s);
String quotemeta(const String& s);
String str_rot13(const String& s);

// Taking apart and putting together.
Array explode(const String& separator, const String& s, Int limit);
String implode(const Value& separator, const Value& array = {});
String join(const Value& separator, const Value& array = {});
// implode() of a string and an array.
String join_strings(std::string_view separator, const Array& array);
Array str_split(const String& s, Int length = 1);
Value str_word_count(const String& s, Int format = 0, const Value& characters = {});
Value count_chars(const String& s, Int mode = 0);
Int ord(const String& s);
String chr(Int codepoint);
String bin2hex(const String& s);
std::optional<String> hex2bin(const String& s);
Int similar_text(const String& a, const String& b, double* percent = nullptr);
Int levenshtein(const String& a, const String& b, Int insertion, Int replacement, Int deletion);
String soundex(const String& s);
std::optional<String> strtok(const String& s, const Value& token);
Array str_getcsv(const String& s, const String& separator, const String& enclosure, const String& escape);
// Whether the text ends within an enclosure.
bool csv_goes_on(std::string_view s, char separator, char enclosure, std::string_view escape);

// Queries, tags, addresses, paths, versions.
void parse_str(const String& s, Array* result);
String strip_tags(const String& s, const Value& allowed);
Value parse_url(const String& url, Int component = -1);
Value filter_var(const Value& value, Int filter, const Value& options);
String basename(const String& path, const String& suffix);
String dirname(const String& path, Int levels = 1);
Value pathinfo(const String& path, Int flags = 15);
Value version_compare(const String& a, const String& b, const Value& op);
std::optional<Int> ip2long(const String& ip);
std::optional<String> long2ip(Int ip);

// Questions after the bytes of a string, ref.ctype.
bool ctype_alpha(const Value& text);
bool ctype_digit(const Value& text);
bool ctype_alnum(const Value& text);
bool ctype_lower(const Value& text);
bool ctype_upper(const Value& text);
bool ctype_space(const Value& text);
bool ctype_xdigit(const Value& text);
bool ctype_punct(const Value& text);
bool ctype_graph(const Value& text);
bool ctype_print(const Value& text);
bool ctype_cntrl(const Value& text);

}  // namespace banyan::php_runtime
