package php

import (
	"reflect"
	"strings"
)

// Classes of converted programs: what their declarations say, found by name and by the scope that asks.

// Flags of members.
const (
	Public    = 1
	Protected = 2
	Private   = 4
	Static    = 8
	Abstract  = 16
	Final     = 32
	ReadOnly  = 64
)

// declaration is what a class of the program says beside Class.
type declaration struct {
	parent     string
	interfaces []string
	traits     []string
	backing    string
	trait      bool
	declared   bool
	constants  []*classConstant
	properties []*classProperty
	methods    map[string]*Closure // what is known of the parameters, by name in lower case
	abstract   []string
	statics    map[string]*Ref
	cases      []*classConstant
}

type classConstant struct {
	name    string
	flags   int
	isCase  bool
	value   func() Value
	known   bool
	running bool
	v       Value
	class   *Class
}

type classProperty struct {
	name, types string
	flags       int
	value       func() Value
	class       *Class
}

// key is the name under which objects keep the property: private ones by their class.
func (p *classProperty) key() Key {
	if p.flags&Private != 0 {
		return StrKey("\x00" + p.class.Name + "\x00" + p.name)
	}
	return StrKey(p.name)
}

var declarations = map[*Class]*declaration{}

func (c *Class) more() *declaration {
	d, ok := declarations[c]
	if !ok {
		d = &declaration{methods: map[string]*Closure{}, statics: map[string]*Ref{}}
		declarations[c] = d
	}
	return d
}

// Extends and the next ones say what a declaration says; DeclareClass makes it known.
func (c *Class) Extends(parent string) { c.more().parent = parent }

// Implements names interfaces; of an interface, what it extends.
func (c *Class) Implements(names ...string) { c.more().interfaces = names }

// Uses names traits.
func (c *Class) Uses(names ...string) { c.more().traits = names }

// Trait says that it is a trait.
func (c *Class) Trait() { c.more().trait = true }

// Backed gives the type of an enum's values.
func (c *Class) Backed(kind string) { c.more().backing = kind }

// Modify says that a class is abstract or final.
func (c *Class) Modify(flags int) { c.Abstract, c.Final = flags&Abstract != 0, flags&Final != 0 }

// AllowDynamic is #[AllowDynamicProperties].
func (c *Class) AllowDynamic() { c.AllowsDynamic = true }

// Anonymous gives a class without a name one.
func (c *Class) Anonymous(int) { c.Name = "class@anonymous" }

// Const declares a constant.
func (c *Class) Const(name string, flags int, value func() Value) {
	c.more().constants = append(c.more().constants, &classConstant{name: name, flags: flags, value: value, class: c})
}

// Case declares a case of an enum.
func (c *Class) Case(name string, value func() Value) {
	made := &classConstant{name: name, flags: Public, isCase: true, value: value, class: c}
	c.more().constants = append(c.more().constants, made)
	c.more().cases = append(c.more().cases, made)
}

// StartNull is the default of a property without a type.
func StartNull() Value { return nil }

// Prop declares a property; without a value it is not initialised.
func (c *Class) Prop(name string, flags int, types string, value func() Value) {
	c.more().properties = append(c.more().properties, &classProperty{name, types, flags, value, c})
}

// Method declares a method: a function whose first parameter is the object, or the class for static ones; nil where it
// is abstract.
func (c *Class) Method(name string, flags int, f any) *Closure {
	hidden := ""
	if flags&Private != 0 {
		hidden = "private"
	} else if flags&Protected != 0 {
		hidden = "protected"
	}
	m := Method{Name: name, Static: flags&Static != 0, Hidden: hidden}
	if f == nil {
		c.more().abstract = append(c.more().abstract, name)
		c.Methods = append(c.Methods, m)
		return &Closure{}
	}
	v := reflect.ValueOf(f)
	first := reflect.Zero(v.Type().In(0))
	if m.Static {
		first = reflect.ValueOf(c)
	}
	known := reflectClosure(v, []reflect.Value{first}, c.Name+"::"+name)
	known.Scope = c
	c.more().methods[strings.ToLower(name)] = known
	m.Func = f
	if m.Static {
		m.Func = known
	}
	c.Methods = append(c.Methods, m)
	known.raw = v
	return known
}

// foundMethod is a method and the class that declares it.
type foundMethod struct {
	*Method
	class *Class
}

func (c *Class) findMethod(name string) *foundMethod {
	for at := c; at != nil; at = at.Parent {
		if m := at.method(name); m != nil {
			return &foundMethod{m, at}
		}
	}
	for at := c; at != nil; at = at.Parent {
		for _, i := range at.Interfaces {
			if m := i.findMethod(name); m != nil {
				return m
			}
		}
	}
	return nil
}

// bound is the method as a closure of an object, or of the class it is called on.
func (m *foundMethod) bound(o Object, called *Class) *Closure {
	known := declarations[m.class]
	if known == nil || known.methods[strings.ToLower(m.Name)] == nil {
		if m.Static {
			return NewClosure(m.Func, m.class.Name+"::"+m.Name)
		}
		return bindMethod(o, m.class, m.Method)
	}
	pattern := known.methods[strings.ToLower(m.Name)]
	first := reflect.ValueOf(called)
	if !m.Static {
		first = reflect.ValueOf(o)
	}
	made := reflectClosure(pattern.raw, []reflect.Value{first}, pattern.Name)
	made.adopt(pattern)
	made.This, made.Scope = o, m.class
	if m.Static {
		made.This = nil
	}
	return made
}

// adopt takes over what is known of the parameters.
func (c *Closure) adopt(from *Closure) {
	c.Names, c.Required, c.Defaults, c.types = from.Names, from.Required, from.Defaults, from.types
}

// visible says whether a member that class hides may be used from scope.
func visible(hidden string, class, scope *Class) bool {
	switch hidden {
	case "private":
		return scope == class
	case "protected":
		return scope != nil && (scope.descends(class) || class.descends(scope))
	}
	return true
}

// visibleFrom says whether code of a class may call the method: a protected one belongs to the first class that had it.
func (m *foundMethod) visibleFrom(scope *Class) bool {
	first := m.class
	for c := first.Parent; c != nil && m.Hidden == "protected"; c = c.Parent {
		if above := c.method(m.Name); above != nil && above.Hidden != "private" {
			first = c
		}
	}
	return visible(m.Hidden, first, scope)
}

func (c *Class) descends(from *Class) bool {
	for ; c != nil; c = c.Parent {
		if c == from {
			return true
		}
	}
	return false
}

func hiddenBy(flags int) string {
	switch {
	case flags&Private != 0:
		return "private"
	case flags&Protected != 0:
		return "protected"
	}
	return ""
}

// DeclareClass makes a class of the program known, with what it inherits.
func DeclareClass(c *Class) *Class {
	d := c.more()
	if d.declared {
		return c
	}
	if old := FindClass(c.Name); old != nil && old != c && c.Name != "class@anonymous" {
		fatal("Cannot declare class " + c.Name + ", because the name is already in use")
	}
	if d.parent != "" {
		c.Parent = NeedClass(d.parent)
	}
	for _, name := range d.interfaces {
		i := FindClass(name)
		if i == nil {
			ThrowError("Interface \"" + name + "\" not found")
		}
		c.Interfaces = append(c.Interfaces, i)
	}
	if c.Enum {
		c.Interfaces = append(c.Interfaces, UnitEnumInterface)
		if d.backing != "" {
			c.Interfaces = append(c.Interfaces, BackedEnumInterface)
		}
		c.enumMethods()
	}
	if c.findMethod("__toString") != nil && !c.Is("Stringable") && !d.trait {
		c.Interfaces = append(c.Interfaces, stringableInterface)
	}
	d.declared = true
	if !c.Interface && !c.Enum && !d.trait {
		c.New = func() Object { return c.instance() }
	}
	c.declareStatics()
	if m := c.method("__construct"); m != nil && m.Func != nil {
		c.Construct = m.Func
	}
	return Declare(c)
}

// DeclareOnce is DeclareClass for a class that stands in an expression.
func DeclareOnce(c *Class) *Class { return DeclareClass(c) }

// fatal ends the program with an error that nothing can catch.
func fatal(message string) {
	locate()
	Echo("\nFatal error: " + message + " in " + position.file + " on line " + ToString(position.line) + "\n")
	panic(exitRequest{status: 255})
}

func (c *Class) declareStatics() {
	d := c.more()
	if c.Parent != nil {
		for name, r := range c.Parent.more().statics {
			d.statics[name] = r
		}
	}
	for _, p := range d.properties {
		if p.flags&Static == 0 {
			continue
		}
		var v Value
		if p.value != nil {
			v = lazyStatic{p.value}
		} else if p.types != "" {
			v = Uninitialized{p.types}
		}
		d.statics[p.name] = &Ref{V: v}
	}
}

// lazyStatic is a static property whose default was not asked for yet.
type lazyStatic struct{ value func() Value }

// instance is a new object with its properties as declared.
func (c *Class) instance() Object {
	var o Object
	for at := c.Parent; at != nil; at = at.Parent {
		if d := declarations[at]; (d == nil || !d.declared) && at.New != nil {
			o = at.New()
			break
		}
	}
	if o == nil {
		o = Init(&Instance{}, c)
	}
	o.PHPBase().class = c
	c.fill(o)
	return o
}

// Instance is an object of a class of the program.
type Instance struct{ Base }

func (c *Class) fill(o Object) {
	if c.Parent != nil {
		c.Parent.fill(o)
	}
	d := declarations[c]
	if d == nil {
		return
	}
	for _, p := range d.properties {
		if p.flags&Static != 0 {
			continue
		}
		var v Value = Uninitialized{p.types}
		if p.value != nil {
			v = p.value()
		}
		if f, ok := findField(o, p.name); ok {
			if _, none := v.(Uninitialized); !none {
				setField(o, f, v)
			}
			continue
		}
		dynamicProperties(o).setRaw(p.key(), v)
	}
}

// NeedClass is a class by name; autoloaders are asked, and it throws where there is none.
func NeedClass(name string) *Class {
	if c := loadClass(name); c != nil {
		return c
	}
	classNotFound(name)
	return nil
}

// Autoload asks the functions of spl_autoload_register() for a class; nil where there are none.
var Autoload func(name string)

func loadClass(name string) *Class {
	if c := FindClass(name); c != nil {
		return c
	}
	if Autoload != nil {
		Autoload(strings.TrimPrefix(name, "\\"))
		return FindClass(name)
	}
	return nil
}

// findClassIn is a class by name, where self, static and parent mean something.
func findClassIn(name string, scope *Class) *Class {
	switch strings.ToLower(name) {
	case "self", "static":
		return scope
	case "parent":
		if scope == nil {
			return nil
		}
		return scope.Parent
	}
	return loadClass(name)
}

// ClassFor is the class that a value names, or that of an object.
func ClassFor(v Value) *Class {
	switch v := Deref(v).(type) {
	case Object:
		return ClassOf(v)
	case string:
		return NeedClass(v)
	}
	ThrowError("Cannot use value of type " + TypeName(v) + " as class name")
	return nil
}

// Parent is the class above.
func Parent(c *Class) *Class {
	if c.Parent == nil {
		ThrowError("Cannot use \"parent\" when current class scope has no parent")
	}
	return c.Parent
}

// NameOf is the name of a class; empty for none.
func NameOf(c *Class) string {
	if c == nil {
		return ""
	}
	return c.Name
}

// ParentName is get_parent_class() without arguments.
func ParentName(c *Class) Value {
	if c == nil || c.Parent == nil {
		return false
	}
	return c.Parent.Name
}

// InstanceOfValue is $v instanceof $class.
func InstanceOfValue(v, class Value) bool {
	switch class := Deref(class).(type) {
	case Object:
		return IsA(v, ClassName(class))
	case string:
		return IsA(v, strings.TrimPrefix(class, "\\"))
	}
	ThrowError("Class name must be a valid object or a string")
	return false
}

// ---- Constants ----

func (c *Class) findConst(name string) *classConstant {
	for at := c; at != nil; at = at.Parent {
		if d := declarations[at]; d != nil {
			for _, k := range d.constants {
				if k.name == name {
					return k
				}
			}
		}
		if at.Constants != nil {
			if v, ok := at.Constants.LookupKey(StrKey(name)); ok {
				return &classConstant{name: name, known: true, v: v, class: at, flags: Public}
			}
		}
		for _, i := range at.Interfaces {
			if k := i.findConst(name); k != nil {
				return k
			}
		}
	}
	return nil
}

func (k *classConstant) get() Value {
	if k.known {
		return k.v
	}
	if k.running {
		ThrowError("Cannot declare self-referencing constant " + k.class.Name + "::" + k.name)
	}
	k.running = true
	defer func() { k.running = false }()
	if k.isCase {
		k.v = k.makeCase()
	} else {
		k.v = k.value()
	}
	k.known = true
	return k.v
}

func (k *classConstant) makeCase() Value {
	o := Init(&Instance{}, k.class)
	dynamicProperties(o).SetStr("name", k.name)
	if k.value != nil {
		dynamicProperties(o).SetStr("value", k.value())
	}
	return o
}

// ClassConst is class::NAME.
func ClassConst(c *Class, name string, scope *Class) Value {
	k := c.findConst(name)
	if k == nil {
		ThrowError("Undefined constant " + c.Name + "::" + name)
	}
	if hidden := hiddenBy(k.flags); !visible(hidden, k.class, scope) {
		ThrowError("Cannot access " + hidden + " constant " + c.Name + "::" + name)
	}
	return k.get()
}

func (c *Class) enumMethods() {
	cases := func() *Array {
		a := NewArray()
		for _, k := range c.more().cases {
			a.Append(k.get())
		}
		return a
	}
	c.Methods = append(c.Methods, Method{Name: "cases", Static: true, Func: cases})
	if c.more().backing == "" {
		return
	}
	find := func(v Value) Value {
		for _, k := range c.more().cases {
			o := k.get().(Object)
			if StrictEqual(o.PHPBase().dynamic.GetStr("value"), v) {
				return o
			}
		}
		return nil
	}
	types := c.more().backing
	from := func(v Value) Value {
		v = Arg(v, types, c.Name+"::from(): Argument #1 ($value)")
		if o := find(v); o != nil {
			return o
		}
		shown := ToString(v)
		if types == "string" {
			shown = "\"" + shown + "\""
		}
		ThrowValueError(shown + " is not a valid backing value for enum " + enumName(c))
		return nil
	}
	try := func(v Value) Value { return find(Arg(v, types, c.Name+"::tryFrom(): Argument #1 ($value)")) }
	c.Methods = append(c.Methods, Method{Name: "from", Static: true, Func: from},
		Method{Name: "tryFrom", Static: true, Func: try})
}

// enumName is how messages show an enum.
func enumName(c *Class) string { return c.Name }
