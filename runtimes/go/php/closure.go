package php

import (
	"fmt"
	"reflect"
	"strings"
)

// Callables, after https://www.php.net/manual/en/language.types.callable.php. A Closure wraps a Go function and converts
// the arguments of a dynamic call to its parameters.

// Closure is PHP's Closure: anything that can be called.
type Closure struct {
	Base
	Name       string // as messages name it: "{closure}", "strlen", "User::find"
	This       Object
	Scope      *Class
	Required   int              // arguments it must have
	Most       int              // arguments it takes, -1 for any number
	ByRef      func(i int) bool // whether parameter i takes a reference; nil: none does
	Names      []string         // of the parameters, for named arguments and messages
	Defaults   []Value          // of the optional parameters, from number Required on
	Builtin    bool             // counts its arguments itself and refuses too many
	call       func(arguments []Value) Value
	types      []string // of the parameters, where they are declared
	hasStatics bool
	isStatic   bool
	usesThis   bool // its own code has $this in it
	isVariadic bool
	takesAll   bool          // asks for its arguments as they were given, and fills in the defaults itself
	using      *Array        // what it captured, as far as that may be shown
	raw        reflect.Value // of a method: the function, without its object
	code       uintptr       // where the function begins
	// made, where it may be bound to others: see Rebindable
	rebind func(this Object, within, static *Class) *Closure
}

var closureClass = Declare(&Class{Name: "Closure", Final: true})

// Fn makes a Closure of a Go function: func(Value, ...) Value and its kin fast, any other by reflection. *Ref parameters
// are taken by reference.
func Fn(f any) *Closure { return Init(NewClosure(f, "{closure}"), closureClass) }

// NewClosure is Fn with the name that messages use.
func NewClosure(f any, name string) *Closure {
	if c, ok := f.(*Closure); ok {
		return c
	}
	c := &Closure{Name: name, code: reflect.ValueOf(f).Pointer()}
	switch f := f.(type) {
	case func() Value:
		c.call = func([]Value) Value { return f() }
	case func(Value) Value:
		c.Required, c.Most = 1, 1
		c.call = func(a []Value) Value { return f(a[0]) }
	case func(Value, Value) Value:
		c.Required, c.Most = 2, 2
		c.call = func(a []Value) Value { return f(a[0], a[1]) }
	case func(...Value) Value:
		c.Most = -1
		c.call = func(a []Value) Value { return f(a...) }
	default:
		return reflectClosure(reflect.ValueOf(f), nil, name)
	}
	c.class, c.self = closureClass, c
	return c
}

// Titled gives the closure another name in messages, and gives it back.
func (c *Closure) Titled(name string) *Closure {
	c.Name = name
	return c
}

// KeepsStatics says that it has static variables, and gives it back.
func (c *Closure) KeepsStatics() *Closure {
	c.hasStatics = true
	return c
}

// Optional says of which argument on the parameters have defaults, and gives the closure back.
func (c *Closure) Optional(required int, defaults ...Value) *Closure {
	c.Required, c.Defaults = required, defaults
	return c
}

// Named gives the parameters their names and gives the closure back.
func (c *Closure) Named(names ...string) *Closure {
	c.Names = names
	return c
}

// Variadic says that the last parameter of a function that takes all arguments as a list is variadic.
func (c *Closure) Variadic() *Closure {
	c.isVariadic = true
	return c
}

// TakesAll says that the function asks for its arguments as they were given.
func (c *Closure) TakesAll() *Closure {
	c.takesAll = true
	return c
}

// References says which of the parameters of a function that takes all arguments as a list are by reference.
func (c *Closure) References(positions ...int) *Closure {
	c.ByRef = func(i int) bool {
		for _, one := range positions {
			if one == i {
				return true
			}
		}
		return false
	}
	return c
}

// Using notes names and values of what was captured, for those who show it, and gives the closure back.
func (c *Closure) Using(pairs ...Value) *Closure {
	c.using = NewArray()
	for i := 0; i+1 < len(pairs); i += 2 {
		c.using.setRaw(StrKey(pairs[i].(string)), pairs[i+1])
	}
	return c
}

// WithThis binds an object and gives the closure back.
func (c *Closure) WithThis(o Object) *Closure {
	c.This = o
	return c
}

// WantsRef says whether parameter i takes a reference.
func (c *Closure) WantsRef(i int) bool { return c.ByRef != nil && c.ByRef(i) }

// Call calls it. References are handed on only to parameters that take them. Too few arguments throw.
func (c *Closure) Call(arguments ...Value) Value { return c.invoke(arguments, byEngine) }

// caller says who calls: one of PHP's functions, the program's own code, call_user_func() in it, or code that is not of
// the program and does not declare strict_types.
type caller int

const (
	byEngine caller = iota
	byProgram
	byCallback
	byOther
)

var nextCaller = byProgram

// NextCallIsForeign says that the next call by name comes from code that does not declare strict_types.
func NextCallIsForeign() { nextCaller = byOther }

// invoke is Call for any caller.
func (c *Closure) invoke(arguments []Value, from caller) Value {
	if len(arguments) < c.Required {
		c.throwTooFew(len(arguments))
	}
	given := len(arguments)
	arguments = c.complete(arguments)
	for i, a := range arguments {
		if p, ok := a.(perhaps); ok {
			if c.WantsRef(i) {
				a = p.ref()
			} else {
				a = p.value()
			}
			arguments[i] = a
		}
		_, ref := a.(*Ref)
		if c.WantsRef(i) {
			if !ref {
				if from == byProgram && i < given {
					Stop("reference-argument", argumentPlace(c, i)+" is by reference, which was not known at conversion")
				}
				if i < given && (!c.Builtin || from == byCallback) {
					Warning(argumentPlace(c, i) + " must be passed by reference, value given")
				}
				arguments[i] = NewRef(a)
			}
		} else if ref {
			arguments[i] = Copy(a)
		} else if _, ok := a.(*Array); ok {
			arguments[i] = Copy(a)
		}
	}
	if c.types != nil {
		c.checkTypes(arguments, from)
	}
	return c.call(arguments)
}

// complete drops arguments that are too many and adds the defaults of those that are missing.
func (c *Closure) complete(arguments []Value) []Value {
	if c.takesAll {
		return append([]Value{}, arguments...)
	}
	if c.Most >= 0 && len(arguments) > c.Most {
		if c.Builtin {
			c.throwTooMany(len(arguments))
		}
		arguments = arguments[:c.Most]
	}
	filled := append(make([]Value, 0, len(arguments)+len(c.Defaults)), arguments...)
	for i := len(arguments); i-c.Required < len(c.Defaults) && !c.Builtin; i++ {
		filled = append(filled, defaultValue(c.Defaults[i-c.Required]))
	}
	return filled
}

func (c *Closure) throwTooFew(given int) {
	if c.Builtin {
		ThrowArgumentCount(c.countMessage(given))
	}
	c.tooFew(given, "")
}

// tooFew throws what PHP does; where is the place of the call, if it is the program's.
func (c *Closure) tooFew(given int, where string) {
	bound := "exactly"
	if c.Most != c.Required && (c.Most >= 0 || len(c.Names) != c.Required) {
		bound = "at least"
	}
	c.refuseCount(fmt.Sprintf("Too few arguments to function %s(), %d passed%s and %s %d expected", c.Name, given, where,
		bound, c.Required))
}

// refuseCount throws what PHP does in a function that did not get its arguments.
func (c *Closure) refuseCount(message string) {
	throwCalled(newOf(ArgumentCountErrorClass, message), c.declaredOn())
}

func (c *Closure) throwTooMany(given int) { ThrowArgumentCount(c.countMessage(given)) }

func (c *Closure) countMessage(given int) string {
	bound, count := "exactly", c.Required
	if given < c.Required && c.Most != c.Required {
		bound = "at least"
	} else if given > c.Required && c.Most != c.Required {
		bound, count = "at most", c.Most
	}
	plural := "s"
	if count == 1 {
		plural = ""
	}
	return fmt.Sprintf("%s() expects %s %d argument%s, %d given", c.Name, bound, count, plural, given)
}

// reflectClosure wraps a Go function of any signature; bound are its first arguments.
func reflectClosure(f reflect.Value, bound []reflect.Value, name string) *Closure {
	t := f.Type()
	skip := len(bound)
	most := t.NumIn() - skip
	c := &Closure{Name: name, Required: most, Most: most, code: f.Pointer()}
	if t.IsVariadic() {
		c.Required, c.Most = most-1, -1
	}
	refType := reflect.TypeOf((*Ref)(nil))
	c.ByRef = func(i int) bool {
		if i+skip >= t.NumIn() {
			return t.IsVariadic() && t.In(t.NumIn()-1).Elem() == refType
		}
		in := t.In(i + skip)
		return in == refType || t.IsVariadic() && i+skip == t.NumIn()-1 && in.Elem() == refType
	}
	c.call = func(arguments []Value) Value {
		in := append(make([]reflect.Value, 0, skip+len(arguments)), bound...)
		for i, a := range arguments {
			if isGoArgument(a, parameterType(t, i+skip)) {
				in = append(in, reflect.ValueOf(a))
				continue
			}
			if r, ok := a.(*Ref); ok && c.WantsRef(i) && parameterType(t, i+skip).Kind() == reflect.Interface {
				in = append(in, reflect.ValueOf(r))
				continue
			}
			in = append(in, toGo(a, parameterType(t, i+skip), argumentPlace(c, i)))
		}
		return fromResults(f.Call(in))
	}
	c.class, c.self = closureClass, c
	return c
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

func argumentPlace(c *Closure, i int) string {
	name := ""
	variadic := c.Most < 0 && i >= len(c.Names)-1 && len(c.types) == len(c.Names) && strings.HasPrefix(last(c.types), "...")
	if i < len(c.Names) && !variadic {
		name = " ($" + c.Names[i] + ")"
	}
	return fmt.Sprintf("%s(): Argument #%d%s", c.Name, i+1, name)
}

func parameterType(t reflect.Type, i int) reflect.Type {
	if t.IsVariadic() && i >= t.NumIn()-1 {
		return t.In(t.NumIn() - 1).Elem()
	}
	return t.In(i)
}

// fromResults is what a Go function gave as one value: a pair with false is PHP's false.
func fromResults(out []reflect.Value) Value {
	switch len(out) {
	case 0:
		return nil
	case 2:
		if !out[1].Bool() {
			return false
		}
	}
	return fromGo(out[0])
}

// fromGo is a Go value as a PHP value: typed nils are null, slices are lists.
func fromGo(v reflect.Value) Value {
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool()
	case reflect.Int:
		return int(v.Int())
	case reflect.Float64:
		return v.Float()
	case reflect.String:
		return v.String()
	case reflect.Ptr, reflect.Interface, reflect.Map, reflect.Func:
		if v.IsNil() {
			return nil
		}
		if v.Kind() == reflect.Func {
			return Fn(v.Interface())
		}
		if v.Kind() == reflect.Ptr && !isPHPPointer(v.Interface()) {
			return fromGo(v.Elem())
		}
		return v.Interface()
	case reflect.Slice:
		a := NewArraySize(v.Len())
		for i := 0; i < v.Len(); i++ {
			a.Append(fromGo(v.Index(i)))
		}
		return a
	}
	return v.Interface()
}

func isPHPPointer(v any) bool {
	switch v.(type) {
	case *Array, *Ref, *Resource, Object:
		return true
	}
	return false
}

var (
	goBool   = reflect.TypeOf(false)
	goInt    = reflect.TypeOf(0)
	goFloat  = reflect.TypeOf(0.5)
	goString = reflect.TypeOf("")
	goArray  = reflect.TypeOf((*Array)(nil))
	goValue  = reflect.TypeOf((*Value)(nil)).Elem()
)

// isGoArgument says that toGo would hand v on as it is.
func isGoArgument(v Value, t reflect.Type) bool {
	switch v.(type) {
	case nil, *Ref:
		return false
	case bool:
		return t == goBool || t == goValue
	case int:
		return t == goInt || t == goValue
	case float64:
		return t == goFloat || t == goValue
	case string:
		return t == goString || t == goValue
	case *Array:
		return t == goArray || t == goValue
	}
	return t == goValue
}

// toGo converts an argument to the type of a Go parameter, with PHP's coercions; place begins the message of a refusal.
func toGo(v Value, t reflect.Type, place string) reflect.Value {
	if t == reflect.TypeOf((*Ref)(nil)) {
		if r, ok := v.(*Ref); ok {
			return reflect.ValueOf(r)
		}
		return reflect.ValueOf(NewRef(v))
	}
	v = Deref(v)
	switch t.Kind() {
	case reflect.Int:
		return reflect.ValueOf(ParamInt(v, place)).Convert(t)
	case reflect.Float64:
		return reflect.ValueOf(ParamFloat(v, place)).Convert(t)
	case reflect.String:
		return reflect.ValueOf(ParamString(v, place)).Convert(t)
	case reflect.Bool:
		return reflect.ValueOf(ParamBool(v, place)).Convert(t)
	case reflect.Slice:
		return sliceFrom(ParamArray(v, place), t, place)
	}
	if v == nil {
		return reflect.Zero(t)
	}
	if t == reflect.TypeOf((*Closure)(nil)) {
		return reflect.ValueOf(ToCallable(v))
	}
	given := reflect.ValueOf(v)
	if given.Type().AssignableTo(t) {
		return given
	}
	return convertGiven(v, given, t, place)
}

func convertGiven(v Value, given reflect.Value, t reflect.Type, place string) reflect.Value {
	if t.Kind() == reflect.Ptr && t.Elem().Kind() != reflect.Struct {
		p := reflect.New(t.Elem())
		p.Elem().Set(toGo(v, t.Elem(), place))
		return p
	}
	if o, ok := v.(Object); ok {
		if r := receiver(o, t); r.Type().AssignableTo(t) {
			return r
		}
	}
	ThrowTypeError(fmt.Sprintf("%s must be of type %s, %s given", place, goTypeName(t), TypeName(v)))
	return given
}

func goTypeName(t reflect.Type) string {
	if t == reflect.TypeOf((*Array)(nil)) {
		return "array"
	}
	if t.Kind() == reflect.Ptr {
		return t.Elem().Name()
	}
	return t.Name()
}

func sliceFrom(a *Array, t reflect.Type, place string) reflect.Value {
	out := reflect.MakeSlice(t, 0, a.Len())
	for _, v := range a.Values() {
		out = reflect.Append(out, toGo(v, t.Elem(), place))
	}
	return out
}

var functions = map[string]*Closure{}

// FindFunction looks a function of PHP's own up by its name in lower case. Package builtins sets it.
var FindFunction func(name string) (*Closure, bool)

// Register makes a function of the program known by its PHP name, for calls by name.
func Register(name string, f any) *Closure {
	c := NewClosure(f, name)
	functions[strings.ToLower(name)] = c
	return c
}

// FunctionNamed is a function by name, the program's or PHP's own.
func FunctionNamed(name string) (*Closure, bool) {
	name = strings.ToLower(strings.TrimPrefix(name, "\\"))
	if c, ok := functions[name]; ok {
		return c, true
	}
	if FindFunction != nil {
		if c, ok := FindFunction(name); ok {
			return c, true
		}
	}
	return byNameOnly(name)
}

// asGiven is the callable as the program knows it: a function by its name, anything else as a Closure.
func (c *Closure) asGiven() Value {
	if known, ok := FunctionNamed(c.Name); ok && known == c {
		return c.Name
	}
	return c
}

func couldBeCalled(v Value) bool {
	switch v := Deref(v).(type) {
	case string:
		return true
	case *Array:
		_, method := v.Peek(1).(string)
		return v.Len() == 2 && method && (IsString(v.Peek(0)) || IsObject(v.Peek(0)))
	}
	return false
}

func callableName(v Value) string {
	switch v := Deref(v).(type) {
	case *Array:
		if !couldBeCalled(v) {
			return "Array"
		}
		class := v.Peek(0)
		if o, ok := class.(Object); ok {
			class = ClassName(o)
		}
		return ToString(class) + "::" + ToString(v.Peek(1))
	case Object:
		return ClassName(v) + "::__invoke"
	}
	return ToString(v)
}

// CallUserFunc is call_user_func().
func CallUserFunc(callback *Closure, arguments ...Value) Value { return callback.Call(arguments...) }

// CallUserFuncArray is call_user_func_array(): string keys are names of parameters.
func CallUserFuncArray(callback *Closure, arguments *Array) Value {
	return callback.CallArray(arguments)
}

// CallArray calls it with the elements of an array; string keys are names of parameters.
func (c *Closure) CallArray(arguments *Array) Value { return c.callArray(arguments, byEngine) }

func (c *Closure) callArray(arguments *Array, from caller) Value {
	var list []Value
	var order []string
	named := map[string]Value{}
	arguments.eachRaw(func(k Key, v Value) {
		if k.IsStr {
			if !c.collects() && c.Most >= 0 && !c.hasParameter(k.Str) {
				ThrowError("Unknown named parameter $" + k.Str)
			}
			named[k.Str] = v
			order = append(order, k.Str)
			return
		}
		if len(named) > 0 {
			ThrowError("Cannot use positional argument after named argument")
		}
		list = append(list, v)
	})
	if len(named) > 0 {
		list = c.place(list, named, order)
	}
	return c.invoke(list, from)
}

// place puts named arguments where their parameters are; order is that in which they were given.
func (c *Closure) place(list []Value, named map[string]Value, order []string) []Value {
	var beyond []Value
	for _, one := range order {
		if !c.hasParameter(one) {
			if !c.collects() {
				ThrowError("Unknown named parameter $" + one)
			}
			beyond = append(beyond, NamedArgument(one, named[one]))
			delete(named, one)
		}
	}
	for i := len(list); i < len(c.Names) && len(named) > 0; i++ {
		v, ok := named[c.Names[i]]
		delete(named, c.Names[i])
		if !ok {
			if i < c.Required {
				c.refuseCount(argumentPlace(c, i) + " not passed")
			}
			if i-c.Required < len(c.Defaults) {
				v = defaultValue(c.Defaults[i-c.Required])
			}
		}
		list = append(list, v)
	}
	if len(beyond) > 0 {
		for i := len(list); i < len(c.Names)-1 && i-c.Required < len(c.Defaults); i++ {
			if i < c.Required {
				locate()
				c.tooFew(i, " in "+position.file+" on line "+ToString(position.line))
			}
			list = append(list, defaultValue(c.Defaults[i-c.Required]))
		}
	}
	return append(list, beyond...)
}

// collects says whether the function is one of the program's that takes any number of arguments into an array.
func (c *Closure) collects() bool {
	if c.takesAll {
		return c.isVariadic
	}
	return c.Most < 0 && !c.Builtin && len(c.Names) > 0
}

// hasParameter says whether an argument can have the name, which is not that of the array of a variadic parameter.
func (c *Closure) hasParameter(name string) bool {
	names := c.Names
	if c.collects() {
		names = names[:len(names)-1]
	}
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}
