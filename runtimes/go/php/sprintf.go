package php

import (
	"math"
	"strconv"
	"strings"
)

// printf() and its family, after https://www.php.net/manual/en/function.sprintf.php.

// formatSpec is one conversion of a format.
type formatSpec struct {
	argument  int // from 0; -1 is the next one
	left      bool
	plus      bool
	pad       byte
	width     int
	precision int // only where it is precise; -1 asks for as many digits as tell the number apart
	precise   bool
	verb      byte
}

type formatter struct {
	out       strings.Builder
	function  string
	format    string
	at        int
	next      int
	most      int // the greatest argument asked for
	arguments []Value
}

// Sprintf is sprintf().
func Sprintf(format string, values ...Value) string { return formatWith("sprintf", format, values, -1) }

// Vsprintf is vsprintf().
func Vsprintf(format string, values *Array) string {
	return formatWith("vsprintf", format, values.Values(), values.Len())
}

// Printf is printf().
func Printf(format string, values ...Value) int {
	text := formatWith("printf", format, values, -1)
	Echo(text)
	return len(text)
}

// Vprintf is vprintf().
func Vprintf(format string, values *Array) int {
	text := formatWith("vprintf", format, values.Values(), values.Len())
	Echo(text)
	return len(text)
}

func formatWith(function, format string, values []Value, elements int) string {
	f := &formatter{function: function, format: format, arguments: values}
	for f.at < len(format) {
		if c := format[f.at]; c != '%' {
			f.out.WriteByte(c)
			f.at++
			continue
		}
		if f.at+1 < len(format) && format[f.at+1] == '%' {
			f.out.WriteByte('%')
			f.at += 2
			continue
		}
		f.at++
		f.conversion()
	}
	if f.most > len(values) {
		if elements >= 0 {
			ThrowValueError("The arguments array must contain " + strconv.Itoa(f.most) + " items, " + strconv.Itoa(elements) + " given")
		}
		before := 1
		if function == "fprintf" {
			before = 2
		}
		ThrowArgumentCount(strconv.Itoa(f.most+before) + " arguments are required, " + strconv.Itoa(len(values)+before) + " given")
	}
	return f.out.String()
}

func (f *formatter) peek() byte {
	if f.at < len(f.format) {
		return f.format[f.at]
	}
	return 0
}

// digits reads a number, -1 for one that is too big.
func (f *formatter) digits() int {
	n := 0
	for isDigit(f.peek()) {
		n = n*10 + int(f.peek()-'0')
		if n > math.MaxInt32-1 {
			n = math.MaxInt32
		}
		f.at++
	}
	if n >= math.MaxInt32 {
		return -1
	}
	return n
}

func (f *formatter) conversion() {
	spec := formatSpec{argument: f.position(), pad: ' '}
	f.flags(&spec)
	if f.peek() == '*' {
		f.at++
		n, ok := f.starred("Width", 0)
		if !ok {
			return
		}
		spec.width = n
	} else if isDigit(f.peek()) {
		if spec.width = f.digits(); spec.width < 0 {
			ThrowValueError("Width must be greater than zero and less than 2147483647")
		}
	}
	if f.peek() == '.' {
		f.at++
		if f.peek() == '*' {
			f.at++
			n, ok := f.starred("Precision", -1)
			if !ok {
				return
			}
			spec.precision, spec.precise = n, true
		} else if isDigit(f.peek()) {
			if spec.precision = f.digits(); spec.precision < 0 {
				ThrowValueError("Precision must be greater than zero and less than 2147483647")
			}
			spec.precise = true
		}
	}
	if f.peek() == 'l' {
		f.at++
	}
	if f.at < len(f.format) {
		spec.verb = f.format[f.at]
	}
	f.at++
	if spec.verb == '%' {
		f.argument(spec.argument) // which it takes all the same
	}
	f.write(spec)
}

// position is the number of an argument, from 0, where one stands there: "2$"; else -1.
func (f *formatter) position() int {
	start := f.at
	n := f.digits()
	if f.peek() != '$' {
		f.at = start
		return -1
	}
	if n <= 0 {
		ThrowValueError("Argument number specifier must be greater than zero and less than 2147483647")
	}
	f.at++
	return n - 1
}

// starred is a width or precision that is an argument.
func (f *formatter) starred(what string, least int) (int, bool) {
	v, ok := f.argument(f.position())
	if !ok {
		return 0, false
	}
	n, isInt := v.(int)
	if !isInt {
		ThrowValueError(what + " must be an integer")
	}
	if n < least || n > math.MaxInt32 {
		if least < 0 {
			ThrowValueError(what + " must be between -1 and 2147483647")
		}
		ThrowValueError(what + " must be greater than zero and less than 2147483647")
	}
	return n, true
}

func (f *formatter) flags(spec *formatSpec) {
	for ; ; f.at++ {
		switch f.peek() {
		case ' ', '0':
			spec.pad = f.peek()
		case '-':
			spec.left = true
		case '+':
			spec.plus = true
		case '\'':
			f.at++
			if f.at >= len(f.format) {
				ThrowValueError("Missing padding character")
			}
			spec.pad = f.format[f.at]
		default:
			return
		}
	}
}

func (f *formatter) argument(n int) (Value, bool) {
	if n < 0 {
		n = f.next
		f.next++
	}
	if n+1 > f.most {
		f.most = n + 1
	}
	if n >= len(f.arguments) {
		return nil, false
	}
	return Deref(f.arguments[n]), true
}

func (f *formatter) write(spec formatSpec) {
	if spec.verb == '%' {
		f.out.WriteByte('%')
		return
	}
	v, ok := f.argument(spec.argument)
	if !ok {
		return
	}
	if spec.precise && spec.precision < 0 && strings.IndexByte("gGhH", spec.verb) < 0 {
		ThrowValueError("Precision -1 is only supported for %g, %G, %h and %H")
	}
	if spec.verb == 0 && f.at > len(f.format) {
		ThrowValueError("Missing format specifier at end of string")
	}
	if strings.IndexByte("sdueEfFgGhHcoxXb", spec.verb) < 0 {
		ThrowValueError("Unknown format specifier \"" + string([]byte{spec.verb}) + "\"")
	}
	switch spec.verb {
	case 's':
		text := ToString(v)
		if spec.precise {
			text = first(text, spec.precision)
		}
		f.padded(text, spec, false)
	case 'd':
		n := ToInt(v)
		text := strconv.Itoa(n)
		if spec.plus && n >= 0 {
			text = "+" + text
		}
		f.padded(text, spec, true)
	case 'u':
		f.padded(strconv.FormatUint(uint64(ToInt(v)), 10), spec, true)
	case 'c':
		f.out.WriteString(Chr(ToInt(v)))
	case 'o':
		f.padded(toBase(uint64(ToInt(v)), 8), spec, false)
	case 'x':
		f.padded(toBase(uint64(ToInt(v)), 16), spec, false)
	case 'X':
		f.padded(upper(toBase(uint64(ToInt(v)), 16)), spec, false)
	case 'b':
		f.padded(toBase(uint64(ToInt(v)), 2), spec, false)
	default:
		f.float(ToFloat(v), spec)
	}
}

// padded writes text to its width; zeros go after a sign.
func (f *formatter) padded(text string, spec formatSpec, signed bool) {
	missing := spec.width - len(text)
	if missing <= 0 {
		f.out.WriteString(text)
		return
	}
	fill := strings.Repeat(string([]byte{spec.pad}), missing)
	switch {
	case spec.left && spec.pad == '0' && (spec.verb == 'd' || spec.verb == 'u'):
		f.out.WriteString(text + strings.Repeat(" ", missing)) // zeros behind would change the number
	case spec.left:
		f.out.WriteString(text + fill)
	case signed && spec.pad == '0' && (text[0] == '-' || text[0] == '+'):
		f.out.WriteString(text[:1] + fill + text[1:])
	default:
		f.out.WriteString(fill + text)
	}
}

func (f *formatter) float(v float64, spec formatSpec) {
	precision := 6
	if spec.precise {
		precision = spec.precision
	}
	if precision > 53 {
		Notice(f.function + "(): Requested precision of " + strconv.Itoa(precision) + " digits was truncated to PHP maximum of 53 digits")
		precision = 53
	}
	if math.IsNaN(v) || math.IsInf(v, 0) { // whatever the width and the sign
		if math.IsNaN(v) {
			f.out.WriteString("NaN")
		} else {
			f.out.WriteString("INF")
		}
		return
	}
	var text string
	switch spec.verb {
	case 'e', 'E':
		text = formatExponent(math.Abs(v), precision, spec.verb)
	case 'f', 'F':
		text = formatFixed(math.Abs(v), precision)
	default:
		text = formatShortest(math.Abs(v), precision, spec.verb)
	}
	if v < 0 || v == 0 && math.Signbit(v) && strings.IndexByte("gGhH", spec.verb) >= 0 {
		text = "-" + text
	} else if spec.plus {
		text = "+" + text
	}
	f.padded(text, spec, true)
}

// formatExponent is "1.234568e+4": as few digits of the exponent as it has.
func formatExponent(v float64, precision int, verb byte) string {
	text := strconv.FormatFloat(v, 'e', precision, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	sign := exponent[:1]
	digits := strings.TrimLeft(exponent[1:], "0")
	if digits == "" {
		digits = "0"
	}
	return mantissa + string([]byte{verb}) + sign + digits
}

// formatShortest is %g and %h.
func formatShortest(v float64, precision int, verb byte) string {
	if precision == 0 {
		precision = 1
	}
	if v == 0 {
		return "0"
	}
	letter := "e"
	if verb == 'G' || verb == 'H' {
		letter = "E"
	}
	digits, point, _ := decimalDigits(v, precision)
	if precision < 0 {
		precision = 17
	}
	return layoutGeneral(digits, point, precision, letter)
}
