// Dates, after https://www.php.net/manual/en/ref.datetime.php, with the system's time zones.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

String date(const String& format, const Value& timestamp = {});
String gmdate(const String& format, const Value& timestamp = {});
// PHP's, a fixed signature.
std::optional<Int> mktime(Int hour, const Value& minute, const Value& second, const Value& month, const Value& day,
                          const Value& year);
// PHP's, a fixed signature.
std::optional<Int> gmmktime(Int hour, const Value& minute, const Value& second, const Value& month, const Value& day,
                            const Value& year);
bool checkdate(Int month, Int day, Int year);
std::optional<Int> idate(const String& format, const Value& timestamp = {});
Array getdate(const Value& timestamp = {});
Array localtime(const Value& timestamp = {}, bool associative = false);
std::optional<Int> strtotime(const String& datetime, const Value& base = {});
bool date_default_timezone_set(const String& name);
String date_default_timezone_get();
Int time();
Value microtime(bool as_float = false);
Value hrtime(bool as_number = false);
String uniqid(const String& prefix, bool more_entropy = false);
Int sleep(Int seconds);
void usleep(Int microseconds);

}  // namespace banyan::php_runtime
