package php

import (
	"math"
	"strings"
)

// Comparison, after https://www.php.net/manual/en/language.operators.comparison.php.

// StrictEqual is $a === $b.
func StrictEqual(a, b Value) bool {
	a, b = Deref(a), Deref(b)
	x, ok := a.(*Array)
	if !ok {
		return a == b
	}
	y, ok := b.(*Array)
	if ok && x.store == y.store {
		return true
	}
	if !ok || x.Len() != y.Len() {
		return false
	}
	p, q := x.pairs(), y.pairs()
	for i := range p {
		if p[i].key != q[i].key || !StrictEqual(p[i].val, q[i].val) {
			return false
		}
	}
	return true
}

// LooseEqual is $a == $b.
func LooseEqual(a, b Value) bool {
	a, b = Deref(a), Deref(b)
	if s, ok := a.(string); ok {
		if t, ok := b.(string); ok {
			return s == t || looseStrings(s, t) == 0
		}
	}
	if x, ok := a.(*Array); ok {
		if y, ok := b.(*Array); ok {
			return looseArrays(x, y)
		}
	}
	return compare(a, b) == 0
}

func looseArrays(x, y *Array) bool {
	if x.store == y.store {
		return true
	}
	if x.Len() != y.Len() {
		return false
	}
	for _, e := range x.pairs() {
		v, ok := y.LookupKey(e.key)
		if !ok || !LooseEqual(e.val, v) {
			return false
		}
	}
	return true
}

// Compare is $a <=> $b: -1, 0 or 1; 1 also where the two cannot be compared.
func Compare(a, b Value) int { return compare(Deref(a), Deref(b)) }

// Less is $a < $b. It and its kin take operands of any type, so that ints need not become values to be compared.
func Less[A, B any](a A, b B) bool {
	if x, ok := wholeOf(a); ok {
		if y, ok := wholeOf(b); ok {
			return x < y
		}
	}
	return Compare(valueOf(a), valueOf(b)) < 0
}

// LessEqual is $a <= $b.
func LessEqual[A, B any](a A, b B) bool {
	if x, ok := wholeOf(a); ok {
		if y, ok := wholeOf(b); ok {
			return x <= y
		}
	}
	return Compare(valueOf(a), valueOf(b)) <= 0
}

// wholeOf is an operand of any type that is an int.
func wholeOf[T any](operand T) (int, bool) {
	switch v := any(operand).(type) {
	case int:
		return v, true
	case Num:
		return v.whole, !v.isFloat
	}
	return 0, false
}

// valueOf is an operand of any type as a value.
func valueOf[T any](operand T) Value {
	if n, ok := any(operand).(Num); ok {
		return n.Value()
	}
	return operand
}

// Greater is $a > $b, which PHP turns into $b < $a.
func Greater[A, B any](a A, b B) bool { return Less(b, a) }

// GreaterEqual is $a >= $b.
func GreaterEqual[A, B any](a A, b B) bool { return LessEqual(b, a) }

// isCase: a case of an enum is less or greater than nothing but null.
func isCase(v Value) bool {
	o, ok := v.(Object)
	return ok && ClassOf(o).Enum
}

func isNaN(v Value) bool {
	f, ok := Deref(v).(float64)
	return ok && math.IsNaN(f)
}

func sign(n int) int {
	if n < 0 {
		return -1
	} else if n > 0 {
		return 1
	}
	return 0
}

func compareInts(a, b int) int {
	if a < b {
		return -1
	} else if a > b {
		return 1
	}
	return 0
}

func compareFloats(a, b float64) int {
	if a == b {
		return 0
	} else if a < b {
		return -1
	}
	return 1
}

func compareBools(a, b bool) int { return compareInts(ToInt(a), ToInt(b)) }

func compare(a, b Value) int {
	switch x := a.(type) {
	case int:
		switch y := b.(type) {
		case int:
			return compareInts(x, y)
		case float64:
			return compareFloats(float64(x), y)
		case string:
			return compareNumberString(x, y)
		}
	case float64:
		switch y := b.(type) {
		case int:
			return compareFloats(x, float64(y))
		case float64:
			return compareFloats(x, y)
		case string:
			return compareNumberString(x, y)
		}
	case string:
		switch y := b.(type) {
		case string:
			return looseStrings(x, y)
		case int, float64:
			return -compareStringNumber(x, y)
		case nil:
			return sign(len(x))
		}
	case nil:
		switch y := b.(type) {
		case nil:
			return 0
		case string:
			return -sign(len(y))
		}
	case *Array:
		if y, ok := b.(*Array); ok {
			return compareArrays(x, y)
		}
	}
	return compareMixed(a, b)
}

// compareMixed is for what the types of both do not settle at once: null first, then cases of enums, booleans, arrays
// and objects.
func compareMixed(a, b Value) int {
	withNull := a == nil || b == nil
	if !withNull && (isCase(a) || isCase(b)) {
		if a == b {
			return 0
		}
		return 1
	}
	if withNull || IsBool(a) || IsBool(b) {
		return compareBools(ToBool(a), ToBool(b))
	}
	x, okX := a.(Object)
	y, okY := b.(Object)
	switch {
	case okX && okY:
		return compareObjects(x, y)
	case okX:
		return compareObjectScalar(x, b)
	case okY:
		c := compareObjectScalar(y, a)
		if isNaN(a) {
			return c
		}
		return -c
	}
	if IsArray(a) {
		return 1
	}
	if IsArray(b) {
		return -1
	}
	return compareFloats(ToFloat(a), ToFloat(b))
}

func compareObjectScalar(o Object, v Value) int {
	switch v := v.(type) {
	case string:
		if s, ok := objectString(o); ok {
			return looseStrings(s, v)
		}
	case int, float64:
		number := Value(1)
		if _, ok := v.(float64); ok {
			Notice("Object of class " + ClassName(o) + " could not be converted to float")
			number = 1.0
		} else {
			Notice("Object of class " + ClassName(o) + " could not be converted to int")
		}
		return compare(number, v)
	}
	return 1
}

func compareNumberString(n Value, s string) int {
	number, whole := ParseNumber(s)
	if isNaN(n) {
		return 1
	}
	if Legacy7 {
		if number == nil {
			number = 0
		}
		return compare(n, number)
	}
	if !whole {
		return sign(strings.Compare(ToString(n), s))
	}
	return compare(n, number)
}

func compareStringNumber(s string, n Value) int {
	if isNaN(n) {
		return -1
	}
	return compareNumberString(n, s)
}

// looseStrings compares two strings as numbers where both are numeric, else byte by byte. Of an int and an integer that is
// too long for one the latter is further from 0; those too long that give the same float are compared as text.
func looseStrings(a, b string) int {
	if len(a) > 0 && len(b) > 0 && a[0] <= '9' && b[0] <= '9' {
		x, wholeX := ParseNumber(a)
		y, wholeY := ParseNumber(b)
		if wholeX && wholeY {
			_, intX := x.(int)
			_, intY := y.(int)
			overX, overY := overflow(a, x), overflow(b, y)
			switch {
			case intX && overY != 0:
				return -overY
			case intY && overX != 0:
				return overX
			case x != y || overX*overY == 0 && !isInfinite(x):
				return compare(x, y)
			}
		}
	}
	return sign(strings.Compare(a, b))
}

// overflow is the sign of an integer that is too long for an int and was read as the float v; otherwise 0.
func overflow(s string, v Value) int {
	if f, ok := v.(float64); ok && !strings.ContainsAny(s, ".eE") {
		return compareFloats(f, 0)
	}
	return 0
}

func isInfinite(v Value) bool {
	f, ok := v.(float64)
	return ok && math.IsInf(f, 0)
}

func compareArrays(x, y *Array) int {
	if x.store == y.store {
		return 0
	}
	if x.Len() != y.Len() {
		return compareInts(x.Len(), y.Len())
	}
	for _, e := range x.pairs() {
		v, ok := y.LookupKey(e.key)
		if !ok {
			return 1
		}
		if c := Compare(e.val, v); c != 0 {
			return c
		}
	}
	return 0
}

// MinInt and MaxInt are min() and max() of ints.
func MinInt(a, b int) int {
	if b < a {
		return b
	}
	return a
}

// MaxInt is max() of two ints.
func MaxInt(a, b int) int {
	if b > a {
		return b
	}
	return a
}
