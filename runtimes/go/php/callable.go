package php

import "strings"

// What a value calls, seen from a class, after https://www.php.net/manual/en/language.types.callable.php; and the two
// ways to be told why it calls nothing: as the reason that builtins give for a callback, and as the error of a call.

// FindCallable is what a value calls, or the reason why it calls nothing.
func FindCallable(v Value) (c *Closure, reason string) { return callableFrom(v, nil) }

func callableFrom(v Value, scope *Class) (c *Closure, reason string) {
	switch v := Deref(v).(type) {
	case *Closure:
		return v, ""
	case string:
		if class, method, ok := strings.Cut(v, "::"); ok {
			return classCallable(class, method, scope)
		}
		if c, ok := FunctionNamed(v); ok {
			return c, ""
		}
		return nil, "function \"" + beforeNull(v) + "\" not found or invalid function name"
	case *Array:
		return arrayCallable(v, scope)
	case Object:
		if m := ClassOf(v).findMethod("__invoke"); m != nil && m.Func != nil {
			return m.bound(v, ClassOf(v)), ""
		}
	}
	return nil, "no array or string given"
}

// SeenByThis is a callable as a method of scope hands it on, with its $this, which may be nil, and the class it was
// called on: one that names scope, or a class above it, is called on these.
func SeenByThis(v Value, scope *Class, this Object, called *Class) Value {
	class, name := namedMethod(v)
	if name == "" {
		return v
	}
	c, relative := namedClass(class, scope, called)
	if c == nil || !relative && (this == nil || !ClassOf(this).descends(scope) || !scope.descends(c)) {
		return v
	}
	m := c.findMethod(name)
	switch {
	case m == nil || m.Func != nil && !m.visibleFrom(scope):
		if magic := anyCall(this, c, name); this != nil && magic != nil {
			return magic
		}
	case m.Func == nil:
	case m.Static && this != nil:
		return m.bound(nil, ClassOf(this))
	case m.Static:
		return m.bound(nil, called)
	case this != nil:
		return m.bound(this, c)
	}
	return v
}

// namedClass is the class that a callable names, seen from a scope, and whether self, static or parent does.
func namedClass(class string, scope, called *Class) (c *Class, relative bool) {
	word := strings.ToLower(class)
	c = called
	if word != "static" {
		c = findClassIn(class, scope)
	}
	relative = word == "self" || word == "static" || word == "parent"
	if relative && c != nil {
		Deprecated("Use of \"" + word + "\" in callables is deprecated")
	}
	return c, relative
}

// namedMethod is the class and the method that a callable names, empty where it names none.
func namedMethod(v Value) (class, name string) {
	switch v := Deref(v).(type) {
	case string:
		class, name, _ = strings.Cut(v, "::")
	case *Array:
		if v.Len() == 2 {
			class, _ = v.Peek(0).(string)
			name, _ = v.Peek(1).(string)
		}
	}
	if class == "" || strings.Contains(name, "::") {
		return "", ""
	}
	return class, name
}

func arrayCallable(a *Array, scope *Class) (*Closure, string) {
	if a.Len() != 2 {
		return nil, "array callback must have exactly two members"
	}
	if !a.Has(0) || !a.Has(1) {
		return nil, "array callback has to contain indices 0 and 1"
	}
	target, method := a.Peek(0), a.Peek(1)
	if !IsString(target) && !IsObject(target) {
		return nil, "first array member is not a valid class name or object"
	}
	name, ok := method.(string)
	if !ok {
		return nil, "second array member is not a valid method"
	}
	if o, ok := target.(Object); ok {
		return methodCallable(o, ClassOf(o), name, scope)
	}
	return classCallable(target.(string), name, scope)
}

func classCallable(class, method string, scope *Class) (*Closure, string) {
	c := findClassIn(class, scope)
	switch {
	case c == nil && strings.EqualFold(class, "self"), c == nil && strings.EqualFold(class, "static"):
		return nil, "cannot access \"" + strings.ToLower(class) + "\" when no class scope is active"
	case c == nil && strings.EqualFold(class, "parent"):
		return nil, "cannot access \"parent\" when current class scope has no parent"
	case c == nil:
		return nil, "class \"" + class + "\" not found"
	}
	return methodCallable(nil, c, method, scope)
}

func methodCallable(o Object, c *Class, name string, scope *Class) (*Closure, string) {
	if rest, ok := cutPrefixFold(name, "parent::"); ok && c.Parent != nil {
		c, name = c.Parent, rest
	}
	if f, ok := o.(*Closure); ok && strings.EqualFold(name, "__invoke") {
		return f, ""
	}
	m := c.findMethod(name)
	if own := ownPrivate(c, name, scope); own != nil && o != nil {
		m = own
	}
	if m == nil && o == nil && scope != nil && c.findMethod("__call") != nil && c.findMethod("__callStatic") == nil {
		stopForThis(c, name)
	}
	if m == nil || m.Func != nil && !m.visibleFrom(scope) {
		if magic := anyCall(o, c, name); magic != nil {
			return magic, ""
		}
	}
	switch {
	case m == nil:
		return nil, "class " + c.Name + " does not have a method \"" + name + "\""
	case m.Func == nil:
		return nil, "cannot call abstract method " + m.class.Name + "::" + m.Name + "()"
	case !m.visibleFrom(scope):
		return nil, "cannot access " + m.Hidden + " method " + c.Name + "::" + name + "()"
	case o == nil && !m.Static:
		if scope != nil && scope.descends(c) {
			stopForThis(c, m.Name)
		}
		return nil, "non-static method " + c.Name + "::" + m.Name + "() cannot be called statically"
	}
	return m.bound(o, c), ""
}

// stopForThis ends the program where PHP asks for the $this of the caller.
func stopForThis(c *Class, name string) {
	Stop("callable-this", "whether "+c.Name+"::"+name+" can be called depends on the object that asks")
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// ownPrivate is a private method of the scope, which goes before what a descendant calls the same.
func ownPrivate(c *Class, name string, scope *Class) *foundMethod {
	if scope == nil || scope == c || !c.descends(scope) {
		return nil
	}
	if own := scope.method(name); own != nil && own.Hidden == "private" && own.Func != nil {
		return &foundMethod{own, scope}
	}
	return nil
}

// anyCall is __call of the object, or __callStatic of the class, for one method; nil where there is none.
func anyCall(o Object, c *Class, name string) *Closure {
	magic := "__callStatic"
	if o != nil {
		magic = "__call"
	}
	m := c.findMethod(magic)
	if m == nil || m.Func == nil {
		return nil
	}
	name = beforeNull(name)
	magicCall := func(arguments ...Value) Value { return m.bound(o, c).Call(name, Rest(arguments...)) }
	return NewClosure(magicCall, c.Name+"::"+name).Named("arguments")
}

// ToCallable is what a value calls; it throws where it calls nothing, as a dynamic call does.
func ToCallable(v Value) *Closure { return toCallable(v, nil) }

func toCallable(v Value, scope *Class) *Closure {
	switch v := Deref(v).(type) {
	case *Closure:
		return v
	case string:
		if class, method, ok := strings.Cut(v, "::"); ok {
			return staticIn(needClassIn(class, scope), method, scope, nil, nil)
		}
		if c, ok := FunctionNamed(v); ok {
			return c
		}
		ThrowError("Call to undefined function " + beforeNull(v) + "()")
	case *Array:
		return arrayToCallable(v, scope)
	case Object:
		if m := ClassOf(v).findMethod("__invoke"); m != nil && m.Func != nil {
			return m.bound(v, ClassOf(v))
		}
		ThrowError("Object of type " + ClassName(v) + " is not callable")
	}
	ThrowError("Value of type " + TypeName(v) + " is not callable")
	return nil
}

func needClassIn(name string, scope *Class) *Class {
	if c := findClassIn(name, scope); c != nil {
		return c
	}
	classNotFound(name)
	return nil
}

func arrayToCallable(a *Array, scope *Class) *Closure {
	if a.Len() != 2 {
		ThrowError("Array callback must have exactly two elements")
	}
	if !a.Has(0) || !a.Has(1) {
		ThrowError("Array callback has to contain indices 0 and 1")
	}
	target, method := a.Peek(0), a.Peek(1)
	if !IsString(target) && !IsObject(target) {
		ThrowError("First array member is not a valid class name or object")
	}
	name, ok := method.(string)
	if !ok {
		ThrowError("Second array member is not a valid method")
	}
	if o, ok := target.(Object); ok {
		if c := ClassOf(o); isStaticMethod(c, name, scope) {
			return staticIn(c, name, scope, c, nil)
		}
		return methodIn(o, name, scope)
	}
	return staticIn(needClassIn(target.(string), scope), name, scope, nil, nil)
}

func isStaticMethod(c *Class, name string, scope *Class) bool {
	m := c.findMethod(name)
	return m != nil && m.Static && m.visibleFrom(scope)
}

// CallValue is $f(...).
func CallValue(f Value, arguments ...Value) Value { return CallValueIn(f, nil, arguments...) }

// CallValueIn is $f(...) in a class.
func CallValueIn(f Value, scope *Class, arguments ...Value) Value {
	c := toCallable(f, scope)
	for i, v := range arguments {
		if !c.Builtin || !c.WantsRef(i) {
			continue
		}
		switch v.(type) {
		case *Ref, perhaps, named:
		default:
			Stop("reference-argument", c.Name+"() takes an argument by reference, which was not known at conversion")
		}
	}
	return taken(callWith(c, arguments))
}

// CallValueRef is &$f(...).
func CallValueRef(f Value, scope *Class, arguments ...Value) *Ref {
	return asRef(callWith(toCallable(f, scope), arguments))
}

// CallStaticRef is &class::name(...).
func CallStaticRef(c *Class, name string, scope, called *Class, this Object, arguments ...Value) *Ref {
	return asRef(callWith(staticIn(c, name, scope, called, this), arguments))
}

// CallMethodRef is &$v->name(...).
func CallMethodRef(v Value, name string, scope *Class, arguments ...Value) *Ref {
	o, ok := Deref(v).(Object)
	if !ok {
		ThrowError("Call to a member function " + name + "() on " + TypeName(v))
	}
	return asRef(callWith(methodIn(o, name, scope), arguments))
}

// asRef is what a function gave as a reference: the one it returned, else one of its own.
func asRef(v Value) *Ref {
	if r, ok := v.(*Ref); ok {
		return r
	}
	Notice("Only variables should be assigned by reference")
	return NewRef(v)
}

// CallValueRaw and the next two are calls in a return by reference: what they give may be a reference.
func CallValueRaw(f Value, scope *Class, arguments ...Value) Value {
	return callWith(toCallable(f, scope), arguments)
}

// CallMethodRaw is $v->name(...).
func CallMethodRaw(v Value, name string, scope *Class, arguments ...Value) Value {
	o, ok := asObject(v)
	if !ok {
		ThrowError("Call to a member function " + name + "() on " + TypeName(v))
	}
	return callWith(methodIn(o, name, scope), arguments)
}

// CallStaticRaw is class::name(...).
func CallStaticRaw(c *Class, name string, scope, called *Class, this Object, arguments ...Value) Value {
	return callWith(staticIn(c, name, scope, called, this), arguments)
}

// ReturnedRef is what a function returns by reference where it is none that it knows.
func ReturnedRef(v Value) *Ref {
	if r, ok := v.(*Ref); ok {
		return r
	}
	Notice("Only variable references should be returned by reference")
	return NewRef(v)
}

// PassedRef is what a call gives that is passed by reference: the reference that it returned, else one of its own.
func PassedRef(v Value) *Ref {
	if r, ok := v.(*Ref); ok {
		return r
	}
	return NewRef(Passed(v))
}

// YieldedValue is likewise what a generator yields by reference.
func YieldedValue(v Value) Value {
	if !isRef(v) {
		Notice("Only variable references should be yielded by reference")
	}
	return v
}

// CallableOf is $f(...) with three dots.
func CallableOf(f Value, scope *Class) Value { return toCallable(f, scope).shown() }

// FromCallable is Closure::fromCallable().
func FromCallable(f Value, scope *Class) Value {
	c, reason := callableFrom(f, scope)
	if c == nil {
		ThrowTypeError("Failed to create closure from callable: " + reason)
	}
	return c.shown()
}

// CallableArg is an argument for a parameter of type callable, seen from a class.
func CallableArg(v Value, place string, scope *Class) *Closure {
	c, reason := callableFrom(v, scope)
	if c == nil {
		ThrowTypeError(place + " must be a valid callback, " + reason)
	}
	return c
}

// CallableArgOrNull is CallableArg for ?callable.
func CallableArgOrNull(v Value, place string, scope *Class) *Closure {
	if Deref(v) == nil {
		return nil
	}
	c, reason := callableFrom(v, scope)
	if c == nil {
		ThrowTypeError(place + " must be a valid callback or null, " + reason)
	}
	return c
}

// IsCallableIn is is_callable() seen from a class.
func IsCallableIn(v Value, scope *Class) bool {
	c, _ := callableFrom(v, scope)
	return c != nil
}

// IsCallableStatically is is_callable() in a method without $this, where no method of an object can be called by its
// class; called is what static means there.
func IsCallableStatically(v Value, scope, called *Class) bool {
	class, name := namedMethod(v)
	if name == "" {
		return IsCallableIn(v, scope)
	}
	c, _ := namedClass(class, scope, called)
	if c == nil {
		return false
	}
	if m := c.findMethod(name); m != nil && (m.Func == nil || m.visibleFrom(scope)) {
		return m.Func != nil && m.Static
	}
	return anyCall(nil, c, name) != nil
}

// IsCallable is is_callable(); name, which may be nil, gets what the value calls as text.
func IsCallable(v Value, syntaxOnly bool, name *string) bool {
	c, _ := FindCallable(v)
	if name != nil {
		*name = callableName(v)
	}
	return c != nil || syntaxOnly && couldBeCalled(v)
}
