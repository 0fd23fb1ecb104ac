package php

import "strings"

// The arithmetic, bitwise and string operators on values, after
// https://www.php.net/manual/en/language.operators.arithmetic.php. Where both operands are known to be int, AddInt and
// its kin widen to float beyond 64 bits; where they are known to be float, Go's own operators do.

// mulInt is $a * $b of ints: an int, or a float64 where it does not fit.
func mulInt(a, b int) Value {
	if a == 0 || b == 0 {
		return 0
	}
	if c := a * b; c/b == a && !(a == -1 && b == minInt) && !(b == -1 && a == minInt) {
		return ofInt(c)
	}
	return float64(a) * float64(b)
}

// addInt is $a + $b of ints.
func addInt(a, b int) Value { return AddInt(a, b).Value() }

// subInt is $a - $b of ints.
func subInt(a, b int) Value { return SubInt(a, b).Value() }

// operands is both operands as numbers, the first one wholly before the second; it throws where PHP refuses their types.
func operands(a, b Value, sign string) (x, y Value) {
	x, ok := ToNumber(a)
	if !ok {
		refuseOperands(a, b, sign)
	}
	y, ok = ToNumber(b)
	if !ok {
		refuseOperands(a, b, sign)
	}
	return x, y
}

func refuseOperands(a, b Value, sign string) {
	ThrowTypeError("Unsupported operand types: " + operandName(a) + " " + sign + " " + operandName(b))
}

// floatOperands is both operands where they are floats.
func floatOperands(a, b Value) (x, y float64, ok bool) {
	if x, ok = a.(float64); ok {
		y, ok = b.(float64)
	}
	return x, y, ok
}

// intOperands is both operands where they are ints.
func intOperands(a, b Value) (x, y int, ok bool) {
	if x, ok = a.(int); ok {
		y, ok = b.(int)
	}
	return x, y, ok
}

func arithmetic(a, b Value, sign string, ints func(a, b int) Value, floats func(a, b float64) float64) Value {
	x, y := operands(a, b, sign)
	if i, ok := x.(int); ok {
		if j, ok := y.(int); ok {
			return ints(i, j)
		}
	}
	return floats(ToFloat(x), ToFloat(y))
}

// Add is $a + $b: numbers, or the union of two arrays.
func Add(a, b Value) Value {
	if x, y, ok := floatOperands(a, b); ok {
		return ofFloat(x + y)
	}
	if x, y, ok := intOperands(a, b); ok {
		return addInt(x, y)
	}
	if x, ok := Deref(a).(*Array); ok {
		if y, ok := Deref(b).(*Array); ok {
			return Union(x, y)
		}
	}
	return arithmetic(a, b, "+", addInt, func(a, b float64) float64 { return a + b })
}

// Union is $a + $b of arrays: the elements of a, then those of b with other keys.
func Union(a, b *Array) *Array {
	result := a.Clone()
	b.eachRaw(func(k Key, v Value) {
		if result.store.find(k) < 0 {
			result.setRaw(k, ownCopy(v))
		}
	})
	return result
}

// Sub is $a - $b.
func Sub(a, b Value) Value {
	if x, y, ok := floatOperands(a, b); ok {
		return ofFloat(x - y)
	}
	if x, y, ok := intOperands(a, b); ok {
		return subInt(x, y)
	}
	return arithmetic(a, b, "-", subInt, func(a, b float64) float64 { return a - b })
}

// Mul is $a * $b.
func Mul(a, b Value) Value {
	if x, y, ok := floatOperands(a, b); ok {
		return ofFloat(x * y)
	}
	return arithmetic(a, b, "*", mulInt, func(a, b float64) float64 { return a * b })
}

// Div is $a / $b: an int where it comes out even; it throws DivisionByZeroError.
func Div(a, b Value) Value {
	if x, y, ok := floatOperands(a, b); ok {
		return ofFloat(DivFloat(x, y))
	}
	x, y := operands(a, b, "/")
	if ToFloat(y) == 0 {
		ThrowDivisionByZero("Division by zero")
	}
	i, okX := x.(int)
	j, okY := y.(int)
	if okX && okY && i%j == 0 && !(i == minInt && j == -1) {
		return i / j
	}
	return ToFloat(x) / ToFloat(y)
}

// DivFloat is $a / $b of floats; it throws DivisionByZeroError.
func DivFloat(a, b float64) float64 {
	if b == 0 {
		ThrowDivisionByZero("Division by zero")
	}
	return a / b
}

// integerOperands is both operands as ints, as %, shifts and bit operators take them: the first one wholly before the
// second.
func integerOperands(a, b Value, sign string) (int, int) {
	x, ok := integerOperand(a)
	if !ok {
		refuseOperands(a, b, sign)
	}
	y, ok := integerOperand(b)
	if !ok {
		refuseOperands(a, b, sign)
	}
	return x, y
}

// integerOperand is an operand as an int; false where PHP refuses its type.
func integerOperand(v Value) (int, bool) {
	number, ok := ToNumber(v)
	if !ok {
		return 0, false
	}
	f, float := number.(float64)
	text, written := Deref(v).(string)
	if !float || !written {
		return implicitInt(number), true
	}
	n := saturate(f)
	if float64(n) != f {
		Deprecated("Implicit conversion from float-string \"" + text + "\" to int loses precision")
	}
	return n, true
}

// implicitInt is a number used as an int, with the deprecation for floats that have a fraction.
func implicitInt(v Value) int {
	if f, ok := v.(float64); ok {
		n := FloatToInt(f)
		if float64(n) != f {
			Deprecated("Implicit conversion from float " + FloatRepr(f) + " to int loses precision")
		}
		return n
	}
	return ToInt(v)
}

// Mod is $a % $b on ints; it throws DivisionByZeroError.
func Mod(a, b Value) int {
	if x, y, ok := intOperands(a, b); ok {
		return ModInt(x, y)
	}
	x, y := integerOperands(a, b, "%")
	return ModInt(x, y)
}

// ModInt is $a % $b of ints.
func ModInt(a, b int) int {
	if b == 0 {
		ThrowDivisionByZero("Modulo by zero")
	}
	if b == -1 {
		return 0
	}
	return a % b
}

// Pow is $a ** $b.
func Pow(a, b Value) Value {
	return arithmetic(a, b, "**", PowInt, exactPow)
}

// PowInt is $a ** $b of ints: a float64 for negative exponents and where it does not fit.
func PowInt(a, b int) Value {
	if b < 0 {
		return exactPow(float64(a), float64(b))
	}
	result, base := 1, a
	for n := b; n > 0; {
		if n&1 == 1 {
			n--
			product := mulInt(result, base)
			if f, ok := product.(float64); ok {
				return f * exactPow(float64(base), float64(n))
			}
			result = product.(int)
			continue
		}
		n /= 2
		square := mulInt(base, base)
		if f, ok := square.(float64); ok {
			return float64(result) * exactPow(f, float64(n))
		}
		base = square.(int)
	}
	return result
}

// Neg is -$a.
func Neg(a Value) Value { return Mul(a, -1) }

// Plus is +$a.
func Plus(a Value) Value { return Mul(a, 1) }

// ShiftLeft is $a << $b.
func ShiftLeft(a, b Value) int {
	x, y := integerOperands(a, b, "<<")
	return ShiftLeftInt(x, y)
}

// ShiftLeftInt is $a << $b of ints.
func ShiftLeftInt(a, b int) int {
	if b < 0 {
		Throw(NewArithmeticError("Bit shift by negative number"))
	}
	if b >= 64 {
		return 0
	}
	return a << uint(b)
}

// ShiftRight is $a >> $b, arithmetic.
func ShiftRight(a, b Value) int {
	x, y := integerOperands(a, b, ">>")
	return ShiftRightInt(x, y)
}

// ShiftRightInt is $a >> $b of ints.
func ShiftRightInt(a, b int) int {
	if b < 0 {
		Throw(NewArithmeticError("Bit shift by negative number"))
	}
	if b >= 64 {
		b = 63
	}
	return a >> uint(b)
}

func bitwise(a, b Value, sign string, bits func(a, b int) int, text func(a, b string) string) Value {
	if s, ok := Deref(a).(string); ok {
		if t, ok := Deref(b).(string); ok {
			return text(s, t)
		}
	}
	x, y := integerOperands(a, b, sign)
	return bits(x, y)
}

// Turned is an operator whose operands PHP's compiler turns round, which what it complains of tells.
func Turned[T any](operator func(a, b Value) T, a, b Value) T { return operator(b, a) }

// BitAnd is $a & $b: of ints, or byte by byte of two strings.
func BitAnd(a, b Value) Value {
	return bitwise(a, b, "&", func(a, b int) int { return a & b }, func(a, b string) string {
		return zipBytes(a, b, func(x, y byte) byte { return x & y })
	})
}

// BitXor is $a ^ $b.
func BitXor(a, b Value) Value {
	return bitwise(a, b, "^", func(a, b int) int { return a ^ b }, func(a, b string) string {
		return zipBytes(a, b, func(x, y byte) byte { return x ^ y })
	})
}

// BitOr is $a | $b; of strings as long as the longer one.
func BitOr(a, b Value) Value {
	return bitwise(a, b, "|", func(a, b int) int { return a | b }, func(a, b string) string {
		if len(a) < len(b) {
			a, b = b, a
		}
		return zipBytes(a, b, func(x, y byte) byte { return x | y }) + a[len(b):]
	})
}

func zipBytes(a, b string, f func(x, y byte) byte) string {
	if len(a) > len(b) {
		a = a[:len(b)]
	}
	out := make([]byte, len(a))
	for i := range out {
		out[i] = f(a[i], b[i])
	}
	return string(out)
}

// BitNot is ~$a.
func BitNot(a Value) Value {
	switch v := Deref(a).(type) {
	case int:
		return ^v
	case float64:
		return ^implicitInt(v)
	case string:
		out := make([]byte, len(v))
		for i := range out {
			out[i] = ^v[i]
		}
		return string(out)
	}
	ThrowTypeError("Cannot perform bitwise not on " + operandName(a))
	return nil
}

// Concat is $a . $b.
func Concat(a, b Value) string {
	x := ToString(a)
	return Grow(x, ToString(b))
}

// grown are the strings that were last added to, with room for more: the one a string was made in is found by its
// length and text, which compare at once where they are the same bytes.
var grown [4]strings.Builder

const growFrom = 256

// Grow is a + b, fast where a was made by it: a string to which much is added is not copied each time.
func Grow(a, b string) string {
	if len(a) < growFrom {
		return a + b
	}
	for i := range grown {
		if one := &grown[i]; one.Len() == len(a) && one.String() == a {
			one.WriteString(b)
			return one.String()
		}
	}
	copy := &grown[growNext]
	growNext = (growNext + 1) % len(grown)
	copy.Reset()
	copy.Grow(2*len(a) + len(b))
	copy.WriteString(a)
	copy.WriteString(b)
	return copy.String()
}

var growNext int

// Inc is ++$a: numbers by one, null to 1, strings as in "Az" to "Ba".
func Inc(a Value) Value {
	switch v := Deref(a).(type) {
	case nil:
		return 1
	case int:
		if v < maxInt {
			return ofInt(v + 1)
		}
		return stepped(addInt(v, 1), 1)
	case float64:
		return v + 1
	case string:
		return incString(v)
	case *Array:
		ThrowTypeError("Cannot increment array")
	case bool:
		return v
	case Object, *Resource:
		ThrowTypeError("Cannot increment " + TypeName(v))
	}
	return a
}

// Dec is --$a: null and strings that are no numbers stay.
func Dec(a Value) Value {
	switch v := Deref(a).(type) {
	case int:
		if v > minInt {
			return ofInt(v - 1)
		}
		return stepped(subInt(v, 1), -1)
	case float64:
		return v - 1
	case string:
		if v == "" {
			return -1
		}
		if number, whole := ParseNumber(v); whole {
			return Dec(number)
		}
		return v
	case *Array:
		ThrowTypeError("Cannot decrement array")
	case Object, *Resource:
		ThrowTypeError("Cannot decrement " + TypeName(v))
	}
	return Deref(a)
}

func incString(s string) Value {
	if s == "" {
		return "1"
	}
	if number, whole := ParseNumber(s); whole {
		return Inc(number)
	}
	out := []byte(s)
	var last byte
	for i := len(out) - 1; i >= 0; i-- {
		c := out[i]
		switch {
		case c >= 'a' && c < 'z' || c >= 'A' && c < 'Z' || c >= '0' && c < '9':
			out[i]++
			return string(out)
		case c == 'z':
			out[i], last = 'a', 'a'
		case c == 'Z':
			out[i], last = 'A', 'A'
		case c == '9':
			out[i], last = '0', '1'
		default:
			return string(out)
		}
	}
	return string(last) + string(out)
}

// PowFunction is pow(), the function.
func PowFunction(num, exponent Value) Value { return Pow(num, exponent) }
