package php

import "strings"

// Closures that get another object and another class, after https://www.php.net/manual/en/class.closure.php. Go binds a
// function to neither, so a closure that may be bound is made by a function of both, which is called again for others.

func init() {
	closureClass.Methods = []Method{
		{Name: "bind", Func: bindClosure, Static: true},
		{Name: "bindTo", Func: (*Closure).bindTo},
		{Name: "call", Func: (*Closure).callOn},
		{Name: "fromCallable", Func: func(f Value) Value { return FromCallable(f, nil) }, Static: true},
	}
}

// Rebindable is a closure that may be bound to others: made makes it of its object, the class whose private members it
// sees and the class that static means.
func Rebindable(made func(this Object, within, static *Class) *Closure, this Object, within, static *Class) *Closure {
	if this != nil {
		this, static = Self(this), ClassOf(this)
	}
	c := made(this, within, static)
	c.This, c.Scope, c.rebind = this, within, made
	c.Name = ClosureName(within, c.Name)
	return c
}

// UsesThis says that its own code has $this in it, and gives the closure back.
func (c *Closure) UsesThis() *Closure {
	c.usesThis = true
	return c
}

// Unbound says that it takes no object, and gives the closure back.
func (c *Closure) Unbound() *Closure {
	c.isStatic = true
	return c
}

// ClosureName is what messages call a closure of a class, or of none.
func ClosureName(within *Class, name string) string {
	if within == nil {
		return name
	}
	return within.Name + "::" + name
}

// ThisOrNil is $this where there may be none.
func ThisOrNil(this Object) Object {
	if this == nil {
		return nil
	}
	return Self(this)
}

// ClassScope is self, static or parent, by which word is written, in code that may stand in no class.
func ClassScope(c *Class, word string) *Class {
	if c == nil {
		NoScope(word)
	}
	return c
}

// ScopeName is self::class and its kin.
func ScopeName(c *Class, word string) string {
	if c == nil {
		ThrowError("Cannot use \"" + word + "\" in the global scope")
	}
	if word != "parent" {
		return c.Name
	}
	if c.Parent == nil {
		ThrowError("Cannot use \"parent\" when current class scope has no parent")
	}
	return c.Parent.Name
}

func bindClosure(arguments ...Value) Value {
	countGiven("Closure::bind", arguments, 2, 3)
	c, ok := Deref(arguments[0]).(*Closure)
	if !ok {
		ThrowTypeError("Closure::bind(): Argument #1 ($closure) must be of type Closure, " + TypeName(arguments[0]) + " given")
	}
	return c.rebound("Closure::bind", 2, arguments[1:])
}

func (c *Closure) bindTo(arguments ...Value) Value {
	countGiven("Closure::bindTo", arguments, 1, 2)
	return c.rebound("Closure::bindTo", 1, arguments)
}

func countGiven(name string, arguments []Value, least, most int) {
	counts := &Closure{Name: name, Required: least, Most: most}
	if len(arguments) < least || most >= 0 && len(arguments) > most {
		ThrowArgumentCount(counts.countMessage(len(arguments)))
	}
}

// rebound is the closure for the object, and the class if there is one, among the arguments; at is the number of the
// first.
func (c *Closure) rebound(function string, at int, arguments []Value) Value {
	this, ok := Deref(arguments[0]).(Object)
	if !ok && Deref(arguments[0]) != nil {
		ThrowTypeError(argument(function, at, "newThis") + " must be of type ?object, " + TypeName(arguments[0]) + " given")
	}
	scope := c.Scope
	if len(arguments) > 1 {
		switch v := Deref(arguments[1]).(type) {
		case nil:
			scope = nil
		case Object:
			scope = ClassOf(v)
		case *Array, *Resource:
			ThrowTypeError(argument(function, at+1, "newScope") + " must be of type object|string|null, " + TypeName(v) + " given")
		default:
			if name := ToString(v); name != "static" {
				if scope = loadClass(name); scope == nil {
					Warning("Class \"" + name + "\" not found")
					return nil
				}
			}
		}
	}
	bound := c.boundTo(this, scope)
	if bound == nil {
		return nil
	}
	if c.hasStatics { // which PHP copies
		Stop("closure-clone", "a closure with static variables is bound to another object")
	}
	return bound
}

// boundTo is the closure for an object and a class, of which there may be none; nil, with a warning, where PHP refuses.
func (c *Closure) boundTo(this Object, scope *Class) *Closure {
	fake := c.rebind == nil // of a function or method
	if fake && strings.HasSuffix(c.Name, "{closure}") {
		Stop("closure-bind", "a closure is bound to another object or class, which was not known where it was made")
	}
	isStatic := c.isStatic
	if fake {
		isStatic = c.Scope != nil && c.This == nil
	}
	refusal := ""
	switch {
	case this != nil && isStatic:
		refusal = "Cannot bind an instance to a static closure"
	case this != nil && fake && c.Scope != nil && !ClassOf(this).descends(c.Scope):
		refusal = "Cannot bind method " + c.Name + "() to object of class " + ClassName(this)
	case this == nil && fake && c.Scope != nil && !isStatic:
		refusal = "Cannot unbind $this of method"
	case this == nil && !fake && c.This != nil && c.usesThis:
		refusal = "Cannot unbind $this of closure using $this"
	case scope != nil && scope != c.Scope && scope.said() == nil:
		refusal = "Cannot bind closure to scope of internal class " + scope.Name
	case fake && scope != c.Scope && c.Scope == nil:
		refusal = "Cannot rebind scope of closure created from function"
	case fake && scope != c.Scope:
		refusal = "Cannot rebind scope of closure created from method"
	}
	if refusal != "" {
		Warning(refusal)
		return nil
	}
	if fake {
		return c.fakeFor(this)
	}
	if scope == nil && this != nil {
		scope = closureClass
	}
	return Rebindable(c.rebind, this, scope, scope)
}

// fakeFor is a closure of a function or method for another object.
func (c *Closure) fakeFor(this Object) *Closure {
	if c.Scope == nil && this != nil {
		Stop("closure-bind", "the function "+c.Name+"() is bound to an object")
	}
	if this == nil {
		made := *c
		made.id = 0
		return Init(&made, closureClass)
	}
	_, name, _ := strings.Cut(c.Name, "::")
	m := c.Scope.findMethod(name)
	if m == nil || m.Func == nil {
		Stop("closure-bind", "a closure of "+c.Name+"() is bound to another object")
	}
	return m.bound(this, ClassOf(this)).shown()
}

// callOn is Closure::call(), which shares static variables. It gives no object a number, as PHP makes none.
func (c *Closure) callOn(arguments ...Value) Value {
	countGiven("Closure::call", arguments, 1, -1)
	this, ok := Deref(arguments[0]).(Object)
	if !ok {
		ThrowTypeError("Closure::call(): Argument #1 ($newThis) must be of type object, " + TypeName(arguments[0]) + " given")
	}
	last := lastObjectID
	bound := c.boundTo(this, ClassOf(this))
	if bound == nil {
		return nil
	}
	lastObjectID = last
	return taken(bound.Call(arguments[1:]...))
}
