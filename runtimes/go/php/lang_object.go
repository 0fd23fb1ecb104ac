package php

import (
	"strings"
)

// Objects of converted programs: properties and methods by name, as the scope that asks may use them.

// Self is $this as a value.
func Self(this Object) Object {
	if this == nil {
		ThrowError("Using $this when not in object context")
	}
	if self := this.PHPBase().self; self != nil {
		return self
	}
	return this
}

// asObject is the object that v is; objects of the program's own classes are found fast.
func asObject(v Value) (Object, bool) {
	if o, ok := v.(*Instance); ok {
		return o, true
	}
	o, ok := Deref(v).(Object)
	return o, ok
}

// NoThis is $this where there is none.
func NoThis() Value {
	ThrowError("Using $this when not in object context")
	return nil
}

// New is new class(...).
func New(c *Class, scope *Class, arguments ...Value) Object {
	return NewWith(c, scope, func() []Value { return arguments })
}

// NewWith is New whose arguments are worked out when the object is there, as PHP does.
func NewWith(c *Class, scope *Class, arguments func() []Value) Object {
	c = c.there()
	switch {
	case c.Enum:
		ThrowError("Cannot instantiate enum " + c.Name)
	case c.Interface:
		ThrowError("Cannot instantiate interface " + c.Name)
	case c.more().trait:
		ThrowError("Cannot instantiate trait " + c.Name)
	case c == closureClass:
		ThrowError("Instantiation of class Closure is not allowed")
	case c == generatorClass:
		ThrowError("The \"Generator\" class is reserved for internal use and cannot be manually instantiated")
	case c.Abstract || c.New == nil:
		ThrowError("Cannot instantiate abstract class " + c.Name)
	}
	o := c.New()
	m := c.findMethod("__construct")
	if construct := builtinConstructor(o, c); m == nil && construct != nil {
		callWith(construct, arguments())
		return o
	}
	if m == nil || m.Func == nil {
		arguments()
		return o
	}
	if !m.visibleFrom(scope) {
		from := "global scope"
		if scope != nil {
			from = "scope " + scope.Name
		}
		ThrowError("Call to " + m.Hidden + " " + m.class.Name + "::__construct() from " + from)
	}
	callWith(m.bound(o, c), arguments())
	return o
}

// OnLine is an object that was made on a line of its own within its statement, which an exception names.
func OnLine(line int, v Value) Value {
	if t, ok := v.(Throwable); ok {
		locate()
		if made := t.thrown(); made.Line == position.line {
			made.Line = line
		}
	}
	return v
}

// CloneIn is clone $v.
func CloneIn(v Value, scope *Class) Value {
	o, ok := asObject(v)
	if !ok {
		ThrowError("__clone method called on non-object")
	}
	m := ClassOf(o).findMethod("__clone")
	if m != nil && !m.visibleFrom(scope) {
		from := "global scope"
		if scope != nil {
			from = "scope " + scope.Name
		}
		ThrowError("Call to " + m.Hidden + " " + m.class.Name + "::__clone() from " + from)
	}
	switch o.(type) {
	case *Generator, interface{ uncloneable() }:
		ThrowError("Trying to clone an uncloneable object of class " + ClassName(o))
	}
	if c, ok := o.(*Closure); ok && c.hasStatics {
		Stop("closure-clone", "a closure with static variables is cloned")
	}
	clone := Clone(o)
	if m != nil && m.Func != nil {
		m.bound(clone, ClassOf(clone)).Call()
	}
	return clone
}

// ---- Properties ----

func (c *Class) findProperty(name string, static bool) *classProperty {
	for at := c; at != nil; at = at.Parent {
		d := at.said()
		if d == nil {
			continue
		}
		for _, p := range d.properties {
			if p.name == name && (p.flags&Static != 0) == static && (p.flags&Private == 0 || at == c) {
				return p
			}
		}
	}
	return nil
}

// access is how objects of a class keep a property and whether a scope may use it.
type access struct {
	name    string
	scope   *Class
	key     Key
	p       *classProperty
	allowed bool
	known   bool
}

// accesses are those of a class that were last asked for, each in the place of its name.
type accesses [32]access

// access is how objects of the class keep a property; what it gives holds until the next call.
func (c *Class) access(name string, scope *Class) *access {
	if c.accesses == nil {
		c.accesses = new(accesses)
	}
	h := uint(len(name))
	if h > 0 {
		h = h*5 + uint(name[0]) + uint(name[h-1])*11
	}
	at := &c.accesses[h%uint(len(c.accesses))]
	if !at.known || at.scope != scope || !sameText(at.name, name) {
		k, p, allowed := c.property(name, scope)
		*at = access{name, scope, k, p, allowed, true}
	}
	return at
}

// property finds how an object keeps a property: its key, its declaration if there is one, and whether scope may use it.
func property(o Object, name string, scope *Class) (k Key, p *classProperty, allowed bool) {
	c := ClassOf(o)
	if c == nil {
		return StrKey(name), nil, true
	}
	at := c.access(name, scope)
	return at.key, at.p, at.allowed
}

func (c *Class) property(name string, scope *Class) (k Key, p *classProperty, allowed bool) {
	if scope != nil && scope != c && c.descends(scope) {
		if d := scope.said(); d != nil {
			for _, own := range d.properties {
				if own.name == name && own.flags&Private != 0 && own.flags&Static == 0 {
					return own.key(), own, true
				}
			}
		}
	}
	p = c.findProperty(name, false)
	if p == nil {
		return StrKey(name), nil, true
	}
	return p.key(), p, visible(hiddenBy(p.flags), p.class, scope)
}

// magic is a magic method of an object, unless it is already running for this very name.
func magic(o Object, method, name string) *Closure {
	m := ClassOf(o).findMethod(method)
	if m == nil || m.Func == nil || guards[guard{o.PHPBase(), method, name}] {
		return nil
	}
	return m.bound(o, ClassOf(o))
}

type guard struct {
	base         *Base
	method, name string
}

var guards = map[guard]bool{}

func guarding(o Object, method, name string, f func() Value) Value {
	g := guard{o.PHPBase(), method, name}
	guards[g] = true
	defer delete(guards, g)
	return f()
}

// lookup is the value of a property as it is kept; p is its declaration, if there is one.
func lookup(o Object, k Key, p *classProperty) (Value, bool) {
	if d := o.PHPBase().dynamic; d != nil {
		if i := d.store.findNear(k, p.hint()); i >= 0 {
			_, v, _ := d.store.at(i)
			return v, true
		}
	}
	return nil, false
}

// hint is where the property probably is among those of an object.
func (p *classProperty) hint() int {
	if p == nil {
		return 0
	}
	return p.slot
}

// builtinProperty reads a property of a class of PHP's own; p is how a class of the program declares it anew.
func builtinProperty(o Object, name string, p *classProperty, allowed bool, scope *Class) (v Value, hidden string, ok bool) {
	f, ok := declaredField(o, name)
	if !ok {
		return nil, "", false
	}
	v, ok = LookupProperty(o, name)
	if p != nil && allowed || p == nil && f.allows(scope) {
		return v, "", ok
	}
	return v, f.visibility, ok
}

// declaredPlace is where an object keeps the value of a declared property that scope may use, and its declaration; nil
// where it is not found at once: what is not initialised, a reference, all that is not usual.
func declaredPlace(v Value, name string, scope *Class, writes bool) (*Value, *classProperty) {
	o, ok := v.(*Instance)
	if !ok || o.dynamic == nil {
		return nil, nil
	}
	access := o.class.access(name, scope)
	p := access.p
	s := o.dynamic.store
	if p == nil || !access.allowed || writes && s.shared || uint(p.slot) >= uint(len(s.entries)) {
		return nil, nil
	}
	at := &s.entries[p.slot]
	if !at.key.IsStr || at.key.hole || !access.key.IsStr || !sameText(at.key.Str, access.key.Str) {
		return nil, nil
	}
	switch at.val.(type) {
	case *Ref, Uninitialized:
		return nil, nil
	}
	return &at.val, p
}

// Prop is $v->name.
func Prop(v Value, name string, scope *Class) Value {
	if at, _ := declaredPlace(v, name, scope, false); at != nil {
		return *at
	}
	o, ok := asObject(v)
	if !ok {
		Warning("Attempt to read property \"" + name + "\" on " + TypeName(v))
		return nil
	}
	k, p, allowed := property(o, name, scope)
	if allowed {
		if v, ok := lookup(o, k, p); ok {
			if u, none := v.(Uninitialized); !none {
				return Deref(v)
			} else if u.Type != "" && (!u.unset || magic(o, "__get", name) == nil) {
				ThrowError("Typed property " + p.class.Name + "::$" + name + " must not be accessed before initialization")
			}
		}
	}
	if v, hidden, ok := builtinProperty(o, name, p, allowed, scope); ok {
		if hidden == "" {
			return v
		}
		allowed = false
	}
	if m := magic(o, "__get", name); m != nil {
		got := guarding(o, "__get", name, func() Value { return Deref(m.Call(name)) })
		if p != nil && p.types != "" && allowed {
			return p.takes(got, nil)
		}
		return got
	}
	if !allowed {
		hidden := "private"
		if p != nil {
			hidden = hiddenBy(p.flags)
		} else if f, ok := declaredField(o, name); ok {
			hidden = f.visibility
		}
		ThrowError("Cannot access " + hidden + " property " + ClassName(o) + "::$" + name)
	}
	stopForProperty(ClassOf(o), name)
	refuseHiddenName(name)
	Warning("Undefined property: " + ClassName(o) + "::$" + beforeNull(name))
	return nil
}

// HolderAt is $v[k] in $v[k]->name = x: what is not there is null.
func HolderAt(v, k Value) Value {
	switch x := Deref(Quiet(v)).(type) {
	case *Array:
		return x.Peek(k)
	case string:
		stringOffset(k)
		ThrowError("Cannot use string offset as an object")
	case nil:
		return nil
	}
	return Index(v, k)
}

// UpdateHolderAt is $v[k] in $v[k]->name += x: what is not there is complained of.
func UpdateHolderAt(v, k Value) Value {
	switch x := Deref(v).(type) {
	case *Array, Object:
		return Index(x, k)
	case string:
		stringOffset(k)
		ThrowError("Cannot use string offset as an object")
	default:
		return vivify(x).Get(k)
	}
	return nil
}

// UnsetHolderAt is $v[k] in unset($v[k]->name).
func UnsetHolderAt(v, k Value) Value {
	v = Deref(v)
	if a, ok := v.(*Array); ok {
		return a.Peek(k)
	}
	return unsetFrom(v, k, "an object")
}

// UnsetHolderIn is $v->name in unset($v->name->other): what is not there is made, and is null.
func UnsetHolderIn(v Value, name string, scope *Class) Value {
	o, ok := Deref(Quiet(v)).(Object)
	if !ok {
		return nil
	}
	k, p, allowed := property(o, name, scope)
	kept, has := lookup(o, k, p)
	u, none := kept.(Uninitialized)
	if p != nil && allowed && (!has || none) && !u.unset {
		return nil
	}
	if !allowed || has && !none || magic(o, "__get", name) != nil {
		return Prop(o, name, scope)
	}
	return HolderIn(o, name, scope)
}

// HolderIn is $v->name in $v->name->other = x: what is not there is made, and is null.
func HolderIn(v Value, name string, scope *Class) Value {
	o, ok := Deref(Quiet(v)).(Object)
	if !ok {
		ThrowError("Attempt to modify property \"" + name + "\" on " + TypeName(Quiet(v)))
	}
	k, p, allowed := property(o, name, scope)
	kept, has := lookup(o, k, p)
	u, none := kept.(Uninitialized)
	if m := magic(o, "__get", name); m != nil && (!allowed || p == nil && !has || u.unset) {
		got := guarding(o, "__get", name, func() Value { return m.Call(name) })
		if !isRef(got) && !IsObject(got) {
			Notice("Indirect modification of overloaded property " + ClassName(o) + "::$" + name + " has no effect")
		}
		return Deref(got)
	}
	switch {
	case !allowed, has && !none:
		return Prop(o, name, scope)
	case p != nil && p.flags&ReadOnly != 0:
		ThrowError("Cannot indirectly modify readonly property " + p.title())
	case p != nil:
		if isGone(kept) {
			dynamicProperties(o).setRaw(k, nil)
		}
		return nil
	}
	if _, ok := declaredField(o, name); ok {
		return Prop(o, name, scope)
	}
	dynamicAllowed(o, name)
	dynamicProperties(o).setRaw(k, nil)
	return nil
}

// SetProp is $v->name = x; it gives x.
func SetProp(target Value, name string, scope *Class, x Value) Value {
	if at, p := declaredPlace(target, name, scope, true); at != nil && p.simplyTakes(x) {
		*at = x
		return x
	}
	o, ok := asObject(target)
	if !ok {
		ThrowError("Attempt to assign property \"" + name + "\" on " + TypeName(Quiet(target)))
	}
	k, p, allowed := property(o, name, scope)
	old, has := lookup(o, k, p)
	if f, ok := fieldWhere(o, name, !has); ok {
		f.needAccess(o, p, allowed, scope)
		setField(o, f, x)
		return x
	}
	u, _ := old.(Uninitialized)
	if !allowed || !has || u.unset {
		if m := magic(o, "__set", name); m != nil {
			guarding(o, "__set", name, func() Value { return m.Call(name, x) })
			return x
		}
	}
	if !allowed {
		ThrowError("Cannot access " + hiddenBy(p.flags) + " property " + ClassName(o) + "::$" + name)
	}
	if ClassOf(o).Enum {
		enumUntouched(o, name, has)
	}
	if p != nil {
		x = p.accept(o, x, old, has, scope)
	} else if !has {
		dynamicAllowed(o, name)
	} else if i, ok := o.(*DateInterval); ok {
		x = i.assigned(name, x)
	}
	if r, ok := old.(*Ref); ok && !(r.alone() && dynamicProperties(o).store.shared) {
		return r.Set(x)
	}
	dynamicProperties(o).setRawNear(k, x, p.hint())
	return x
}

// allows says whether scope may use the property as PHP's own class declares it.
func (f field) allows(scope *Class) bool {
	return f.visibility == "public" || scope != nil && f.visibility == "protected"
}

// needAccess throws where scope may not use the property; p is how a class of the program declares it anew.
func (f field) needAccess(o Object, p *classProperty, allowed bool, scope *Class) {
	hidden := f.visibility
	if p != nil {
		hidden = hiddenBy(p.flags)
	} else {
		allowed = f.allows(scope)
	}
	if !allowed {
		ThrowError("Cannot access " + hidden + " property " + ClassName(o) + "::$" + f.name)
	}
}

// fieldPlace is where a class of PHP's own keeps a property as a field of Go. One that can hold only values of its type
// cannot be referred to: the program ends there.
func fieldPlace(o Object, f field) *Value {
	at := fieldValue(o, f)
	if place, ok := at.Addr().Interface().(*Value); ok {
		return place
	}
	v := fromGo(at)
	if !IsObject(v) {
		Stop("builtin-property", "a reference to, or a part of, "+ClassName(o)+"::$"+f.name+", which has a type of PHP's own")
	}
	return Temporary(v)
}

// fieldWhere is declaredField() if wanted says so.
func fieldWhere(o Object, name string, wanted bool) (field, bool) {
	if !wanted {
		return field{}, false
	}
	return declaredField(o, name)
}

// declaredField is the field in which a class of PHP's own keeps a property, also where a class of the program declares
// it anew. A private one is not that of its children.
func declaredField(o Object, name string) (field, bool) {
	f, ok := findField(o, name)
	return f, ok && (f.visibility != "private" || ClassOf(o).Parent == nil)
}

// enumUntouched throws what PHP does where a property of an enum's case is written.
func enumUntouched(o Object, name string, has bool) {
	if has {
		ThrowError("Cannot modify readonly property " + ClassName(o) + "::$" + name)
	}
	ThrowError("Cannot create dynamic property " + ClassName(o) + "::$" + name)
}

// refuseHiddenName throws at names of properties that their class hides.
func refuseHiddenName(name string) {
	if strings.HasPrefix(name, "\x00") {
		ThrowError("Cannot access property starting with \"\\0\"")
	}
}

// dynamicAllowed: making a property that was not declared is deprecated since PHP 8.2.
func dynamicAllowed(o Object, name string) {
	refuseHiddenName(name)
	if _, ok := o.(*StdClass); ok || ClassOf(o).findMethod("__set") != nil {
		return
	}
	if ClassOf(o).isReadOnly() {
		ThrowError("Cannot create dynamic property " + ClassName(o) + "::$" + name)
	}
	switch o.(type) {
	case *Closure, *Generator:
		ThrowError("Cannot create dynamic property " + ClassName(o) + "::$" + name)
	}
	for c := ClassOf(o); c != nil; c = c.Parent {
		if c.Name == "stdClass" || c.AllowsDynamic {
			return
		}
	}
	stopForProperty(ClassOf(o), name)
	Deprecated("Creation of dynamic property " + ClassName(o) + "::$" + name + " is deprecated")
}

func scopeName(scope *Class) string {
	if scope == nil {
		return "global scope"
	}
	return "scope " + scope.Name
}

// initClass is the class that may initialise a readonly property: the first that declared it.
func (p *classProperty) initClass() *Class {
	first := p.class
	for c := p.class.Parent; c != nil && p.flags&Private == 0; c = c.Parent {
		if d := c.said(); d != nil {
			for _, above := range d.properties {
				if above.name == p.name && above.flags&Private == 0 {
					first = c
				}
			}
		}
	}
	return first
}

// accept is x as a declared property takes it.
func (p *classProperty) accept(o Object, x, old Value, has bool, scope *Class) Value {
	if p.flags&ReadOnly != 0 {
		if _, none := old.(Uninitialized); has && !none {
			ThrowError("Cannot modify readonly property " + p.title())
		}
		if scope != p.initClass() {
			ThrowError("Cannot initialize readonly property " + p.title() + " from " + scopeName(scope))
		}
	}
	if r, ok := old.(*Ref); ok && r.types != nil && lastStep != 0 {
		return x // the reference says why not
	}
	return p.takes(x, old)
}

// PropPlace is the place of $v->name in an expression that writes.
func PropPlace(v Value, name string, scope *Class) *Value {
	o, ok := asObject(v)
	if !ok {
		ThrowError("Attempt to modify property \"" + name + "\" on " + TypeName(Quiet(v)))
	}
	k, p, allowed := property(o, name, scope)
	kept, has := lookup(o, k, p)
	if ClassOf(o).Enum {
		enumUntouched(o, name, has)
	}
	u, none := kept.(Uninitialized)
	if none && u.unset && magic(o, "__get", name) != nil {
		has, none = false, false
	}
	if none && has {
		if p.flags&ReadOnly != 0 {
			ThrowError("Cannot indirectly modify readonly property " + p.title())
		}
		kept = nil
	}
	if has && allowed && p != nil && p.flags&ReadOnly == 0 && Deref(kept) == nil {
		p.needArray()
	}
	if none && has {
		dynamicProperties(o).setRaw(k, nil)
	}
	if has && allowed {
		if p != nil && p.flags&ReadOnly != 0 {
			if _, object := Deref(kept).(Object); object {
				return Temporary(Deref(kept))
			}
			ThrowError("Cannot modify readonly property " + p.title())
		}
		return dynamicProperties(o).slot(k)
	}
	if m := magic(o, "__get", name); m != nil {
		got := guarding(o, "__get", name, func() Value { return m.Call(name) })
		if r, ok := got.(*Ref); ok {
			return &r.V
		}
		if _, object := got.(Object); !object {
			Notice("Indirect modification of overloaded property " + ClassName(o) + "::$" + name + " has no effect")
		}
		return Temporary(got)
	}
	if !allowed {
		ThrowError("Cannot access " + hiddenBy(p.flags) + " property " + ClassName(o) + "::$" + name)
	}
	if f, ok := declaredField(o, name); ok {
		f.needAccess(o, p, allowed, scope)
		return behind(fieldPlace(o, f))
	}
	if p == nil {
		dynamicAllowed(o, name)
	}
	return dynamicProperties(o).slot(k)
}

// PropWithin is what unset($v->name[k]) takes from: nil where there is none, though the property is made then.
func PropWithin(v Value, name string, scope *Class) *Value {
	o, ok := Deref(Quiet(v)).(Object)
	if !ok {
		return nil
	}
	k, p, allowed := property(o, name, scope)
	if kept, has := lookup(o, k, p); has && allowed {
		if u, none := kept.(Uninitialized); none && !u.unset {
			Prop(o, name, scope)
		}
		return PropPlace(o, name, scope)
	}
	if magic(o, "__get", name) != nil || !allowed {
		return PropPlace(o, name, scope)
	}
	if _, ok := declaredField(o, name); ok {
		return PropPlace(o, name, scope)
	}
	if p == nil {
		dynamicAllowed(o, name)
	}
	if p == nil || p.types == "" {
		dynamicProperties(o).setRaw(k, nil)
	}
	return nil
}

// PropRef is &$v->name.
func PropRef(v Value, name string, scope *Class) *Ref {
	o, ok := asObject(v)
	if !ok {
		ThrowError("Attempt to modify property \"" + name + "\" on " + TypeName(Quiet(v)))
	}
	k, p, allowed := property(o, name, scope)
	old, has := lookup(o, k, p)
	u, none := old.(Uninitialized)
	if m := magic(o, "__get", name); m != nil && (!has || !allowed || u.unset) {
		got := guarding(o, "__get", name, func() Value { return m.Call(name) })
		r, ok := got.(*Ref)
		if !ok {
			if !IsObject(got) {
				Notice("Indirect modification of overloaded property " + ClassName(o) + "::$" + name + " has no effect")
			}
			return NewRef(got)
		}
		if allowed {
			p.admit(r)
		}
		return r
	}
	if !allowed {
		ThrowError("Cannot access " + hiddenBy(p.flags) + " property " + ClassName(o) + "::$" + name)
	}
	if ClassOf(o).Enum {
		enumUntouched(o, name, has)
	}
	if f, ok := fieldWhere(o, name, !has); ok {
		f.needAccess(o, p, allowed, scope)
		place := fieldPlace(o, f)
		if _, ok := (*place).(*Ref); !ok {
			*place = NewRef(*place)
		}
		return (*place).(*Ref)
	}
	if !has {
		place := PropPlace(v, name, scope)
		if _, has = lookup(o, k, p); !has {
			return NewRef(*place)
		}
	}
	if p != nil && p.flags&ReadOnly != 0 {
		ThrowError("Cannot modify readonly property " + p.title())
	}
	if none {
		p.firstReference()
		dynamicProperties(o).setRaw(k, nil)
	}
	r := dynamicProperties(o).RefAt(k.Value())
	if r != old {
		r.bind(p)
	}
	return r
}

// BindProp is $v->name = &r.
func BindProp(v Value, name string, scope *Class, r *Ref) {
	o, ok := asObject(v)
	if !ok {
		ThrowError("Attempt to modify property \"" + name + "\" on " + TypeName(v))
	}
	k, p, allowed := property(o, name, scope)
	old, has := lookup(o, k, p)
	u, _ := old.(Uninitialized)
	if m := magic(o, "__get", name); m != nil && (!has || !allowed || u.unset) {
		guarding(o, "__get", name, func() Value { return m.Call(name) })
		ThrowError("Cannot assign by reference to overloaded object")
	}
	if !allowed {
		ThrowError("Cannot access " + hiddenBy(p.flags) + " property " + ClassName(o) + "::$" + name)
	}
	if old == r {
		return
	}
	if ClassOf(o).Enum {
		enumUntouched(o, name, has)
	}
	if p != nil && p.flags&ReadOnly != 0 {
		ThrowError("Cannot modify readonly property " + p.title())
	}
	p.admit(r)
	unbindValue(old, p)
	if f, ok := fieldWhere(o, name, !has); ok {
		f.needAccess(o, p, allowed, scope)
		*fieldPlace(o, f) = r
		return
	}
	if p == nil && !has {
		dynamicAllowed(o, name)
	}
	dynamicProperties(o).setRaw(k, r.bind(p))
}

// QuietProp is $v->name ?? null.
func QuietProp(v Value, name string, scope *Class) Value {
	o, ok := Deref(Quiet(v)).(Object)
	if !ok || !IssetProp(o, name, scope) && !asksGetAlone(o, name, scope) {
		return nil
	}
	return Prop(o, name, scope)
}

// asksGetAlone says whether __get() gives a property that is not there, without an __isset() to ask first.
func asksGetAlone(o Object, name string, scope *Class) bool {
	if magic(o, "__isset", name) != nil || magic(o, "__get", name) == nil {
		return false
	}
	k, p, allowed := property(o, name, scope)
	if _, hidden, ok := builtinProperty(o, name, p, allowed, scope); ok && hidden == "" {
		return false
	}
	v, ok := lookup(o, k, p)
	u, none := v.(Uninitialized)
	return !allowed || !ok || none && u.unset
}

// IssetProp is isset($v->name).
func IssetProp(v Value, name string, scope *Class) bool {
	o, ok := Deref(Quiet(v)).(Object)
	if !ok {
		return false
	}
	k, p, allowed := property(o, name, scope)
	if allowed {
		if v, ok := lookup(o, k, p); ok {
			if u, none := v.(Uninitialized); !none {
				return Deref(v) != nil
			} else if !u.unset {
				return false
			}
		}
	}
	if v, hidden, ok := builtinProperty(o, name, p, allowed, scope); ok && hidden == "" {
		return v != nil
	}
	if m := magic(o, "__isset", name); m != nil {
		return ToBool(guarding(o, "__isset", name, func() Value { return m.Call(name) }))
	}
	return false
}

// EmptyProp is empty($v->name).
func EmptyProp(v Value, name string, scope *Class) bool {
	return !IssetProp(v, name, scope) || !ToBool(Prop(v, name, scope))
}

// UnsetProp is unset($v->name).
func UnsetProp(v Value, name string, scope *Class) {
	o, ok := Deref(Quiet(v)).(Object)
	if !ok {
		return
	}
	k, p, allowed := property(o, name, scope)
	old, has := lookup(o, k, p)
	if u, _ := old.(Uninitialized); !has || !allowed || u.unset {
		if m := magic(o, "__unset", name); m != nil {
			guarding(o, "__unset", name, func() Value { return m.Call(name) })
			return
		}
	}
	if !allowed {
		ThrowError("Cannot access " + hiddenBy(p.flags) + " property " + ClassName(o) + "::$" + name)
	}
	if !has {
		refuseHiddenName(name)
	}
	if p != nil && p.flags&ReadOnly != 0 {
		if _, none := old.(Uninitialized); !none {
			ThrowError("Cannot unset readonly property " + p.title())
		}
		if scope != p.class {
			ThrowError("Cannot unset readonly property " + p.title() + " from " + scopeName(scope))
		}
	}
	if f, ok := fieldWhere(o, name, !has); ok {
		f.needAccess(o, p, allowed, scope)
		Stop("builtin-property", "unset() of "+ClassName(o)+"::$"+name+", which is PHP's own")
	}
	if has && ClassOf(o).Enum {
		ThrowError("Cannot unset readonly property " + ClassName(o) + "::$" + name)
	}
	if has {
		unbindValue(old, p)
		if p != nil {
			o.PHPBase().dynamic.setRaw(k, Uninitialized{Type: p.types, unset: true})
			return
		}
		o.PHPBase().dynamic.UnsetKey(k)
	}
}

// simplyTakes says that a property is simply set to x.
func (p *classProperty) simplyTakes(x Value) bool {
	return p.flags&ReadOnly == 0 && !p.class.Enum && lastStep == 0 && (p.types == "" && !isRef(x) || isExactly(x, p.types))
}

func needObject(v Value, name string) {
	if _, ok := asObject(v); !ok {
		ThrowError("Attempt to assign property \"" + name + "\" on " + TypeName(Quiet(v)))
	}
}

// UpdateProp is $v->name op= x.
func UpdateProp(v Value, name string, scope *Class, op func(a, b Value) Value, x Value) Value {
	if at, p := declaredPlace(v, name, scope, true); at != nil && isPlainArithmetic(*at, x) {
		made := op(*at, x)
		if p.simplyTakes(made) {
			*at = made
			return made
		}
		return SetProp(v, name, scope, made)
	}
	needObject(v, name)
	return SetProp(v, name, scope, op(Prop(v, name, scope), x))
}

// isPlainArithmetic says that nothing of the program's own runs while an operator makes a number of these: of floats,
// some give deprecations, which a handler may get.
func isPlainArithmetic(a, b Value) bool {
	if _, _, ok := intOperands(a, b); ok {
		return true
	}
	_, _, ok := floatOperands(a, b)
	return ok && len(errorState.handlers) == 0
}

// UpdatePropOld gives what was there before.
func UpdatePropOld(v Value, name string, scope *Class, op func(a, b Value) Value, x Value) Value {
	if !IsObject(v) {
		ThrowError("Attempt to increment/decrement property \"" + name + "\" on " + TypeName(Quiet(v)))
	}
	old := Prop(v, name, scope)
	SetProp(v, name, scope, op(old, x))
	return old
}

// declaredAs is a property that an object keeps by name, with what its class says of it.
func declaredAs(o Object, k Key, v Value) Property {
	name := k.String()
	if strings.HasPrefix(name, "\x00") {
		end := strings.LastIndexByte(name, 0) // a class without a name has NULs in it
		return Property{Name: name[end+1:], Visibility: "private", Declarer: name[1:end], Value: v}
	}
	made := Property{Name: name, Visibility: "public", Value: v}
	if p := ClassOf(o).findProperty(name, false); p != nil {
		made.Declarer = p.class.Name
		if hidden := hiddenBy(p.flags); hidden != "" {
			made.Visibility = hidden
		}
		made.ReadOnly = p.flags&ReadOnly != 0
	}
	return made
}

// seen is the properties of an object that scope may use.
func seen(o Object, scope *Class) []Property {
	var out []Property
	for _, p := range Properties(o) {
		if p.seenFrom(o, scope) {
			out = append(out, p)
		}
	}
	return out
}

// seenFrom says whether scope may use a property of an object, and finds something in it.
func (p *Property) seenFrom(o Object, scope *Class) bool {
	if _, none := p.Value.(Uninitialized); none {
		return false
	}
	declarer := ClassOf(o)
	if p.Declarer != "" {
		declarer = FindClass(p.Declarer)
	}
	return visible(p.Visibility, declarer, scope) && (declarer == scope || !shadowed(o, p.Name, scope))
}

// shadowed says whether a private property of the scope, a class above that of the object, goes before others of the name.
func shadowed(o Object, name string, scope *Class) bool {
	if scope == nil || scope == ClassOf(o) || !ClassOf(o).descends(scope) || scope.said() == nil {
		return false
	}
	for _, own := range scope.said().properties {
		if own.name == name && own.flags&Private != 0 && own.flags&Static == 0 {
			return true
		}
	}
	return false
}

// ObjectVars is get_object_vars().
func ObjectVars(v Value, scope *Class) Value {
	o := ParamObject(v, "get_object_vars(): Argument #1 ($object)")
	a := NewArray()
	for _, p := range seen(o, scope) {
		a.setRaw(StrKey(p.Name), ownCopy(p.Value))
	}
	return a
}

// ClassVars is get_class_vars().
func ClassVars(v Value, scope *Class) Value {
	c := loadClass(ToString(v))
	if c == nil {
		ThrowTypeError("get_class_vars(): Argument #1 ($class) must be a valid class name, " + ToString(v) + " given")
	}
	a := NewArray()
	c.addVars(a, scope, false)
	c.addVars(a, scope, true)
	return a
}

// addVars adds what the properties begin with, null for none: those of the class, then of its parents.
func (c *Class) addVars(a *Array, scope *Class, static bool) {
	if c.Parent != nil {
		defer c.Parent.addVars(a, scope, static)
	}
	for _, p := range c.more().properties {
		if a.Has(p.name) || (p.flags&Static != 0) != static || !visible(hiddenBy(p.flags), p.class, scope) {
			continue
		}
		start := Value(nil)
		if p.value != nil {
			start = p.initial()
		}
		a.SetStr(p.name, start)
	}
}

// ClassMethods is get_class_methods().
func ClassMethods(v Value, scope *Class) *Array {
	c, ok := Deref(v).(Object)
	class := (*Class)(nil)
	if ok {
		class = ClassOf(c)
	} else if class = loadClass(ToString(v)); class == nil {
		ThrowTypeError("get_class_methods(): Argument #1 ($object_or_class) must be an object or a valid class name, " + TypeName(v) + " given")
	}
	a := NewArray()
	known := map[string]bool{}
	for at := class; at != nil; at = at.Parent {
		for i := range at.Methods {
			m := &at.Methods[i]
			name := strings.ToLower(m.Name)
			if !known[name] && visible(m.Hidden, at, scope) {
				a.Append(m.Name)
			}
			known[name] = true
		}
	}
	return a
}

// ---- Static properties ----

// StaticProp is the reference behind class::$name.
func StaticProp(c *Class, name string, scope *Class) *Ref {
	r, p := staticRef(c, name)
	if r == nil {
		stopForProperty(c, name)
		ThrowError("Access to undeclared static property " + c.Name + "::$" + name)
	}
	if p != nil && !visible(hiddenBy(p.flags), p.class, scope) {
		ThrowError("Cannot access " + hiddenBy(p.flags) + " property " + c.Name + "::$" + name)
	}
	if lazy, ok := r.V.(lazyStatic); ok {
		v := lazy.value()
		if p != nil {
			v = p.takes(v, nil)
		}
		r.V = v
	}
	return r
}

func staticRef(c *Class, name string) (*Ref, *classProperty) {
	c = c.there()
	var p *classProperty
	for at := c; at != nil && p == nil; at = at.Parent {
		for _, one := range at.more().properties {
			if one.name == name && one.flags&Static != 0 {
				p = one
			}
		}
	}
	return c.more().statics[name], p
}

// StaticValue is class::$name.
func StaticValue(c *Class, name string, scope *Class) Value {
	v := StaticProp(c, name, scope).V
	if _, none := v.(Uninitialized); none {
		ThrowError("Typed static property " + c.Name + "::$" + name + " must not be accessed before initialization")
	}
	return v
}

// QuietStaticProp is class::$name ?? null.
func QuietStaticProp(c *Class, name string, scope *Class) Value {
	r, p := staticRef(c, name)
	if r == nil || p != nil && !visible(hiddenBy(p.flags), p.class, scope) {
		return nil
	}
	v := StaticProp(c, name, scope).V
	if _, none := v.(Uninitialized); none {
		return nil
	}
	return v
}

// SetStaticProp is class::$name = v.
func SetStaticProp(c *Class, name string, scope *Class, v Value) Value {
	r := StaticProp(c, name, scope)
	if _, p := staticRef(c, name); p != nil && (len(r.types) == 0 || len(r.types) == 1 && r.types[0] == p) {
		v = p.takes(v, r.V)
		r.V = v
		return v
	}
	return r.Set(v)
}

// StaticPropPlace is the place of class::$name.
func StaticPropPlace(c *Class, name string, scope *Class) *Value {
	r := StaticProp(c, name, scope)
	_, none := r.V.(Uninitialized)
	if none || r.V == nil {
		if _, p := staticRef(c, name); p != nil {
			p.needArray()
		}
		r.V = nil
	}
	return &r.V
}

// BindStaticProp is class::$name = &r.
func BindStaticProp(c *Class, name string, scope *Class, r *Ref) {
	old := StaticProp(c, name, scope)
	_, p := staticRef(c, name)
	p.admit(r)
	for _, d := range declarations {
		if d.statics[name] == old {
			d.statics[name] = r
		}
	}
	old.unbind(p)
	old.Release()
	r.Hold().bind(p)
}

// UpdateStaticProp is class::$name op= v.
func UpdateStaticProp(c *Class, name string, scope *Class, op func(a, b Value) Value, v Value) Value {
	return SetStaticProp(c, name, scope, op(StaticValue(c, name, scope), v))
}

// UpdateStaticPropOld gives what was there before.
func UpdateStaticPropOld(c *Class, name string, scope *Class, op func(a, b Value) Value, v Value) Value {
	old := StaticValue(c, name, scope)
	SetStaticProp(c, name, scope, op(old, v))
	return old
}

// ---- Methods ----

// CallMethodIn is $v->name(...).
func CallMethodIn(v Value, name string, scope *Class, arguments ...Value) Value {
	o, ok := asObject(v)
	if !ok {
		ThrowError("Call to a member function " + name + "() on " + TypeName(v))
	}
	return taken(callWith(methodIn(o, name, scope), arguments))
}

// builtinConstructor is the constructor that c has of a class of PHP's own; nil where there is none.
func builtinConstructor(o Object, c *Class) *Closure {
	for at := c; at != nil; at = at.Parent {
		if at.Construct != nil {
			construct := bindMethod(o, at, &Method{Name: "__construct", Func: at.Construct})
			if construct.Names == nil {
				construct.Names = at.ConstructNames
			}
			return construct
		}
	}
	return nil
}

// Callee is the v of $v->name(...), where PHP looks for the method before it works out the arguments.
func Callee(v Value, name string, scope *Class) Value {
	o, ok := asObject(v)
	if !ok {
		ThrowError("Call to a member function " + name + "() on " + TypeName(v))
	}
	if m := ClassOf(o).findMethod(name); m == nil || m.Func == nil || !m.visibleFrom(scope) {
		methodIn(o, name, scope)
	}
	return v
}

func methodIn(o Object, name string, scope *Class) *Closure {
	if c, ok := o.(*Closure); ok {
		if strings.EqualFold(name, "__invoke") {
			return c
		}
	}
	c := ClassOf(o)
	m := c.findMethod(name)
	if own := ownPrivate(c, name, scope); own != nil {
		m = own
	}
	if m != nil && m.Func != nil && m.visibleFrom(scope) {
		return m.bound(o, c)
	}
	if magic := anyCall(o, c, name); magic != nil {
		return magic
	}
	if construct := builtinConstructor(o, c); m == nil && construct != nil && strings.EqualFold(name, "__construct") {
		return construct
	}
	if m == nil {
		noMethod(c, name)
	}
	if m.Func == nil {
		ThrowError("Cannot call abstract method " + m.class.Name + "::" + m.Name + "()")
	}
	refuseMethod(m, scope)
	return nil
}

func refuseMethod(m *foundMethod, scope *Class) {
	from := "global scope"
	if scope != nil {
		from = "scope " + scope.Name
	}
	ThrowError("Call to " + m.Hidden + " method " + m.class.Name + "::" + m.Name + "() from " + from)
}

// CallComputedMethod is $v->$name(...), where $name may be a closure.
func CallComputedMethod(v, name Value, scope *Class, arguments ...Value) Value {
	switch name := Deref(name).(type) {
	case string:
		return CallMethodIn(v, name, scope, arguments...)
	case Object:
		return CallValue(name, arguments...)
	}
	ThrowError("Method name must be a string")
	return nil
}

// CallStatic is class::name(...). called is what static means within, if that is not the class; this is the object that
// a call of a parent's method goes on with.
func CallStatic(c *Class, name string, scope, called *Class, this Object, arguments ...Value) Value {
	return taken(callWith(staticIn(c, name, scope, called, this), arguments))
}

// StaticCallee is the class of class::name(...), where PHP looks for the method before it works out the arguments.
func StaticCallee(c *Class, name string, scope, called *Class, this Object) *Class {
	staticIn(c, name, scope, called, this)
	return c
}

func staticIn(c *Class, name string, scope, called *Class, this Object) *Closure {
	c = c.there()
	m := c.findMethod(name)
	if m == nil && strings.EqualFold(name, "__construct") {
		if construct := builtinConstructor(this, c); construct != nil {
			return construct
		}
	}
	if m != nil && m.Func != nil && m.visibleFrom(scope) {
		if m.Static {
			if called == nil || !called.descends(c) {
				called = c
			}
			return m.bound(nil, called)
		}
		if this != nil && ClassOf(this).descends(m.class) {
			return m.bound(this, ClassOf(this))
		}
	}
	if this != nil && ClassOf(this).descends(c) {
		if magic := anyCall(this, ClassOf(this), name); magic != nil {
			return magic
		}
	}
	if magic := anyCall(nil, c, name); magic != nil {
		return magic
	}
	switch {
	case m == nil && scope != nil && scope.descends(c) && c.findMethod("__call") != nil:
		ThrowError("Non-static method " + c.Name + "::" + name + "() cannot be called statically")
	case m == nil:
		noMethod(c, name)
	case m.Func == nil:
		ThrowError("Cannot call abstract method " + m.class.Name + "::" + m.Name + "()")
	case !m.visibleFrom(scope):
		refuseMethod(m, scope)
	}
	ThrowError("Non-static method " + m.class.Name + "::" + m.Name + "() cannot be called statically")
	return nil
}

// MethodName is a computed name of a method that is called statically.
func MethodName(v Value) string {
	name, ok := Deref(v).(string)
	if !ok {
		ThrowError("Method name must be a string")
	}
	return name
}

// MethodClosure is $v->name(...) with three dots.
func MethodClosure(v Value, name string, scope *Class) Value {
	o, ok := asObject(v)
	if !ok {
		ThrowError("Call to a member function " + name + "() on " + TypeName(v))
	}
	return methodIn(o, name, scope).shown()
}

// StaticClosure is class::name(...) with three dots.
func StaticClosure(c *Class, name string, scope *Class, this Object) Value {
	return staticIn(c, name, scope, nil, this).shown()
}

// DerefResult is the value of a function that returns a reference.
func DerefResult(r *Ref) Value { return Copy(r.V) }

// taken is what a call gives: of a reference, a copy of what it refers to.
func taken(v Value) Value {
	if r, ok := v.(*Ref); ok {
		return Copy(r.V)
	}
	return v
}

// ---- foreach ----

// Walk is foreach over what is no array.
type Walk struct {
	it    Iterator
	begun bool
	array *Iter
	place *Value // by reference: where the array is
	over  int    // by reference: Array.walkedOver
	list  []Property
	at    int
	o     Object
	scope *Class
	live  *Iter // over the properties of an object as they are, which go into the list in turn
}

// Iterate begins foreach by value.
func Iterate(v Value, scope *Class) *Walk {
	switch v := Deref(v).(type) {
	case *Array:
		return &Walk{array: v.Iter()}
	case Object:
		if IsA(v, "Traversable") {
			return &Walk{it: IteratorOf(v)}
		}
		return walkProperties(v, scope)
	}
	Warning("foreach() argument must be of type array|object, " + TypeName(v) + " given")
	return &Walk{}
}

// walkProperties is foreach over an object. The loop may change what is still to come, but not with classes of PHP's own.
func walkProperties(o Object, scope *Class) *Walk {
	switch o.(type) {
	case *Instance, *StdClass:
		return &Walk{o: o, scope: scope, live: dynamicProperties(o).IterRef(), list: make([]Property, 1)}
	}
	return &Walk{list: seen(o, scope), at: -1, o: o}
}

// nextProperty goes to the next property that is there by now and that the scope may use.
func (w *Walk) nextProperty() bool {
	for w.live.Next() {
		if isGone(w.live.val) {
			continue
		}
		if w.list[0] = declaredAs(w.o, w.live.key, w.live.val); w.list[0].seenFrom(w.o, w.scope) {
			return true
		}
	}
	return false
}

// IterateRef begins foreach by reference over what a reference refers to, or over a value that is kept nowhere.
func IterateRef(given Value, scope *Class) *Walk {
	r, ok := given.(*Ref)
	if !ok {
		r = NewRef(given)
	}
	switch v := Quiet(r.V).(type) {
	case *Array:
		return &Walk{over: v.walkedOver(), array: v.IterRef(), place: &r.V}
	case Object:
		if IsA(v, "Traversable") {
			return &Walk{it: iteratorByReference(v)}
		}
		return walkProperties(v, scope)
	}
	Warning("foreach() argument must be of type array|object, " + TypeName(Quiet(r.V)) + " given")
	return &Walk{}
}

// iteratorByReference is the iterator of an object whose elements are taken by reference, which only generators give.
func iteratorByReference(o Object) Iterator {
	it := IteratorOf(o)
	if _, ok := it.(*Generator); ok {
		return it
	}
	if IsA(it, "ArrayIterator") {
		Stop("iterator-reference", "elements of an object of class "+ClassName(o)+" are taken by reference")
	}
	ThrowError("An iterator cannot be used with foreach by reference")
	return nil
}

// still sees to it that foreach by reference goes on with the array that took the place of the one it began with.
func (w *Walk) still() bool {
	if w.place == nil {
		return true
	}
	switch now := Deref(*w.place).(type) {
	case undefined: // the loop keeps what the variable was bound to
	case *Array:
		if now.store.walked != w.over {
			w.over, w.array = now.walkedOver(), now.resumed()
		} else if now != w.array.array {
			w.array.array, w.array.moved = now, now.moved
		}
	case Object:
		Stop("foreach-changed", "an object takes the place of the array that foreach goes over by reference")
	default:
		Warning("foreach() argument must be of type array|object, " + TypeName(now) + " given")
		return false
	}
	return true
}

// Next goes to the next element and says whether there is one.
func (w *Walk) Next() bool {
	switch {
	case w.array != nil:
		return w.still() && w.array.Next()
	case w.it != nil:
		if w.begun {
			w.it.Next()
		} else {
			w.begun = true
			w.it.Rewind()
		}
		return w.it.Valid()
	case w.live != nil:
		return w.nextProperty()
	}
	w.at++
	return w.at < len(w.list)
}

// Key is the key of the element.
func (w *Walk) Key() Value {
	switch {
	case w.array != nil:
		return w.array.Key()
	case w.it != nil:
		return w.it.Key()
	}
	return w.list[w.at].Name
}

// Value is the element.
func (w *Walk) Value() Value {
	switch {
	case w.array != nil:
		return w.array.Value()
	case w.it != nil:
		return Deref(w.it.Current())
	}
	return Copy(Deref(w.list[w.at].Value))
}

// Ref is the element as a reference.
func (w *Walk) Ref() *Ref {
	switch {
	case w.array != nil:
		return w.array.Ref()
	case w.it != nil:
		if g, ok := w.it.(*Generator); ok {
			g.begin()
			if r, ok := g.value.(*Ref); ok {
				return r
			}
		}
		return NewRef(w.it.Current())
	}
	p := w.list[w.at]
	k := StrKey(p.Name)
	if p.Visibility == "private" && p.Declarer != "" {
		k = StrKey("\x00" + p.Declarer + "\x00" + p.Name)
	}
	old, _ := dynamicProperties(w.o).getRaw(k)
	r := dynamicProperties(w.o).RefAt(k.Value())
	if r != old {
		r.bind(ClassOf(w.o).findProperty(p.Name, false))
	}
	return r
}
