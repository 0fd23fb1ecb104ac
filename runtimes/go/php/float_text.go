package php

import (
	"math"
	"strconv"
	"strings"
)

// Floats as text, after php_gcvt() as echo (precision 14) and var_dump, var_export and json_encode (serialize_precision
// -1, the shortest text that reads back the same) show it.

// FloatToString is a float as echo and string conversion show it.
func FloatToString(f float64) string { return formatGeneral(f, 14) }

// FloatRepr is a float as var_dump and json_encode show it: the shortest text that reads back the same.
func FloatRepr(f float64) string { return formatGeneral(f, -1) }

// formatGeneral writes f with so many significant digits, or the fewest that do for -1.
func formatGeneral(f float64, precision int) string {
	switch {
	case math.IsNaN(f):
		return "NAN"
	case math.IsInf(f, 1):
		return "INF"
	case math.IsInf(f, -1):
		return "-INF"
	case f == 0:
		if math.Signbit(f) {
			return "-0"
		}
		return "0"
	}
	digits, point, negative := decimalDigits(f, precision)
	limit := precision
	if precision < 0 {
		limit = 17
	}
	text := layoutGeneral(digits, point, limit, "E")
	if negative {
		return "-" + text
	}
	return text
}

// decimalDigits gives the digits of |f| without trailing zeros and where the decimal point stands after the first.
func decimalDigits(f float64, precision int) (digits string, point int, negative bool) {
	var buffer [64]byte
	count := precision - 1
	if precision < 0 {
		count = -1
	} else if precision == 0 {
		count = 0
	}
	text := string(strconv.AppendFloat(buffer[:0], f, 'e', count, 64))
	if text[0] == '-' {
		negative, text = true, text[1:]
	}
	mantissa, exponent, _ := strings.Cut(text, "e")
	power, _ := strconv.Atoi(exponent)
	digits = strings.TrimRight(strings.Replace(mantissa, ".", "", 1), "0")
	if digits == "" {
		digits = "0"
	}
	return digits, power + 1, negative
}

func layoutGeneral(digits string, point, limit int, letter string) string {
	switch {
	case point < -3 || point > limit:
		mantissa := digits[:1] + "." + digits[1:]
		if len(digits) == 1 {
			mantissa += "0"
		}
		if point-1 < 0 {
			return mantissa + letter + strconv.Itoa(point-1)
		}
		return mantissa + letter + "+" + strconv.Itoa(point-1)
	case point <= 0:
		return "0." + strings.Repeat("0", -point) + digits
	case point >= len(digits):
		return digits + strings.Repeat("0", point-len(digits))
	}
	return digits[:point] + "." + digits[point:]
}
