package php

import (
	"path/filepath"
	"runtime"
	"strings"
)

// Calls whose target or arguments are only known when they happen.

// named is an argument passed by name.
type named struct {
	name string
	v    Value
}

// NamedArgument is name: v among the arguments of a call.
func NamedArgument(name string, v Value) Value { return named{name, v} }

// spread is ...v among the arguments of a call.
type spread struct{ v Value }

// Spread is ...v among the arguments of a call.
func Spread(v Value) Value { return spread{v} }

// Arguments takes spread arguments apart.
func Arguments(list ...Value) []Value {
	var out []Value
	for _, v := range list {
		s, ok := v.(spread)
		if !ok {
			out = append(out, v)
			continue
		}
		add := func(k, v Value) {
			spreadKeys(k, "argument")
			if name, ok := k.(string); ok {
				out = append(out, named{name, v})
				return
			}
			if len(out) > 0 {
				if _, after := out[len(out)-1].(named); after {
					ThrowError("Cannot use positional argument after named argument during unpacking")
				}
			}
			out = append(out, v)
		}
		switch v := Deref(s.v).(type) {
		case *Array:
			v.eachRaw(func(k Key, v Value) { add(k.Value(), v) })
		case Object:
			if !IsA(v, "Traversable") {
				ThrowTypeError("Only arrays and Traversables can be unpacked")
			}
			for it := Iterate(v, nil); it.Next(); {
				item := it.Value()
				add(it.Key(), item)
			}
		default:
			ThrowTypeError("Only arrays and Traversables can be unpacked")
		}
	}
	return out
}

// lazy is a default that is worked out when it is wanted.
type lazy func() Value

// Lazy is a default that is worked out at each call that leaves the argument out.
func Lazy(f func() Value) Value { return lazy(f) }

func defaultValue(v Value) Value {
	if f, ok := v.(lazy); ok {
		return f()
	}
	return Copy(v)
}

// callWith calls a closure for the program's own code; arguments may be named.
func callWith(c *Closure, arguments []Value) Value {
	from := nextCaller
	nextCaller = byProgram
	return callFrom(c, arguments, from)
}

func callFrom(c *Closure, arguments []Value, from caller) Value {
	for i, v := range arguments {
		if _, ok := v.(named); !ok {
			continue
		}
		byName := map[string]Value{}
		var order []string
		for _, v := range arguments[i:] {
			n, ok := v.(named)
			if !ok {
				ThrowError("Cannot use positional argument after named argument")
			}
			if _, twice := byName[n.name]; twice {
				ThrowError("Named parameter $" + n.name + " overwrites previous argument")
			}
			byName[n.name] = n.v
			order = append(order, n.name)
		}
		for at := 0; at < i && at < len(c.Names); at++ {
			if _, twice := byName[c.Names[at]]; twice {
				ThrowError("Named parameter $" + c.Names[at] + " overwrites previous argument")
			}
		}
		return c.invoke(c.place(append([]Value{}, arguments[:i]...), byName, order), from)
	}
	if len(arguments) < c.Required && !c.Builtin {
		if c.types != nil { // those that are there are received first
			c.checkTypes(append([]Value{}, arguments...), from)
		}
		locate()
		c.tooFew(len(arguments), " in "+position.file+" on line "+ToString(position.line))
	}
	return c.invoke(arguments, from)
}

// Passed is the value of a call that is passed where a variable is wanted.
func Passed(v Value) Value {
	Notice("Only variables should be passed by reference")
	return v
}

// NotPassed throws what PHP does where a value is passed by reference; place is "f(): Argument #1 ($x)".
func NotPassed(v Value, place string) Value {
	ThrowError(place + " cannot be passed by reference")
	return v
}

// NotExplicit throws what PHP does where a builtin's argument without a known default is left out before a named one.
func NotExplicit(function string, n int, name string) Value {
	ThrowArgumentCount(argument(function, n, name) + " must be passed explicitly, because the default value is not known")
	return nil
}

// CallNamed calls a function of the program or of PHP by its name.
func CallNamed(name string, arguments ...Value) Value {
	c, ok := FunctionNamed(name)
	if !ok {
		ThrowError("Call to undefined function " + name + "()")
	}
	return taken(callWith(c, arguments))
}

// CallUndefined calls what was not there when the program was converted; global is the function that stands in for one
// of a namespace, or empty.
func CallUndefined(name, global string, arguments ...Value) Value {
	if _, ok := FunctionNamed(name); !ok && global != "" {
		if _, ok := FunctionNamed(global); ok {
			name = global
		}
	}
	return CallNamed(name, arguments...)
}

// NeedFunction is the name of what CallUndefined calls, where PHP looks for it before it works out the arguments.
func NeedFunction(name, global string) string {
	if _, ok := FunctionNamed(name); ok {
		return name
	}
	if _, ok := FunctionNamed(global); ok && global != "" {
		return global
	}
	ThrowError("Call to undefined function " + name + "()")
	return ""
}

// CallableNamed is f(...).
func CallableNamed(name string) Value {
	c, ok := FunctionNamed(name)
	if !ok {
		ThrowError("Call to undefined function " + name + "()")
	}
	return c.shown()
}

// shown is the closure as an object of its own, which has a number.
func (c *Closure) shown() *Closure {
	if c.id != 0 {
		return c
	}
	made := *c
	return Init(&made, closureClass)
}

// ---- Functions of the program ----

var prepared = map[string]*Closure{}

// Prepare is Register for a function that is declared when its declaration is reached.
func Prepare(name string, f any) *Closure {
	c := NewClosure(f, name)
	prepared[strings.ToLower(name)] = c
	return c
}

// DeclareFunction declares it.
func DeclareFunction(name string) { functions[strings.ToLower(name)] = prepared[strings.ToLower(name)] }

// Typed gives the types of the parameters as PHP writes them, and gives the closure back.
func (c *Closure) Typed(types ...string) *Closure {
	c.types = types
	return c
}

// Bound says which object and class a closure stands in, and gives it back.
func (c *Closure) Bound(this Object, scope *Class) *Closure {
	c.This, c.Scope, c.Name = this, scope, ClosureName(scope, c.Name)
	return c
}

// checkTypes coerces the arguments of a dynamic call to the types of the parameters. The strict_types of the program's
// own code counts for what that calls.
func (c *Closure) checkTypes(arguments []Value, from caller) {
	direct := from != byEngine
	check := func(v Value, types string, i int) Value {
		out, ok := coerceArgument(v, types, direct && from != byOther && strictTypes, c.declaredOn)
		if !ok {
			refuseArg(v, types, argumentPlace(c, i), direct, c.declaredOn())
		}
		return out
	}
	for i := range arguments {
		if _, ok := arguments[i].(named); ok {
			continue
		}
		at := i
		if at >= len(c.types) {
			at = len(c.types) - 1
		}
		if c.types[at] == "" || c.types[at] == "..." {
			continue
		}
		t := c.types[at]
		if len(t) > 3 && t[:3] == "..." {
			t = t[3:]
		} else if i >= len(c.types) {
			continue
		}
		switch v := arguments[i].(type) {
		case perhaps:
		case *Ref:
			v.Set(check(v.V, t, i))
		default:
			arguments[i] = check(v, t, i)
		}
	}
}

// ---- Arguments of a function that asks for all of them ----

// ArgumentAt is one of the arguments; the caller has seen to it that it is there.
func ArgumentAt(arguments []Value, i int) Value {
	if i < len(arguments) {
		return Copy(arguments[i])
	}
	return nil
}

// ArgumentOr is one of the arguments, or its default.
func ArgumentOr(arguments []Value, i int, other Value) Value {
	if i < len(arguments) {
		return Copy(arguments[i])
	}
	return defaultValue(other)
}

// RestOf is the arguments from number i on.
func RestOf(arguments []Value, i int) *Array {
	if i >= len(arguments) {
		return NewArray()
	}
	rest := append([]Value{}, arguments[i:]...)
	for j, v := range rest {
		if array, ok := v.(*Array); ok {
			rest[j] = array.Clone() // func_get_args() gives the argument as it was
		}
	}
	return Rest(rest...)
}

// Rest is the array that a variadic parameter holds: named arguments come under their names.
func Rest(given ...Value) *Array {
	a := NewArraySize(len(given))
	for _, v := range given {
		if n, ok := v.(named); ok {
			a.SetStr(n.name, Copy(n.v))
		} else {
			a.Append(v)
		}
	}
	return a
}

// RefList is a variadic parameter by reference.
func RefList(refs ...*Ref) *Array {
	a := NewArray()
	for _, r := range refs {
		a.Append(r)
	}
	return a
}

// ArgumentRef is one of the arguments for a parameter by reference.
func ArgumentRef(arguments []Value, i int) *Ref {
	if i < len(arguments) {
		if r, ok := arguments[i].(*Ref); ok {
			return r
		}
		return NewRef(arguments[i])
	}
	return NewRef(nil)
}

// FuncGetArgs is func_get_args(): now is what the parameters hold by now.
func FuncGetArgs(arguments []Value, now ...Value) *Array {
	a := NewArraySize(len(arguments))
	for i, v := range positional(arguments) {
		if i < len(now) {
			v = now[i]
		}
		a.Append(Copy(Quiet(Deref(v))))
	}
	return a
}

// FuncNumArgs is func_num_args().
func FuncNumArgs(arguments []Value) int { return len(positional(arguments)) }

// positional is the arguments without those that were passed by name and no parameter took.
func positional(arguments []Value) []Value {
	for i, v := range arguments {
		if _, ok := v.(named); ok {
			return arguments[:i]
		}
	}
	return arguments
}

// FuncGetArg is func_get_arg().
func FuncGetArg(arguments []Value, i Value, now ...Value) Value {
	at := ToInt(i)
	if at < 0 {
		ThrowValueError("func_get_arg(): Argument #1 ($position) must be greater than or equal to 0")
	}
	if at >= len(arguments) {
		ThrowValueError("func_get_arg(): Argument #1 ($position) must be less than the number of the arguments passed to the currently executed function")
	}
	if at < len(now) {
		return Copy(now[at])
	}
	return Copy(Deref(arguments[at]))
}

// ---- Declared types of the program's own functions ----

// Arg is an argument as a parameter's type takes it; place is "f(): Argument #1 ($x)".
func Arg(v Value, types, place string) Value {
	out, ok := coerceArgument(v, types, false, func() int { return declaredOn(place) })
	if !ok {
		refuseArg(v, types, place, true, declaredOn(place))
	}
	return out
}

// StrictArg is Arg under strict_types.
func StrictArg(v Value, types, place string) Value {
	if out, ok := coerce(v, types, true); ok {
		return out
	}
	refuseArg(v, types, place, true, declaredOn(place))
	return nil
}

// lossyOn, where it is set, tells the line of PHP that a lossy conversion is reported on.
var lossyOn func() int

// coerceArgument is coerce for an argument: what it loses is reported where the function is declared.
func coerceArgument(v Value, types string, strict bool, on func() int) (Value, bool) {
	if isExactly(v, types) {
		return v, true
	}
	switch Deref(v).(type) {
	case float64, string:
		if strings.Contains(types, "int") { // all else loses nothing
			lossyOn = on
			defer func() { lossyOn = nil }()
		}
	}
	return coerce(v, types, strict)
}

// lossy gives the deprecation for a conversion that loses something.
func lossy(from string) {
	on := lossyOn
	lossyOn = nil
	locate()
	if on != nil {
		if line := on(); line > 0 {
			position.line = line
		}
	}
	diagnoseHere(EDeprecated, "Implicit conversion from "+from+" to int loses precision")
}

// declaredOn is the line on which the function at the beginning of a place is declared; 0 where that is not known.
func declaredOn(place string) int {
	name, _, _ := strings.Cut(place, "(")
	if class, method, ok := strings.Cut(name, "::"); ok {
		if c := FindClass(class); c != nil && c.said() != nil {
			if known := c.said().methods[strings.ToLower(method)]; known != nil {
				return known.declaredOn()
			}
		}
		return 0
	}
	if c, ok := functions[strings.ToLower(name)]; ok {
		return c.declaredOn()
	}
	return 0
}

// declaredOn is the line of PHP on which the function is declared; 0 where that is not known.
func (c *Closure) declaredOn() int {
	f := runtime.FuncForPC(c.code)
	if f == nil {
		return 0
	}
	file, line := f.FileLine(c.code)
	m, ok := sourceMaps[filepath.Clean(file)]
	switch {
	case !ok:
		return 0
	case strings.HasSuffix(c.Name, "{closure}"):
		return m.at(line)
	}
	return lastBefore(m.functions, line)
}

// refuseArg throws what PHP does for an argument of a function that is declared on a line; direct says that the program's
// own code calls.
func refuseArg(v Value, types, place string, direct bool, line int) {
	locate()
	called := ""
	if position.file != "" && direct {
		called = ", called in " + position.file + " on line " + ToString(position.line)
	}
	throwCalled(NewTypeError(place+" must be of type "+types+", "+TypeName(v)+" given"+called), line)
}

// throwCalled throws an error that PHP makes in a function of the program that was just called: its line is that of the
// declaration, and its trace names the call.
func throwCalled(e *Exception, line int) {
	if line > 0 {
		e.Line, e.within = line, true
	}
	Throw(e)
}

// CheckResult is what a function with a return type gives back.
func CheckResult(v Value, types, function string) Value {
	if out, ok := coerce(v, types, false); ok {
		return out
	}
	ThrowTypeError(function + "(): Return value must be of type " + types + ", " + returnedName(v) + " returned")
	return nil
}

// CheckStrictResult is CheckResult under strict_types.
func CheckStrictResult(v Value, types, function string) Value {
	if out, ok := coerce(v, types, true); ok {
		return out
	}
	ThrowTypeError(function + "(): Return value must be of type " + types + ", " + returnedName(v) + " returned")
	return nil
}

// CheckResultRef is CheckResult for a reference: what it refers to is coerced where it is.
func CheckResultRef(r *Ref, types, function string) *Ref {
	r.V = CheckResult(r.V, types, function)
	return r
}

// CheckStrictResultRef is CheckResultRef under strict_types.
func CheckStrictResultRef(r *Ref, types, function string) *Ref {
	r.V = CheckStrictResult(r.V, types, function)
	return r
}

func returnedName(v Value) string { return TypeName(v) }

// NoneReturned is the end of a function that had to return something.
func NoneReturned(types, function string) Value {
	ThrowTypeError(function + "(): Return value must be of type " + types + ", none returned")
	return nil
}

// NeverReturned is the end of a function of type never.
func NeverReturned(function string) Value {
	ThrowTypeError(function + "(): never-returning function must not implicitly return")
	return nil
}

// Strict refuses an argument of a builtin under strict_types.
func Strict(v Value, types, place string) Value {
	if out, ok := coerce(v, types, true); ok {
		return out
	}
	refuseParam(place, types, v)
	return nil
}

// StrictUnion is ParamUnion under strict_types.
func StrictUnion(v Value, types, place string) Value { return Strict(v, types, place) }

var typeLists = map[string][]string{}

func typeList(types string) []string {
	if list, ok := typeLists[types]; ok {
		return list
	}
	var list []string
	if strings.HasPrefix(types, "?") {
		list = []string{types[1:], "null"}
	} else {
		list = strings.Split(types, "|")
	}
	typeLists[types] = list
	return list
}

func coerce(v Value, types string, strict bool) (Value, bool) {
	v = Deref(v)
	if isExactly(v, types) {
		return v, true
	}
	list := typeList(types)
	for _, t := range list {
		if isOfType(v, t) {
			return v, true
		}
	}
	if n, ok := v.(int); ok {
		for _, t := range list {
			if t == "float" {
				return float64(n), true
			}
		}
	}
	if strict {
		return nil, false
	}
	return coerceWeakly(v, list)
}

// isExactly answers for the usual types at once, true where it is sure.
func isExactly(v Value, types string) bool {
	if types != "" && types[0] == '?' {
		if v == nil {
			return true
		}
		types = types[1:]
	}
	switch v := v.(type) {
	case int:
		return types == "int"
	case float64:
		return types == "float"
	case string:
		return types == "string"
	case bool:
		return types == "bool"
	case *Array:
		return types == "array"
	case *Instance:
		return v.class.Name == types
	}
	return false
}

func isOfType(v Value, t string) bool {
	switch t {
	case "mixed":
		return true
	case "int":
		return IsInt(v)
	case "float":
		return IsFloat(v)
	case "string":
		return IsString(v)
	case "bool":
		return IsBool(v)
	case "false":
		return v == false
	case "true":
		return v == true
	case "array":
		return IsArray(v)
	case "null", "void":
		return v == nil
	case "object":
		return IsObject(v)
	case "iterable":
		return IsIterable(v)
	case "callable":
		return IsCallable(v, false, nil)
	case "self", "static":
		return IsObject(v)
	}
	if o, ok := v.(Object); ok {
		for _, part := range strings.Split(strings.Trim(t, "()"), "&") {
			if !IsA(o, strings.TrimPrefix(part, "\\")) {
				return false
			}
		}
		return true
	}
	return false
}

func has(list []string, t string) bool {
	for _, one := range list {
		if one == t {
			return true
		}
	}
	return false
}

func coerceWeakly(v Value, list []string) (Value, bool) {
	if o, ok := v.(Object); ok {
		if has(list, "string") {
			return objectString(o)
		}
		return nil, false
	}
	switch v.(type) {
	case bool, int, float64, string:
	default:
		return nil, false
	}
	if has(list, "int") {
		if n, ok := weakInt(v, has(list, "float")); ok {
			return n, true
		}
	}
	if has(list, "float") {
		switch x := v.(type) {
		case bool:
			return ToFloat(x), true
		case string:
			if number, whole := ParseNumber(x); whole {
				return ToFloat(number), true
			}
		}
	}
	if has(list, "string") {
		return ToString(v), true
	}
	if has(list, "bool") {
		return ToBool(v), true
	}
	return nil, false
}

func weakInt(v Value, float bool) (Value, bool) {
	switch x := v.(type) {
	case bool:
		return ToInt(x), true
	case float64:
		n := int(x)
		if x != x || x < -9223372036854775808.0 || x >= 9223372036854775808.0 {
			return nil, false
		}
		if float64(n) != x {
			if float {
				return nil, false
			}
			lossy("float " + FloatRepr(x))
		}
		return n, true
	case string:
		number, whole := ParseNumber(x)
		if !whole {
			return nil, false
		}
		if f, ok := number.(float64); ok {
			if float || f < -9223372036854775808.0 || f >= 9223372036854775808.0 {
				return nil, false
			}
			if float64(int(f)) != f {
				lossy("float-string \"" + x + "\"")
			}
			return int(f), true
		}
		return number, true
	}
	return nil, false
}
