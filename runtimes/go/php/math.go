package php

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Mathematics, after https://www.php.net/manual/en/ref.math.php.

// Abs is abs().
func Abs(num Value) Value {
	switch n := num.(type) {
	case int:
		if n == minInt {
			return -float64(minInt)
		}
		if n < 0 {
			return -n
		}
		return n
	case float64:
		return math.Abs(n)
	}
	return 0
}

// AbsInt is abs() of an int other than PHP_INT_MIN.
func AbsInt(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// Ceil is ceil().
func Ceil(num Value) float64 { return math.Ceil(ToFloat(num)) }

// Floor is floor().
func Floor(num Value) float64 { return math.Floor(ToFloat(num)) }

// The modes of round().
const (
	roundHalfUp = 1 + iota
	roundHalfDown
	roundHalfEven
	roundHalfOdd
)

// Round is round(): an int without a negative precision stays what it is, as a float.
func Round(num Value, precision, mode int) float64 {
	if n, ok := num.(int); ok && precision >= 0 {
		return float64(n)
	}
	return roundMode(ToFloat(num), precision, mode)
}

// RoundFloat is round() of a float, halves away from zero.
func RoundFloat(f float64, precision int) float64 { return roundMode(f, precision, roundHalfUp) }

// roundHelper is the whole number next to f; the mode says which of two where it lies in the middle.
func roundHelper(f float64, mode int) float64 {
	if f < 0 {
		return -roundHelper(-f, mode)
	}
	up := math.Floor(f + 0.5)
	even := 2 * math.Floor(up/2)
	down := mode == roundHalfDown && f == up-0.5 || mode == roundHalfEven && f == even+0.5 ||
		mode == roundHalfOdd && f == even-0.5
	if down {
		return up - 1
	}
	return up
}

func powerOfTen(n int) float64 {
	if n < 0 || n > 22 {
		return math.Pow(10, float64(n))
	}
	p := 1.0
	for ; n > 0; n-- {
		p *= 10
	}
	return p
}

// roundMode is _php_math_round() of PHP 8.2: with the pre-rounding to 15 significant digits.
func roundMode(f float64, places, mode int) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) || f == 0 {
		return f
	}
	if places < -308-1 {
		return 0
	}
	precisionPlaces := 14 - int(math.Floor(exactLog10(math.Abs(f))))
	var t float64
	if precisionPlaces > places && precisionPlaces-15 < places {
		t = roundHelper(movedPoint(f, precisionPlaces), mode) / powerOfTen(precisionPlaces-places)
	} else {
		t = movedPoint(f, places)
		if math.Abs(t) >= 1e15 {
			return f
		}
	}
	t = roundHelper(t, mode)
	if absInt(places) < 23 {
		return movedPoint(t, -places)
	}
	back, _ := strconv.ParseFloat(strconv.FormatFloat(t, 'f', 0, 64)+"e"+strconv.Itoa(-places), 64)
	if math.IsInf(back, 0) || math.IsNaN(back) {
		return f
	}
	return back
}

// movedPoint is f * 10^n, by division where n is negative, which loses less.
func movedPoint(f float64, n int) float64 {
	if n < 0 {
		return f / powerOfTen(-n)
	}
	return f * powerOfTen(n)
}

func absInt(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// The functions of one float are Go's.

// Sqrt is sqrt().
func Sqrt(f float64) float64 { return math.Sqrt(f) }

// Sin is sin().
func Sin(f float64) float64 { return exactSin(f) }

// Cos is cos().
func Cos(f float64) float64 { return exactCos(f) }

// Tan is tan().
func Tan(f float64) float64 { return exactTan(f) }

// Asin is asin().
func Asin(f float64) float64 { return exactAsin(f) }

// Acos is acos().
func Acos(f float64) float64 { return exactAcos(f) }

// Atan is atan().
func Atan(f float64) float64 { return exactAtan(f) }

// Atan2 is atan2().
func Atan2(y, x float64) float64 { return exactAtan2(y, x) }

// Sinh is sinh().
func Sinh(f float64) float64 { return math.Sinh(f) }

// Cosh is cosh().
func Cosh(f float64) float64 { return math.Cosh(f) }

// Tanh is tanh().
func Tanh(f float64) float64 { return math.Tanh(f) }

// Asinh is asinh().
func Asinh(f float64) float64 { return math.Asinh(f) }

// Acosh is acosh().
func Acosh(f float64) float64 { return math.Acosh(f) }

// Atanh is atanh().
func Atanh(f float64) float64 { return math.Atanh(f) }

// Exp is exp().
func Exp(f float64) float64 { return exactExp(f) }

// Expm1 is expm1().
func Expm1(f float64) float64 { return math.Expm1(f) }

// Log10 is log10().
func Log10(f float64) float64 { return exactLog10(f) }

// Log2 is log2().
func Log2(f float64) float64 { return exactLog2(f) }

// Log1p is log1p().
func Log1p(f float64) float64 { return math.Log1p(f) }

// Log is log().
func Log(f, base float64) float64 {
	switch {
	case base == math.E:
		return exactLog(f)
	case base == 2:
		return exactLog2(f)
	case base == 10:
		return exactLog10(f)
	case base == 1:
		return math.NaN()
	case base <= 0:
		badArgument("log", 2, "base", "must be greater than 0")
	}
	return exactLog(f) / exactLog(base)
}

// Pi is pi().
func Pi() float64 { return math.Pi }

// Hypot is hypot().
func Hypot(x, y float64) float64 { return exactHypot(x, y) }

// Deg2rad is deg2rad().
func Deg2rad(f float64) float64 { return f / 180 * math.Pi }

// Rad2deg is rad2deg().
func Rad2deg(f float64) float64 { return f / math.Pi * 180 }

// Fmod is fmod().
func Fmod(x, y float64) float64 { return math.Mod(x, y) }

// Fdiv is fdiv(): division after IEEE 754, without an error.
func Fdiv(x, y float64) float64 { return x / y }

// Intdiv is intdiv().
func Intdiv(a, b int) int {
	if b == 0 {
		ThrowDivisionByZero("Division by zero")
	}
	if b == -1 && a == minInt {
		Throw(NewArithmeticError("Division of PHP_INT_MIN by -1 is not an integer"))
	}
	return a / b
}

// IsNan is is_nan().
func IsNan(f float64) bool { return math.IsNaN(f) }

// IsInfinite is is_infinite().
func IsInfinite(f float64) bool { return math.IsInf(f, 0) }

// IsFinite is is_finite().
func IsFinite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// toBase writes n in a base from 2 to 36.
func toBase(n uint64, base int) string { return strconv.FormatUint(n, base) }

// Decbin is decbin().
func Decbin(n int) string { return toBase(uint64(n), 2) }

// Dechex is dechex().
func Dechex(n int) string { return toBase(uint64(n), 16) }

// Decoct is decoct().
func Decoct(n int) string { return toBase(uint64(n), 8) }

func digitValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return 99
}

// fromBase reads s in a base: an int, or a float64 where it is too big; other bytes are ignored with a deprecation.
func fromBase(s string, base int) Value {
	s = strings.Trim(s, " \t\n\r\v\f")
	if len(s) > 1 && s[0] == '0' {
		if p := s[1] | 32; base == 16 && p == 'x' || base == 2 && p == 'b' || base == 8 && p == 'o' {
			s = s[2:]
		}
	}
	n, f, float, invalid := uint64(0), 0.0, false, false
	for i := 0; i < len(s); i++ {
		d := digitValue(s[i])
		if d >= base {
			invalid = true
			continue
		}
		if float {
			f = f*float64(base) + float64(d)
			continue
		}
		high, low := bits.Mul64(n, uint64(base))
		sum, carry := bits.Add64(low, uint64(d), 0)
		if high != 0 || carry != 0 || sum > math.MaxInt64 {
			float, f = true, float64(n)*float64(base)+float64(d)
			continue
		}
		n = sum
	}
	if invalid {
		Deprecated("Invalid characters passed for attempted conversion, these have been ignored")
	}
	if float {
		return f
	}
	return int(n)
}

// Bindec is bindec().
func Bindec(s string) Value { return fromBase(s, 2) }

// Hexdec is hexdec().
func Hexdec(s string) Value { return fromBase(s, 16) }

// Octdec is octdec().
func Octdec(s string) Value { return fromBase(s, 8) }

// BaseConvert is base_convert().
func BaseConvert(num string, from, to int) string {
	if from < 2 || from > 36 {
		badArgument("base_convert", 2, "from_base", "must be between 2 and 36 (inclusive)")
	}
	if to < 2 || to > 36 {
		badArgument("base_convert", 3, "to_base", "must be between 2 and 36 (inclusive)")
	}
	switch n := fromBase(num, from).(type) {
	case int:
		return toBase(uint64(n), to)
	case float64:
		return floatToBase(n, to)
	}
	return ""
}

func floatToBase(f float64, base int) string {
	if math.IsInf(f, 0) {
		warnFunction("base_convert", "Number too large")
		return ""
	}
	var out []byte
	for f = math.Floor(f); ; {
		out = append([]byte{"0123456789abcdefghijklmnopqrstuvwxyz"[int(math.Mod(f, float64(base)))]}, out...)
		f /= float64(base)
		if math.Abs(f) < 1 || len(out) == 64 {
			return string(out)
		}
	}
}

// NumberFormat is number_format(); the separators are strings or nil for the usual ones.
func NumberFormat(num float64, decimals int, point, thousands Value) string {
	decimalPoint, thousandsSeparator := ".", ","
	if point != nil {
		decimalPoint = ToString(point)
	}
	if thousands != nil {
		thousandsSeparator = ToString(thousands)
	}
	decimals = MaxInt(decimals, 0)
	if decimals > stringBytesMax>>8 {
		ThrowError("Allowed memory size exhausted")
	}
	num = roundMode(num, decimals, roundHalfUp)
	negative := num < 0
	text := formatFixed(math.Abs(num), decimals)
	if text == "" || !isDigit(text[0]) {
		return text
	}
	whole, fraction, _ := strings.Cut(text, ".")
	var b strings.Builder
	if negative && strings.Trim(text, "0.") != "" {
		b.WriteByte('-')
	}
	for i := 0; i < len(whole); i++ {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(thousandsSeparator)
		}
		b.WriteByte(whole[i])
	}
	if decimals > 0 {
		b.WriteString(decimalPoint + fraction)
	}
	return b.String()
}

// formatFixed is "%.*F" as PHP's printf has it: at most 500 decimals, digits beyond 17 are zeros after mode 3 of dtoa.
func formatFixed(f float64, decimals int) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 0):
		return "inf"
	}
	return strconv.FormatFloat(f, 'f', decimals, 64)
}
