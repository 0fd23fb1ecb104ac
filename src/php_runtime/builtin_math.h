// PHP's mathematics and random numbers, after https://www.php.net/manual/en/ref.math.php and
// https://www.php.net/manual/en/ref.random.php. Elementary functions are the C library's, as PHP's are.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

Value abs(const Value& num);
double ceil(const Value& num);
double floor(const Value& num);
double round(const Value& num, Int precision = 0, Int mode = 1);
// round() of a float with halves as a mode from 1 to 4 says, with PHP 8.2's pre-rounding to 15 digits.
double round_float(double f, int places, int mode = 1);
double sqrt(double f);
double sin(double f);
double cos(double f);
double tan(double f);
double asin(double f);
double acos(double f);
double atan(double f);
double atan2(double y, double x);
double sinh(double f);
double cosh(double f);
double tanh(double f);
double asinh(double f);
double acosh(double f);
double atanh(double f);
double exp(double f);
double expm1(double f);
double log10(double f);
double log2(double f);
double log1p(double f);
double log(double f, double base);
double pi();
double hypot(double x, double y);
double deg2rad(double f);
double rad2deg(double f);
double fmod(double x, double y);
double fdiv(double x, double y);
Int intdiv(Int a, Int b);
bool is_nan(double f);
bool is_infinite(double f);
bool is_finite(double f);
String decbin(Int n);
String dechex(Int n);
String decoct(Int n);
Value bindec(const String& s);
Value hexdec(const String& s);
Value octdec(const String& s);
String base_convert(const String& num, Int from, Int to);
String number_format(double num, Int decimals, const Value& point, const Value& thousands);
// "%.*F" of a number that is not negative; nan and inf for what is none.
std::string format_fixed(double f, int decimals);

// The Mersenne Twister, whose sequence for a seed is PHP's.
void mt_srand(const Value& seed, Int mode = 0);
void srand(const Value& seed, Int mode = 0);
Int mt_rand(const Value& min, const Value& max);
Int rand(const Value& min, const Value& max);
Int mt_getrandmax();
Int getrandmax();
// A number from low to high, both included, evenly.
Int random_range(Int low, Int high);
double lcg_value();
// From the system's source.
Int random_int(Int low, Int high);
String random_bytes(Int length);
bool shuffle(Array& array);
String str_shuffle(const String& s);
Value array_rand(const Array& array, Int num = 1);

}  // namespace banyan::php_runtime
