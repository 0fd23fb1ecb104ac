package php

import "strconv"

// Conversions by name and the like, after https://www.php.net/manual/en/ref.var.php.

// Intval is intval() with a base.
func Intval(v Value, base int) int {
	s, ok := Deref(v).(string)
	if !ok || base == 10 {
		return ToInt(v)
	}
	return stringBase(s, base)
}

func stringBase(s string, base int) int {
	i := 0
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	s = s[i:]
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	if len(s) > 1 && s[0] == '0' {
		switch p := s[1] | 32; {
		case p == 'x' && (base == 16 || base == 0):
			base, s = 16, s[2:]
		case p == 'b' && (base == 2 || base == 0):
			base, s = 2, s[2:]
		case p == 'o' && (base == 8 || base == 0):
			base, s = 8, s[2:]
		case base == 0:
			base = 8
		}
	}
	if base == 0 {
		base = 10
	}
	n := 0
	for n < len(s) && digitValue(s[n]) < base {
		n++
	}
	if n == 0 || base < 2 || base > 36 {
		return 0
	}
	text := s[:n]
	if negative {
		text = "-" + text
	}
	value, _ := strconv.ParseInt(text, base, 64) // out of range saturates, as strtol() does
	return int(value)
}

// Floatval is floatval().
func Floatval(v Value) float64 { return ToFloat(v) }

// Strval is strval().
func Strval(v Value) string { return ToString(v) }

// Boolval is boolval().
func Boolval(v Value) bool { return ToBool(v) }

// Settype is settype().
func Settype(v *Value, kind string) bool {
	*v = Quiet(*v)
	if *v == Undef {
		*v = nil
	}
	switch lower(kind) {
	case "int", "integer":
		*v = ToInt(*v)
	case "float", "double":
		*v = ToFloat(*v)
	case "string":
		*v = ToString(*v)
	case "bool", "boolean":
		*v = ToBool(*v)
	case "array":
		*v = ToArray(*v)
	case "object":
		*v = ToObject(*v)
	case "null":
		*v = nil
	case "resource":
		ThrowValueError("Cannot convert to resource type")
	default:
		badArgument("settype", 2, "type", "must be a valid type")
	}
	return true
}
