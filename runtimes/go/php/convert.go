package php

import (
	"math"
	"strconv"
)

// Conversions between the scalar types, after https://www.php.net/manual/en/language.types.numeric-strings.php and
// its neighbours. None of them fails but ToString, which throws for objects without __toString.

// Legacy7 makes comparisons of numbers with strings those of PHP 7 ("abc" == 0). It is set once, before all else.
var Legacy7 = false

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// scanNumber measures the number that s begins with, after white space: its start and end, whether it is written as a
// float, and 0, 0 where there is none.
func scanNumber(s string) (start, end int, float bool) {
	i := 0
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	start = i
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	digits := i
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	count := i - digits
	if i < len(s) && s[i] == '.' && (count > 0 || i+1 < len(s) && isDigit(s[i+1])) {
		float = true
		i++
		for i < len(s) && isDigit(s[i]) {
			i++
			count++
		}
	}
	if count == 0 {
		return 0, 0, false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		if j < len(s) && isDigit(s[j]) {
			for j < len(s) && isDigit(s[j]) {
				j++
			}
			i, float = j, true
		}
	}
	return start, i, float
}

// ParseNumber reads the number s begins with: an int or a float64, or nil where there is none. whole says that nothing
// but white space follows it, which makes s a numeric string.
func ParseNumber(s string) (number Value, whole bool) {
	start, end, float := scanNumber(s)
	if end == 0 {
		return nil, false
	}
	tail := end
	for tail < len(s) && isSpace(s[tail]) {
		tail++
	}
	text := s[start:end]
	if !float {
		if n, err := strconv.Atoi(text); err == nil {
			return n, tail == len(s)
		}
	}
	return parseFloat(text), tail == len(s)
}

func parseFloat(text string) float64 {
	f, _ := strconv.ParseFloat(text, 64) // out of range gives the infinity that PHP gives too
	return f
}

// ToInt is (int).
func ToInt(v Value) int {
	switch v := Deref(v).(type) {
	case nil:
		return 0
	case int:
		return v
	case bool:
		if v {
			return 1
		}
		return 0
	case float64:
		return FloatToInt(v)
	case string:
		return StringToInt(v)
	case *Array:
		if v.Len() > 0 {
			return 1
		}
		return 0
	case *Resource:
		return v.ID
	case Object:
		Warning("Object of class " + ClassName(v) + " could not be converted to int")
	}
	return 1
}

// StringToInt is (int) of a string: the number it begins with, saturating.
func StringToInt(s string) int {
	number, _ := ParseNumber(s)
	switch n := number.(type) {
	case int:
		return n
	case float64:
		return saturate(n)
	}
	return 0
}

func saturate(f float64) int {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return 0
	case f >= 9223372036854775808.0:
		return math.MaxInt
	case f < -9223372036854775808.0:
		return math.MinInt
	}
	return int(f)
}

// FloatToInt is (int) of a float: towards zero, modulo 2^64 beyond the range, 0 for what is no number.
func FloatToInt(f float64) int {
	if f >= -9223372036854775808.0 && f < 9223372036854775808.0 {
		return int(f)
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	const two64 = 18446744073709551616.0
	rest := math.Mod(math.Trunc(f), two64)
	if rest < 0 {
		rest += two64
	}
	return int(uint64(rest))
}

// ToFloat is (float).
func ToFloat(v Value) float64 {
	switch v := Deref(v).(type) {
	case float64:
		return v
	case int:
		return float64(v)
	case string:
		return StringToFloat(v)
	case Object:
		Warning("Object of class " + ClassName(v) + " could not be converted to float")
		return 1
	default:
		return float64(ToInt(v))
	}
}

// StringToFloat is (float) of a string: the number it begins with.
func StringToFloat(s string) float64 {
	start, end, _ := scanNumber(s)
	if end == 0 {
		return 0
	}
	return parseFloat(s[start:end])
}

// ToBool is (bool).
func ToBool(v Value) bool {
	switch v := Deref(v).(type) {
	case nil:
		return false
	case bool:
		return v
	case int:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != "" && v != "0"
	case *Array:
		return v.Len() > 0
	}
	return true
}

// ToString is (string): arrays warn and give "Array", objects give what __toString gives or throw.
func ToString(v Value) string {
	switch v := Deref(v).(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case nil:
		return ""
	case bool:
		if v {
			return "1"
		}
		return ""
	case float64:
		return FloatToString(v)
	case *Array:
		Warning("Array to string conversion")
		return "Array"
	case *Resource:
		return "Resource id #" + strconv.Itoa(v.ID)
	case Object:
		if s, ok := objectString(v); ok {
			return s
		}
		ThrowError("Object of class " + ClassName(v) + " could not be converted to string")
	}
	return ""
}

// ToArray is (array): null is empty, scalars stand alone, objects give their properties.
func ToArray(v Value) *Array {
	switch v := Deref(v).(type) {
	case nil:
		return NewArray()
	case *Array:
		return v.Clone()
	case *Closure:
		return List(v)
	case Object:
		return objectToArray(v)
	}
	return List(Deref(v))
}

// ToNumber is v as arithmetic takes it, an int or a float64: strings by the number they begin with, with PHP's warning
// for what follows it. ok is false where PHP refuses the type.
func ToNumber(v Value) (number Value, ok bool) {
	switch v := Deref(v).(type) {
	case int, float64:
		return v, true
	case nil:
		return 0, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case string:
		number, whole := ParseNumber(v)
		if number == nil {
			return nil, false
		}
		if !whole {
			Warning("A non-numeric value encountered")
		}
		return number, true
	}
	return nil, false
}
