package php

import "strings"

// PHP's functions about classes and callables. Each takes the scope it is called from, then PHP's arguments.

// ClassNameOf is get_class().
func ClassNameOf(_ *Class, arguments ...Value) Value {
	return ClassName(ParamObject(arguments[0], "get_class(): Argument #1 ($object)"))
}

// ParentClassOf is get_parent_class().
func ParentClassOf(scope *Class, arguments ...Value) Value {
	c := classOrNil(arguments[0], scope)
	if c == nil {
		ThrowTypeError("get_parent_class(): Argument #1 ($object_or_class) must be an object or a valid class name, " +
			TypeName(arguments[0]) + " given")
	}
	if c.Parent == nil {
		return false
	}
	return c.Parent.Name
}

// classOrNil is the class of an object or of a name.
func classOrNil(v Value, _ *Class) *Class {
	switch v := Deref(v).(type) {
	case Object:
		return ClassOf(v)
	case string:
		return loadClass(v)
	}
	return nil
}

func found(arguments []Value) *Class {
	name := strings.TrimPrefix(ToString(arguments[0]), "\\")
	if len(arguments) > 1 && !ToBool(arguments[1]) {
		return FindClass(name)
	}
	return loadClass(name)
}

func (c *Class) isTrait() bool { return c.said() != nil && c.said().trait }

// ClassExistsIn is class_exists().
func ClassExistsIn(_ *Class, arguments ...Value) bool {
	c := found(arguments)
	return c != nil && !c.Interface && !c.isTrait()
}

// InterfaceExistsIn is interface_exists().
func InterfaceExistsIn(_ *Class, arguments ...Value) bool {
	c := found(arguments)
	return c != nil && c.Interface
}

// TraitExistsIn is trait_exists().
func TraitExistsIn(_ *Class, arguments ...Value) bool {
	c := found(arguments)
	return c != nil && c.isTrait()
}

// EnumExistsIn is enum_exists().
func EnumExistsIn(_ *Class, arguments ...Value) bool {
	c := found(arguments)
	return c != nil && c.Enum
}

// MethodExistsIn is method_exists().
func MethodExistsIn(scope *Class, arguments ...Value) bool {
	if c, ok := Deref(arguments[0]).(*Closure); ok && strings.EqualFold(ToString(arguments[1]), "__invoke") {
		return c != nil
	}
	if !IsObject(arguments[0]) && !IsString(arguments[0]) {
		ThrowTypeError("method_exists(): Argument #1 ($object_or_class) must be of type object|string, " + TypeName(arguments[0]) + " given")
	}
	c := classOrNil(arguments[0], scope)
	if c == nil {
		return false
	}
	name := ParamString(arguments[1], "method_exists(): Argument #2 ($method)")
	if c.Name == "Closure" && strings.EqualFold(name, "__invoke") {
		return true
	}
	m := c.findMethod(name)
	return m != nil && (m.Hidden != "private" || m.class == c || IsObject(arguments[0]))
}

// PropertyExistsIn is property_exists().
func PropertyExistsIn(scope *Class, arguments ...Value) bool {
	name := ParamString(arguments[1], "property_exists(): Argument #2 ($property)")
	if !IsObject(arguments[0]) && !IsString(arguments[0]) {
		ThrowTypeError("property_exists(): Argument #1 ($object_or_class) must be of type object|string, " + TypeName(arguments[0]) + " given")
	}
	c := classOrNil(arguments[0], scope)
	if c == nil {
		return false
	}
	if c.findProperty(name, false) != nil || c.findProperty(name, true) != nil {
		return true
	}
	if scope != nil && c.descends(scope) && (scope.findProperty(name, false) != nil || scope.findProperty(name, true) != nil) {
		return true
	}
	if o, ok := Deref(arguments[0]).(Object); ok {
		if _, ok := lookup(o, StrKey(name), nil); ok {
			return true
		}
		_, ok := findField(o, name)
		return ok
	}
	return false
}

// IsAClass is is_a().
func IsAClass(scope *Class, arguments ...Value) bool {
	if _, ok := Deref(arguments[0]).(Object); !ok && (len(arguments) < 3 || !ToBool(arguments[2])) {
		return false
	}
	c := classOrNil(arguments[0], scope)
	return c != nil && c.Is(strings.TrimPrefix(ToString(arguments[1]), "\\"))
}

// IsSubclassOfIn is is_subclass_of().
func IsSubclassOfIn(scope *Class, arguments ...Value) bool {
	c := classOrNil(arguments[0], scope)
	name := strings.TrimPrefix(ToString(arguments[1]), "\\")
	return c != nil && FindClass(name) != c && c.Is(name)
}

func names(list []string) *Array {
	a := NewArray()
	for _, name := range list {
		a.SetStr(name, name)
	}
	return a
}

func describedClass(function string, arguments []Value, scope *Class) *Class {
	c := classOrNil(arguments[0], scope)
	if c == nil && !IsObject(arguments[0]) && !IsString(arguments[0]) {
		ThrowTypeError(function + "(): Argument #1 ($object_or_class) must be of type object|string, " + TypeName(arguments[0]) + " given")
	}
	if c == nil {
		Warning(function + "(): Class " + ToString(arguments[0]) + " does not exist and could not be loaded")
	}
	return c
}

// ClassImplementsIn is class_implements().
func ClassImplementsIn(scope *Class, arguments ...Value) Value {
	c := describedClass("class_implements", arguments, scope)
	if c == nil {
		return false
	}
	return names(c.allInterfaces())
}

// allInterfaces are the names of all it implements, in PHP's order: those of the parent come first, those that an
// interface extends in turn behind all that are written out, the last one first. Classes without interfaces of their own
// turn the parent's round, and so do PHP's own, which have what an interface extends right behind it.
func (c *Class) allInterfaces() []string {
	var list []string
	known := map[string]bool{}
	add := func(name string) {
		if !known[name] {
			known[name] = true
			list = append(list, name)
		}
	}
	addReversed := func(names []string) {
		for i := len(names) - 1; i >= 0; i-- {
			add(names[i])
		}
	}
	written := c.said() != nil && c.said().declared
	own := written && (len(c.said().interfaces) > 0 || c.method("__toString") != nil)
	if c.Parent != nil && own {
		for _, name := range c.Parent.allInterfaces() {
			add(name)
		}
	} else if c.Parent != nil {
		addReversed(c.Parent.allInterfaces())
	}
	for _, i := range c.Interfaces {
		add(i.Name)
		if !written {
			addReversed(i.allInterfaces())
		}
	}
	for _, i := range c.Interfaces {
		addReversed(i.allInterfaces())
	}
	return list
}

// ClassParentsIn is class_parents().
func ClassParentsIn(scope *Class, arguments ...Value) Value {
	c := describedClass("class_parents", arguments, scope)
	if c == nil {
		return false
	}
	var list []string
	for c = c.Parent; c != nil; c = c.Parent {
		list = append(list, c.Name)
	}
	return names(list)
}

// ClassUsesIn is class_uses().
func ClassUsesIn(scope *Class, arguments ...Value) Value {
	c := describedClass("class_uses", arguments, scope)
	if c == nil {
		return false
	}
	return names(c.more().traits)
}

// FunctionExistsIn is function_exists().
func FunctionExistsIn(_ *Class, arguments ...Value) bool {
	_, ok := FunctionNamed(ParamString(arguments[0], "function_exists(): Argument #1 ($function)"))
	return ok
}

// CallUser is call_user_func().
func CallUser(scope *Class, arguments ...Value) Value {
	f := CallableArg(arguments[0], "call_user_func(): Argument #1 ($callback)", scope)
	given := make([]Value, 0, len(arguments)-1)
	for _, v := range arguments[1:] {
		if r, ok := v.(*Ref); ok {
			v = Copy(r.V)
		}
		given = append(given, v)
	}
	return taken(callFrom(f, given, byCallback))
}

// CallUserArray is call_user_func_array().
func CallUserArray(scope *Class, arguments ...Value) Value {
	f := CallableArg(arguments[0], "call_user_func_array(): Argument #1 ($callback)", scope)
	given := ParamArray(arguments[1], "call_user_func_array(): Argument #2 ($args)")
	return taken(f.callArray(given, byCallback))
}

var autoloaders []*Closure

// SplAutoloadRegisterIn is spl_autoload_register().
func SplAutoloadRegisterIn(scope *Class, arguments ...Value) bool {
	if len(arguments) == 0 || Deref(arguments[0]) == nil {
		return true
	}
	if name, ok := Deref(arguments[0]).(string); ok && strings.EqualFold(name, "spl_autoload_call") {
		badArgument("spl_autoload_register", 1, "callback", "must not be the spl_autoload_call() function")
	}
	f := CallableArg(arguments[0], "spl_autoload_register(): Argument #1 ($callback)", scope)
	if len(arguments) > 2 && ToBool(arguments[2]) {
		autoloaders = append([]*Closure{f}, autoloaders...)
	} else {
		autoloaders = append(autoloaders, f)
	}
	loading := map[string]bool{}
	Autoload = func(name string) {
		key := strings.ToLower(name)
		if loading[key] {
			return
		}
		loading[key] = true
		defer delete(loading, key)
		for _, f := range autoloaders {
			f.Call(name)
			if FindClass(name) != nil {
				return
			}
		}
	}
	return true
}

func traversable(function string, v Value) Value {
	if !IsA(v, "Traversable") {
		ThrowTypeError(function + "(): Argument #1 ($iterator) must be of type Traversable, " + TypeName(v) + " given")
	}
	return v
}

// iterable is a Traversable or, since PHP 8.2, an array.
func iterable(function string, v Value) Value {
	if _, ok := Deref(v).(*Array); !ok && !IsA(v, "Traversable") {
		ThrowTypeError(function + "(): Argument #1 ($iterator) must be of type Traversable|array, " + TypeName(v) + " given")
	}
	return v
}

// IteratorToArrayIn is iterator_to_array().
func IteratorToArrayIn(scope *Class, arguments ...Value) *Array {
	a := NewArray()
	for it := Iterate(iterable("iterator_to_array", arguments[0]), scope); it.Next(); {
		v := it.Value()
		if len(arguments) > 1 && !ToBool(arguments[1]) {
			a.Append(v)
		} else {
			a.Set(it.Key(), v)
		}
	}
	return a
}

// IteratorCountIn is iterator_count().
func IteratorCountIn(scope *Class, arguments ...Value) int {
	count := 0
	for it := Iterate(iterable("iterator_count", arguments[0]), scope); it.Next(); {
		count++
	}
	return count
}

// IteratorApplyIn is iterator_apply().
func IteratorApplyIn(scope *Class, arguments ...Value) int {
	f := CallableArg(arguments[1], "iterator_apply(): Argument #2 ($callback)", scope)
	count := 0
	for it := Iterate(traversable("iterator_apply", arguments[0]), scope); it.Next(); {
		count++
		given := NewArray()
		if len(arguments) > 2 && Deref(arguments[2]) != nil {
			given = ToArray(arguments[2])
		}
		if f.CallArray(given) != true {
			break
		}
	}
	return count
}
