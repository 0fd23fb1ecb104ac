package php

// Num is a number of which the converter does not know whether it is an int or a float: what arithmetic gives, since an
// int that leaves 64 bits goes on as a float. It lives in registers, where a Value needs memory.
type Num struct {
	whole    int
	fraction float64
	isFloat  bool
}

// Int and Float make a Num of what is known to be one or the other.
func Int(n int) Num { return Num{whole: n} }

// Float is the Num of a float.
func Float(f float64) Num { return Num{fraction: f, isFloat: true} }

// ToNum is a value that is an int or a float as a Num; what else there is, is converted as arithmetic does.
func ToNum(v Value) Num {
	switch v := v.(type) {
	case int:
		return Int(v)
	case float64:
		return Float(v)
	}
	return numOf(v)
}

// numOf is ToNum of anything else than numbers.
func numOf(v Value) Num {
	number, _ := ToNumber(v)
	switch number := number.(type) {
	case int:
		return Int(number)
	case float64:
		return Float(number)
	}
	return Num{}
}

// Value is the number as a value.
func (a Num) Value() Value {
	if a.isFloat {
		return ofFloat(a.fraction)
	}
	return ofInt(a.whole)
}

// Int is (int) $a.
func (a Num) Int() int {
	if a.isFloat {
		return FloatToInt(a.fraction)
	}
	return a.whole
}

// Float is (float) $a.
func (a Num) Float() float64 {
	if a.isFloat {
		return a.fraction
	}
	return float64(a.whole)
}

// String is the number as PHP writes it.
func (a Num) String() string { return ToString(a.Value()) }

// Bool is (bool) $a.
func (a Num) Bool() bool {
	if a.isFloat {
		return a.fraction != 0
	}
	return a.whole != 0
}

// AddInt is $a + $b of ints: an int, or a float where it does not fit.
func AddInt(a, b int) Num {
	if c := a + b; (c > a) == (b > 0) {
		return Int(c)
	}
	return Float(float64(a) + float64(b))
}

// SubInt is $a - $b of ints.
func SubInt(a, b int) Num {
	if c := a - b; (c < a) == (b > 0) {
		return Int(c)
	}
	return Float(float64(a) - float64(b))
}

// MulInt is $a * $b of ints.
func MulInt(a, b int) Num {
	const small = 1 << 31
	if uint(a+small) < 2*small && uint(b+small) < 2*small {
		return Int(a * b)
	}
	return ToNum(mulInt(a, b))
}

// Add is $a + $b.
func (a Num) Add(b Num) Num {
	if a.isFloat || b.isFloat {
		return Float(a.Float() + b.Float())
	}
	return AddInt(a.whole, b.whole)
}

// Sub is $a - $b.
func (a Num) Sub(b Num) Num {
	if a.isFloat || b.isFloat {
		return Float(a.Float() - b.Float())
	}
	return SubInt(a.whole, b.whole)
}

// Mul is $a * $b.
func (a Num) Mul(b Num) Num {
	if a.isFloat || b.isFloat {
		return Float(a.Float() * b.Float())
	}
	return MulInt(a.whole, b.whole)
}

// Div is $a / $b: an int where it comes out even; it throws DivisionByZeroError.
func (a Num) Div(b Num) Num {
	if a.isFloat || b.isFloat {
		return Float(DivFloat(a.Float(), b.Float()))
	}
	if b.whole == 0 {
		ThrowDivisionByZero("Division by zero")
	}
	if a.whole%b.whole == 0 && !(a.whole == minInt && b.whole == -1) {
		return Int(a.whole / b.whole)
	}
	return Float(float64(a.whole) / float64(b.whole))
}

// Mod is $a % $b on ints; it throws DivisionByZeroError.
func (a Num) Mod(b Num) int {
	if a.isFloat || b.isFloat {
		return Mod(a.Value(), b.Value())
	}
	return ModInt(a.whole, b.whole)
}

// Less is $a < $b.
func (a Num) Less(b Num) bool {
	if a.isFloat || b.isFloat {
		return a.Float() < b.Float()
	}
	return a.whole < b.whole
}

// LessEqual is $a <= $b.
func (a Num) LessEqual(b Num) bool {
	if a.isFloat || b.isFloat {
		return a.Float() <= b.Float()
	}
	return a.whole <= b.whole
}

// Greater is $a > $b.
func (a Num) Greater(b Num) bool { return b.Less(a) }

// GreaterEqual is $a >= $b.
func (a Num) GreaterEqual(b Num) bool { return b.LessEqual(a) }

// Equal is $a == $b.
func (a Num) Equal(b Num) bool {
	if a.isFloat || b.isFloat {
		return a.Float() == b.Float()
	}
	return a.whole == b.whole
}

// number is arithmetic of values of which neither is an array.
func number(a, b Value, sign string, apply func(a, b Num) Num) Num {
	x, y := operands(a, b, sign)
	return apply(ToNum(x), ToNum(y))
}

// NumAdd is $a + $b where one of them is surely no array, so that a number comes of it.
func NumAdd(a, b Value) Num {
	if x, y, ok := floatOperands(a, b); ok {
		return Float(x + y)
	}
	if x, y, ok := intOperands(a, b); ok {
		return AddInt(x, y)
	}
	return number(a, b, "+", Num.Add)
}

// NumSub is $a - $b.
func NumSub(a, b Value) Num {
	if x, y, ok := floatOperands(a, b); ok {
		return Float(x - y)
	}
	if x, y, ok := intOperands(a, b); ok {
		return SubInt(x, y)
	}
	return number(a, b, "-", Num.Sub)
}

// NumMul is $a * $b.
func NumMul(a, b Value) Num {
	if x, y, ok := floatOperands(a, b); ok {
		return Float(x * y)
	}
	if x, y, ok := intOperands(a, b); ok {
		return MulInt(x, y)
	}
	return number(a, b, "*", Num.Mul)
}

// NumDiv is $a / $b: an int where it comes out even; it throws DivisionByZeroError.
func NumDiv(a, b Value) Num {
	if x, y, ok := intOperands(a, b); ok {
		return Int(x).Div(Int(y))
	}
	return number(a, b, "/", Num.Div)
}

// IntParam is the number as a parameter of type int of one of PHP's functions takes it; place is what messages name.
func (a Num) IntParam(place string) int {
	if a.isFloat {
		return ParamInt(a.Value(), place)
	}
	return a.whole
}

// IntArg is the number as a parameter of type int of a converted function takes it.
func (a Num) IntArg(place string) int {
	if a.isFloat {
		return ToInt(Arg(a.Value(), "int", place))
	}
	return a.whole
}

// StrictIntArg is IntArg with strict types, which take no float.
func (a Num) StrictIntArg(place string) int {
	if a.isFloat {
		return ToInt(StrictArg(a.Value(), "int", place))
	}
	return a.whole
}

// IntResult is the number as the result of a function that gives an int.
func (a Num) IntResult(function string) int {
	if a.isFloat {
		return ToInt(CheckResult(a.Value(), "int", function))
	}
	return a.whole
}

// StrictIntResult is IntResult with strict types.
func (a Num) StrictIntResult(function string) int {
	if a.isFloat {
		return ToInt(CheckStrictResult(a.Value(), "int", function))
	}
	return a.whole
}

// Same is $a === $b.
func (a Num) Same(b Num) bool { return a.isFloat == b.isFloat && a.Equal(b) }
