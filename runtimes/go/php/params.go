package php

import (
	"fmt"
	"math"
	"strings"
)

// Arguments of builtins: PHP's coercions of non-strict mode, with its messages. place begins the message and has the form
// "strlen(): Argument #1 ($string)". After https://www.php.net/manual/en/language.types.declarations.php.

func refuseParam(place, want string, v Value) {
	ThrowTypeError(place + " must be of type " + want + ", " + TypeName(v) + " given")
}

// nullGiven gives the deprecation for null where a scalar is wanted, which only builtins take.
func nullGiven(place, want string) {
	function, rest, _ := strings.Cut(place, ": Argument ")
	Deprecated(function + ": Passing null to parameter " + rest + " of type " + want + " is deprecated")
}

// ParamInt is an argument for a parameter of type int.
func ParamInt(v Value, place string) int { return paramInt(v, place, "int") }

func paramInt(v Value, place, want string) int {
	switch x := Deref(v).(type) {
	case int:
		return x
	case float64:
		return floatParamInt(x, v, place, want, "float ")
	case bool:
		return ToInt(x)
	case nil:
		nullGiven(place, want)
		return 0
	case string:
		number, whole := ParseNumber(x)
		if !whole {
			break
		}
		if f, ok := number.(float64); ok {
			return floatParamInt(f, v, place, want, "float-string ")
		}
		return number.(int)
	}
	refuseParam(place, want, v)
	return 0
}

func floatParamInt(f float64, v Value, place, want, kind string) int {
	if math.IsNaN(f) || f < -9223372036854775808.0 || f >= 9223372036854775808.0 {
		refuseParam(place, want, v)
	}
	n := int(f)
	if float64(n) != f {
		text := FloatRepr(f)
		if s, ok := Deref(v).(string); ok {
			text = "\"" + s + "\""
		}
		Deprecated("Implicit conversion from " + kind + text + " to int loses precision")
	}
	return n
}

// ParamFloat is an argument for a parameter of type float.
func ParamFloat(v Value, place string) float64 {
	switch x := Deref(v).(type) {
	case float64:
		return x
	case int:
		return float64(x)
	case bool:
		return float64(ToInt(x))
	case nil:
		nullGiven(place, "float")
		return 0
	case string:
		if number, whole := ParseNumber(x); whole {
			return ToFloat(number)
		}
	}
	refuseParam(place, "float", v)
	return 0
}

// ParamNumber is an argument for a parameter of type int|float.
func ParamNumber(v Value, place string) Value {
	switch x := Deref(v).(type) {
	case int, float64:
		return x
	case bool:
		return ToInt(x)
	case nil:
		nullGiven(place, "int|float")
		return 0
	case string:
		if number, whole := ParseNumber(x); whole {
			return number
		}
	}
	refuseParam(place, "int|float", v)
	return 0
}

// ParamString is an argument for a parameter of type string.
func ParamString(v Value, place string) string { return paramString(v, place, "string") }

func paramString(v Value, place, want string) string {
	switch x := Deref(v).(type) {
	case string:
		return x
	case int, float64, bool:
		return ToString(x)
	case nil:
		nullGiven(place, want)
		return ""
	case Object:
		if s, ok := objectString(x); ok {
			return s
		}
	}
	refuseParam(place, want, v)
	return ""
}

// ParamBool is an argument for a parameter of type bool.
func ParamBool(v Value, place string) bool {
	switch x := Deref(v).(type) {
	case bool:
		return x
	case int, float64, string:
		return ToBool(x)
	case nil:
		nullGiven(place, "bool")
		return false
	}
	refuseParam(place, "bool", v)
	return false
}

// ParamArray is an argument for a parameter of type array.
func ParamArray(v Value, place string) *Array {
	a, ok := Deref(v).(*Array)
	if !ok {
		refuseParam(place, "array", v)
	}
	return a
}

// ParamObject is an argument for a parameter of type object.
func ParamObject(v Value, place string) Object {
	o, ok := Deref(v).(Object)
	if !ok {
		refuseParam(place, "object", v)
	}
	return o
}

// ParamCallable is an argument for a parameter of type callable.
func ParamCallable(v Value, place string) *Closure {
	return paramCallable(v, place, "a valid callback")
}

// ParamCallableOrNull is an argument for a parameter of type ?callable that is not null.
func ParamCallableOrNull(v Value, place string) *Closure {
	return paramCallable(v, place, "a valid callback or null")
}

func paramCallable(v Value, place, want string) *Closure {
	c, reason := FindCallable(v)
	if c == nil {
		ThrowTypeError(place + " must be " + want + ", " + reason)
	}
	return c
}

// ParamUnion is an argument for a parameter of a union of types as the manual writes it, such as "array|string|null" or
// "?int": the value if it is of one of them, else coerced to the first that takes it.
func ParamUnion(v Value, types, place string) Value {
	v = Deref(v)
	union := parseUnion(types)
	if union.takes(v) {
		return v
	}
	shown := union.shown
	switch x := v.(type) {
	case nil:
		if union.scalar() {
			nullGiven(place, shown)
			return union.coerceNull()
		}
	case int:
		if union.float {
			return float64(x)
		}
		if union.str {
			return ToString(x)
		}
		if union.boolean {
			return x != 0
		}
	case float64:
		return union.coerceFloat(x, place)
	case bool:
		if union.integer {
			return ToInt(x)
		}
		if union.float {
			return ToFloat(x)
		}
		if union.str {
			return ToString(x)
		}
	case string:
		if r, ok := union.coerceString(x, place); ok {
			return r
		}
	case Object:
		if union.str {
			if s, ok := objectString(x); ok {
				return s
			}
		}
	}
	refuseParam(place, shown, v)
	return nil
}

type union struct {
	integer, float, str, boolean, array, null, object, mixed bool
	shown                                                    string
}

var unions = map[string]*union{}

func parseUnion(types string) *union {
	if u, ok := unions[types]; ok {
		return u
	}
	u := &union{shown: types}
	if types == "object|array" {
		u.shown = "array" // as PHP says it
	}
	for _, t := range strings.Split(strings.TrimPrefix(types, "?"), "|") {
		switch t {
		case "int":
			u.integer = true
		case "float":
			u.float = true
		case "string":
			u.str = true
		case "bool":
			u.boolean = true
		case "array":
			u.array = true
		case "null":
			u.null = true
		case "mixed":
			u.mixed = true
		default:
			u.object = true
		}
	}
	u.null = u.null || strings.HasPrefix(types, "?")
	unions[types] = u
	return u
}

func (u *union) scalar() bool { return u.integer || u.float || u.str || u.boolean }

func (u *union) takes(v Value) bool {
	switch v.(type) {
	case nil:
		return u.null || u.mixed
	case int:
		return u.integer || u.mixed
	case float64:
		return u.float || u.mixed
	case string:
		return u.str || u.mixed
	case bool:
		return u.boolean || u.mixed
	case *Array:
		return u.array || u.mixed
	}
	return u.object || u.mixed
}

func (u *union) coerceNull() Value {
	switch {
	case u.integer && !u.str:
		return 0
	case u.str:
		return ""
	case u.float:
		return 0.0
	}
	return false
}

func (u *union) coerceFloat(f float64, place string) Value {
	if u.integer && f == math.Trunc(f) && math.Abs(f) < 9223372036854775808.0 {
		return int(f)
	}
	if u.str {
		return ToString(f)
	}
	if u.integer {
		return floatParamInt(f, f, place, u.shown, "float ")
	}
	if u.boolean {
		return f != 0
	}
	refuseParam(place, u.shown, f)
	return nil
}

func (u *union) coerceString(s, place string) (Value, bool) {
	number, whole := ParseNumber(s)
	if whole && (u.integer || u.float) {
		switch n := number.(type) {
		case int:
			if u.integer {
				return n, true
			}
			return float64(n), true
		case float64:
			if u.float {
				return n, true
			}
			return paramInt(s, place, u.shown), true
		}
	}
	if u.boolean {
		return ToBool(s), true
	}
	return nil, false
}

// argument names an argument of a builtin in messages.
func argument(function string, n int, name string) string {
	return fmt.Sprintf("%s(): Argument #%d ($%s)", function, n, name)
}

// badArgument throws the ValueError that a builtin gives for an argument.
func badArgument(function string, n int, name, complaint string) {
	ThrowValueError(argument(function, n, name) + " " + complaint)
}
