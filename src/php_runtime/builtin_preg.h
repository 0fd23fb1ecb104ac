// The preg functions, after https://www.php.net/manual/en/ref.pcre.php, by PCRE2, PHP's own engine.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

std::optional<Int> preg_match(const String& pattern, const String& subject, Array* matches = nullptr, Int flags = 0,
                              Int offset = 0);
std::optional<Int> preg_match_all(const String& pattern, const String& subject, Array* matches = nullptr, Int flags = 0,
                                  Int offset = 0);
Value preg_replace(const Value& pattern, const Value& replacement, const Value& subject, Int limit = -1,
                   Int* count = nullptr);
Value preg_filter(const Value& pattern, const Value& replacement, const Value& subject, Int limit = -1,
                  Int* count = nullptr);
// PHP's, a fixed signature.
Value preg_replace_callback(const Value& pattern, const Callable& callback, const Value& subject, Int limit = -1,
                            Int* count = nullptr, Int flags = 0);
Value preg_replace_callback_array(const Array& pattern, const Value& subject, Int limit = -1, Int* count = nullptr,
                                  Int flags = 0);
std::optional<Array> preg_split(const String& pattern, const String& subject, Int limit = -1, Int flags = 0);
std::optional<Array> preg_grep(const String& pattern, const Array& array, Int flags = 0);
String preg_quote(const String& s, const Value& delimiter = {});
Int preg_last_error();
String preg_last_error_msg();

// What stands for an array that a function has not written, and null for it.
Array unwritten_array();
Value or_null(const Array& v);

}  // namespace banyan::php_runtime
